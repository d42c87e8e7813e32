/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/prompt-broker.h"

#include "base/source.h"
#include "engine/secret-queue.h"
#include "engine/trusted-keys.h"

/* A server that asks more often than this for what we can answer ourselves must ask the person: it
 * could go on for ever. */
#define MAX_OWN_ANSWERS 8

struct _CulvertPromptBroker
{
  CulvertPrompter    *prompter; /* nullable */
  CulvertSecretStore *secrets;  /* nullable */
  CulvertLog         *log;
  GMainContext       *context;
  GPtrArray          *questions;     /* of Question, oldest first */
  GHashTable         *memory;        /* purpose → Memory */
  CulvertTrustedKeys *trusted;       /* host keys, for this switched-on life */
  guint               n_own_answers; /* in this session: from memory and store */
  void (*shown_changed) (gpointer user_data);
  gpointer user_data;
};

/* Where a question stands, and once answered, where from. */
typedef enum
{
  QUESTION_LOOKED_UP, /* in the store, now */
  QUESTION_SHOWN,
  QUESTION_ANSWERED_BY_MEMORY,
  QUESTION_ANSWERED_BY_STORE,
  QUESTION_ANSWERED_BY_PERSON,
} QuestionState;

/* One question of the session, until it needs no more attention. */
typedef struct
{
  gatomicrefcount      ref_count; /* a prompt drops its listener in whatever thread */
  CulvertPromptBroker *broker;    /* NULL once it is none of the broker's business any more */
  QuestionState        state;
  CulvertPrompt       *prompt;           /* the session's */
  CulvertPrompt       *shown;            /* nullable: ours, for the person */
  GSource             *withdrawn_source; /* nullable */
  GCancellable        *lookup;           /* nullable */
  char                *tunnel_id;
  char                *tunnel_title;
  char                *label;
  GError              *store_error; /* nullable: why the store could not answer */
  gboolean             never_ask;
  gboolean             seems_right; /* once signed in, it is */
} Question;

typedef struct
{
  CulvertSecret *secret;
  gboolean       is_kept; /* in the store as well */
} Memory;

static void
memory_free (gpointer data)
{
  Memory *self = data;

  culvert_secret_unref (self->secret);
  g_free (self);
}

static Question *
question_ref (Question *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static gpointer
copy_question (gconstpointer question, gpointer user_data)
{
  return question_ref ((Question *)question);
}

static void
question_unref (gpointer data)
{
  Question *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->shown);
  g_clear_error (&self->store_error);
  g_object_unref (self->prompt);
  g_free (self->tunnel_id);
  g_free (self->tunnel_title);
  g_free (self->label);
  g_free (self);
}

static gboolean
is_open (Question *self)
{
  return self->state == QUESTION_LOOKED_UP || self->state == QUESTION_SHOWN;
}

static const char *
get_purpose (Question *self)
{
  return culvert_prompt_get_fields (self->prompt)->secret_purpose;
}

/* Can the answer be kept and given again?  Only the session knows a password from a code, so it
 * names a purpose for what may be; we keep one secret for a purpose. */
static gboolean
is_keepable (Question *self)
{
  const CulvertPromptFields *fields = culvert_prompt_get_fields (self->prompt);

  return fields->secret_purpose != NULL && fields->n_fields > 0 &&
         (fields->n_fields == 1 || fields->kind == CULVERT_PROMPT_NEW_PASSWORD);
}

/* What the keyring's own program shows: names alone, which need no translation. */
static char *
make_label (CulvertPrompt *prompt, const char *tunnel_title)
{
  const CulvertPromptFields *fields = culvert_prompt_get_fields (prompt);

  if (fields->key_file != NULL)
    return g_strdup_printf ("Culvert · %s · %s", tunnel_title, fields->key_file);
  if (fields->user != NULL)
    return g_strdup_printf ("Culvert · %s · %s@%s", tunnel_title, fields->user, fields->host);

  return g_strdup_printf ("Culvert · %s · %s", tunnel_title, fields->host);
}

static void
log_store_trouble (CulvertLog *log, const char *what, const GError *error)
{
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    culvert_log_write (log, CULVERT_LOG_WARNING, "keyring: cannot %s: %s", what, error->message);
}

static void
stored_cb (CulvertSecret *secret, const GError *error, gpointer user_data)
{
  log_store_trouble (user_data, "keep the secret", error);
}

static void
forgotten_cb (CulvertSecret *secret, const GError *error, gpointer user_data)
{
  log_store_trouble (user_data, "forget the secret", error);
}

/* Ends the broker's interest in a question; what is still under way for it finds no broker. */
static void
settle (Question *question)
{
  CulvertPromptBroker *self = question->broker;
  gboolean             was_shown = question->state == QUESTION_SHOWN;

  if (self == NULL)
    return;

  question_ref (question);
  question->broker = NULL;
  if (question->lookup != NULL)
    g_cancellable_cancel (question->lookup);
  g_clear_object (&question->lookup);
  culvert_source_clear (&question->withdrawn_source);
  if (question->shown != NULL)
    culvert_prompt_withdraw (question->shown);
  g_ptr_array_remove (self->questions, question);

  if (was_shown)
    self->shown_changed (self->user_data);
  question_unref (question);
}

/* The answer is on its way to the session; the question stays for the result if that matters. */
static void
note_answered (Question *question, QuestionState how)
{
  CulvertPromptBroker *self = question->broker;
  gboolean             was_shown = question->state == QUESTION_SHOWN;

  if (!is_keepable (question))
    {
      settle (question);
      return;
    }

  question->state = how;
  if (was_shown)
    self->shown_changed (self->user_data);
}

/* The person */

static void
shown_answered_cb (CulvertPrompt *shown, gpointer user_data)
{
  Question             *question = user_data;
  CulvertDecision       decision = culvert_prompt_get_decision (shown);
  guint                 n_fields = culvert_prompt_get_fields (shown)->n_fields;
  g_autoptr (GPtrArray) secrets = g_ptr_array_new ();

  if (question->broker == NULL || question->state != QUESTION_SHOWN)
    return;

  if (decision == CULVERT_DECISION_NONE)
    {
      culvert_prompt_withdraw (question->prompt);
      settle (question);
      return;
    }

  for (guint i = 0; i < n_fields; i++)
    g_ptr_array_add (secrets, culvert_prompt_get_secret (shown, i));
  culvert_prompt_answer (question->prompt, decision, (CulvertSecret *const *)secrets->pdata,
                         decision == CULVERT_DECISION_REFUSE ? 0 : n_fields);

  if (decision == CULVERT_DECISION_ONCE)
    culvert_trusted_keys_add (question->broker->trusted,
                              culvert_prompt_get_fields (shown)->host_key);

  if (decision == CULVERT_DECISION_REFUSE)
    settle (question);
  else
    note_answered (question, QUESTION_ANSWERED_BY_PERSON);
}

static void
show (Question *question)
{
  CulvertPromptBroker *self = question->broker;

  /* Its session went while the store was asked. */
  if (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (question->prompt)))
    {
      settle (question);
      return;
    }

  if (self->prompter == NULL || question->never_ask)
    {
      culvert_log_write (self->log, CULVERT_LOG_WARNING,
                         "the server or a key asks something, and there is nobody to answer");
      culvert_prompt_answer (question->prompt, CULVERT_DECISION_REFUSE, NULL, 0);
      settle (question);
      return;
    }

  question->state = QUESTION_SHOWN;
  question->shown = culvert_prompt_new (culvert_prompt_get_fields (question->prompt));
  culvert_prompt_set_tunnel (question->shown, question->tunnel_id, question->tunnel_title);
  culvert_prompt_set_store_error (question->shown, question->store_error);
  culvert_prompt_set_answered_func (question->shown, self->context, shown_answered_cb,
                                    question_ref (question), question_unref);

  question_ref (question);
  self->shown_changed (self->user_data);
  /* Who was told may have taken the question back. */
  if (question->broker != NULL)
    culvert_prompter_ask (self->prompter, question->shown);
  question_unref (question);
}

/* Memory and store */

static void
answer_by_secret (Question *question, CulvertSecret *secret, QuestionState how)
{
  CulvertSecret *secrets[] = { secret };

  question->broker->n_own_answers++;
  culvert_prompt_answer (question->prompt, CULVERT_DECISION_ONCE, secrets, 1);
  note_answered (question, how);
}

static void
looked_up_cb (CulvertSecret *secret, const GError *error, gpointer user_data)
{
  Question *question = user_data;

  if (question->broker == NULL)
    return;

  log_store_trouble (question->broker->log, "look the secret up", error);
  if (secret != NULL)
    {
      culvert_log_write (question->broker->log, CULVERT_LOG_INFO, "answered from the keyring");
      answer_by_secret (question, secret, QUESTION_ANSWERED_BY_STORE);
    }
  else
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        question->store_error = g_error_copy (error);
      show (question);
    }
}

static void
remember (CulvertPromptBroker *self, const char *purpose, CulvertSecret *secret, gboolean is_kept)
{
  Memory *memory = g_new (Memory, 1);

  memory->secret = culvert_secret_ref (secret);
  memory->is_kept = is_kept;
  g_hash_table_replace (self->memory, g_strdup (purpose), memory);
}

static gboolean
withdrawn_cb (GCancellable *cancellable, gpointer user_data)
{
  Question *question = user_data;

  if (is_open (question))
    settle (question);

  return G_SOURCE_REMOVE;
}

static void
watch_withdrawn (Question *question)
{
  GSource *source = g_cancellable_source_new (culvert_prompt_get_withdrawn (question->prompt));

  g_source_set_callback (source, G_SOURCE_FUNC (withdrawn_cb), question_ref (question),
                         question_unref);
  g_source_attach (source, question->broker->context);
  question->withdrawn_source = source;
}

CulvertPromptBroker *
culvert_prompt_broker_new (CulvertPrompter    *prompter,
                           CulvertSecretStore *secrets,
                           CulvertLog         *log,
                           void (*shown_changed) (gpointer user_data),
                           gpointer user_data)
{
  CulvertPromptBroker *self = g_new0 (CulvertPromptBroker, 1);

  self->prompter = prompter != NULL ? g_object_ref (prompter) : NULL;
  self->secrets = secrets != NULL ? g_object_ref (secrets) : NULL;
  self->log = g_object_ref (log);
  self->context = g_main_context_ref_thread_default ();
  self->questions = g_ptr_array_new_with_free_func (question_unref);
  self->trusted = culvert_trusted_keys_new ();
  self->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, memory_free);
  self->shown_changed = shown_changed;
  self->user_data = user_data;

  return self;
}

void
culvert_prompt_broker_free (CulvertPromptBroker *self)
{
  if (self == NULL)
    return;

  culvert_prompt_broker_withdraw (self);
  culvert_prompt_broker_forget (self);
  g_ptr_array_unref (self->questions);
  g_hash_table_unref (self->memory);
  culvert_trusted_keys_free (self->trusted);
  g_main_context_unref (self->context);
  g_clear_object (&self->prompter);
  g_clear_object (&self->secrets);
  g_object_unref (self->log);
  g_free (self);
}

static Question *
add_question (CulvertPromptBroker *self, CulvertProfile *profile, CulvertPrompt *prompt)
{
  Question *question = g_new0 (Question, 1);

  g_atomic_ref_count_init (&question->ref_count);
  question->broker = self;
  question->state = QUESTION_LOOKED_UP;
  question->prompt = g_object_ref (prompt);
  question->tunnel_id = g_strdup (profile->id);
  question->tunnel_title = culvert_profile_dup_title (profile);
  question->label = make_label (prompt, question->tunnel_title);
  question->never_ask = profile->never_ask;
  g_ptr_array_add (self->questions, question);
  watch_withdrawn (question);

  return question;
}

/* It is asked for again: what seemed right was not. */
static void
drop_unproven (CulvertPromptBroker *self, const char *purpose)
{
  g_autoptr (GPtrArray) questions = g_ptr_array_copy (self->questions, copy_question, NULL);

  for (guint i = 0; i < questions->len; i++)
    {
      Question *question = g_ptr_array_index (questions, i);

      if (question->seems_right && g_str_equal (get_purpose (question), purpose))
        settle (question);
    }
}

void
culvert_prompt_broker_ask (CulvertPromptBroker *self,
                           CulvertProfile      *profile,
                           CulvertPrompt       *prompt)
{
  const CulvertPromptFields *fields = culvert_prompt_get_fields (prompt);
  Question                  *question;
  Memory                    *memory;

  if (fields->secret_purpose != NULL)
    drop_unproven (self, fields->secret_purpose);
  question = add_question (self, profile, prompt);
  culvert_prompt_set_tunnel (prompt, question->tunnel_id, question->tunnel_title);
  if (culvert_trusted_keys_has (self->trusted, fields->host_key))
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO,
                         "the host key is the one that was trusted for this time");
      culvert_prompt_answer (prompt, CULVERT_DECISION_ONCE, NULL, 0);
      settle (question);
      return;
    }
  if (!is_keepable (question) || fields->attempt > 0 ||
      fields->kind == CULVERT_PROMPT_NEW_PASSWORD || self->n_own_answers >= MAX_OWN_ANSWERS)
    {
      show (question);
      return;
    }

  memory = g_hash_table_lookup (self->memory, fields->secret_purpose);
  if (memory != NULL)
    {
      answer_by_secret (question, memory->secret, QUESTION_ANSWERED_BY_MEMORY);
    }
  else if (self->secrets != NULL)
    {
      question->lookup = g_cancellable_new ();
      culvert_secret_queue_lookup (culvert_secret_queue_get (self->secrets), question->tunnel_id,
                                   fields->secret_purpose, question->lookup, looked_up_cb,
                                   question_ref (question), question_unref);
    }
  else
    {
      show (question);
    }
}

/* A new password in the place of one that is kept: the old one is of no use any more. */
static gboolean
replaces_kept (CulvertPromptBroker *self, Question *question)
{
  Memory *memory = g_hash_table_lookup (self->memory, get_purpose (question));

  return culvert_prompt_get_fields (question->prompt)->kind == CULVERT_PROMPT_NEW_PASSWORD &&
         memory != NULL && memory->is_kept;
}

static void
keep_right_answer (CulvertPromptBroker *self, Question *question)
{
  CulvertSecret *secret = culvert_prompt_get_secret (question->prompt, 0);
  gboolean       is_wanted_kept =
    question->state == QUESTION_ANSWERED_BY_PERSON &&
    (culvert_prompt_get_decision (question->prompt) == CULVERT_DECISION_SAVE ||
     replaces_kept (self, question));

  if (secret == NULL || question->state == QUESTION_ANSWERED_BY_MEMORY)
    return;

  if (is_wanted_kept && self->secrets != NULL)
    culvert_secret_queue_store (culvert_secret_queue_get (self->secrets), question->tunnel_id,
                                get_purpose (question), question->label, secret, stored_cb,
                                g_object_ref (self->log), g_object_unref);
  remember (self, get_purpose (question), secret,
            is_wanted_kept || question->state == QUESTION_ANSWERED_BY_STORE);
}

static void
forget_wrong_answer (CulvertPromptBroker *self, Question *question)
{
  Memory  *memory = g_hash_table_lookup (self->memory, get_purpose (question));
  gboolean is_kept =
    question->state == QUESTION_ANSWERED_BY_STORE ||
    (question->state == QUESTION_ANSWERED_BY_MEMORY && memory != NULL && memory->is_kept);

  g_hash_table_remove (self->memory, get_purpose (question));
  if (is_kept && self->secrets != NULL)
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO,
                         "the kept secret was not accepted and is forgotten");
      culvert_secret_queue_forget (culvert_secret_queue_get (self->secrets), question->tunnel_id,
                                   get_purpose (question), forgotten_cb, g_object_ref (self->log),
                                   g_object_unref);
    }
}

void
culvert_prompt_broker_set_result (CulvertPromptBroker *self,
                                  CulvertPrompt       *prompt,
                                  gboolean             accepted)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      Question *question = g_ptr_array_index (self->questions, i);

      if (question->prompt != prompt || is_open (question))
        continue;

      if (accepted && culvert_prompt_get_fields (prompt)->kind == CULVERT_PROMPT_QUESTIONS)
        {
          question->seems_right = TRUE;
          return;
        }
      if (accepted)
        keep_right_answer (self, question);
      else
        forget_wrong_answer (self, question);
      settle (question);
      return;
    }
}

static void
settle_answered (CulvertPromptBroker *self, gboolean is_signed_in)
{
  g_autoptr (GPtrArray) questions = g_ptr_array_copy (self->questions, copy_question, NULL);

  for (guint i = 0; i < questions->len; i++)
    {
      Question *question = g_ptr_array_index (questions, i);

      if (is_open (question))
        continue;
      if (is_signed_in && question->seems_right)
        keep_right_answer (self, question);
      settle (question);
    }
}

void
culvert_prompt_broker_signed_in (CulvertPromptBroker *self)
{
  settle_answered (self, TRUE);
}

void
culvert_prompt_broker_session_over (CulvertPromptBroker *self)
{
  settle_answered (self, FALSE);
  self->n_own_answers = 0;
}

void
culvert_prompt_broker_withdraw (CulvertPromptBroker *self)
{
  g_autoptr (GPtrArray) questions = g_ptr_array_copy (self->questions, copy_question, NULL);

  for (guint i = 0; i < questions->len; i++)
    {
      Question *question = g_ptr_array_index (questions, i);

      if (is_open (question))
        {
          culvert_prompt_withdraw (question->prompt);
          settle (question);
        }
    }
}

void
culvert_prompt_broker_forget (CulvertPromptBroker *self)
{
  culvert_prompt_broker_withdraw (self);
  culvert_prompt_broker_session_over (self);
  g_hash_table_remove_all (self->memory);
  culvert_trusted_keys_clear (self->trusted);
}

CulvertPrompt *
culvert_prompt_broker_get_shown (CulvertPromptBroker *self)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      Question *question = g_ptr_array_index (self->questions, i);

      if (question->state == QUESTION_SHOWN)
        return question->shown;
    }

  return NULL;
}

gboolean
culvert_prompt_broker_has_prompter (CulvertPromptBroker *self)
{
  return self->prompter != NULL;
}
