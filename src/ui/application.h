/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The program with a window, or without one yet (--background): one instance in a session, the actions that
 * belong to no window, and the way out, which stops the tunnels first. */

#include "core/secret-store.h"
#include "engine/tunnel-manager.h"
#include "ui/background.h"
#include "ui/dialog-prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_APPLICATION (culvert_application_get_type ())
G_DECLARE_FINAL_TYPE (CulvertApplication, culvert_application, CULVERT, APPLICATION, AdwApplication)

CulvertApplication *culvert_application_new (void);

/**
 * culvert_application_set_parts:
 *
 * Gives it what it shows.  Called once, in a handler of "startup", so that a second instance, which
 * only wakes the first, never reads the store.
 */
void culvert_application_set_parts (CulvertApplication    *self,
                                    CulvertTunnelManager  *manager,
                                    CulvertSecretStore    *secrets,
                                    CulvertDialogPrompter *prompter);

/* Switches on the tunnels that start with the program, the first time it is called. */
void culvert_application_start_marked (CulvertApplication *self);

/* A CulvertParentFunc: the window that questions are shown over, or NULL. */
GtkWindow *culvert_application_get_parent (gpointer self);

/* (transfer none) (nullable): NULL before it has its parts */
CulvertBackground *culvert_application_get_background (CulvertApplication *self);

/* Ends the program after stopping every tunnel, without asking. */
void culvert_application_stop_and_quit (CulvertApplication *self, int exit_status);

int culvert_application_get_exit_status (CulvertApplication *self);

G_END_DECLS
