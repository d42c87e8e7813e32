/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/runner-fixture.h"
#include "support/traffic.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_comes_up (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_forwards (self, "a=0:db:5432 b=0:web:80");
  runner_fixture_start (self);
  g_assert_cmpstr (self->states->str, ==, "connecting");
  runner_fixture_wait_for (self, UP);

  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up");
  g_assert_cmpstr (self->forward_changes->str, ==, "a:listening b:listening");
  g_assert_cmpuint (runner_fixture_get_port (self, "a"), !=, 0);
  g_assert_cmpstr (self->algorithms, ==, "none of them");
  g_assert_true (runner_fixture_has_line (self, "connecting → signing-in (*)"));
  g_assert_true (runner_fixture_has_line (self, "signing-in → up (after 0.? s)"));
}

/* Who sees "up" may connect at once. */
static void
test_listens_before_it_says_up (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_STAYS_SIGNING_IN, 0);
  runner_fixture_set_forwards (self, "a=0:db:5432");
  runner_fixture_start (self);
  runner_fixture_wait_for (self, SIGNING_IN);
  g_assert_cmpstr (self->forward_changes->str, ==, "");

  fake_maker_replan (self->maker, FAKE_COMES_UP, 0);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  culvert_runner_retry_now (self->runner);
  culvert_test_wait_until (g_hash_table_size (self->forwards) == 1, PATIENCE_MS);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
}

/* Stopping, in every state it can be in. */
typedef struct
{
  const char        *name;
  FakeBehaviour      behaviour;
  CulvertTunnelState state;
  const char        *states;
} StopRow;

static const StopRow stop_rows[] = {
  { "connecting", FAKE_STAYS_CONNECTING, CULVERT_TUNNEL_CONNECTING, "connecting stopping stopped" },
  { "asking-for-the-host-key", FAKE_ASKS_HOST_KEY, CULVERT_TUNNEL_CONNECTING,
    "connecting stopping stopped" },
  { "signing-in", FAKE_STAYS_SIGNING_IN, CULVERT_TUNNEL_SIGNING_IN,
    "connecting signing-in stopping stopped" },
  { "asking-for-a-password", FAKE_ASKS_PASSWORD, CULVERT_TUNNEL_SIGNING_IN,
    "connecting signing-in stopping stopped" },
  { "up", FAKE_COMES_UP, CULVERT_TUNNEL_UP, "connecting signing-in up stopping stopped" },
  { "waiting", FAKE_FAILS, CULVERT_TUNNEL_WAITING, "connecting waiting stopping stopped" },
};

static void
test_stop (RunnerFixture *self, gconstpointer data)
{
  const StopRow *row = data;
  guint          n_made;

  fake_maker_plan (self->maker, row->behaviour, CULVERT_SSH_ERROR_REFUSED);
  runner_fixture_set_forwards (self, "a=0:db:5432");
  runner_fixture_start (self);
  culvert_test_wait_until (culvert_runner_get_state (self->runner) == row->state &&
                             (self->prompt != NULL) == (row->behaviour == FAKE_ASKS_HOST_KEY ||
                                                        row->behaviour == FAKE_ASKS_PASSWORD),
                           PATIENCE_MS);
  n_made = fake_maker_get_n_made (self->maker);

  culvert_runner_stop (self->runner);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpstr (self->states->str, ==, row->states);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, n_made);
  g_assert_cmpuint (fake_maker_get_n_alive (self->maker), ==, 0);
  if (row->behaviour == FAKE_COMES_UP)
    runner_fixture_assert_forward (self, "a", "off");
  if (self->prompt != NULL)
    g_assert_true (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (self->prompt)));

  /* Finished is finished. */
  culvert_runner_stop (self->runner);
  culvert_runner_retry_now (self->runner);
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_BACK);
  culvert_runner_set_profile (self->runner, self->profile);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_STOPPED);
}

/* Stopping wins over what it meets on its way. */
static void
test_stop_wins (RunnerFixture *self, gconstpointer data)
{
  g_autoptr (CulvertProfile) moved = NULL;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);

  /* A session that is lost, and one that is given up for another, at the same moment. */
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_AUTH_REFUSED);
  moved = culvert_profile_edit (self->profile);
  culvert_profile_set_string (&moved->host, "elsewhere.example");
  culvert_runner_set_profile (self->runner, moved);
  culvert_runner_stop (self->runner);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
  g_assert_cmpuint (fake_maker_get_n_stopped (self->maker), ==, 1);
}

/* A question that comes when nobody needs the answer is not put to anybody. */
static void
test_a_late_question_is_not_passed_on (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_LATE, 0);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  culvert_runner_stop (self->runner);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpuint (fake_maker_get_n_asked (self->maker), ==, 1);
  g_assert_null (self->prompt);
}

static void
test_waits_and_tries_again (RunnerFixture *self, gconstpointer data)
{
  gint64 wait_us;

  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED);
  wait_us = self->retry_at_us - g_get_monotonic_time ();
  g_assert_cmpint (wait_us, >, 500 * 1000);
  g_assert_cmpint (wait_us, <=, 1200 * 1000);
  g_assert_true (runner_fixture_has_line (
    self, "connecting → waiting (planned by a test: *; next try in ?.? s)"));

  runner_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->states->str, ==, "connecting waiting connecting signing-in up");
  g_assert_no_error (self->error);
  g_assert_cmpint (self->retry_at_us, ==, 0);
  g_assert_true (runner_fixture_has_line (self, "waiting → connecting (try 2)"));
}

static void
test_waits_grow (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_UNREACHABLE);
  runner_fixture_start (self);
  for (int i = 0; i < 4; i++)
    {
      gint64 wait_us;

      runner_fixture_wait_for (self, WAITING);
      wait_us = self->retry_at_us - g_get_monotonic_time ();
      g_assert_cmpint (wait_us, >, (1 << i) * 600 * 1000);
      g_assert_cmpint (wait_us, <=, (1 << i) * 1200 * 1000);
      culvert_runner_retry_now (self->runner);
      g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_CONNECTING);
    }
  g_assert_true (runner_fixture_has_line (self, "waiting → connecting (asked to try now)"));

  /* The network is another one: that trouble counts no more. */
  runner_fixture_wait_for (self, WAITING);
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_BACK);
  runner_fixture_wait_for (self, WAITING);
  g_assert_cmpint (self->retry_at_us - g_get_monotonic_time (), <=, 1200 * 1000);
}

static void
test_never_loops (RunnerFixture *self, gconstpointer data)
{
  CulvertSshError code = (CulvertSshError)GPOINTER_TO_INT (data);

  fake_maker_plan (self->maker, FAKE_FAILS_SIGNING_IN, code);
  runner_fixture_start (self);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in failed");
  g_assert_error (self->error, CULVERT_SSH_ERROR, (int)code);
  g_assert_true (runner_fixture_has_line (self, "signing-in → failed (planned by a test: *)"));

  /* Nothing wakes it any more. */
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_BACK);
  culvert_runner_retry_now (self->runner);
  culvert_test_spend (1300);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

/* Also when it was up before: a changed host key after a drop is no reason to insist. */
static void
test_never_loops_after_a_drop (RunnerFixture *self, gconstpointer data)
{
  guint16 port;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  runner_fixture_set_forwards (self, "a=0:db:5432");
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  port = runner_fixture_get_port (self, "a");
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  culvert_runner_retry_now (self->runner);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);

  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  runner_fixture_assert_forward (self, "a", "off");
  engine_assert_refused (port);
}

static void
test_listeners_survive (RunnerFixture *self, gconstpointer data)
{
  guint16 port;
  int     before;
  int     meanwhile;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_echo_forwards (self, "a=0:echo");
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  port = runner_fixture_get_port (self, "a");
  before = culvert_client_connect (port);
  engine_client_assert_echo (before);

  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  g_assert_true (runner_fixture_has_line (
    self, "up → waiting (lost after 0.? s: planned by a test: *; next try*"));
  engine_client_assert_closed (before);
  /* It waits in the queue, and is served when the session is back. */
  meanwhile = culvert_client_connect (port);
  g_assert_cmpint (meanwhile, >=, 0);
  g_assert_cmpint (write (meanwhile, "c", 1), ==, 1);
  g_assert_cmpuint (self->counters->n_open, ==, 0);

  culvert_runner_retry_now (self->runner);
  runner_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->forward_changes->str, ==, "a:listening");
  {
    char   byte = 0;
    gssize n = -1;

    culvert_test_wait_until ((n = recv (meanwhile, &byte, 1, MSG_DONTWAIT)) != -1, PATIENCE_MS);
    g_assert_cmpint (n, ==, 1);
    g_assert_cmpint (byte, ==, 'c');
  }
  close (before);
  close (meanwhile);
}

static void
test_does_not_reconnect_if_told_so (RunnerFixture *self, gconstpointer data)
{
  self->profile->reconnect = FALSE;
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up failed");
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
}

static void
test_single_try (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  runner_fixture_start_with (self, TRUE, TRUE);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpstr (self->states->str, ==, "connecting failed");
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED);
}

static void
test_tells_the_round_trip (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  fake_maker_set_round_trip (self->maker, 2500);
  culvert_test_wait_until (self->round_trip_us == 2500, PATIENCE_MS);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  g_assert_cmpint (self->round_trip_us, ==, -1);
  g_assert_null (self->algorithms);
}

typedef struct
{
  FakeBehaviour   behaviour;
  CulvertSshError asked;   /* what a refusal means when a person refuses */
  CulvertSshError unasked; /* and when there is no person */
} RefusalRow;

static const RefusalRow refusal_rows[] = {
  { FAKE_ASKS_PASSWORD, CULVERT_SSH_ERROR_AUTH_CANCELLED, CULVERT_SSH_ERROR_AUTH_NO_PROMPTER },
  { FAKE_ASKS_HOST_KEY, CULVERT_SSH_ERROR_HOST_KEY_REFUSED, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN },
};

static void
run_refusal (RunnerFixture *self, const RefusalRow *row, gboolean has_asker, CulvertSshError code)
{
  fake_maker_plan (self->maker, row->behaviour, 0);
  runner_fixture_start_with (self, FALSE, has_asker);
  culvert_test_wait_until (self->prompt != NULL, PATIENCE_MS);
  culvert_prompt_answer (self->prompt, CULVERT_DECISION_REFUSE, NULL, 0);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_error (self->error, CULVERT_SSH_ERROR, (int)code);
}

static void
test_refused_by_a_person (RunnerFixture *self, gconstpointer data)
{
  run_refusal (self, data, TRUE, ((const RefusalRow *)data)->asked);
}

static void
test_nobody_to_ask (RunnerFixture *self, gconstpointer data)
{
  run_refusal (self, data, FALSE, ((const RefusalRow *)data)->unasked);
}

/* A profile that says "never ask" is the same as nobody. */
static void
test_told_not_to_ask (RunnerFixture *self, gconstpointer data)
{
  self->profile->never_ask = TRUE;
  run_refusal (self, data, TRUE, ((const RefusalRow *)data)->unasked);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  runner_fixture_add ("comes-up", NULL, test_comes_up);
  runner_fixture_add ("listens-before-it-says-up", NULL, test_listens_before_it_says_up);
  for (guint i = 0; i < G_N_ELEMENTS (stop_rows); i++)
    {
      g_autofree char *path = g_strconcat ("stop-while-", stop_rows[i].name, NULL);

      runner_fixture_add (path, &stop_rows[i], test_stop);
    }
  runner_fixture_add ("stop-wins", NULL, test_stop_wins);
  runner_fixture_add ("a-late-question-is-not-passed-on", NULL,
                      test_a_late_question_is_not_passed_on);
  runner_fixture_add ("waits-and-tries-again", NULL, test_waits_and_tries_again);
  runner_fixture_add ("waits-grow", NULL, test_waits_grow);
  runner_fixture_add ("never-loops/sign-in-refused",
                      GINT_TO_POINTER (CULVERT_SSH_ERROR_AUTH_REFUSED), test_never_loops);
  runner_fixture_add ("never-loops/too-many-tries",
                      GINT_TO_POINTER (CULVERT_SSH_ERROR_AUTH_TOO_MANY), test_never_loops);
  runner_fixture_add ("never-loops/host-key-changed",
                      GINT_TO_POINTER (CULVERT_SSH_ERROR_HOST_KEY_CHANGED), test_never_loops);
  runner_fixture_add ("never-loops/after-a-drop", NULL, test_never_loops_after_a_drop);
  runner_fixture_add ("listeners-survive", NULL, test_listeners_survive);
  runner_fixture_add ("does-not-reconnect-if-told-so", NULL, test_does_not_reconnect_if_told_so);
  runner_fixture_add ("single-try", NULL, test_single_try);
  runner_fixture_add ("tells-the-round-trip", NULL, test_tells_the_round_trip);
  runner_fixture_add ("refused-by-a-person/password", &refusal_rows[0], test_refused_by_a_person);
  runner_fixture_add ("refused-by-a-person/host-key", &refusal_rows[1], test_refused_by_a_person);
  runner_fixture_add ("nobody-to-ask/password", &refusal_rows[0], test_nobody_to_ask);
  runner_fixture_add ("nobody-to-ask/host-key", &refusal_rows[1], test_nobody_to_ask);
  runner_fixture_add ("told-not-to-ask/password", &refusal_rows[0], test_told_not_to_ask);

  return g_test_run ();
}
