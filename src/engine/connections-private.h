/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a tunnel feeds its model. */

#include "engine/connection-list.h"
#include "engine/connections.h"

G_BEGIN_DECLS

/* Asks the link for a list.  @serial: of the watch that wants it, whose first list has all news; 0: nobody
 * looks any more, and what the link remembers may go */
typedef void (*CulvertConnectionsAskFunc) (guint serial, gpointer user_data);

CulvertConnections *culvert_connections_new (CulvertConnectionsAskFunc ask, gpointer user_data);

/* The link is there, or is not any more and takes all connections with it. */
void culvert_connections_set_running (CulvertConnections *self, gboolean is_running);

/* To be called CULVERT_RATE_SAMPLES_PER_S times a second: every other time it asks. */
void culvert_connections_tick (CulvertConnections *self);

/* Whether the list is looked at, so that it has to tick. */
gboolean culvert_connections_is_watched (CulvertConnections *self);

/* The answer to what was asked. */
void culvert_connections_take (CulvertConnections          *self,
                               guint                        serial,
                               const CulvertConnectionList *list);

/* Takes @list as it is, whoever asked. */
void culvert_connections_set_list (CulvertConnections *self, const CulvertConnectionList *list);

G_END_DECLS
