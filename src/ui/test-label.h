/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the last test of a forward that listens at the server has found out, and when; hidden while there is
 * nothing to say. */

#include "engine/tunnel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *culvert_test_label_new (CulvertTunnel *tunnel, CulvertForwardItem *item);

G_END_DECLS
