/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Writes what @widget, which is shown, looks like to the PNG file @path; waits until it has its
 * layout. */
void culvert_picture_take (GtkWidget *widget, const char *path);

G_END_DECLS
