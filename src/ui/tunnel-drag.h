/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Moving tunnels about in the list with the pointer: each row can be dragged, and dropped above or below
 * another tunnel, into whose group it goes, or onto the heading of a group. */

#include "core/profile-store.h"
#include "ui/tunnel-row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void culvert_tunnel_drag_add_source (CulvertTunnelRow *row);
void culvert_tunnel_drag_add_target (GtkListBox *rows, CulvertProfileStore *store);

/* What a drop does; errors are told through "win.show-message". */
gboolean culvert_tunnel_drag_drop (GtkListBox          *rows,
                                   CulvertProfileStore *store,
                                   CulvertTunnel       *tunnel,
                                   GtkListBoxRow       *on,
                                   gboolean             is_below);

G_END_DECLS
