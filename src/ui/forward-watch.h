/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Counts the forwards of a tunnel that do not listen though they should.  Properties "tunnel"
 * (nullable) and "n-failed" (notified). */

#include "engine/tunnel.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_WATCH (culvert_forward_watch_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardWatch, culvert_forward_watch, CULVERT, FORWARD_WATCH, GObject)

CulvertForwardWatch *culvert_forward_watch_new (void);
void  culvert_forward_watch_set_tunnel (CulvertForwardWatch *self, CulvertTunnel *tunnel);
guint culvert_forward_watch_get_n_failed (CulvertForwardWatch *self);

G_END_DECLS
