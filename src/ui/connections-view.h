/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The connections through the tunnel as a table, whose newest is not older than half a second; they are
 * looked at only while the table is on screen (engine/connections.h).
 *
 * Actions "connections.close" (the selected one, and its key is Delete), "connections.close-one" (t: its
 * id).  What is typed in the table is searched for. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_CONNECTIONS_VIEW (culvert_connections_view_get_type ())
G_DECLARE_FINAL_TYPE (CulvertConnectionsView,
                      culvert_connections_view,
                      CULVERT,
                      CONNECTIONS_VIEW,
                      CulvertTunnelPart)

/* (transfer none): what is shown, in its order. For tests. */
GListModel *culvert_connections_view_get_shown (CulvertConnectionsView *self);

G_END_DECLS
