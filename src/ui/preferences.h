/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The preferences of the program, and what they do that belongs to no window.  Each is a key of the schema
 * in data/, in force as soon as it is changed. */

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_PREFERENCES_WINDOW (culvert_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (CulvertPreferencesWindow,
                      culvert_preferences_window,
                      CULVERT,
                      PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

/* @settings: (nullable): NULL where the schema is not installed: nothing can be chosen then, which is
 * said */
GtkWidget *culvert_preferences_window_new (GtkWindow *parent, GSettings *settings);

/* Behind the groups that there are: for what is decided elsewhere, as whether the program goes on without
 * its window. */
void culvert_preferences_window_add_group (CulvertPreferencesWindow *self,
                                           AdwPreferencesGroup      *group);

/* Lets the window be light or dark as @settings says, from now on. */
void culvert_preferences_follow_colours (GSettings *settings);

/* May the desktop be told about tunnels? @settings: (nullable) */
gboolean culvert_preferences_may_notify (GSettings *settings);

G_END_DECLS
