/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/runner-fixture.h"

/* What a runner makes of the network's going and coming, and of waking. */

static void
tell (RunnerFixture *self, CulvertNetworkEvent event)
{
  culvert_runner_network_changed (self->runner, event);
}

/* What waits already learns why: the state stays, the reason and the time change. */
static void
test_gone_while_waiting (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_UNREACHABLE);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE);
  g_assert_cmpint (self->retry_at_us, >, 0);

  tell (self, CULVERT_NETWORK_GONE);
  g_assert_cmpstr (self->states->str, ==, "connecting waiting waiting");
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_NETWORK);
  g_assert_cmpint (self->retry_at_us, ==, 0);
  g_assert_true (runner_fixture_has_line (self, "waits for the network now: *planned by a test*"));
  /* Once is enough. */
  tell (self, CULVERT_NETWORK_GONE);
  g_assert_cmpstr (self->states->str, ==, "connecting waiting waiting");

  /* No try in vain meanwhile: the first would have come after a second. */
  culvert_test_spend (1500);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);

  fake_maker_replan (self->maker, FAKE_COMES_UP, 0);
  tell (self, CULVERT_NETWORK_BACK);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_CONNECTING);
  g_assert_true (runner_fixture_has_line (self, "waiting → connecting (the network is back)"));
  runner_fixture_wait_for (self, UP);
}

static void
test_gone_before_the_failure (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_NAME_UNKNOWN);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);

  /* It is not dropped for the event: the server may stand in this house. */
  tell (self, CULVERT_NETWORK_GONE);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_NETWORK);
  g_assert_cmpint (self->retry_at_us, ==, 0);

  /* Asked to, it tries all the same, and goes on waiting for the network. */
  culvert_runner_retry_now (self->runner);
  culvert_test_wait_until (fake_maker_get_n_made (self->maker) == 2, PATIENCE_MS);
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_NETWORK);
}

/* Somebody answered: that is another reason than the missing network. */
static void
test_an_answer_is_no_missing_network (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  runner_fixture_start (self);
  tell (self, CULVERT_NETWORK_GONE);
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED);
  g_assert_cmpint (self->retry_at_us, >, 0);
  tell (self, CULVERT_NETWORK_GONE);
  g_assert_cmpstr (self->states->str, ==, "connecting waiting");
}

static void
test_stop_wins_over_waiting_for_the_network (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_UNREACHABLE);
  runner_fixture_start (self);
  tell (self, CULVERT_NETWORK_GONE);
  runner_fixture_wait_for (self, WAITING);
  culvert_runner_stop (self->runner);
  g_assert_true (self->is_finished);
  tell (self, CULVERT_NETWORK_BACK);
  tell (self, CULVERT_NETWORK_WOKE);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

/* The system's own next try of a connection may be a minute away. */
static void
test_dials_anew (RunnerFixture *self, gconstpointer data)
{
  CulvertNetworkEvent event = (CulvertNetworkEvent)GPOINTER_TO_INT (data);

  fake_maker_plan (self->maker, FAKE_STAYS_CONNECTING, 0);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  culvert_test_wait_until (fake_maker_get_n_made (self->maker) == 1, PATIENCE_MS);

  /* Just begun, it needs no help, however often the network changes. */
  tell (self, event);
  tell (self, event);
  culvert_test_spend (1100);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
  tell (self, event);
  runner_fixture_wait_for (self, UP);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up");
  g_assert_true (runner_fixture_has_line (self, "dialling anew: *"));
}

/* A question is open, and the person may be about to answer it. */
static void
test_an_open_question_is_left_alone (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_HOST_KEY, 0);
  runner_fixture_start (self);
  culvert_test_wait_until (self->prompt != NULL, PATIENCE_MS);
  culvert_test_spend (1100);
  tell (self, CULVERT_NETWORK_WOKE);
  tell (self, CULVERT_NETWORK_BACK);
  culvert_test_spend (50);
  g_assert_false (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (self->prompt)));
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
test_probes_what_is_up (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  tell (self, CULVERT_NETWORK_BACK);
  runner_fixture_wait_for (self, UP);
  g_assert_cmpuint (fake_maker_get_n_probed (self->maker), ==, 0);
  tell (self, CULVERT_NETWORK_BACK);
  tell (self, CULVERT_NETWORK_CHANGED);
  tell (self, CULVERT_NETWORK_WOKE);
  g_assert_cmpuint (fake_maker_get_n_probed (self->maker), ==, 3);
  tell (self, CULVERT_NETWORK_GONE);
  g_assert_cmpuint (fake_maker_get_n_probed (self->maker), ==, 3);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

/* What the network's return forgives, one of many changes does not. */
static void
test_only_news_shorten_the_waits (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  runner_fixture_start (self);
  for (int i = 0; i < 4; i++)
    {
      runner_fixture_wait_for (self, WAITING);
      tell (self, CULVERT_NETWORK_CHANGED);
      g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_CONNECTING);
    }
  runner_fixture_wait_for (self, WAITING);
  g_assert_cmpint (self->retry_at_us - g_get_monotonic_time (), >, 8 * G_USEC_PER_SEC);
  tell (self, CULVERT_NETWORK_WOKE);
  runner_fixture_wait_for (self, WAITING);
  g_assert_cmpint (self->retry_at_us - g_get_monotonic_time (), <=, 1200 * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  runner_fixture_add ("network/gone-while-waiting", NULL, test_gone_while_waiting);
  runner_fixture_add ("network/gone-before-the-failure", NULL, test_gone_before_the_failure);
  runner_fixture_add ("network/answered", NULL, test_an_answer_is_no_missing_network);
  runner_fixture_add ("network/stop-wins", NULL, test_stop_wins_over_waiting_for_the_network);
  runner_fixture_add ("network/dials-anew/back", GINT_TO_POINTER (CULVERT_NETWORK_BACK),
                      test_dials_anew);
  runner_fixture_add ("network/dials-anew/changed", GINT_TO_POINTER (CULVERT_NETWORK_CHANGED),
                      test_dials_anew);
  runner_fixture_add ("network/dials-anew/woke", GINT_TO_POINTER (CULVERT_NETWORK_WOKE),
                      test_dials_anew);
  runner_fixture_add ("network/open-question", NULL, test_an_open_question_is_left_alone);
  runner_fixture_add ("network/probes", NULL, test_probes_what_is_up);
  runner_fixture_add ("network/only-news", NULL, test_only_news_shorten_the_waits);
  return g_test_run ();
}
