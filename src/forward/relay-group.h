/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The relayed connections of one forward, and what they share, so that each stays small. */

#include "base/io-watch.h"
#include "core/transport.h"
#include "forward/connection.h"
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

/* Belongs to the thread of its source. */
typedef struct
{
  CulvertIoSource          *io; /* borrowed */
  CulvertCounters          *forward_counters;
  CulvertCounters          *tunnel_counters;
  const CulvertRelayEvents *events;
  gpointer                  user_data;
  GQueue                    relays; /* of CulvertRelay, which embed their links; oldest first */
  guint                     n_unanswered; /* relays whose target has not answered yet */
  guint                     n_held;       /* of those, how many wait for culvert_relay_open() */
} CulvertRelayGroup;

/* @events: outlives the group */
void culvert_relay_group_init (CulvertRelayGroup        *self,
                               CulvertIoSource          *io,
                               CulvertCounters          *forward_counters,
                               CulvertCounters          *tunnel_counters,
                               const CulvertRelayEvents *events,
                               gpointer                  user_data);

/* Drops every relay, without events, and frees what the group owns. */
void culvert_relay_group_clear (CulvertRelayGroup *self);

/**
 * culvert_relay_group_visit:
 * @target: (nullable): of relays that have none of their own; NULL leaves those out
 *
 * Shows @func every relay, oldest first.
 */
void culvert_relay_group_visit (CulvertRelayGroup    *self,
                                const char           *target,
                                CulvertConnectionFunc func,
                                gpointer              user_data);

/* Calls @func with every relay that waits for culvert_relay_open(), which it may call. */
void culvert_relay_group_for_each_waiting (CulvertRelayGroup *self,
                                           void (*func) (CulvertRelay *relay, gpointer user_data),
                                           gpointer user_data);

/* Drops one.  Returns FALSE when there is none with that id. */
gboolean culvert_relay_group_drop (CulvertRelayGroup *self, guint64 id);

/* For relay.c: a relay comes, unanswered; is answered; waits or does no more; goes; moves bytes. */
void culvert_relay_group_add (CulvertRelayGroup *self, GList *link);
void culvert_relay_group_note_answer (CulvertRelayGroup *self);
void culvert_relay_group_note_held (CulvertRelayGroup *self, gboolean is_held);
void culvert_relay_group_remove (CulvertRelayGroup *self, GList *link, gboolean is_unanswered);
void culvert_relay_group_count_received (CulvertRelayGroup *self, gsize n_bytes);
void culvert_relay_group_count_sent (CulvertRelayGroup *self, gsize n_bytes);

/* One more connection that the target, or the server, refused. */
void culvert_relay_group_count_refused (CulvertRelayGroup *self);
/* The same for one that never had a relay. */
void culvert_relay_group_count_unserved (CulvertRelayGroup *self);

G_END_DECLS
