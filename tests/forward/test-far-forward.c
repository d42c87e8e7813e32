/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/far-forward.h"

#include "core/errors.h"
#include "forward/forward-fixture.h"
#include "support/traffic.h"

/* Forwards that listen at the server, over a transport that listens itself. */

static void
start_at (Fixture *fixture, const char *listen, guint16 target_port)
{
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", target_port);

  fixture_make (fixture, CULVERT_FORWARD_REMOTE, listen, target);
  culvert_forward_start (fixture->forward);
  culvert_forward_set_transport (fixture->forward, culvert_fake_transport_get (fixture->transport));
  culvert_test_wait_until (
    culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_LISTENING, DEADLINE_MS);
}

static guint16
get_port (Fixture *fixture)
{
  g_autoptr (CulvertEndpoint) bound = culvert_forward_dup_bound (fixture->forward);

  return culvert_endpoint_get_port (bound);
}

static void
run_test (Fixture *fixture, const char *server_address, CulvertTestState expected)
{
  culvert_forward_test (fixture->forward, server_address);
  g_assert_cmpint (culvert_forward_get_test_state (fixture->forward), ==, CULVERT_TEST_RUNNING);
  culvert_test_wait_until (
    culvert_forward_get_test_state (fixture->forward) != CULVERT_TEST_RUNNING, DEADLINE_MS);
  if (culvert_forward_get_test_error (fixture->forward) != NULL)
    g_test_message ("%s", culvert_forward_get_test_error (fixture->forward)->message);
  g_assert_cmpint (culvert_forward_get_test_state (fixture->forward), ==, expected);
}

static void
assert_failed (Fixture *fixture, CulvertForwardError code)
{
  g_assert_error ((GError *)culvert_forward_get_test_error (fixture->forward),
                  CULVERT_FORWARD_ERROR, (int)code);
}

static void
test_moves_data (Fixture *fixture, gconstpointer data)
{
  CulvertTarget  *echo = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  CulvertTraffic *traffic;

  start_at (fixture, "localhost:0", culvert_target_get_port (echo));
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                                            .port = get_port (fixture),
                                                            .n_connections = 5,
                                                            .n_bytes = 300000,
                                                            .seed = 3 });
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 3 * DEADLINE_MS);
  culvert_traffic_finish (traffic);
  fixture_assert_dropped (fixture, DEADLINE_MS);
  fixture_assert_counts (fixture, 5, 0, 5 * 300000, 5 * 300000);
  culvert_target_free (echo);
}

/* Whatever pieces the transport makes of what the test says. */
static void
test_works_in_pieces (Fixture *fixture, gconstpointer data)
{
  CulvertTarget *echo = fixture_start_target (CULVERT_TARGET_ECHO, 0);

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .seed = 11, .window = 40 });
  start_at (fixture, "localhost:0", culvert_target_get_port (echo));
  for (guint i = 1; i <= 5; i++)
    {
      run_test (fixture, NULL, CULVERT_TEST_WORKS);
      culvert_test_wait_until (culvert_target_get_n_connections (echo) == i, DEADLINE_MS);
    }
  fixture_assert_dropped (fixture, DEADLINE_MS);
  fixture_assert_counts (fixture, 0, 0, 0, 0);
  culvert_target_free (echo);
}

static void
test_only_inside (Fixture *fixture, gconstpointer data)
{
  CulvertTarget *echo = fixture_start_target (CULVERT_TARGET_ECHO, 0);

  culvert_fake_transport_set_bind (fixture->transport, "127.0.0.1");
  start_at (fixture, "*:0", culvert_target_get_port (echo));
  run_test (fixture, "127.0.0.2", CULVERT_TEST_FAILED);
  assert_failed (fixture, CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY);
  culvert_target_free (echo);
}

static void
test_another_speaks (Fixture *fixture, gconstpointer data)
{
  CulvertTarget *other = fixture_start_target (CULVERT_TARGET_NAMER, 0);

  start_at (fixture, "localhost:0", 9);
  culvert_fake_transport_divert (fixture->transport, culvert_target_get_port (other));
  run_test (fixture, NULL, CULVERT_TEST_FAILED);
  assert_failed (fixture, CULVERT_FORWARD_ERROR_TEST_OTHER);
  culvert_target_free (other);
}

static void
test_another_is_silent (Fixture *fixture, gconstpointer data)
{
  CulvertTarget *other = fixture_start_target (CULVERT_TARGET_NEVER_READ, 0);

  start_at (fixture, "localhost:0", 9);
  culvert_far_forward_set_test_limits_ms (CULVERT_FAR_FORWARD (fixture->forward), 5000, 200);
  culvert_fake_transport_divert (fixture->transport, culvert_target_get_port (other));
  run_test (fixture, NULL, CULVERT_TEST_FAILED);
  assert_failed (fixture, CULVERT_FORWARD_ERROR_TEST_OTHER);
  culvert_target_free (other);
}

static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  start_at (fixture, "localhost:0", 9);
  culvert_far_forward_set_test_limits_ms (CULVERT_FAR_FORWARD (fixture->forward), 200, 5000);
  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  run_test (fixture, NULL, CULVERT_TEST_FAILED);
  assert_failed (fixture, CULVERT_FORWARD_ERROR_TEST_TIMED_OUT);
}

static void
test_prohibited (Fixture *fixture, gconstpointer data)
{
  start_at (fixture, "localhost:0", 9);
  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  run_test (fixture, NULL, CULVERT_TEST_UNTOLD);
}

/* A client that says nothing while a test has no end: it is served when the test is over, and what it
 * said before it knew is not lost. */
static void
test_client_waits (Fixture *fixture, gconstpointer data)
{
  CulvertTarget     *namer = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  g_autoptr (Client) silent = NULL;
  g_autoptr (Client) talker = NULL;

  start_at (fixture, "localhost:0", culvert_target_get_port (namer));
  culvert_far_forward_set_test_limits_ms (CULVERT_FAR_FORWARD (fixture->forward), 400, 5000);
  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  culvert_forward_test (fixture->forward, NULL);
  silent = client_new ("127.0.0.1", get_port (fixture), 0);
  talker = client_new ("127.0.0.1", get_port (fixture), 0);
  client_send_text (talker, "hello");
  culvert_test_wait_until (client_has_read (talker, strlen ("right\nhello")), DEADLINE_MS);
  g_assert_cmpint (culvert_forward_get_test_state (fixture->forward), ==, CULVERT_TEST_RUNNING);
  g_assert_false (client_has_read (silent, 1));
  culvert_test_wait_until (client_has_read (silent, strlen ("right\n")), DEADLINE_MS);
  g_assert_cmpint (culvert_forward_get_test_state (fixture->forward), ==, CULVERT_TEST_FAILED);
  g_assert_cmpmem (talker->received->data, talker->received->len, "right\nhello",
                   strlen ("right\nhello"));
  client_finish (talker);
  client_finish (silent);
  fixture_assert_dropped (fixture, DEADLINE_MS);
  fixture_assert_counts (fixture, 2, 0, strlen ("hello"),
                         2 * strlen ("right\n") + strlen ("hello"));
  culvert_target_free (namer);
}

/* One that sends all it has and its end at once loses none of it. */
static void
test_client_ends_meanwhile (Fixture *fixture, gconstpointer data)
{
  CulvertTarget     *echo = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  g_autoptr (Client) client = NULL;

  start_at (fixture, "localhost:0", culvert_target_get_port (echo));
  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  culvert_forward_test (fixture->forward, NULL);
  client = client_new ("127.0.0.1", get_port (fixture), 0);
  g_assert_cmpuint (client_send_stream (client, 4, 0, 10000), ==, 10000);
  client_finish (client);
  culvert_test_wait_until (client_read (client) == CLIENT_GOT_END, DEADLINE_MS);
  client_assert_stream (client, 4, 10000);
  culvert_target_free (echo);
}

static void
test_session_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = NULL;
  g_autoptr (GError) lost = g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");

  start_at (fixture, "localhost:0", 9);
  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  culvert_forward_test (fixture->forward, NULL);
  client = client_new ("127.0.0.1", get_port (fixture), 0);
  culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) == 2,
                           DEADLINE_MS);
  culvert_fake_transport_end (fixture->transport, lost);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_STARTING);
  g_assert_cmpint (culvert_forward_get_test_state (fixture->forward), ==, CULVERT_TEST_NONE);
  culvert_forward_set_transport (fixture->forward, NULL);
  culvert_forward_test (fixture->forward, NULL);
  g_assert_cmpint (culvert_forward_get_test_state (fixture->forward), ==, CULVERT_TEST_NONE);
}

static void
test_stops_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = NULL;

  start_at (fixture, "localhost:0", 9);
  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  culvert_forward_test (fixture->forward, NULL);
  client = client_new ("127.0.0.1", get_port (fixture), 0);
  culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) == 2,
                           DEADLINE_MS);
  culvert_forward_stop (fixture->forward);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/forward/far-forward/" name, Fixture, NULL, fixture_set_up, function,               \
              fixture_tear_down)
  ADD ("moves-data", test_moves_data);
  ADD ("works-in-pieces", test_works_in_pieces);
  ADD ("only-inside", test_only_inside);
  ADD ("another-speaks", test_another_speaks);
  ADD ("another-is-silent", test_another_is_silent);
  ADD ("no-answer", test_no_answer);
  ADD ("prohibited", test_prohibited);
  ADD ("client-waits", test_client_waits);
  ADD ("client-ends-meanwhile", test_client_ends_meanwhile);
  ADD ("session-ends", test_session_ends);
  ADD ("stops-meanwhile", test_stops_meanwhile);
#undef ADD

  return g_test_run ();
}
