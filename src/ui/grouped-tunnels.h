/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the list of tunnels shows, row by row: a GListModel of CulvertTunnel and CulvertTunnelGroup.  First
 * the tunnels without a group, then each group, with its tunnels behind it unless it is collapsed.  While
 * something is searched for, only what matches is there, and nothing is collapsed. */

#include "engine/tunnel-manager.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_GROUPED_TUNNELS (culvert_grouped_tunnels_get_type ())
G_DECLARE_FINAL_TYPE (CulvertGroupedTunnels,
                      culvert_grouped_tunnels,
                      CULVERT,
                      GROUPED_TUNNELS,
                      GObject)

CulvertGroupedTunnels *culvert_grouped_tunnels_new (CulvertTunnelManager *manager);

/* "" shows all. */
void culvert_grouped_tunnels_set_query (CulvertGroupedTunnels *self, const char *query);

/* Property "collapsed" (strv, notified): the names of groups; those that are none do no harm. */
gboolean culvert_grouped_tunnels_is_collapsed (CulvertGroupedTunnels *self, const char *group);
void     culvert_grouped_tunnels_set_collapsed (CulvertGroupedTunnels *self,
                                                const char            *group,
                                                gboolean               is_collapsed);

/* How many of its items are tunnels. */
guint culvert_grouped_tunnels_get_n_tunnels (CulvertGroupedTunnels *self);

G_END_DECLS
