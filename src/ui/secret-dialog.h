/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Asks for a password, a passphrase, a new password, or answers to the server's own questions.
 * What the server says is quoted as the server's and never read as markup.  Answers the prompt
 * itself; closed without a choice (Esc) it leaves the prompt open. */

#include "core/prompt.h"
#include "core/secret-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_SECRET_DIALOG (culvert_secret_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CulvertSecretDialog,
                      culvert_secret_dialog,
                      CULVERT,
                      SECRET_DIALOG,
                      AdwMessageDialog)

/* @prompt: of any kind but CULVERT_PROMPT_HOST_KEY
 * @kept_in: where an answer would be remembered
 *
 * Responses: "answer", "cancel", "close". */
GtkWidget *culvert_secret_dialog_new (CulvertPrompt *prompt, CulvertSecretStoreKind kept_in);

G_END_DECLS
