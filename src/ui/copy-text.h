/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Copying, and saying so. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Copies @text and says "Copied" on the AdwToastOverlay around @widget. */
void culvert_copy_text (GtkWidget *widget, const char *text);

G_END_DECLS
