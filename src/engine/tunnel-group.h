/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A group of tunnels (PRODUCT 5.5), as the list, the tray and the bus show and switch it.
 *
 * Properties, all notified: "name" (fixed), "n-tunnels", "n-wanted" (of those, how many are switched on),
 * "is-exclusive" (one is on at a time), "state".  A GListModel of its CulvertTunnels in their order.
 * Belongs to the thread of the manager. */

#include "engine/tunnel.h"

G_BEGIN_DECLS

/* Where the group's own switch stands. */
typedef enum
{
  CULVERT_GROUP_OFF,
  CULVERT_GROUP_MIXED,
  CULVERT_GROUP_ON, /* all, or the one that may be */
} CulvertGroupState;

#define CULVERT_TYPE_GROUP_STATE (culvert_group_state_get_type ())
GType culvert_group_state_get_type (void);

#define CULVERT_TYPE_TUNNEL_GROUP (culvert_tunnel_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnelGroup, culvert_tunnel_group, CULVERT, TUNNEL_GROUP, GObject)

const char       *culvert_tunnel_group_get_name (CulvertTunnelGroup *self);
guint             culvert_tunnel_group_get_n_wanted (CulvertTunnelGroup *self);
gboolean          culvert_tunnel_group_is_exclusive (CulvertTunnelGroup *self);
CulvertGroupState culvert_tunnel_group_get_state (CulvertTunnelGroup *self);

/* Switches all on or off; of a group of which one is on at a time the first, unless one is on. */
void culvert_tunnel_group_set_wanted (CulvertTunnelGroup *self, gboolean is_wanted);

/* For tunnel-groups.c. @tunnels: (element-type CulvertTunnel) */
CulvertTunnelGroup *culvert_tunnel_group_new (const char *name);
void                culvert_tunnel_group_set_tunnels (CulvertTunnelGroup *self, GPtrArray *tunnels);
void culvert_tunnel_group_set_exclusive (CulvertTunnelGroup *self, gboolean is_exclusive);

G_END_DECLS
