/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The other tunnels of this program where a port is concerned: whose listener is in the way of a forward,
 * and who means to use a port though it does not listen now.
 *
 * In the thread of the tunnels. */

#include "engine/tunnel.h"

G_BEGIN_DECLS

/* One forward, by the tunnel that it belongs to. */
typedef struct
{
  const char *tunnel_id;
  const char *forward_id;
} CulvertForwardPlace;

/**
 * culvert_port_neighbours_complete:
 * @tunnels: a list of CulvertTunnel
 * @place: the forward that failed
 * @listen: where it cannot listen
 * @error: why, as the forward says
 *
 * Returns: (transfer full): the same error, with FACT_TUNNEL when another of @tunnels has the port, and without
 *   proposing what a forward of another one is saved with
 */
GError *culvert_port_neighbours_complete (GListModel                *tunnels,
                                          const CulvertForwardPlace *place,
                                          const CulvertEndpoint     *listen,
                                          const GError              *error);

/* (transfer none) (nullable): the first of @tunnels that has a forward, switched on and not @place's, that is
 * saved to listen where @listen is; of another tunnel than @place's.  Other addresses with the same port may
 * be free of each other. */
CulvertTunnel *culvert_port_neighbours_find_saved (GListModel                *tunnels,
                                                   const CulvertForwardPlace *place,
                                                   const CulvertEndpoint     *listen);

/* (transfer full) (nullable): where a new forward should listen: @listen, or the next port upwards that is free
 * and no other tunnel's */
CulvertEndpoint *culvert_port_neighbours_choose (GListModel                *tunnels,
                                                 const CulvertForwardPlace *place,
                                                 const CulvertEndpoint     *listen);

G_END_DECLS
