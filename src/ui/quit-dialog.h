/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Asks before tunnels are stopped by quitting, and says why closing the window would. */

#include "ui/background.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_QUIT_RESPONSE     "quit"
#define CULVERT_MINIMIZE_RESPONSE "minimize"

/**
 * culvert_quit_dialog_new:
 * @n_on: how many tunnels are on
 * @closing: CULVERT_CLOSING_QUITS when the person quit; else why closing the window does
 *
 * Returns: (transfer none): with the responses above, and "cancel"
 */
GtkWidget *culvert_quit_dialog_new (GtkWindow *parent, guint n_on, CulvertClosing closing);

G_END_DECLS
