/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A CulvertPrompter that answers from a script, as a person would from a list: one line for each
 * prompt, in order.  A prompt of another kind than its line, or one more than there are lines, fails
 * the test. */

#include "core/prompter.h"

G_BEGIN_DECLS

#define CULVERT_SCRIPT_MAX_ANSWERS 8

typedef struct
{
  CulvertPromptKind kind;
  CulvertDecision   decision; /* CULVERT_DECISION_NONE leaves the prompt unanswered */
  const char       *answers[CULVERT_SCRIPT_MAX_ANSWERS + 1]; /* one for each field, then NULL */
  guint             delay_ms; /* 0: answered before culvert_prompter_ask() returns */
} CulvertScriptLine;

#define CULVERT_TYPE_SCRIPTED_PROMPTER (culvert_scripted_prompter_get_type ())
G_DECLARE_FINAL_TYPE (CulvertScriptedPrompter,
                      culvert_scripted_prompter,
                      CULVERT,
                      SCRIPTED_PROMPTER,
                      GObject)

CulvertScriptedPrompter *culvert_scripted_prompter_new (void);

/* Adds a line; everything in it is copied. */
void culvert_scripted_prompter_add (CulvertScriptedPrompter *self, const CulvertScriptLine *line);

/* Lines that no prompt has used yet. */
guint culvert_scripted_prompter_get_n_left (CulvertScriptedPrompter *self);

/* Every prompt that was ever shown, also those that were withdrawn. (transfer none) */
guint          culvert_scripted_prompter_get_n_shown (CulvertScriptedPrompter *self);
CulvertPrompt *culvert_scripted_prompter_get_shown (CulvertScriptedPrompter *self, guint index);

/* How many of them were withdrawn. */
guint culvert_scripted_prompter_get_n_withdrawn (CulvertScriptedPrompter *self);

/* Answers a prompt that its line left unanswered. @answers: NULL-terminated, or NULL */
void culvert_scripted_prompter_answer (CulvertScriptedPrompter *self,
                                       guint                    index,
                                       CulvertDecision          decision,
                                       const char *const       *answers);

G_END_DECLS
