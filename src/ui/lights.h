/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The three lights of a forward: session, listener, target.  Each is a shape with its words as
 * tooltip and accessible name; the group's name is all three: "session up · listening · target
 * answered".
 *
 * Properties "session" (CulvertTunnelState), "listener" (CulvertForwardState), "target"
 * (CulvertTargetState), "is-enabled". */

#include "engine/forward-item.h"
#include "engine/tunnel-state.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_LIGHTS (culvert_lights_get_type ())
G_DECLARE_FINAL_TYPE (CulvertLights, culvert_lights, CULVERT, LIGHTS, GtkWidget)

/* (transfer full): the words of all three */
char *culvert_lights_dup_words (CulvertLights *self);

G_END_DECLS
