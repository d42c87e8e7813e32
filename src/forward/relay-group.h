/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The relayed connections of one forward, and what they share, so that each stays small. */

#include "base/io-watch.h"
#include "forward/counters.h"

G_BEGIN_DECLS

typedef struct _CulvertRelay CulvertRelay;

/* What a relay tells the forward; may drop relays, this one included, and clear the group. */
typedef struct
{
  /* The target answered: data flows. */
  void (*answered) (CulvertRelay *relay, gpointer user_data);
  /* The target did not, or the transport is gone.  The client knows nothing yet: either
   * culvert_relay_drop() or, with another transport, culvert_relay_open() again. */
  void (*refused) (CulvertRelay *relay, const GError *error, gpointer user_data);
  /* Over, by either side; the relay is readable during the call and gone after it. */
  void (*ended) (CulvertRelay *relay, gpointer user_data);
} CulvertRelayEvents;

/* Fields are for relay.c, n_unanswered apart, which may be read.  Belongs to the thread of its source. */
typedef struct
{
  CulvertIoSource          *io; /* borrowed */
  CulvertCounters          *forward_counters;
  CulvertCounters          *tunnel_counters;
  const CulvertRelayEvents *events;
  gpointer                  user_data;
  GQueue                    relays; /* of CulvertRelay, which embed their links; oldest first */
  guint                     n_unanswered; /* relays whose target has not answered yet */
} CulvertRelayGroup;

/* @events: outlives the group */
void culvert_relay_group_init (CulvertRelayGroup        *self,
                               CulvertIoSource          *io,
                               CulvertCounters          *forward_counters,
                               CulvertCounters          *tunnel_counters,
                               const CulvertRelayEvents *events,
                               gpointer                  user_data);

/* Drops every relay, without events. */
void culvert_relay_group_drop_all (CulvertRelayGroup *self);

/* Drops every relay and frees what the group owns. */
void culvert_relay_group_clear (CulvertRelayGroup *self);

/* (transfer full) (element-type CulvertConnectionInfo): oldest first */
GPtrArray *culvert_relay_group_list (CulvertRelayGroup *self, const char *target);

/* Drops one.  Returns FALSE when there is none with that id. */
gboolean culvert_relay_group_drop (CulvertRelayGroup *self, guint64 id);

G_END_DECLS
