/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Whoever can put a question to the person: dialogs in ui/, the terminal in cli/, a script in a
 * test.  Called in the program's own thread. */

#include "core/prompt.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_PROMPTER (culvert_prompter_get_type ())
G_DECLARE_INTERFACE (CulvertPrompter, culvert_prompter, CULVERT, PROMPTER, GObject)

struct _CulvertPrompterInterface
{
  GTypeInterface parent_iface;

  void (*ask) (CulvertPrompter *self, CulvertPrompt *prompt);
};

/**
 * culvert_prompter_ask:
 * @prompt: referenced for as long as it is shown
 *
 * Shows @prompt and answers it some time later, or at once; takes it away when it is withdrawn.
 */
void culvert_prompter_ask (CulvertPrompter *self, CulvertPrompt *prompt);

G_END_DECLS
