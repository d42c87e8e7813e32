/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/runner-fixture.h"
#include "support/traffic.h"

#include <unistd.h>

/* What a runner makes of the networks that its tunnel is wanted on, or not. */

/* @names: by ";"; "" is no network, NULL is that nobody can tell */
static CulvertNetworkNames *
make_names (const char *names)
{
  g_auto (GStrv) split = names != NULL ? g_strsplit (names, ";", -1) : NULL;

  return culvert_network_names_new ((const char *const *)split);
}

static void
move_to (RunnerFixture *self, const char *names)
{
  g_autoptr (CulvertNetworkNames) now = make_names (names);

  culvert_runner_set_network_names (self->runner, now);
}

static void
set_rule (CulvertProfile *profile, CulvertNetworkRule rule, const char *networks)
{
  profile->network_rule = rule;
  g_strfreev (profile->networks);
  profile->networks = g_strsplit (networks, ";", -1);
}

static void
start_on (RunnerFixture *self, CulvertNetworkRule rule, const char *networks, const char *names)
{
  set_rule (self->profile, rule, networks);
  self->names = make_names (names);
  runner_fixture_start (self);
}

static void
assert_waits (RunnerFixture *self, CulvertSshError code, const char *network)
{
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, (int)code);
  g_assert_cmpstr (culvert_error_get_fact (self->error, CULVERT_FACT_NETWORK), ==, network);
  g_assert_cmpint (self->retry_at_us, ==, 0);
}

/* Switched on in the wrong place it does not try once, and in the right place it comes up at once. */
static void
test_only (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start_on (self, CULVERT_NETWORK_RULE_ONLY, "Office;Home", "Cafe;cafe-guests");
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "Cafe");
  g_assert_cmpstr (self->states->str, ==, "connecting waiting");

  /* What else happens to the network changes nothing. */
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_GONE);
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_BACK);
  culvert_runner_network_changed (self->runner, CULVERT_NETWORK_WOKE);
  culvert_test_spend (1200);
  g_assert_cmpstr (self->states->str, ==, "connecting waiting");
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 0);

  move_to (self, "");
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "");
  move_to (self, NULL);
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, NULL);
  move_to (self, "Wired;Home");
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_CONNECTING);
  runner_fixture_wait_for (self, UP);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
test_except (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  /* A network that nobody can name is not a listed one. */
  start_on (self, CULVERT_NETWORK_RULE_EXCEPT, "Office", NULL);
  runner_fixture_wait_for (self, UP);
  move_to (self, "Wired;Office");
  runner_fixture_wait_for (self, WAITING);
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_EXCLUDED, "Office");
  move_to (self, "Home");
  runner_fixture_wait_for (self, UP);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
}

/* Before anybody has said what the network is, there is neither a try nor a complaint. */
static void
test_patience (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  set_rule (self->profile, CULVERT_NETWORK_RULE_EXCEPT, "Office");
  runner_fixture_start (self);
  culvert_test_spend (100);
  g_assert_cmpstr (self->states->str, ==, "connecting");
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 0);
  move_to (self, "Office");
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_EXCLUDED, "Office");
  move_to (self, "Home");
  runner_fixture_wait_for (self, UP);
}

static void
test_stop_before_anybody_tells (RunnerFixture *self, gconstpointer data)
{
  set_rule (self->profile, CULVERT_NETWORK_RULE_ONLY, "Office");
  runner_fixture_start (self);
  culvert_runner_stop (self->runner);
  g_assert_true (self->is_finished);
  move_to (self, "Office");
  g_assert_cmpstr (self->states->str, ==, "connecting stopping stopped");
}

/* The listeners stay, and who connects meanwhile is served on the next network that fits. */
static void
test_leaves (RunnerFixture *self, gconstpointer data)
{
  guint16 port;
  int     client;
  int     held;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_echo_forwards (self, "a=0:echo");
  start_on (self, CULVERT_NETWORK_RULE_ONLY, "Office", "Office");
  runner_fixture_wait_for (self, UP);
  port = runner_fixture_get_port (self, "a");
  client = culvert_client_connect (port);
  engine_client_assert_echo (client);

  /* A network that is gone, or cannot be named, is no other network. */
  move_to (self, "");
  move_to (self, NULL);
  culvert_test_spend (50);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
  engine_client_assert_echo (client);

  move_to (self, "Cafe");
  runner_fixture_wait_for (self, WAITING);
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "Cafe");
  engine_client_assert_closed (client);
  g_assert_cmpuint (fake_maker_get_n_alive (self->maker), ==, 0);
  runner_fixture_assert_forward (self, "a", "listening");
  held = culvert_client_connect (port);

  move_to (self, "Office");
  engine_client_assert_echo (held);
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (runner_fixture_get_port (self, "a"), ==, port);
  close (held);
}

/* It was lost since the network is another one now: that is why it waits, and not for a time. */
static void
test_lost (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start_on (self, CULVERT_NETWORK_RULE_ONLY, "Office", "Office");
  runner_fixture_wait_for (self, UP);
  move_to (self, "");
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "");
  move_to (self, "Office");
  runner_fixture_wait_for (self, UP);
}

/* It waited for a time already. */
static void
test_moved_while_waiting (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  start_on (self, CULVERT_NETWORK_RULE_ONLY, "Office", "Office");
  runner_fixture_wait_for (self, WAITING);
  g_assert_cmpint (self->retry_at_us, >, 0);
  move_to (self, "Cafe");
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "Cafe");
  culvert_test_spend (1500);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

/* The person wants it here all the same: until the network changes, losses included. */
static void
test_overruled (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start_on (self, CULVERT_NETWORK_RULE_ONLY, "Office", "Cafe");
  culvert_runner_retry_now (self->runner);
  runner_fixture_wait_for (self, UP);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, WAITING);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
  runner_fixture_wait_for (self, UP);
  move_to (self, "Cafe");
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_UP);
  move_to (self, "Train");
  runner_fixture_wait_for (self, WAITING);
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "Train");
}

static void
test_settings (RunnerFixture *self, gconstpointer data)
{
  g_autoptr (CulvertProfile) any = NULL;
  g_autoptr (CulvertProfile) listed = NULL;
  g_autoptr (CulvertProfile) elsewhere = NULL;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  start_on (self, CULVERT_NETWORK_RULE_ONLY, "Office", "Cafe");
  listed = culvert_profile_edit (self->profile);
  set_rule (listed, CULVERT_NETWORK_RULE_ONLY, "Office;Cafe");
  culvert_runner_set_profile (self->runner, listed);
  runner_fixture_wait_for (self, UP);

  /* Another server, and not here. */
  elsewhere = culvert_profile_edit (self->profile);
  culvert_profile_set_string (&elsewhere->host, "elsewhere.example");
  culvert_runner_set_profile (self->runner, elsewhere);
  runner_fixture_wait_for (self, WAITING);
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "Cafe");

  any = culvert_profile_edit (elsewhere);
  any->network_rule = CULVERT_NETWORK_RULE_ANY;
  culvert_runner_set_profile (self->runner, any);
  runner_fixture_wait_for (self, UP);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
}

/* On demand it waits, too, whoever comes, and then goes on as it would have. */
static void
test_on_demand (RunnerFixture *self, gconstpointer data)
{
  int client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_echo_forwards (self, "a=0:echo");
  self->profile->on_demand = TRUE;
  start_on (self, CULVERT_NETWORK_RULE_EXCEPT, "Office", "Office");
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_EXCLUDED, "Office");
  runner_fixture_assert_forward (self, "a", "listening");
  move_to (self, "Home");
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_IDLE);
  move_to (self, "Office");
  assert_waits (self, CULVERT_SSH_ERROR_NETWORK_EXCLUDED, "Office");
  client = culvert_client_connect (runner_fixture_get_port (self, "a"));
  culvert_test_wait_until (self->counters->n_held == 1, PATIENCE_MS);
  culvert_test_spend (50);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 0);
  move_to (self, "Home");
  engine_client_assert_echo (client);
  close (client);
}

/* --once wants to know whether it works. */
static void
test_single_try (RunnerFixture *self, gconstpointer data)
{
  set_rule (self->profile, CULVERT_NETWORK_RULE_ONLY, "Office");
  runner_fixture_start_with (self, TRUE, TRUE);
  g_assert_false (self->is_finished);
  move_to (self, "Cafe");
  g_assert_true (self->is_finished);
  g_assert_error (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED);
  g_assert_cmpstr (self->states->str, ==, "connecting failed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  runner_fixture_add ("rule/only", NULL, test_only);
  runner_fixture_add ("rule/except", NULL, test_except);
  runner_fixture_add ("rule/patience", NULL, test_patience);
  runner_fixture_add ("rule/stop-before-anybody-tells", NULL, test_stop_before_anybody_tells);
  runner_fixture_add ("rule/leaves", NULL, test_leaves);
  runner_fixture_add ("rule/lost", NULL, test_lost);
  runner_fixture_add ("rule/moved-while-waiting", NULL, test_moved_while_waiting);
  runner_fixture_add ("rule/overruled", NULL, test_overruled);
  runner_fixture_add ("rule/settings", NULL, test_settings);
  runner_fixture_add ("rule/on-demand", NULL, test_on_demand);
  runner_fixture_add ("rule/single-try", NULL, test_single_try);
  return g_test_run ();
}
