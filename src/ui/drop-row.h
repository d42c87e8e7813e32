/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One interruption of a tunnel: when, how long, why, and how it ended. */

#include "engine/tunnel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_DROP_ROW (culvert_drop_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDropRow, culvert_drop_row, CULVERT, DROP_ROW, GtkListBoxRow)

GtkWidget *culvert_drop_row_new (CulvertDrop *drop, CulvertTunnel *tunnel);

G_END_DECLS
