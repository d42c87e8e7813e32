/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel's object on the bus: answers calls, and tells what changes in it, at most four times a second
 * but for a change of its state, which is told at once. */

#include "bus/bus-interface.h"
#include "engine/tunnel.h"

G_BEGIN_DECLS

typedef struct _CulvertBusTunnel CulvertBusTunnel;

/* (nullable): may a tunnel be switched on now?  Sets @error and returns FALSE if not. */
typedef gboolean (*CulvertBusMayStartFunc) (gpointer user_data, GError **error);

CulvertBusTunnel *culvert_bus_tunnel_new (CulvertTunnel         *tunnel,
                                          CulvertBusMayStartFunc may_start,
                                          gpointer               user_data);
void              culvert_bus_tunnel_free (CulvertBusTunnel *self);

CulvertTunnel *culvert_bus_tunnel_get_tunnel (CulvertBusTunnel *self);
/* (transfer none): to be exported */
GDBusInterfaceSkeleton *culvert_bus_tunnel_get_interface (CulvertBusTunnel *self);

/* Whether somebody looks at figures. */
void culvert_bus_tunnel_set_watched (CulvertBusTunnel *self, gboolean is_watched);

/* Switches on if nothing in its settings forbids it.  Errors: CULVERT_BUS_ERROR_NOT_STARTABLE. */
gboolean culvert_bus_tunnel_start (CulvertBusTunnel *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertBusTunnel, culvert_bus_tunnel_free)

G_END_DECLS
