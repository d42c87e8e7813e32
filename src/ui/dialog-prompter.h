/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Puts a session's questions to the person as dialogs, one at a time, over the main window.
 *
 * Esc and the window's own ways to close it put a question aside: it stays open, the tunnel goes on
 * needing the person, and culvert_dialog_prompter_present() shows it again.  Cancel and Refuse
 * answer it.  A question that is withdrawn goes away, shown or not. */

#include "core/prompter.h"
#include "core/secret-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_DIALOG_PROMPTER (culvert_dialog_prompter_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDialogPrompter,
                      culvert_dialog_prompter,
                      CULVERT,
                      DIALOG_PROMPTER,
                      GObject)

/* (transfer none) (nullable): the window over which a question is shown; NULL while there is none:
 * the question then waits for culvert_dialog_prompter_present().  While it is hidden, the question
 * waits until it is shown. */
typedef GtkWindow *(*CulvertParentFunc) (gpointer user_data);

CulvertDialogPrompter *culvert_dialog_prompter_new (CulvertParentFunc get_parent,
                                                    gpointer          user_data);

/* Where answers are remembered: decides what the dialogs say about it.  Without one they say
 * "keyring". @secrets: (nullable) */
void culvert_dialog_prompter_set_secret_store (CulvertDialogPrompter *self,
                                               CulvertSecretStore    *secrets);

/* Shows the dialog of @prompt, which has to be an open one: again, or at the front. */
void culvert_dialog_prompter_present (CulvertDialogPrompter *self, CulvertPrompt *prompt);

G_END_DECLS
