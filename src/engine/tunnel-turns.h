/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who may be on in a group of which one tunnel is on at a time: the one that was switched on last.  The
 * manager asks here before a tunnel starts; the others of its group are then switched off, and it starts
 * when they have stopped, so that it finds their ports free.  Belongs to the manager. */

#include "core/profile-store.h"
#include "engine/tunnel.h"

G_BEGIN_DECLS

/* @stopped: (element-type CulvertTunnel): that were switched off for @tunnel */
typedef void (*CulvertTurnTakenFunc) (CulvertTunnel *tunnel,
                                      GPtrArray     *stopped,
                                      gpointer       user_data);

typedef struct _CulvertTunnelTurns CulvertTunnelTurns;

/* @tunnels: (element-type CulvertTunnel): the manager's own, which outlives this */
CulvertTunnelTurns *culvert_tunnel_turns_new (CulvertProfileStore *store,
                                              GPtrArray           *tunnels,
                                              CulvertTurnTakenFunc taken,
                                              gpointer             user_data);
void                culvert_tunnel_turns_free (CulvertTunnelTurns *self);

/* A CulvertStartGuard. @self: a CulvertTunnelTurns */
gboolean culvert_tunnel_turns_may_start (CulvertTunnel *tunnel, gpointer self);

/* Is another one of its group on, so that it has to be switched off for this one? */
gboolean culvert_tunnel_turns_is_taken (CulvertTunnelTurns *self, CulvertTunnel *tunnel);

/* One has stopped: who waited for that starts, at the end of this turn of the loop. */
void culvert_tunnel_turns_stopped (CulvertTunnelTurns *self);

/* Those that wait for their turn are switched off. */
void culvert_tunnel_turns_forgo (CulvertTunnelTurns *self);

G_END_DECLS
