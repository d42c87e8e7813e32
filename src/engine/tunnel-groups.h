/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The groups that the tunnels of a list are in: a GListModel of CulvertTunnelGroup in the order of their
 * first tunnels.  A group is the same object for as long as a tunnel is in it. */

#include "core/profile-store.h"
#include "engine/tunnel-group.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_TUNNEL_GROUPS (culvert_tunnel_groups_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnelGroups, culvert_tunnel_groups, CULVERT, TUNNEL_GROUPS, GObject)

/* @tunnels: a list of CulvertTunnel, which owns this and is not held by it */
CulvertTunnelGroups *culvert_tunnel_groups_new (GListModel *tunnels, CulvertProfileStore *store);

/* (transfer none) (nullable) */
CulvertTunnelGroup *culvert_tunnel_groups_find (CulvertTunnelGroups *self, const char *name);

G_END_DECLS
