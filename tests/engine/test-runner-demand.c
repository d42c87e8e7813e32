/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/runner-fixture.h"
#include "support/traffic.h"

#include <unistd.h>

/* Tunnels that connect when a client comes, and disconnect when none has been there for a while. */

static void
start (RunnerFixture *self, guint idle_s)
{
  runner_fixture_set_echo_forwards (self, "a=0:echo");
  self->profile->on_demand = TRUE;
  self->profile->idle_timeout_s = idle_s;
  runner_fixture_start (self);
}

static void
test_first_client (RunnerFixture *self, gconstpointer data)
{
  int client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start (self, 600);
  g_assert_cmpstr (self->states->str, ==, "connecting idle");
  g_assert_no_error (self->error);
  g_assert_cmpint (self->retry_at_us, ==, 0);
  runner_fixture_assert_forward (self, "a", "listening");
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 0);
  /* What happens to the network is no client. */
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_GONE);
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_BACK);
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_WOKE);
  culvert_test_spend (100);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 0);

  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  engine_client_assert_echo (client);
  g_assert_cmpstr (self->states->str, ==, "connecting idle connecting signing-in up");
  g_assert_true (runner_fixture_has_line (self, "idle → connecting (a client came)"));
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
  close (client);
}

static void
test_unused (RunnerFixture *self, gconstpointer data)
{
  gint64 left_us;
  int    client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start (self, 1);
  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  engine_client_assert_echo (client);

  /* A client that says nothing for long still uses it. */
  culvert_test_spend (2000);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
  close (client);
  left_us = g_get_monotonic_time ();
  runner_fixture_wait_for (self, IDLE);
  g_assert_cmpint (g_get_monotonic_time () - left_us, >=, 700 * 1000);
  g_assert_true (runner_fixture_has_line (self, "up → idle (nobody uses it)"));
  g_assert_cmpuint (fake_maker_get_n_alive (self->maker), ==, 0);
  runner_fixture_assert_forward (self, "a", "listening");

  /* And again. */
  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  engine_client_assert_echo (client);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
  close (client);
}

/* One that comes while the session is leaving has a session of its own. */
static void
test_client_while_leaving (RunnerFixture *self, gconstpointer data)
{
  int client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start (self, 1);
  culvert_runner_retry_now (self->runner);
  runner_fixture_wait_for (self, UP);
  culvert_test_wait_until (fake_maker_get_n_stopped (self->maker) == 1, PATIENCE_MS);
  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  engine_client_assert_echo (client);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
  close (client);
}

/* What is lost while nobody waits is not dialled again; for somebody who waits it is. */
static void
test_lost (RunnerFixture *self, gconstpointer data)
{
  int client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  start (self, 600);
  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  engine_client_assert_echo (client);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, IDLE);
  engine_client_assert_closed (client);
  culvert_test_spend (1300);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);

  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED);
  g_assert_cmpint (self->retry_at_us, >, 0);
  /* It gives up: so do we, at the next failure. */
  close (client);
  runner_fixture_wait_for (self, IDLE);
  g_assert_no_error (self->error);
}

/* Refusals do not loop, however many clients come. */
static void
test_refused (RunnerFixture *self, gconstpointer data)
{
  int client;

  fake_maker_plan (self->maker, FAKE_FAILS_SIGNING_IN, CULVERT_SSH_ERROR_AUTH_REFUSED);
  start (self, 600);
  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  close (client);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_REFUSED);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
test_stop (RunnerFixture *self, gconstpointer data)
{
  start (self, 600);
  culvert_runner_stop (self->runner);
  g_assert_true (self->is_finished);
  g_assert_cmpstr (self->states->str, ==, "connecting idle stopping stopped");
}

static void
test_settings (RunnerFixture *self, gconstpointer data)
{
  g_autoptr (CulvertProfile) moved = NULL;
  g_autoptr (CulvertProfile) always = NULL;
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *host = NULL;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start (self, 600);
  /* Another server is no reason to dial … */
  moved = culvert_profile_edit (self->profile);
  culvert_profile_set_string (&moved->host, "elsewhere.example");
  culvert_runner_set_profile (self->runner, moved);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_IDLE);
  /* … no longer being on demand is … */
  always = culvert_profile_edit (moved);
  always->on_demand = FALSE;
  culvert_runner_set_profile (self->runner, always);
  runner_fixture_wait_for (self, UP);
  host = fake_maker_dup_last_host (self->maker);
  g_assert_cmpstr (host, ==, "elsewhere.example");
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
  /* … and what is up may become so. */
  again = culvert_profile_edit (always);
  again->on_demand = TRUE;
  again->idle_timeout_s = 1;
  culvert_runner_set_profile (self->runner, again);
  runner_fixture_wait_for (self, IDLE);
}

/* --once wants to know whether it works. */
static void
test_single_try (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  self->profile->on_demand = TRUE;
  self->profile->idle_timeout_s = 1;
  runner_fixture_start_with (self, TRUE, TRUE);
  runner_fixture_wait_for (self, UP);
  culvert_test_spend (1500);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  runner_fixture_add ("demand/first-client", NULL, test_first_client);
  runner_fixture_add ("demand/unused", NULL, test_unused);
  runner_fixture_add ("demand/client-while-leaving", NULL, test_client_while_leaving);
  runner_fixture_add ("demand/lost", NULL, test_lost);
  runner_fixture_add ("demand/refused", NULL, test_refused);
  runner_fixture_add ("demand/stop", NULL, test_stop);
  runner_fixture_add ("demand/settings", NULL, test_settings);
  runner_fixture_add ("demand/single-try", NULL, test_single_try);
  return g_test_run ();
}
