/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The main window: the list of tunnels, and the page of the selected one; or, with no tunnel saved
 * yet, the first-start page.
 *
 * Actions: "win.new", "win.paste-command", "win.import", "win.import-from" (with a path, as bytes), "win.search", "win.edit", "win.duplicate",
 * "win.remove", "win.copy-command", "win.export", "win.toggle", "win.check", "win.known-hosts" (with what to
 * search for) and "win.quit". */

#include "core/secret-store.h"
#include "engine/tunnel-manager.h"
#include "ui/dialog-prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_WINDOW (culvert_window_get_type ())
G_DECLARE_FINAL_TYPE (CulvertWindow, culvert_window, CULVERT, WINDOW, AdwApplicationWindow)

/**
 * culvert_window_new:
 * @prompter: (nullable): asked to show a question again
 */
GtkWidget *culvert_window_new (GtkApplication        *application,
                               CulvertTunnelManager  *manager,
                               CulvertSecretStore    *secrets,
                               CulvertDialogPrompter *prompter);

/* Ends the program; asks before when tunnels are on, and it is there to ask. */
void culvert_window_quit (CulvertWindow *self);

/* Shows the page of a tunnel. */
void culvert_window_show_tunnel (CulvertWindow *self, const char *tunnel_id);

/* A short message at the bottom. */
void culvert_window_show_message (CulvertWindow *self, const char *text);

G_END_DECLS
