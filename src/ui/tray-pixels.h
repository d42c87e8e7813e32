/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A state's shape as pixels, for trays that do not find the icons of the program, and which of its icons the
 * desktop finds. */

#include "engine/tunnel-state.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * culvert_tray_pixels_new:
 *
 * Returns: (transfer full) (nullable): a(iiay) as StatusNotifierItem's IconPixmap has it, in a few sizes, in
 *   colours that can be seen on dark and on light; NULL where nothing can be drawn
 */
GVariant *culvert_tray_pixels_new (CulvertTunnelState state);

/* Is there a file of that icon where every program of the desktop looks? */
gboolean culvert_tray_icon_is_installed (const char *icon_name);

G_END_DECLS
