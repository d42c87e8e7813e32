/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/dialog-prompter.h"

#include "base/source.h"
#include "ui/host-key-dialog.h"
#include "ui/secret-dialog.h"

typedef enum
{
  QUESTION_WAITS, /* for its turn, or for a window */
  QUESTION_SHOWN,
  QUESTION_ASIDE, /* the person closed the dialog */
} QuestionState;

typedef struct
{
  CulvertDialogPrompter *prompter;
  CulvertPrompt         *prompt;
  QuestionState          state;
  GSource               *withdrawn_source;
  GtkWidget             *dialog; /* while it is shown */
} Question;

struct _CulvertDialogPrompter
{
  GObject             parent_instance;
  CulvertParentFunc   get_parent;
  gpointer            user_data;
  CulvertSecretStore *secrets;
  GPtrArray          *questions; /* of Question, oldest first */
  GtkWidget          *watched;   /* the hidden window whose appearance is waited for */
  GSource            *again;     /* nullable: looks for another window in a moment */
};

static void ask (CulvertPrompter *prompter, CulvertPrompt *prompt);
static void show_next (CulvertDialogPrompter *self);

static void
prompter_init (CulvertPrompterInterface *iface)
{
  iface->ask = ask;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertDialogPrompter,
                               culvert_dialog_prompter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_PROMPTER, prompter_init))

/* Takes the dialog away without a word from the person. */
static void
close_dialog (Question *question)
{
  GtkWidget *dialog = question->dialog;

  if (dialog == NULL)
    return;
  g_signal_handlers_disconnect_by_data (dialog, question);
  question->dialog = NULL;
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
question_free (gpointer data)
{
  Question *self = data;

  close_dialog (self);
  culvert_source_clear (&self->withdrawn_source);
  g_object_unref (self->prompt);
  g_free (self);
}

static Question *
find_question (CulvertDialogPrompter *self, CulvertPrompt *prompt)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      Question *question = g_ptr_array_index (self->questions, i);

      if (question->prompt == prompt)
        return question;
    }
  return NULL;
}

static Question *
find_in_state (CulvertDialogPrompter *self, QuestionState state)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      Question *question = g_ptr_array_index (self->questions, i);

      if (question->state == state)
        return question;
    }
  return NULL;
}

static gboolean
withdrawn_cb (GCancellable *cancellable, gpointer user_data)
{
  Question                         *question = user_data;
  g_autoptr (CulvertDialogPrompter) self = g_object_ref (question->prompter);

  g_ptr_array_remove (self->questions, question);
  show_next (self);
  return G_SOURCE_REMOVE;
}

/* The dialog has answered the prompt by now, unless it was merely closed. */
static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Question                         *question = user_data;
  g_autoptr (CulvertDialogPrompter) self = g_object_ref (question->prompter);

  /* It closes by itself after this. */
  g_signal_handlers_disconnect_by_data (dialog, question);
  question->dialog = NULL;
  if (culvert_prompt_get_decision (question->prompt) == CULVERT_DECISION_NONE)
    question->state = QUESTION_ASIDE;
  else
    g_ptr_array_remove (self->questions, question);
  show_next (self);
}

static gboolean
again_cb (gpointer user_data)
{
  CulvertDialogPrompter *self = CULVERT_DIALOG_PROMPTER (user_data);

  g_clear_pointer (&self->again, g_source_unref);
  show_next (self);
  return G_SOURCE_REMOVE;
}

/* The window under it went, and took the dialog along: the question waits for another one. */
static void
destroyed_cb (GtkWidget *dialog, gpointer user_data)
{
  Question              *question = user_data;
  CulvertDialogPrompter *self = question->prompter;

  question->dialog = NULL;
  question->state = QUESTION_WAITS;
  culvert_source_clear (&self->again);
  self->again = g_idle_source_new ();
  g_source_set_callback (self->again, again_cb, self, NULL);
  g_source_attach (self->again, g_main_context_get_thread_default ());
}

static void
mapped_cb (GtkWidget *window, gpointer user_data)
{
  show_next (CULVERT_DIALOG_PROMPTER (user_data));
}

static void
watch (CulvertDialogPrompter *self, GtkWidget *window)
{
  if (self->watched == window)
    return;
  if (self->watched != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->watched, mapped_cb, self);
      g_object_remove_weak_pointer (G_OBJECT (self->watched), (gpointer *)&self->watched);
    }
  self->watched = window;
  if (window != NULL)
    {
      g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&self->watched);
      g_signal_connect_object (window, "map", G_CALLBACK (mapped_cb), self, G_CONNECT_AFTER);
    }
}

static GtkWidget *
new_dialog (CulvertDialogPrompter *self, CulvertPrompt *prompt)
{
  if (culvert_prompt_get_fields (prompt)->kind == CULVERT_PROMPT_HOST_KEY)
    return culvert_host_key_dialog_new (prompt);
  return culvert_secret_dialog_new (prompt, self->secrets != NULL
                                              ? culvert_secret_store_get_kind (self->secrets)
                                              : CULVERT_SECRET_STORE_KEYRING);
}

static void
show (CulvertDialogPrompter *self, Question *question, GtkWindow *parent)
{
  question->state = QUESTION_SHOWN;
  question->dialog = new_dialog (self, question->prompt);
  gtk_window_set_transient_for (GTK_WINDOW (question->dialog), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (question->dialog), TRUE);
  /* After its own handler, which answers. */
  g_signal_connect_after (question->dialog, "response", G_CALLBACK (response_cb), question);
  g_signal_connect (question->dialog, "destroy", G_CALLBACK (destroyed_cb), question);
  /* Who works in another program is not torn out of it: no claim to the focus. */
  if (parent == NULL || gtk_window_is_active (parent))
    gtk_window_present (GTK_WINDOW (question->dialog));
  else
    gtk_widget_set_visible (question->dialog, TRUE);
}

static void
show_next (CulvertDialogPrompter *self)
{
  Question  *question = find_in_state (self, QUESTION_WAITS);
  GtkWindow *parent;

  watch (self, NULL);
  if (question == NULL || find_in_state (self, QUESTION_SHOWN) != NULL)
    return;
  parent = self->get_parent != NULL ? self->get_parent (self->user_data) : NULL;
  if (parent == NULL)
    return;
  if (gtk_widget_get_mapped (GTK_WIDGET (parent)))
    show (self, question, parent);
  else
    watch (self, GTK_WIDGET (parent));
}

static Question *
add_question (CulvertDialogPrompter *self, CulvertPrompt *prompt)
{
  Question *question = g_new0 (Question, 1);

  question->prompter = self;
  question->prompt = g_object_ref (prompt);
  question->withdrawn_source = g_cancellable_source_new (culvert_prompt_get_withdrawn (prompt));
  g_source_set_callback (question->withdrawn_source, G_SOURCE_FUNC (withdrawn_cb), question, NULL);
  g_source_attach (question->withdrawn_source, g_main_context_get_thread_default ());
  g_ptr_array_add (self->questions, question);
  return question;
}

static void
ask (CulvertPrompter *prompter, CulvertPrompt *prompt)
{
  CulvertDialogPrompter *self = CULVERT_DIALOG_PROMPTER (prompter);

  if (find_question (self, prompt) != NULL)
    return;
  add_question (self, prompt);
  show_next (self);
}

static void
culvert_dialog_prompter_dispose (GObject *object)
{
  CulvertDialogPrompter *self = CULVERT_DIALOG_PROMPTER (object);

  watch (self, NULL);
  culvert_source_clear (&self->again);
  g_ptr_array_set_size (self->questions, 0);
  g_clear_object (&self->secrets);
  G_OBJECT_CLASS (culvert_dialog_prompter_parent_class)->dispose (object);
}

static void
culvert_dialog_prompter_finalize (GObject *object)
{
  g_ptr_array_unref (CULVERT_DIALOG_PROMPTER (object)->questions);
  G_OBJECT_CLASS (culvert_dialog_prompter_parent_class)->finalize (object);
}

static void
culvert_dialog_prompter_class_init (CulvertDialogPrompterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_dialog_prompter_dispose;
  object_class->finalize = culvert_dialog_prompter_finalize;
}

static void
culvert_dialog_prompter_init (CulvertDialogPrompter *self)
{
  self->questions = g_ptr_array_new_with_free_func (question_free);
}

CulvertDialogPrompter *
culvert_dialog_prompter_new (CulvertParentFunc get_parent, gpointer user_data)
{
  CulvertDialogPrompter *self = g_object_new (CULVERT_TYPE_DIALOG_PROMPTER, NULL);

  self->get_parent = get_parent;
  self->user_data = user_data;
  return self;
}

void
culvert_dialog_prompter_set_secret_store (CulvertDialogPrompter *self, CulvertSecretStore *secrets)
{
  g_return_if_fail (CULVERT_IS_DIALOG_PROMPTER (self));
  g_return_if_fail (secrets == NULL || CULVERT_IS_SECRET_STORE (secrets));

  g_set_object (&self->secrets, secrets);
}

void
culvert_dialog_prompter_present (CulvertDialogPrompter *self, CulvertPrompt *prompt)
{
  Question  *question;
  Question  *shown;
  GtkWindow *parent;

  g_return_if_fail (CULVERT_IS_DIALOG_PROMPTER (self));
  g_return_if_fail (CULVERT_IS_PROMPT (prompt));

  if (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)) ||
      culvert_prompt_get_decision (prompt) != CULVERT_DECISION_NONE)
    return;
  question = find_question (self, prompt);
  if (question == NULL)
    question = add_question (self, prompt);
  if (question->dialog != NULL)
    {
      gtk_window_present (GTK_WINDOW (question->dialog));
      return;
    }
  /* What is on the screen makes room, and comes back after this one. */
  shown = find_in_state (self, QUESTION_SHOWN);
  if (shown != NULL)
    {
      close_dialog (shown);
      shown->state = QUESTION_WAITS;
    }
  parent = self->get_parent != NULL ? self->get_parent (self->user_data) : NULL;
  show (self, question, parent);
  gtk_window_present (GTK_WINDOW (question->dialog));
}
