/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/scripted-prompter.h"

typedef struct
{
  CulvertPromptKind kind;
  CulvertDecision   decision;
  GStrv             answers;
  guint             delay_ms;
} Line;

struct _CulvertScriptedPrompter
{
  GObject parent_instance;

  GQueue     lines; /* of Line */
  GPtrArray *shown; /* of CulvertPrompt */
};

typedef struct
{
  CulvertPrompt *prompt;
  Line          *line;
} LateAnswer;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_strfreev (line->answers);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

static void
answer (CulvertPrompt *prompt, CulvertDecision decision, const char *const *answers)
{
  g_autoptr (GPtrArray) secrets =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_secret_unref);

  for (guint i = 0; answers != NULL && answers[i] != NULL; i++)
    g_ptr_array_add (secrets, culvert_secret_new (answers[i], -1));
  culvert_prompt_answer (prompt, decision, (CulvertSecret **)secrets->pdata, secrets->len);
}

static gboolean
late_answer_cb (gpointer user_data)
{
  LateAnswer *late = user_data;

  answer (late->prompt, late->line->decision, (const char *const *)late->line->answers);
  return G_SOURCE_REMOVE;
}

static void
late_answer_free (gpointer data)
{
  LateAnswer *late = data;

  g_object_unref (late->prompt);
  line_free (late->line);
  g_free (late);
}

static void
answer_late (CulvertPrompt *prompt, Line *line)
{
  g_autoptr (GSource) source = g_timeout_source_new (line->delay_ms);
  LateAnswer         *late = g_new (LateAnswer, 1);

  late->prompt = g_object_ref (prompt);
  late->line = line;
  g_source_set_callback (source, late_answer_cb, late, late_answer_free);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
scripted_prompter_ask (CulvertPrompter *prompter, CulvertPrompt *prompt)
{
  CulvertScriptedPrompter *self = CULVERT_SCRIPTED_PROMPTER (prompter);
  g_autoptr (Line)         line = g_queue_pop_head (&self->lines);

  g_ptr_array_add (self->shown, g_object_ref (prompt));
  g_assert_nonnull (line);
  g_assert_cmpint (line->kind, ==, culvert_prompt_get_fields (prompt)->kind);
  if (line->decision == CULVERT_DECISION_NONE)
    return;
  if (line->delay_ms > 0)
    answer_late (prompt, g_steal_pointer (&line));
  else
    answer (prompt, line->decision, (const char *const *)line->answers);
}

static void
prompter_init (CulvertPrompterInterface *iface)
{
  iface->ask = scripted_prompter_ask;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertScriptedPrompter,
                               culvert_scripted_prompter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_PROMPTER, prompter_init))

static void
culvert_scripted_prompter_finalize (GObject *object)
{
  CulvertScriptedPrompter *self = CULVERT_SCRIPTED_PROMPTER (object);

  g_queue_clear_full (&self->lines, line_free);
  g_ptr_array_unref (self->shown);

  G_OBJECT_CLASS (culvert_scripted_prompter_parent_class)->finalize (object);
}

static void
culvert_scripted_prompter_class_init (CulvertScriptedPrompterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_scripted_prompter_finalize;
}

static void
culvert_scripted_prompter_init (CulvertScriptedPrompter *self)
{
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
}

CulvertScriptedPrompter *
culvert_scripted_prompter_new (void)
{
  return g_object_new (CULVERT_TYPE_SCRIPTED_PROMPTER, NULL);
}

void
culvert_scripted_prompter_add (CulvertScriptedPrompter *self, const CulvertScriptLine *line)
{
  Line *copy = g_new (Line, 1);

  copy->kind = line->kind;
  copy->decision = line->decision;
  copy->answers = g_strdupv ((char **)line->answers);
  copy->delay_ms = line->delay_ms;
  g_queue_push_tail (&self->lines, copy);
}

guint
culvert_scripted_prompter_get_n_left (CulvertScriptedPrompter *self)
{
  return self->lines.length;
}

guint
culvert_scripted_prompter_get_n_shown (CulvertScriptedPrompter *self)
{
  return self->shown->len;
}

CulvertPrompt *
culvert_scripted_prompter_get_shown (CulvertScriptedPrompter *self, guint index)
{
  g_assert_cmpuint (index, <, self->shown->len);

  return g_ptr_array_index (self->shown, index);
}

guint
culvert_scripted_prompter_get_n_withdrawn (CulvertScriptedPrompter *self)
{
  guint n_withdrawn = 0;

  for (guint i = 0; i < self->shown->len; i++)
    n_withdrawn += g_cancellable_is_cancelled (
      culvert_prompt_get_withdrawn (g_ptr_array_index (self->shown, i)));
  return n_withdrawn;
}

void
culvert_scripted_prompter_answer (CulvertScriptedPrompter *self,
                                  guint                    index,
                                  CulvertDecision          decision,
                                  const char *const       *answers)
{
  answer (culvert_scripted_prompter_get_shown (self, index), decision, answers);
}
