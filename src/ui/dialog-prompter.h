/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Puts a session's questions to the person as dialogs: one at a time for each tunnel, over the main
 * window.  A question whose dialog was put aside stays open and can be shown again. */

#include "core/prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_DIALOG_PROMPTER (culvert_dialog_prompter_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDialogPrompter,
                      culvert_dialog_prompter,
                      CULVERT,
                      DIALOG_PROMPTER,
                      GObject)

/* (transfer none) (nullable): the window over which a question is shown; NULL while there is none:
 * the question then waits for culvert_dialog_prompter_present(). */
typedef GtkWindow *(*CulvertParentFunc) (gpointer user_data);

CulvertDialogPrompter *culvert_dialog_prompter_new (CulvertParentFunc get_parent,
                                                    gpointer          user_data);

/* Shows the dialog of @prompt, which has to be an open one: again, or at the front. */
void culvert_dialog_prompter_present (CulvertDialogPrompter *self, CulvertPrompt *prompt);

G_END_DECLS
