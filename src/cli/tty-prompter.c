/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/tty-prompter.h"

#include "base/source.h"
#include "cli/askpass.h"
#include "cli/prompt-text.h"
#include "cli/tty.h"

#include <glib/gi18n.h>

struct _CulvertTtyPrompter
{
  GObject parent_instance;

  GQueue         waiting;   /* of CulvertPrompt */
  CulvertPrompt *prompt;    /* nullable: the one that is shown */
  GPtrArray     *secrets;   /* of CulvertSecret: its answers so far */
  CulvertTty    *tty;       /* nullable: while it is shown on the terminal */
  GCancellable  *askpass;   /* nullable: while it is shown by the program */
  GSource       *withdrawn; /* nullable */
  GSource       *next;      /* nullable: takes the next one in a moment */
};

static void culvert_tty_prompter_iface_init (CulvertPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertTtyPrompter,
                               culvert_tty_prompter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_PROMPTER,
                                                      culvert_tty_prompter_iface_init))

static gboolean next_cb (gpointer user_data);
static void     ask_line (CulvertTtyPrompter *self, const char *intro);

static void
schedule_next (CulvertTtyPrompter *self)
{
  if (self->next != NULL)
    return;
  self->next = g_idle_source_new ();
  g_source_set_callback (self->next, next_cb, self, NULL);
  g_source_attach (self->next, g_main_context_get_thread_default ());
}

static void
take_away (CulvertTtyPrompter *self)
{
  if (self->askpass != NULL)
    g_cancellable_cancel (self->askpass);
  g_clear_object (&self->askpass);
  g_clear_pointer (&self->tty, culvert_tty_free);
  culvert_source_clear (&self->withdrawn);
  g_ptr_array_set_size (self->secrets, 0);
  g_clear_object (&self->prompt);
}

static void
answer (CulvertTtyPrompter *self, CulvertDecision decision)
{
  g_autoptr (CulvertPrompt) prompt = g_object_ref (self->prompt);
  g_autoptr (GPtrArray)     secrets = g_steal_pointer (&self->secrets);

  self->secrets = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_secret_unref);
  take_away (self);
  schedule_next (self);
  culvert_prompt_answer (
    prompt, decision,
    decision != CULVERT_DECISION_REFUSE ? (CulvertSecret *const *)secrets->pdata : NULL,
    decision != CULVERT_DECISION_REFUSE ? secrets->len : 0);
}

static void
take_host_key_line (CulvertTtyPrompter *self, CulvertSecret *line)
{
  CulvertDecision decision = culvert_prompt_text_decide (
    culvert_prompt_get_fields (self->prompt)->host_key, culvert_secret_peek (line));

  if (decision == CULVERT_DECISION_NONE)
    ask_line (self, NULL);
  else
    answer (self, decision);
}

/* A new password is typed twice, since nobody sees it. */
static void
take_new_password_line (CulvertTtyPrompter *self)
{
  CulvertSecret *first = g_ptr_array_index (self->secrets, 0);

  if (self->secrets->len < 2)
    {
      ask_line (self, NULL);
      return;
    }
  if (!culvert_secret_equal (first, g_ptr_array_index (self->secrets, 1)))
    {
      g_ptr_array_set_size (self->secrets, 0);
      ask_line (self, _ ("These were not the same; once more.\n"));
      return;
    }
  g_ptr_array_set_size (self->secrets, 1);
  answer (self, CULVERT_DECISION_ONCE);
}

/* @line: (nullable): NULL closes the question */
static void
take_line (CulvertTtyPrompter *self, CulvertSecret *line)
{
  const CulvertPromptFields *fields = culvert_prompt_get_fields (self->prompt);

  if (line == NULL)
    {
      answer (self, CULVERT_DECISION_REFUSE);
      return;
    }
  if (fields->kind == CULVERT_PROMPT_HOST_KEY)
    {
      take_host_key_line (self, line);
      return;
    }
  g_ptr_array_add (self->secrets, culvert_secret_ref (line));
  if (fields->kind == CULVERT_PROMPT_NEW_PASSWORD)
    take_new_password_line (self);
  else if (self->secrets->len < fields->n_fields)
    ask_line (self, NULL);
  else
    answer (self, CULVERT_DECISION_ONCE);
}

static void
typed_cb (CulvertSecret *line, gpointer user_data)
{
  take_line (CULVERT_TTY_PROMPTER (user_data), line);
}

static void
askpass_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertTtyPrompter       *self = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) line = culvert_askpass_finish (result, &error);

  /* The question was taken away, and perhaps the prompter with it. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_warning ("SSH_ASKPASS: %s", error->message);
  g_clear_object (&self->askpass);
  take_line (self, line);
}

/* Asks for the line that is still missing. @intro: (nullable): what to say before it */
static void
ask_line (CulvertTtyPrompter *self, const char *intro)
{
  const CulvertPromptFields *fields = culvert_prompt_get_fields (self->prompt);
  gboolean                   is_hidden;
  g_autofree char *question = culvert_prompt_text_question (fields, self->secrets->len, &is_hidden);
  g_autofree char *whole = g_strconcat (intro != NULL ? intro : "", question, NULL);

  if (self->tty != NULL)
    {
      culvert_tty_write (self->tty, whole);
      culvert_tty_read_line (self->tty, is_hidden, typed_cb, self);
      return;
    }
  self->askpass = g_cancellable_new ();
  culvert_askpass_async (whole, self->askpass, askpass_cb, self);
}

/* The server closed, the person stopped the tunnel: nobody needs the answer any more. */
static gboolean
withdrawn_cb (GCancellable *cancellable, gpointer user_data)
{
  CulvertTtyPrompter *self = CULVERT_TTY_PROMPTER (user_data);

  if (self->tty != NULL)
    culvert_tty_write (self->tty, "\n");
  take_away (self);
  schedule_next (self);
  return G_SOURCE_REMOVE;
}

static void
show (CulvertTtyPrompter *self)
{
  CulvertAskpassUse use = culvert_askpass_get_use ();
  g_autofree char  *intro = culvert_prompt_text_intro (culvert_prompt_get_fields (self->prompt));

  self->withdrawn = g_cancellable_source_new (culvert_prompt_get_withdrawn (self->prompt));
  g_source_set_callback (self->withdrawn, G_SOURCE_FUNC (withdrawn_cb), self, NULL);
  g_source_attach (self->withdrawn, g_main_context_get_thread_default ());
  if (use != CULVERT_ASKPASS_FIRST)
    self->tty = culvert_tty_open ();
  if (self->tty == NULL && use == CULVERT_ASKPASS_NEVER)
    answer (self, CULVERT_DECISION_REFUSE);
  else
    ask_line (self, intro);
}

static gboolean
next_cb (gpointer user_data)
{
  CulvertTtyPrompter *self = CULVERT_TTY_PROMPTER (user_data);

  g_clear_pointer (&self->next, g_source_unref);
  if (self->prompt != NULL)
    return G_SOURCE_REMOVE;
  while ((self->prompt = g_queue_pop_head (&self->waiting)) != NULL &&
         g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (self->prompt)))
    g_object_unref (self->prompt);
  if (self->prompt != NULL)
    show (self);
  return G_SOURCE_REMOVE;
}

static void
culvert_tty_prompter_ask (CulvertPrompter *prompter, CulvertPrompt *prompt)
{
  CulvertTtyPrompter *self = CULVERT_TTY_PROMPTER (prompter);

  g_queue_push_tail (&self->waiting, g_object_ref (prompt));
  schedule_next (self);
}

static void
culvert_tty_prompter_iface_init (CulvertPrompterInterface *iface)
{
  iface->ask = culvert_tty_prompter_ask;
}

static void
culvert_tty_prompter_dispose (GObject *object)
{
  CulvertTtyPrompter *self = CULVERT_TTY_PROMPTER (object);

  take_away (self);
  culvert_source_clear (&self->next);
  g_queue_clear_full (&self->waiting, g_object_unref);
  G_OBJECT_CLASS (culvert_tty_prompter_parent_class)->dispose (object);
}

static void
culvert_tty_prompter_finalize (GObject *object)
{
  CulvertTtyPrompter *self = CULVERT_TTY_PROMPTER (object);

  g_ptr_array_unref (self->secrets);
  G_OBJECT_CLASS (culvert_tty_prompter_parent_class)->finalize (object);
}

static void
culvert_tty_prompter_class_init (CulvertTtyPrompterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_tty_prompter_dispose;
  object_class->finalize = culvert_tty_prompter_finalize;
}

static void
culvert_tty_prompter_init (CulvertTtyPrompter *self)
{
  self->secrets = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_secret_unref);
  g_queue_init (&self->waiting);
}

CulvertPrompter *
culvert_tty_prompter_new (void)
{
  if (culvert_askpass_get_use () == CULVERT_ASKPASS_NEVER && !culvert_tty_is_there ())
    return NULL;
  return g_object_new (CULVERT_TYPE_TTY_PROMPTER, NULL);
}
