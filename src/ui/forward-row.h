/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A forward on the page of its tunnel: kind, where it listens and leads, three lights, connections,
 * rate, its switch, and under it why it does not work when it does not.
 *
 * Actions: "forward.copy-address", "forward.copy-pac-address", "forward.open", "forward.recipes", "forward.edit", "forward.try-again",
 * "forward.listen-at" (s: an endpoint's text form): listens there from now on. */

#include "engine/tunnel-manager.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_ROW (culvert_forward_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardRow, culvert_forward_row, CULVERT, FORWARD_ROW, GtkListBoxRow)

GtkWidget *culvert_forward_row_new (CulvertTunnelManager *manager,
                                    CulvertTunnel        *tunnel,
                                    CulvertForwardItem   *item);

G_END_DECLS
