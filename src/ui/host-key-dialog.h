/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Asks whether an unknown server is the right one.  Shows what the server showed; no answer is the
 * default, so that Enter alone trusts nobody.  Answers the prompt itself; closed without a choice
 * (Esc) it leaves the prompt open. */

#include "core/prompt.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_HOST_KEY_DIALOG (culvert_host_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CulvertHostKeyDialog,
                      culvert_host_key_dialog,
                      CULVERT,
                      HOST_KEY_DIALOG,
                      AdwMessageDialog)

/* @prompt: of kind CULVERT_PROMPT_HOST_KEY.  Responses: "save", "once", "refuse", "close". */
GtkWidget *culvert_host_key_dialog_new (CulvertPrompt *prompt);

G_END_DECLS
