/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/prompter.h"

G_DEFINE_INTERFACE (CulvertPrompter, culvert_prompter, G_TYPE_OBJECT)

static void
culvert_prompter_default_init (CulvertPrompterInterface *iface)
{
}

void
culvert_prompter_ask (CulvertPrompter *self, CulvertPrompt *prompt)
{
  g_return_if_fail (CULVERT_IS_PROMPTER (self));
  g_return_if_fail (CULVERT_IS_PROMPT (prompt));

  CULVERT_PROMPTER_GET_IFACE (self)->ask (self, prompt);
}
