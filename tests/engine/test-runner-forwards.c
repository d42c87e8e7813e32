/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/runner-fixture.h"
#include "support/traffic.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port that is taken: a tunnel goes on without that forward … */
static void
test_forward_fails (RunnerFixture *self, gconstpointer data)
{
  g_autoptr (GError)          error = NULL;
  g_autoptr (GSocketListener) other = g_socket_listener_new ();
  g_autofree char            *forwards = NULL;
  guint16                     taken;

  taken = g_socket_listener_add_any_inet_port (other, NULL, &error);
  g_assert_no_error (error);
  forwards = g_strdup_printf ("a=%u:db:5432 b=0:web:80", taken);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_forwards (self, forwards);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  runner_fixture_wait_for_forward (self, "a", "failed");
  runner_fixture_assert_forward (self, "b", "listening");

  /* A second look at it while the port is still taken, then one that succeeds. */
  culvert_runner_retry_forward (self->runner, "a");
  runner_fixture_assert_forward (self, "a", "starting");
  runner_fixture_wait_for_forward (self, "a", "failed");
  g_socket_listener_close (other);
  culvert_runner_retry_forward (self->runner, "a");
  culvert_runner_retry_forward (self->runner, "b");
  culvert_runner_retry_forward (self->runner, "unknown");
  g_assert_cmpuint (runner_fixture_get_port (self, "a"), ==, taken);
  g_assert_cmpstr (self->forward_changes->str, ==,
                   "a:starting b:listening a:failed a:starting a:failed a:listening");
}

/* … unless it has a single try. */
static void
test_forward_fails_a_single_try (RunnerFixture *self, gconstpointer data)
{
  g_autoptr (GError)          error = NULL;
  g_autoptr (GSocketListener) other = g_socket_listener_new ();
  g_autofree char            *forwards = NULL;

  forwards = g_strdup_printf ("a=%u:db:5432 b=0:web:80",
                              g_socket_listener_add_any_inet_port (other, NULL, &error));
  g_assert_no_error (error);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_forwards (self, forwards);
  runner_fixture_start_with (self, TRUE, TRUE);
  culvert_test_wait_until (self->is_finished, PATIENCE_MS);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up failed");
  g_assert_error (self->error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE);
  g_assert_cmpuint (fake_maker_get_n_stopped (self->maker), ==, 1);
  runner_fixture_assert_forward (self, "b", "off");
}

static void
test_edit_leaves_the_others_alone (RunnerFixture *self, gconstpointer data)
{
  guint16 port;
  guint16 old_port;
  int     client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_echo_forwards (self, "a=0:echo b=0:web:80 c=0:mail:25");
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  port = runner_fixture_get_port (self, "a");
  old_port = runner_fixture_get_port (self, "c");
  client = culvert_client_connect (port);
  engine_client_assert_echo (client);

  g_string_truncate (self->forward_changes, 0);
  runner_fixture_set_echo_forwards (self, "d=0:git:22 b=0:web:8080 a=0:echo");
  culvert_runner_set_profile (self->runner, self->profile);

  g_assert_true (g_str_has_prefix (self->forward_changes->str, "b:off"));
  g_assert_true (g_str_has_suffix (self->forward_changes->str, "d:listening b:listening"));
  g_assert_null (strstr (self->forward_changes->str, "a:"));
  runner_fixture_assert_forward (self, "c", "off");
  engine_assert_refused (old_port);
  g_assert_cmpuint (runner_fixture_get_port (self, "a"), ==, port);
  engine_client_assert_echo (client);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up");
  close (client);
}

/* Before it was ever up there is nothing to start; what is wanted then counts. */
static void
test_edit_before_it_is_up (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_HOST_KEY, 0);
  runner_fixture_set_forwards (self, "a=0:db:5432");
  runner_fixture_start (self);
  culvert_test_wait_until (self->prompt != NULL, PATIENCE_MS);
  runner_fixture_set_forwards (self, "b=0:web:80");
  culvert_runner_set_profile (self->runner, self->profile);
  g_assert_cmpstr (self->forward_changes->str, ==, "");

  culvert_prompt_answer (self->prompt, CULVERT_DECISION_ONCE, NULL, 0);
  runner_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->forward_changes->str, ==, "b:listening");
}

static void
move_to (RunnerFixture *self, const char *host)
{
  CulvertProfile *profile = culvert_profile_edit (self->profile);

  culvert_profile_set_string (&profile->host, host);
  culvert_profile_unref (self->profile);
  self->profile = profile;
  culvert_runner_set_profile (self->runner, profile);
}

static void
test_edit_of_the_server_reconnects (RunnerFixture *self, gconstpointer data)
{
  g_autofree char *host = NULL;
  guint16          port;
  int              client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_set_echo_forwards (self, "a=0:echo");
  runner_fixture_start (self);
  runner_fixture_wait_for (self, UP);
  port = runner_fixture_get_port (self, "a");
  client = culvert_client_connect (port);
  engine_client_assert_echo (client);

  move_to (self, "elsewhere.example");
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_CONNECTING);
  runner_fixture_wait_for (self, UP);
  host = fake_maker_dup_last_host (self->maker);
  g_assert_cmpstr (host, ==, "elsewhere.example");
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up connecting signing-in up");
  g_assert_cmpstr (self->forward_changes->str, ==, "a:listening");
  g_assert_true (runner_fixture_has_line (self, "up → connecting (the settings changed)"));
  engine_client_assert_closed (client);
  close (client);
  client = culvert_client_connect (port);
  engine_client_assert_echo (client);
  close (client);
}

static void
test_edit_of_the_server_while_waiting (RunnerFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_NAME_UNKNOWN);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  runner_fixture_start (self);
  runner_fixture_wait_for (self, WAITING);
  move_to (self, "bastion.example");
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_WAITING);
  move_to (self, "right.example");
  g_assert_cmpint (culvert_runner_get_state (self->runner), ==, CULVERT_TUNNEL_CONNECTING);
  runner_fixture_wait_for (self, UP);
}

/* The way to the server, told apart from all else. */
static void
test_must_reconnect (void)
{
  g_autoptr (CulvertProfile) before = culvert_profile_new ();
  CulvertAuthMethod          method = CULVERT_AUTH_PASSWORD;

  for (int field = 0; field < 16; field++)
    {
      g_autoptr (CulvertProfile) now = culvert_profile_edit (before);
      gboolean                   expected = field < 10;

      switch (field)
        {
        case 0:
          culvert_profile_set_string (&now->host, "b");
          break;
        case 1:
          now->port = 2222;
          break;
        case 2:
          culvert_profile_set_string (&now->user, "bob");
          break;
        case 3:
          now->address_family = CULVERT_ADDRESS_FAMILY_IPV6;
          break;
        case 4:
          g_array_set_size (now->methods, 0);
          g_array_append_val (now->methods, method);
          break;
        case 5:
          g_strfreev (now->key_files);
          now->key_files = g_strsplit ("~/.ssh/other", " ", -1);
          break;
        case 6:
          culvert_profile_set_string (&now->agent_socket, "/run/agent");
          break;
        case 7:
          now->only_listed_keys = !now->only_listed_keys;
          break;
        case 8:
          now->legacy_algorithms = !now->legacy_algorithms;
          break;
        case 9:
          g_strfreev (now->known_hosts_files);
          now->known_hosts_files = g_strsplit ("~/hosts", " ", -1);
          break;
        case 10:
          culvert_profile_set_string (&now->name, "another name");
          break;
        case 11:
          now->connect_timeout_s++;
          break;
        case 12:
          now->keepalive_interval_s++;
          break;
        case 13:
          now->reconnect = !now->reconnect;
          break;
        case 14:
          now->start_with_program = !now->start_with_program;
          break;
        case 15:
          now->never_ask = !now->never_ask;
          break;
        default:
          g_assert_not_reached ();
        }
      g_test_message ("field %d", field);
      g_assert_false (culvert_profile_equal (before, now));
      g_assert_cmpint (culvert_runner_must_reconnect (before, now), ==, expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  runner_fixture_add ("forward-fails", NULL, test_forward_fails);
  runner_fixture_add ("forward-fails-a-single-try", NULL, test_forward_fails_a_single_try);
  runner_fixture_add ("edit/leaves-the-others-alone", NULL, test_edit_leaves_the_others_alone);
  runner_fixture_add ("edit/before-it-is-up", NULL, test_edit_before_it_is_up);
  runner_fixture_add ("edit/of-the-server-reconnects", NULL, test_edit_of_the_server_reconnects);
  runner_fixture_add ("edit/of-the-server-while-waiting", NULL,
                      test_edit_of_the_server_while_waiting);
  g_test_add_func ("/engine/runner/must-reconnect", test_must_reconnect);

  return g_test_run ();
}
