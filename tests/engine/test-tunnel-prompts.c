/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/tunnel-fixture.h"
#include "engine/tunnel-private.h"

#define PASSWORD "password"

static guint
count_shown (TunnelFixture *self)
{
  return culvert_scripted_prompter_get_n_shown (self->prompter);
}

static void
assert_kept (TunnelFixture *self, const char *secret)
{
  g_autofree char *kept =
    culvert_fake_secret_store_dup_text (self->secrets, self->profile->id, PASSWORD);

  g_assert_cmpstr (kept, ==, secret);
}

static void
start_with_password (TunnelFixture *self)
{
  fake_maker_plan (self->maker, FAKE_ASKS_PASSWORD, 0);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_start (self->tunnel);
}

static void
lose_and_retry (TunnelFixture *self)
{
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  tunnel_fixture_wait_for (self, WAITING);
  culvert_tunnel_retry_now (self->tunnel);
}

static void
test_the_person_answers (TunnelFixture *self, gconstpointer data)
{
  CulvertPrompt *prompt;

  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  prompt = culvert_tunnel_get_prompt (self->tunnel);
  g_assert_nonnull (prompt);
  g_assert_true (prompt == culvert_scripted_prompter_get_shown (self->prompter, 0));
  g_assert_cmpstr (culvert_prompt_get_tunnel_id (prompt), ==, self->profile->id);
  g_assert_cmpstr (culvert_prompt_get_tunnel_title (prompt), ==, "office");
  g_assert_cmpstr (culvert_prompt_get_fields (prompt)->user, ==, "alice");
  g_assert_cmpuint (culvert_prompt_get_fields (prompt)->attempt, ==, 0);

  tunnel_fixture_answer (self, 0, CULVERT_DECISION_ONCE, FAKE_PASSWORD);
  tunnel_fixture_wait_for (self, UP);
  g_assert_null (culvert_tunnel_get_prompt (self->tunnel));
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in needs-you signing-in up");
  g_assert_true (engine_log_has_line (culvert_tunnel_get_log (self->tunnel),
                                      "signing-in → needs-you (a question is open)"));
  /* "Once" is not "remember". */
  assert_kept (self, NULL);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
}

/* The question that is open is answered for once: after a drop it is not asked again … */
static void
assert_lasts_until_switched_off (TunnelFixture *self, CulvertPromptKind kind, const char *answer)
{
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_ONCE, answer);
  tunnel_fixture_wait_for (self, UP);
  g_string_truncate (self->states, 0);
  lose_and_retry (self);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->states->str, ==, "waiting connecting signing-in up");
  g_assert_cmpuint (count_shown (self), ==, 1);

  /* … but switched off means forgotten. */
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  tunnel_fixture_expect (self, kind);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  g_assert_cmpuint (count_shown (self), ==, 2);
}

/* A drop in the night must not wait for the person to type the same again. */
static void
test_reconnect_does_not_ask_again (TunnelFixture *self, gconstpointer data)
{
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  assert_lasts_until_switched_off (self, CULVERT_PROMPT_PASSWORD, FAKE_PASSWORD);
}

static void
test_answered_from_the_store (TunnelFixture *self, gconstpointer data)
{
  culvert_fake_secret_store_put (self->secrets, self->profile->id, PASSWORD, FAKE_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up");
  g_assert_cmpuint (count_shown (self), ==, 0);
  assert_kept (self, FAKE_PASSWORD);

  /* The next time it is not even looked up. */
  lose_and_retry (self);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (self->secrets), ==, 1);
}

static void
test_remembered (TunnelFixture *self, gconstpointer data)
{
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, FAKE_PASSWORD);
  tunnel_fixture_wait_for (self, UP);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_secrets (self->secrets) == 1,
                           PATIENCE_MS);
  assert_kept (self, FAKE_PASSWORD);
  g_assert_cmpstr (culvert_fake_secret_store_get_label (self->secrets), ==,
                   "Culvert · office · alice@bastion.example");

  culvert_tunnel_restart (self->tunnel);
  culvert_test_wait_until (fake_maker_get_n_made (self->maker) == 2, PATIENCE_MS);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpuint (count_shown (self), ==, 1);
}

/* Only what the server accepted is worth keeping. */
static void
test_a_wrong_answer_is_not_remembered (TunnelFixture *self, gconstpointer data)
{
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, "wrong");
  tunnel_fixture_wait_for_question (self, 1);
  g_assert_cmpuint (
    culvert_prompt_get_fields (culvert_scripted_prompter_get_shown (self->prompter, 1))->attempt,
    ==, 1);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
  tunnel_fixture_answer (self, 1, CULVERT_DECISION_ONCE, FAKE_PASSWORD);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
}

static void
test_a_wrong_kept_secret_is_forgotten (TunnelFixture *self, gconstpointer data)
{
  culvert_fake_secret_store_put (self->secrets, self->profile->id, PASSWORD, "of last year");
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for_question (self, 0);
  g_assert_cmpuint (
    culvert_prompt_get_fields (culvert_scripted_prompter_get_shown (self->prompter, 0))->attempt,
    ==, 1);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_forgets (self->secrets) == 1,
                           PATIENCE_MS);
  assert_kept (self, NULL);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, FAKE_PASSWORD);
  tunnel_fixture_wait_for (self, UP);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_secrets (self->secrets) == 1,
                           PATIENCE_MS);
  assert_kept (self, FAKE_PASSWORD);
}

static void
test_closed_by_the_person (TunnelFixture *self, gconstpointer data)
{
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_REFUSE, NULL);
  tunnel_fixture_wait_for (self, FAILED);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_AUTH_CANCELLED);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
test_nobody_to_ask (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_PASSWORD, 0);
  tunnel_fixture_make_unattended (self);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, FAILED);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_AUTH_NO_PROMPTER);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in failed");

  /* The store needs nobody. */
  culvert_fake_secret_store_put (self->secrets, self->profile->id, PASSWORD, FAKE_PASSWORD);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
}

static void
test_host_key (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_HOST_KEY, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, CULVERT_PROMPT_HOST_KEY);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for_question (self, 0);
  g_assert_cmpstr (
    culvert_prompt_get_fields (culvert_tunnel_get_prompt (self->tunnel))->host_key->fingerprint, ==,
    "SHA256:test");
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, NULL);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->states->str, ==, "connecting needs-you connecting signing-in up");
  /* A decision about a key is no secret. */
  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (self->secrets), ==, 0);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
}

/* "Only this time" is until the tunnel is switched off: a drop in the night needs nobody. */
static void
test_host_key_once (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_HOST_KEY, 0);
  fake_maker_plan (self->maker, FAKE_ASKS_HOST_KEY, 0);
  fake_maker_plan (self->maker, FAKE_ASKS_HOST_KEY, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, CULVERT_PROMPT_HOST_KEY);
  culvert_tunnel_start (self->tunnel);
  assert_lasts_until_switched_off (self, CULVERT_PROMPT_HOST_KEY, NULL);
}

/* A code is for one use; the password beside it need not be typed twice. */
static void
test_codes_are_never_reused (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_QUESTIONS, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_ONCE, FAKE_PASSWORD);
  tunnel_fixture_wait_for_question (self, 1);
  /* "Remember" makes no difference to what must not be kept. */
  tunnel_fixture_answer (self, 1, CULVERT_DECISION_SAVE, FAKE_CODE);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);

  lose_and_retry (self);
  tunnel_fixture_wait_for_question (self, 2);
  g_assert_cmpstr (
    culvert_prompt_get_fields (culvert_scripted_prompter_get_shown (self->prompter, 2))
      ->fields[0]
      .text,
    ==, "Code: ");
  tunnel_fixture_answer (self, 2, CULVERT_DECISION_ONCE, FAKE_CODE);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpuint (count_shown (self), ==, 3);
}

/* PAM asks for the code even when the password was wrong, so only being in proves it right. */
static void
test_unproven_answers_are_not_kept (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_QUESTIONS, 0);
  tunnel_fixture_make (self, NULL);
  for (int i = 0; i < 4; i++)
    tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, "wrong");
  tunnel_fixture_wait_for_question (self, 1);
  tunnel_fixture_answer (self, 1, CULVERT_DECISION_ONCE, FAKE_CODE);
  tunnel_fixture_wait_for_question (self, 2);
  assert_kept (self, NULL);
  tunnel_fixture_answer (self, 2, CULVERT_DECISION_SAVE, FAKE_PASSWORD);
  tunnel_fixture_wait_for_question (self, 3);
  tunnel_fixture_answer (self, 3, CULVERT_DECISION_ONCE, FAKE_CODE);
  tunnel_fixture_wait_for (self, UP);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_secrets (self->secrets) == 1,
                           PATIENCE_MS);
  assert_kept (self, FAKE_PASSWORD);
}

/* Nor does a session prove anything that the one before was told. */
static void
test_unproven_answers_end_with_their_session (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_QUESTIONS, 0);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for_question (self, 0);
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, "wrong");
  tunnel_fixture_wait_for_question (self, 1);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_CLOSED);
  tunnel_fixture_wait_for (self, WAITING);
  g_assert_null (culvert_tunnel_get_prompt (self->tunnel));
  culvert_tunnel_retry_now (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  culvert_test_spend (20);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
}

/* Switched off before the question arrived from the thread: it is not even shown. */
static void
test_stopped_before_it_is_shown (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, (FakeBehaviour)GPOINTER_TO_INT (data), 0);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_start (self->tunnel);
  /* Without iterating the tunnel's context. */
  for (int i = 0; i < PATIENCE_MS && fake_maker_get_n_asked (self->maker) == 0; i++)
    g_usleep (1000);
  g_assert_cmpuint (fake_maker_get_n_asked (self->maker), ==, 1);
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpuint (count_shown (self), ==, 0);
}

typedef struct
{
  FakeBehaviour     behaviour;
  CulvertPromptKind kind;
} AskRow;

static const AskRow ask_rows[] = {
  { FAKE_ASKS_PASSWORD, CULVERT_PROMPT_PASSWORD },
  { FAKE_ASKS_QUESTIONS, CULVERT_PROMPT_QUESTIONS },
  { FAKE_ASKS_HOST_KEY, CULVERT_PROMPT_HOST_KEY },
};

static void
test_withdrawn_by_a_stop (TunnelFixture *self, gconstpointer data)
{
  const AskRow *row = data;

  fake_maker_plan (self->maker, row->behaviour, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, row->kind);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  culvert_tunnel_stop (self->tunnel);
  g_assert_null (culvert_tunnel_get_prompt (self->tunnel));
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPING);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_no_error (culvert_tunnel_get_error (self->tunnel));
  culvert_test_wait_until (culvert_scripted_prompter_get_n_withdrawn (self->prompter) == 1,
                           PATIENCE_MS);

  /* An answer that comes too late is none. */
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, FAKE_PASSWORD);
  culvert_test_spend (20);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPED);
}

static void
test_withdrawn_when_the_server_goes (TunnelFixture *self, gconstpointer data)
{
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_CLOSED);
  tunnel_fixture_wait_for (self, WAITING);
  culvert_test_wait_until (culvert_scripted_prompter_get_n_withdrawn (self->prompter) == 1,
                           PATIENCE_MS);
  culvert_test_wait_until (culvert_tunnel_get_prompt (self->tunnel) == NULL, PATIENCE_MS);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_WAITING);
}

/* Its thread waits for an answer and hears nothing else; the question is about a server that is
 * not wanted any more. */
static void
test_withdrawn_by_an_edit (TunnelFixture *self, gconstpointer data)
{
  const AskRow              *row = data;
  g_autoptr (CulvertProfile) moved = culvert_profile_edit (self->profile);
  g_autofree char           *host = NULL;

  fake_maker_plan (self->maker, row->behaviour, 0);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, row->kind);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  culvert_profile_set_string (&moved->host, "elsewhere.example");
  culvert_tunnel_set_profile (self->tunnel, moved);
  tunnel_fixture_wait_for (self, UP);
  host = fake_maker_dup_last_host (self->maker);
  g_assert_cmpstr (host, ==, "elsewhere.example");
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
  g_assert_null (strstr (self->states->str, "failed"));
}

static void
test_locked_store (TunnelFixture *self, gconstpointer data)
{
  culvert_fake_secret_store_put (self->secrets, self->profile->id, PASSWORD, FAKE_PASSWORD);
  culvert_fake_secret_store_set_situation (self->secrets,
                                           (CulvertFakeSecretsSituation)GPOINTER_TO_INT (data));
  tunnel_fixture_expect (self, CULVERT_PROMPT_PASSWORD);
  start_with_password (self);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  g_assert_true (engine_log_has_line (culvert_tunnel_get_log (self->tunnel),
                                      "keyring: cannot look the secret up: *"));
  /* Who is asked is told why the keyring did not answer. */
  g_assert_nonnull (culvert_prompt_get_store_error (culvert_tunnel_get_prompt (self->tunnel)));
  tunnel_fixture_answer (self, 0, CULVERT_DECISION_SAVE, FAKE_PASSWORD);
  tunnel_fixture_wait_for (self, UP);
  culvert_test_wait_until (engine_log_has_line (culvert_tunnel_get_log (self->tunnel),
                                                "keyring: cannot keep the secret: *"),
                           PATIENCE_MS);
}

/* The store asks the person to unlock it, and that takes a while. */
static void
test_slow_store (TunnelFixture *self, gconstpointer data)
{
  culvert_fake_secret_store_put (self->secrets, self->profile->id, PASSWORD, FAKE_PASSWORD);
  culvert_fake_secret_store_set_situation (self->secrets, CULVERT_FAKE_SECRETS_SLOW);
  start_with_password (self);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_waiting (self->secrets) == 1,
                           PATIENCE_MS);
  /* That is the keyring's question, not ours. */
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_SIGNING_IN);

  /* The server does not wait so long: what is found then is for nobody. */
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_CLOSED);
  tunnel_fixture_wait_for (self, WAITING);
  culvert_fake_secret_store_release (self->secrets);
  culvert_test_spend (20);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_WAITING);
  g_assert_cmpuint (count_shown (self), ==, 0);

  /* Nor does a stop. */
  culvert_tunnel_retry_now (self->tunnel);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_lookups (self->secrets) == 2,
                           PATIENCE_MS);
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  culvert_fake_secret_store_release (self->secrets);
  culvert_test_spend (20);
  g_assert_cmpuint (count_shown (self), ==, 0);
}

/* A second tunnel beside the fixture's, with the same prompter and store. */
static CulvertTunnel *
make_second (TunnelFixture *self)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_duplicate (self->profile);
  CulvertTunnel *tunnel = culvert_tunnel_new (profile, CULVERT_PROMPTER (self->prompter),
                                              CULVERT_SECRET_STORE (self->secrets));

  culvert_tunnel_set_session_maker (tunnel, fake_maker_get (self->maker));

  return tunnel;
}

static guint
find_question (TunnelFixture *self, CulvertTunnel *tunnel)
{
  for (guint i = 0; i < count_shown (self); i++)
    if (culvert_scripted_prompter_get_shown (self->prompter, i) ==
        culvert_tunnel_get_prompt (tunnel))
      return i;
  g_assert_not_reached ();
}

static void
drop_second (CulvertTunnel *tunnel)
{
  culvert_tunnel_stop (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_assert_finalize_object (tunnel);
}

static void
test_two_at_once (TunnelFixture *self, gconstpointer data)
{
  const AskRow  *row = data;
  CulvertTunnel *second = make_second (self);

  fake_maker_plan (self->maker, row->behaviour, 0);
  tunnel_fixture_make (self, NULL);
  for (int i = 0; i < 4; i++)
    tunnel_fixture_expect (self, row->kind);
  culvert_tunnel_start (self->tunnel);
  culvert_tunnel_start (second);
  tunnel_fixture_wait_for (self, NEEDS_YOU);
  culvert_test_wait_until (culvert_tunnel_get_state (second) == CULVERT_TUNNEL_NEEDS_YOU,
                           PATIENCE_MS);
  g_assert_cmpuint (count_shown (self), ==, 2);

  /* The later one first; the other goes on waiting. */
  tunnel_fixture_answer (self, find_question (self, second), CULVERT_DECISION_ONCE, FAKE_PASSWORD);
  if (row->kind == CULVERT_PROMPT_QUESTIONS)
    {
      tunnel_fixture_wait_for_question (self, 2);
      tunnel_fixture_answer (self, 2, CULVERT_DECISION_ONCE, FAKE_CODE);
    }
  culvert_test_wait_until (culvert_tunnel_get_state (second) == CULVERT_TUNNEL_UP, PATIENCE_MS);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_NEEDS_YOU);

  /* Closing that one does not concern the one that is up. */
  tunnel_fixture_answer (self, find_question (self, self->tunnel), CULVERT_DECISION_REFUSE, NULL);
  tunnel_fixture_wait_for (self, FAILED);
  g_assert_cmpint (culvert_tunnel_get_state (second), ==, CULVERT_TUNNEL_UP);
  drop_second (second);
}

/* One unlock question at a time, and a tunnel that is stopped frees the way for the next. */
static void
test_one_call_to_the_store_at_a_time (TunnelFixture *self, gconstpointer data)
{
  CulvertTunnel *second = make_second (self);

  culvert_fake_secret_store_put (self->secrets, culvert_tunnel_get_id (second), PASSWORD,
                                 FAKE_PASSWORD);
  culvert_fake_secret_store_set_situation (self->secrets, CULVERT_FAKE_SECRETS_SLOW);
  start_with_password (self);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_waiting (self->secrets) == 1,
                           PATIENCE_MS);
  culvert_tunnel_start (second);
  culvert_test_wait_until (culvert_tunnel_get_state (second) == CULVERT_TUNNEL_SIGNING_IN,
                           PATIENCE_MS);
  culvert_test_spend (20);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_lookups (self->secrets), ==, 1);

  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_lookups (self->secrets) == 2,
                           PATIENCE_MS);
  culvert_fake_secret_store_release (self->secrets);
  culvert_test_wait_until (culvert_tunnel_get_state (second) == CULVERT_TUNNEL_UP, PATIENCE_MS);
  drop_second (second);
}

int
main (int argc, char *argv[])
{
#define ADD(path, data, test) tunnel_fixture_add ("/engine/prompts/" path, data, test)
  g_test_init (&argc, &argv, NULL);
  ADD ("the-person-answers", NULL, test_the_person_answers);
  ADD ("reconnect-does-not-ask-again", NULL, test_reconnect_does_not_ask_again);
  ADD ("answered-from-the-store", NULL, test_answered_from_the_store);
  ADD ("remembered", NULL, test_remembered);
  ADD ("a-wrong-answer-is-not-remembered", NULL, test_a_wrong_answer_is_not_remembered);
  ADD ("a-wrong-kept-secret-is-forgotten", NULL, test_a_wrong_kept_secret_is_forgotten);
  ADD ("closed-by-the-person", NULL, test_closed_by_the_person);
  ADD ("nobody-to-ask", NULL, test_nobody_to_ask);
  ADD ("host-key", NULL, test_host_key);
  ADD ("host-key-once", NULL, test_host_key_once);
  ADD ("codes-are-never-reused", NULL, test_codes_are_never_reused);
  ADD ("unproven-answers-are-not-kept", NULL, test_unproven_answers_are_not_kept);
  ADD ("unproven-answers-end-with-their-session", NULL,
       test_unproven_answers_end_with_their_session);
  ADD ("stopped-before-it-is-shown/host-key", GINT_TO_POINTER (FAKE_ASKS_HOST_KEY),
       test_stopped_before_it_is_shown);
  ADD ("stopped-before-it-is-shown/questions", GINT_TO_POINTER (FAKE_ASKS_QUESTIONS),
       test_stopped_before_it_is_shown);
  ADD ("withdrawn-by-a-stop/password", &ask_rows[0], test_withdrawn_by_a_stop);
  ADD ("withdrawn-by-a-stop/questions", &ask_rows[1], test_withdrawn_by_a_stop);
  ADD ("withdrawn-by-a-stop/host-key", &ask_rows[2], test_withdrawn_by_a_stop);
  ADD ("withdrawn-when-the-server-goes", NULL, test_withdrawn_when_the_server_goes);
  ADD ("withdrawn-by-an-edit/password", &ask_rows[0], test_withdrawn_by_an_edit);
  ADD ("withdrawn-by-an-edit/questions", &ask_rows[1], test_withdrawn_by_an_edit);
  ADD ("locked-store", GINT_TO_POINTER (CULVERT_FAKE_SECRETS_LOCKED), test_locked_store);
  ADD ("absent-store", GINT_TO_POINTER (CULVERT_FAKE_SECRETS_ABSENT), test_locked_store);
  ADD ("slow-store", NULL, test_slow_store);
  ADD ("two-at-once/password", &ask_rows[0], test_two_at_once);
  ADD ("two-at-once/questions", &ask_rows[1], test_two_at_once);
  ADD ("one-call-to-the-store-at-a-time", NULL, test_one_call_to_the_store_at_a_time);
#undef ADD

  return g_test_run ();
}
