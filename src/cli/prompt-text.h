/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a question looks like on a terminal, and what an answer to a host key means.  Pure. */

#include "core/prompt.h"

G_BEGIN_DECLS

/* (transfer full): the lines before the question, each with its end; "" for none */
char *culvert_prompt_text_intro (const CulvertPromptFields *fields);

/**
 * culvert_prompt_text_question:
 * @index: which field; for a new password 1 asks for the same once more
 * @is_hidden: (out): whether the answer must not be seen
 *
 * Returns: (transfer full): without a line end
 */
char *
culvert_prompt_text_question (const CulvertPromptFields *fields, guint index, gboolean *is_hidden);

/* "yes" saves the key, "once" does not, "no" and nothing refuse it; its very fingerprint is as good
 * as yes.  Returns: NONE for anything else, to ask again */
CulvertDecision culvert_prompt_text_decide (const CulvertHostKeyInfo *host_key, const char *answer);

G_END_DECLS
