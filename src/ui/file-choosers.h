/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files that the person points at, by the desktop's own chooser, so that it works from a sandbox. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * culvert_choose_and_save:
 * @widget: where the wish came from: its window is the parent, and gets a message how it went by
 *   "win.show-message"
 * @file_name: proposed
 * @text: what to write
 */
void culvert_choose_and_save (GtkWidget  *widget,
                              const char *title,
                              const char *file_name,
                              const char *text);

/* @paths: at least one */
typedef void (*CulvertFilesChosenFunc) (const char *const *paths, gpointer user_data);

/* Lets the person choose what to import. @func is not called when nothing was chosen or @parent is gone by
 * then. */
void
culvert_choose_import_files (GtkWindow *parent, CulvertFilesChosenFunc func, gpointer user_data);

G_END_DECLS
