/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/prompt-broker.h"

#include "engine/secret-queue.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"

#define PATIENCE_MS 5000

typedef struct
{
  CulvertFakeSecretStore  *secrets;
  CulvertScriptedPrompter *prompter;
  CulvertLog              *log;
  CulvertProfile          *profile;
  CulvertPromptBroker     *broker;
  guint                    n_changes;
} Fixture;

static void
shown_changed_cb (gpointer user_data)
{
  Fixture *self = user_data;

  self->n_changes++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->prompter = culvert_scripted_prompter_new ();
  self->log = culvert_log_new (100);
  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->name, "office");
  self->broker = culvert_prompt_broker_new (CULVERT_PROMPTER (self->prompter),
                                            CULVERT_SECRET_STORE (self->secrets), self->log,
                                            shown_changed_cb, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->broker, culvert_prompt_broker_free);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (self->prompter);
  g_assert_finalize_object (self->secrets);
  g_assert_finalize_object (self->log);
  culvert_profile_unref (self->profile);
}

static CulvertPrompt *
ask (Fixture *self, CulvertPromptKind kind, const char *purpose, guint attempt, guint n_fields)
{
  CulvertPromptField  fields[2] = { { (char *)"Password: ", TRUE }, { (char *)"Code: ", TRUE } };
  CulvertPromptFields all = {
    .kind = kind,
    .user = "alice",
    .host = "bastion.example",
    .port = 22,
    .key_file = kind == CULVERT_PROMPT_PASSPHRASE ? "~/.ssh/id_ed25519" : NULL,
    .secret_purpose = purpose,
    .attempt = attempt,
    .fields = fields,
    .n_fields = n_fields,
  };
  CulvertPrompt *prompt = culvert_prompt_new (&all);

  culvert_prompt_broker_ask (self->broker, self->profile, prompt);

  return prompt;
}

static void
expect (Fixture *self, CulvertPromptKind kind, CulvertDecision decision, const char *answer)
{
  culvert_scripted_prompter_add (
    self->prompter,
    &(CulvertScriptLine){ .kind = kind, .decision = decision, .answers = { answer, NULL } });
}

#define wait_for_answer(prompt)                                                                    \
  culvert_test_wait_until (culvert_prompt_get_decision (prompt) != CULVERT_DECISION_NONE,          \
                           PATIENCE_MS)

static void
test_each_purpose_is_its_own (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertPrompt) passphrase = NULL;
  g_autoptr (CulvertPrompt) password = NULL;
  g_autofree char          *kept = NULL;

  expect (self, CULVERT_PROMPT_PASSPHRASE, CULVERT_DECISION_SAVE, "of the key");
  passphrase = ask (self, CULVERT_PROMPT_PASSPHRASE, "passphrase:k", 0, 1);
  wait_for_answer (passphrase);
  culvert_prompt_broker_set_result (self->broker, passphrase, TRUE);
  g_assert_cmpstr (culvert_fake_secret_store_get_label (self->secrets), ==,
                   "Culvert · office · ~/.ssh/id_ed25519");

  expect (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_ONCE, "of the account");
  password = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);
  wait_for_answer (password);
  g_assert_cmpstr (culvert_secret_peek (culvert_prompt_get_secret (password, 0)), ==,
                   "of the account");
  kept = culvert_fake_secret_store_dup_text (self->secrets, self->profile->id, "passphrase:k");
  g_assert_cmpstr (kept, ==, "of the key");
  /* Shown, taken away; twice. */
  g_assert_cmpuint (self->n_changes, ==, 4);
}

/* One secret is kept for a purpose, so a form of several fields is for the person. */
static void
test_several_fields_are_not_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = NULL;

  culvert_fake_secret_store_put (self->secrets, self->profile->id, "password", "swordfish");
  culvert_scripted_prompter_add (
    self->prompter, &(CulvertScriptLine){ .kind = CULVERT_PROMPT_QUESTIONS,
                                          .decision = CULVERT_DECISION_SAVE,
                                          .answers = { "swordfish", "123456", NULL } });
  prompt = ask (self, CULVERT_PROMPT_QUESTIONS, "password", 0, 2);
  wait_for_answer (prompt);
  g_assert_cmpstr (culvert_secret_peek (culvert_prompt_get_secret (prompt, 1)), ==, "123456");
  culvert_prompt_broker_set_result (self->broker, prompt, TRUE);
  culvert_prompt_broker_signed_in (self->broker);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (self->secrets), ==, 0);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
}

/* The old password is what a question for a new one must not be answered with; the new one takes
 * its place. */
static void
test_new_password (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = NULL;
  g_autofree char          *kept = NULL;

  culvert_fake_secret_store_put (self->secrets, self->profile->id, "password", "old");
  expect (self, CULVERT_PROMPT_NEW_PASSWORD, CULVERT_DECISION_SAVE, "new");
  prompt = ask (self, CULVERT_PROMPT_NEW_PASSWORD, "password", 0, 1);
  wait_for_answer (prompt);
  g_assert_cmpstr (culvert_secret_peek (culvert_prompt_get_secret (prompt, 0)), ==, "new");
  culvert_prompt_broker_set_result (self->broker, prompt, TRUE);
  kept = culvert_fake_secret_store_dup_text (self->secrets, self->profile->id, "password");
  g_assert_cmpstr (kept, ==, "new");
}

/* Whoever had the old password kept need not say so again: the new one takes its place. */
static void
test_new_password_replaces_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertPrompt) old = NULL;
  g_autoptr (CulvertPrompt) prompt = NULL;
  g_autofree char          *kept = NULL;

  culvert_fake_secret_store_put (self->secrets, self->profile->id, "password", "old");
  old = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);
  wait_for_answer (old);
  culvert_prompt_broker_set_result (self->broker, old, TRUE);
  expect (self, CULVERT_PROMPT_NEW_PASSWORD, CULVERT_DECISION_ONCE, "new");
  prompt = ask (self, CULVERT_PROMPT_NEW_PASSWORD, "password", 0, 1);
  wait_for_answer (prompt);
  culvert_prompt_broker_set_result (self->broker, prompt, TRUE);
  kept = culvert_fake_secret_store_dup_text (self->secrets, self->profile->id, "password");
  g_assert_cmpstr (kept, ==, "new");
}

/* What was never kept is not kept because it expired. */
static void
test_new_password_is_not_kept_unasked (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertPrompt) old = NULL;
  g_autoptr (CulvertPrompt) prompt = NULL;

  expect (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_ONCE, "old");
  expect (self, CULVERT_PROMPT_NEW_PASSWORD, CULVERT_DECISION_ONCE, "new");
  old = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);
  wait_for_answer (old);
  culvert_prompt_broker_set_result (self->broker, old, TRUE);
  prompt = ask (self, CULVERT_PROMPT_NEW_PASSWORD, "password", 0, 1);
  wait_for_answer (prompt);
  culvert_prompt_broker_set_result (self->broker, prompt, TRUE);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
}

/* A server that asks for ever what we can answer by ourselves gets the person in the end. */
static void
test_own_answers_have_an_end (Fixture *self, gconstpointer data)
{
  guint n_rounds = 0;

  culvert_fake_secret_store_put (self->secrets, self->profile->id, "password", "swordfish");
  expect (self, CULVERT_PROMPT_QUESTIONS, CULVERT_DECISION_REFUSE, NULL);
  while (culvert_scripted_prompter_get_n_shown (self->prompter) == 0)
    {
      g_autoptr (CulvertPrompt) prompt = ask (self, CULVERT_PROMPT_QUESTIONS, "password", 0, 1);

      wait_for_answer (prompt);
      culvert_prompt_broker_set_result (self->broker, prompt, TRUE);
      g_assert_cmpuint (++n_rounds, <, 50);
    }
  g_assert_cmpuint (n_rounds, >, 3);

  /* The next session begins with trust again. */
  culvert_prompt_broker_session_over (self->broker);
  {
    g_autoptr (CulvertPrompt) prompt = ask (self, CULVERT_PROMPT_QUESTIONS, "password", 0, 1);

    wait_for_answer (prompt);
    g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_ONCE);
  }
}

/* A kept password that was right once may be changed at the server while the tunnel is up. */
static void
test_a_remembered_answer_that_became_wrong (Fixture *self, gconstpointer data)
{
  culvert_fake_secret_store_put (self->secrets, self->profile->id, "password", "swordfish");
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (CulvertPrompt) prompt = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);

      wait_for_answer (prompt);
      culvert_prompt_broker_set_result (self->broker, prompt, i == 0);
      culvert_prompt_broker_session_over (self->broker);
    }
  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (self->secrets), ==, 1);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_forgets (self->secrets), ==, 1);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (self->secrets), ==, 0);

  /* Gone from both: the next time it is the person's turn. */
  expect (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_ONCE, "sawfish");
  {
    g_autoptr (CulvertPrompt) prompt = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);

    wait_for_answer (prompt);
    g_assert_cmpstr (culvert_secret_peek (culvert_prompt_get_secret (prompt, 0)), ==, "sawfish");
  }
}

/* The session gave up while the question was on its way here. */
static void
test_withdrawn_before_it_is_shown (Fixture *self, gconstpointer data)
{
  CulvertPromptFields       fields = { .kind = CULVERT_PROMPT_HOST_KEY, .host = "bastion.example" };
  g_autoptr (CulvertPrompt) prompt = culvert_prompt_new (&fields);

  culvert_prompt_withdraw (prompt);
  culvert_prompt_broker_ask (self->broker, self->profile, prompt);
  g_assert_null (culvert_prompt_broker_get_shown (self->broker));
  g_assert_cmpuint (culvert_scripted_prompter_get_n_shown (self->prompter), ==, 0);
  g_assert_cmpuint (self->n_changes, ==, 0);
}

/* What the person did not want kept is not theirs to forget in the keyring. */
static void
test_only_what_was_kept_is_forgotten (Fixture *self, gconstpointer data)
{
  expect (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_ONCE, "swordfish");
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (CulvertPrompt) prompt = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);

      wait_for_answer (prompt);
      culvert_prompt_broker_set_result (self->broker, prompt, i == 0);
      culvert_prompt_broker_session_over (self->broker);
    }
  g_assert_cmpuint (culvert_fake_secret_store_get_n_forgets (self->secrets), ==, 0);
}

/* Let go of with a question open and a lookup under way. */
static void
test_freed_while_asking (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertPrompt) shown = NULL;
  g_autoptr (CulvertPrompt) looked_up = NULL;

  expect (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_NONE, NULL);
  shown = ask (self, CULVERT_PROMPT_PASSWORD, "password", 1, 1);
  culvert_fake_secret_store_set_situation (self->secrets, CULVERT_FAKE_SECRETS_SLOW);
  looked_up = ask (self, CULVERT_PROMPT_PASSWORD, "password", 0, 1);
  g_assert_true (culvert_prompt_broker_get_shown (self->broker) ==
                 culvert_scripted_prompter_get_shown (self->prompter, 0));

  g_clear_pointer (&self->broker, culvert_prompt_broker_free);
  g_assert_true (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (shown)));
  g_assert_true (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (looked_up)));
  culvert_test_wait_until (culvert_scripted_prompter_get_n_withdrawn (self->prompter) == 1,
                           PATIENCE_MS);
  culvert_fake_secret_store_release (self->secrets);
}

static void
note_cb (CulvertSecret *secret, const GError *error, gpointer user_data)
{
  GString *text = user_data;

  g_string_append_printf (text, "%s ",
                          error != NULL    ? "error"
                          : secret != NULL ? culvert_secret_peek (secret)
                                           : "nothing");
}

/* In the order in which they were asked for, one at a time; what is cancelled is left out. */
static void
test_queue (Fixture *self, gconstpointer data)
{
  g_autoptr (GString)       text = g_string_new (NULL);
  g_autoptr (CulvertSecret) secret = culvert_secret_new ("swordfish", -1);
  g_autoptr (GCancellable)  cancellable = g_cancellable_new ();
  CulvertSecretQueue       *queue = culvert_secret_queue_get (CULVERT_SECRET_STORE (self->secrets));

  g_assert_true (queue == culvert_secret_queue_get (CULVERT_SECRET_STORE (self->secrets)));
  culvert_fake_secret_store_set_situation (self->secrets, CULVERT_FAKE_SECRETS_SLOW);
  culvert_secret_queue_lookup (queue, "id", "password", NULL, note_cb, text, NULL);
  culvert_secret_queue_store (queue, "id", "password", "label", secret, note_cb, text, NULL);
  culvert_secret_queue_lookup (queue, "id", "password", cancellable, note_cb, text, NULL);
  culvert_secret_queue_lookup (queue, "id", "password", NULL, note_cb, text, NULL);
  culvert_secret_queue_forget (queue, "id", "password", note_cb, text, NULL);
  culvert_secret_queue_lookup (queue, "id", "password", NULL, note_cb, text, NULL);
  g_cancellable_cancel (cancellable);

  for (int i = 0; i < 5; i++)
    {
      culvert_test_wait_until (culvert_fake_secret_store_get_n_waiting (self->secrets) == 1,
                               PATIENCE_MS);
      culvert_fake_secret_store_release (self->secrets);
    }
  culvert_test_wait_until (g_str_has_suffix (text->str, "nothing nothing "), PATIENCE_MS);
  g_assert_cmpstr (text->str, ==, "nothing nothing swordfish nothing nothing ");
}

typedef struct
{
  CulvertSecretQueue *queue;
  GString            *text;
} Again;

static void
ask_again_cb (CulvertSecret *secret, const GError *error, gpointer user_data)
{
  Again *again = user_data;

  note_cb (secret, error, again->text);
  culvert_secret_queue_lookup (again->queue, "id", "password", NULL, note_cb, again->text, NULL);
}

/* From inside an answer, with nothing else waiting: still one at a time, and each once. */
static void
test_queue_from_inside (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Again again = { culvert_secret_queue_get (CULVERT_SECRET_STORE (self->secrets)), text };

  culvert_fake_secret_store_put (self->secrets, "id", "password", "swordfish");
  culvert_fake_secret_store_set_situation (self->secrets, CULVERT_FAKE_SECRETS_SLOW);
  culvert_secret_queue_lookup (again.queue, "id", "password", NULL, ask_again_cb, &again, NULL);
  for (int i = 0; i < 2; i++)
    {
      culvert_test_wait_until (culvert_fake_secret_store_get_n_waiting (self->secrets) == 1,
                               PATIENCE_MS);
      culvert_fake_secret_store_release (self->secrets);
    }
  culvert_test_wait_until (g_str_equal (text->str, "swordfish swordfish "), PATIENCE_MS);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (self->secrets), ==, 2);
}

int
main (int argc, char *argv[])
{
#define ADD(path, test)                                                                            \
  g_test_add ("/engine/prompt-broker/" path, Fixture, NULL, set_up, test, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("each-purpose-is-its-own", test_each_purpose_is_its_own);
  ADD ("several-fields-are-not-kept", test_several_fields_are_not_kept);
  ADD ("new-password", test_new_password);
  ADD ("new-password-replaces-kept", test_new_password_replaces_kept);
  ADD ("new-password-is-not-kept-unasked", test_new_password_is_not_kept_unasked);
  ADD ("own-answers-have-an-end", test_own_answers_have_an_end);
  ADD ("a-remembered-answer-that-became-wrong", test_a_remembered_answer_that_became_wrong);
  ADD ("only-what-was-kept-is-forgotten", test_only_what_was_kept_is_forgotten);
  ADD ("withdrawn-before-it-is-shown", test_withdrawn_before_it_is_shown);
  ADD ("freed-while-asking", test_freed_while_asking);
  ADD ("queue", test_queue);
  ADD ("queue-from-inside", test_queue_from_inside);
#undef ADD

  return g_test_run ();
}
