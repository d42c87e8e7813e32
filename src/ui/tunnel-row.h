/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel in the list: the shape of its state, its name, what is the case now, a tiny graph while
 * it is up, and its switch. */

#include "engine/tunnel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_TUNNEL_ROW (culvert_tunnel_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnelRow, culvert_tunnel_row, CULVERT, TUNNEL_ROW, GtkListBoxRow)

GtkWidget     *culvert_tunnel_row_new (CulvertTunnel *tunnel);
CulvertTunnel *culvert_tunnel_row_get_tunnel (CulvertTunnelRow *self);

/* Whether it can be seen where its list is scrolled to, as it is at first.  What cannot rests: its rates and
 * its graph stand, while all else it says stays true. */
void culvert_tunnel_row_set_in_sight (CulvertTunnelRow *self, gboolean is_in_sight);

/* What the second line says. */
const char *culvert_tunnel_row_get_now (CulvertTunnelRow *self);

G_END_DECLS
