/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The shape of a tunnel's state: one of six, told apart without colour, with the state's word as its
 * tooltip and accessible name.  Properties "state" and "pixel-size". */

#include "engine/tunnel-state.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_STATE_ICON (culvert_state_icon_get_type ())
G_DECLARE_FINAL_TYPE (CulvertStateIcon, culvert_state_icon, CULVERT, STATE_ICON, GtkWidget)

void culvert_state_icon_set_state (CulvertStateIcon *self, CulvertTunnelState state);

G_END_DECLS
