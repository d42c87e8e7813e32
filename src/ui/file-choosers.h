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

/**
 * CulvertFileChosenFunc:
 * @name: the file's name without folders
 * @text: its content, at most CULVERT_PROFILE_MAX_BYTES (core/profile-file.h), not ended by a NUL;
 *   NULL with @error
 */
typedef void (*CulvertFileChosenFunc) (const char   *name,
                                       const char   *text,
                                       gsize         n_bytes,
                                       const GError *error,
                                       gpointer      user_data);

/* Reads @file as the choosers do. @func is not called when @origin is gone by then. */
void culvert_read_tunnel_file (GtkWidget            *origin,
                               GFile                *file,
                               CulvertFileChosenFunc func,
                               gpointer              user_data);

/* Lets the person choose a tunnel file and reads it. @func is not called when nothing was chosen or
 * @parent is gone by then. */
void culvert_choose_tunnel_file (GtkWindow *parent, CulvertFileChosenFunc func, gpointer user_data);

G_END_DECLS
