/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The stand-ins for whoever asks the person and for the keyring keep the contracts of
 * core/prompter.h and core/secret-store.h, which other tests lean on. */

#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"

#define DEADLINE_MS 5000

static CulvertPrompt *
make_prompt (CulvertPromptKind kind)
{
  const CulvertPromptField fields[] = { { NULL, TRUE }, { NULL, TRUE } };

  return culvert_prompt_new (
    &(CulvertPromptFields){ .kind = kind, .host = "h", .fields = fields, .n_fields = 2 });
}

static const char *
text_of (CulvertPrompt *prompt, guint index)
{
  CulvertSecret *secret = culvert_prompt_get_secret (prompt, index);

  return secret != NULL ? culvert_secret_peek (secret) : NULL;
}

static void
test_prompter (void)
{
  g_autoptr (CulvertScriptedPrompter) prompter = culvert_scripted_prompter_new ();
  g_autoptr (CulvertPrompt)           at_once = make_prompt (CULVERT_PROMPT_QUESTIONS);
  g_autoptr (CulvertPrompt)           later = make_prompt (CULVERT_PROMPT_PASSWORD);
  g_autoptr (CulvertPrompt)           never = make_prompt (CULVERT_PROMPT_PASSPHRASE);
  g_autoptr (CulvertPrompt)           by_hand = make_prompt (CULVERT_PROMPT_HOST_KEY);
  const char *const                   answers[] = { "hand", NULL };

  culvert_scripted_prompter_add (prompter, &(CulvertScriptLine){ .kind = CULVERT_PROMPT_QUESTIONS,
                                                                 .decision = CULVERT_DECISION_SAVE,
                                                                 .answers = { "one", "two" } });
  culvert_scripted_prompter_add (prompter,
                                 &(CulvertScriptLine){ .kind = CULVERT_PROMPT_PASSWORD,
                                                       .decision = CULVERT_DECISION_REFUSE,
                                                       .delay_ms = 20 });
  culvert_scripted_prompter_add (prompter,
                                 &(CulvertScriptLine){ .kind = CULVERT_PROMPT_PASSPHRASE });
  culvert_scripted_prompter_add (prompter, &(CulvertScriptLine){ .kind = CULVERT_PROMPT_HOST_KEY });
  g_assert_cmpuint (culvert_scripted_prompter_get_n_left (prompter), ==, 4);

  culvert_prompter_ask (CULVERT_PROMPTER (prompter), at_once);
  g_assert_cmpint (culvert_prompt_get_decision (at_once), ==, CULVERT_DECISION_SAVE);
  g_assert_cmpstr (text_of (at_once, 0), ==, "one");
  g_assert_cmpstr (text_of (at_once, 1), ==, "two");

  culvert_prompter_ask (CULVERT_PROMPTER (prompter), later);
  g_assert_cmpint (culvert_prompt_get_decision (later), ==, CULVERT_DECISION_NONE);
  culvert_test_wait_until (culvert_prompt_get_decision (later) == CULVERT_DECISION_REFUSE,
                           DEADLINE_MS);

  culvert_prompter_ask (CULVERT_PROMPTER (prompter), never);
  culvert_prompter_ask (CULVERT_PROMPTER (prompter), by_hand);
  culvert_scripted_prompter_answer (prompter, 3, CULVERT_DECISION_ONCE, answers);
  g_assert_cmpint (culvert_prompt_get_decision (by_hand), ==, CULVERT_DECISION_ONCE);
  g_assert_cmpstr (text_of (by_hand, 0), ==, "hand");
  culvert_test_spend (40);
  g_assert_cmpint (culvert_prompt_get_decision (never), ==, CULVERT_DECISION_NONE);

  g_assert_cmpuint (culvert_scripted_prompter_get_n_withdrawn (prompter), ==, 0);
  culvert_prompt_withdraw (never);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_withdrawn (prompter), ==, 1);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_left (prompter), ==, 0);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_shown (prompter), ==, 4);
  g_assert_true (culvert_scripted_prompter_get_shown (prompter, 2) == never);
}

/* The keyring -------------------------------------------------------------------------------- */

typedef struct
{
  guint          n_answers;
  CulvertSecret *secret;
  gboolean       is_done;
  GError        *error;
} Answer;

static void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->secret, culvert_secret_unref);
  g_clear_error (&self->error);
  *self = (Answer){ 0 };
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->secret =
    culvert_secret_store_lookup_finish (CULVERT_SECRET_STORE (source), result, &answer->error);
  answer->n_answers++;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->is_done =
    culvert_secret_store_store_finish (CULVERT_SECRET_STORE (source), result, &answer->error);
  answer->n_answers++;
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->is_done =
    culvert_secret_store_forget_finish (CULVERT_SECRET_STORE (source), result, &answer->error);
  answer->n_answers++;
}

static void
look_up (CulvertFakeSecretStore *store, const char *id, const char *purpose, Answer *answer)
{
  culvert_secret_store_lookup_async (CULVERT_SECRET_STORE (store), id, purpose, NULL, looked_up_cb,
                                     answer);
  /* Nobody is called back from within the call. */
  g_assert_cmpuint (answer->n_answers, ==, 0);
}

static void
store_text (CulvertFakeSecretStore *store,
            const char             *id,
            const char             *purpose,
            const char             *text,
            Answer                 *answer)
{
  g_autoptr (CulvertSecret) secret = culvert_secret_new (text, -1);

  culvert_secret_store_store_async (CULVERT_SECRET_STORE (store), id, purpose, "Label", secret,
                                    NULL, stored_cb, answer);
  g_assert_cmpuint (answer->n_answers, ==, 0);
}

static void
forget (CulvertFakeSecretStore *store, const char *id, const char *purpose, Answer *answer)
{
  culvert_secret_store_forget_async (CULVERT_SECRET_STORE (store), id, purpose, NULL, forgotten_cb,
                                     answer);
  g_assert_cmpuint (answer->n_answers, ==, 0);
}

static void
test_keyring_works (void)
{
  g_autoptr (CulvertFakeSecretStore) store =
    culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  g_autofree char *kept = NULL;
  Answer           answer = { 0 };

  g_assert_cmpint (culvert_secret_store_get_kind (CULVERT_SECRET_STORE (store)), ==,
                   CULVERT_SECRET_STORE_KEYRING);
  look_up (store, "a", "password", &answer);
  culvert_test_wait_until (answer.n_answers == 1, DEADLINE_MS);
  g_assert_no_error (answer.error);
  g_assert_null (answer.secret);

  answer_clear (&answer);
  store_text (store, "a", "password", "secret", &answer);
  culvert_test_wait_until (answer.n_answers == 1, DEADLINE_MS);
  g_assert_true (answer.is_done);
  kept = culvert_fake_secret_store_dup_text (store, "a", "password");
  g_assert_cmpstr (kept, ==, "secret");

  answer_clear (&answer);
  look_up (store, "a", "password", &answer);
  culvert_test_wait_until (answer.n_answers == 1, DEADLINE_MS);
  g_assert_cmpstr (culvert_secret_peek (answer.secret), ==, "secret");
  answer_clear (&answer);

  culvert_fake_secret_store_put (store, "a", "passphrase:/x", "other");
  culvert_fake_secret_store_put (store, "ab", "password", "of another tunnel");
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (store), ==, 3);
  forget (store, "a", "password", &answer);
  culvert_test_wait_until (answer.n_answers == 1, DEADLINE_MS);
  g_assert_true (answer.is_done);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (store), ==, 2);
  answer_clear (&answer);
  forget (store, "a", NULL, &answer);
  culvert_test_wait_until (answer.n_answers == 1, DEADLINE_MS);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (store), ==, 1);

  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (store), ==, 2);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (store), ==, 1);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_forgets (store), ==, 2);
}

static void
check_failing (CulvertFakeSecretsSituation situation, int code)
{
  g_autoptr (CulvertFakeSecretStore) store = culvert_fake_secret_store_new (situation);
  Answer                             answers[3] = { { 0 } };

  culvert_fake_secret_store_put (store, "a", "password", "secret");
  look_up (store, "a", "password", &answers[0]);
  store_text (store, "b", "password", "x", &answers[1]);
  forget (store, "a", NULL, &answers[2]);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      culvert_test_wait_until (answers[i].n_answers == 1, DEADLINE_MS);
      g_assert_error (answers[i].error, CULVERT_SECRET_STORE_ERROR, code);
      g_assert_null (answers[i].secret);
      g_assert_false (answers[i].is_done);
      answer_clear (&answers[i]);
    }
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (store), ==, 1);
}

static void
test_keyring_locked (void)
{
  check_failing (CULVERT_FAKE_SECRETS_LOCKED, CULVERT_SECRET_STORE_ERROR_LOCKED);
}

static void
test_keyring_absent (void)
{
  check_failing (CULVERT_FAKE_SECRETS_ABSENT, CULVERT_SECRET_STORE_ERROR_ABSENT);
}

static void
count_cb (CulvertSecretStore *store, guint *n_calls)
{
  (*n_calls)++;
}

static void
test_kind_changes (void)
{
  g_autoptr (CulvertFakeSecretStore) store =
    culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  guint n_calls = 0;

  g_signal_connect (store, "kind-changed", G_CALLBACK (count_cb), &n_calls);
  culvert_fake_secret_store_set_situation (store, CULVERT_FAKE_SECRETS_LOCKED);
  g_assert_cmpuint (n_calls, ==, 0);
  culvert_fake_secret_store_set_situation (store, CULVERT_FAKE_SECRETS_ABSENT);
  g_assert_cmpuint (n_calls, ==, 1);
  g_assert_cmpint (culvert_secret_store_get_kind (CULVERT_SECRET_STORE (store)), ==,
                   CULVERT_SECRET_STORE_MEMORY);
}

static void
test_keyring_slow (void)
{
  g_autoptr (CulvertFakeSecretStore) store =
    culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_SLOW);
  g_autoptr (GCancellable)  cancellable = g_cancellable_new ();
  g_autoptr (CulvertSecret) secret = culvert_secret_new ("late", -1);
  Answer                    waiting = { 0 };
  Answer                    cancelled = { 0 };

  culvert_fake_secret_store_put (store, "a", "password", "secret");
  look_up (store, "a", "password", &waiting);
  culvert_secret_store_store_async (CULVERT_SECRET_STORE (store), "b", "password", "Label", secret,
                                    cancellable, stored_cb, &cancelled);
  culvert_test_spend (20);
  g_assert_cmpuint (waiting.n_answers, ==, 0);
  g_assert_cmpuint (cancelled.n_answers, ==, 0);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_waiting (store), ==, 2);

  /* The answer is abandoned, the call underneath is not. */
  g_cancellable_cancel (cancellable);
  culvert_test_wait_until (cancelled.n_answers == 1, DEADLINE_MS);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer_clear (&cancelled);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_waiting (store), ==, 2);

  culvert_fake_secret_store_release (store);
  culvert_test_wait_until (waiting.n_answers == 1, DEADLINE_MS);
  g_assert_cmpstr (culvert_secret_peek (waiting.secret), ==, "secret");
  answer_clear (&waiting);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (store), ==, 2);
  g_assert_cmpuint (cancelled.n_answers, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/fakes/prompter", test_prompter);
  g_test_add_func ("/core/fakes/keyring-works", test_keyring_works);
  g_test_add_func ("/core/fakes/keyring-locked", test_keyring_locked);
  g_test_add_func ("/core/fakes/keyring-absent", test_keyring_absent);
  g_test_add_func ("/core/fakes/kind-changes", test_kind_changes);
  g_test_add_func ("/core/fakes/keyring-slow", test_keyring_slow);

  return g_test_run ();
}
