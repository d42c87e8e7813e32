/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward-fixture.h"
#include "forward/hold.h"
#include "forward/listening-forward.h"
#include "support/traffic.h"

/* Clients that come while there is no session. */

static CulvertTransport *
get_transport (Fixture *fixture)
{
  return culvert_fake_transport_get (fixture->transport);
}

static guint
count_held (Fixture *fixture)
{
  return culvert_forward_get_counters (fixture->forward)->n_held;
}

#define wait_for_held(fixture, n) culvert_test_wait_until (count_held (fixture) == (n), DEADLINE_MS)

/* Starts a forward to @target that has lost its session. */
static guint16
start_away (Fixture *fixture, CulvertTarget *target)
{
  guint16 port = fixture_start (fixture, culvert_target_get_port (target));

  culvert_forward_set_transport (fixture->forward, NULL);
  return port;
}

static CulvertTraffic *
send_clients (guint16 port, guint n_clients)
{
  return culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = n_clients, .name = "right" });
}

static void
test_served (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                    port = start_away (fixture, target);
  g_autoptr (CulvertTraffic) traffic = send_clients (port, CULVERT_HOLD_MAX);

  wait_for_held (fixture, CULVERT_HOLD_MAX);
  g_assert_cmpuint (fixture->tunnel_counters->n_held, ==, CULVERT_HOLD_MAX);
  g_assert_cmpuint (fixture->tunnel_counters->n_accepted, ==, CULVERT_HOLD_MAX);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 0);

  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  g_assert_cmpuint (count_held (fixture), ==, 0);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), DEADLINE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
  g_assert_cmpuint (fixture->tunnel_counters->n_held, ==, 0);
  g_assert_true (fixture_has_logged (
    fixture, "* forward *: 64 clients that waited are served now, 0 were reset meanwhile"));
}

/* Who comes when all places are taken has the place of who has waited longest. */
static void
test_bounded (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                    port = start_away (fixture, target);
  g_autoptr (Client)         first = client_new (NULL, port, 0);
  g_autoptr (Client)         second = NULL;
  g_autoptr (CulvertTraffic) traffic = NULL;
  g_autoptr (CulvertTraffic) late = NULL;

  wait_for_held (fixture, 1);
  second = client_new (NULL, port, 0);
  wait_for_held (fixture, 2);
  traffic = send_clients (port, CULVERT_HOLD_MAX - 2);
  wait_for_held (fixture, CULVERT_HOLD_MAX);
  g_assert_false (fixture_has_logged (fixture, "* clients wait for a session: *"));

  late = send_clients (port, 2);
  culvert_test_wait_until (client_read (first) == CLIENT_GOT_RESET, DEADLINE_MS);
  culvert_test_wait_until (client_read (second) == CLIENT_GOT_RESET, DEADLINE_MS);
  g_assert_cmpuint (count_held (fixture), ==, CULVERT_HOLD_MAX);
  g_assert_true (fixture_has_logged (fixture, "* more than 64 clients wait for a session: *"));

  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  culvert_test_wait_until (culvert_traffic_is_done (traffic), DEADLINE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
  culvert_test_wait_until (culvert_traffic_is_done (late), DEADLINE_MS);
  culvert_traffic_finish (g_steal_pointer (&late));
  g_assert_true (
    fixture_has_logged (fixture, "* 64 clients that waited are served now, 2 were reset *"));
}

/* The end of a session makes all wait that it had asked for; the bound holds for them as well. */
static void
test_bounded_when_a_session_ends (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                    port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (CulvertTraffic) traffic = NULL;

  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  traffic = send_clients (port, CULVERT_HOLD_MAX + 20);
  fixture_wait_for_asked (fixture, CULVERT_HOLD_MAX + 20);
  g_assert_cmpuint (count_held (fixture), ==, 0);

  culvert_fake_transport_end (fixture->transport, NULL);
  culvert_forward_set_transport (fixture->forward, NULL);
  wait_for_held (fixture, CULVERT_HOLD_MAX);
  culvert_test_wait_until (culvert_traffic_get_n_failed (traffic) == 20, DEADLINE_MS);
}

/* Whoever leaves is not kept: by a reset at once, by an end after the time in which it might only
 * want to listen. */
static void
test_leaving (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                   port = start_away (fixture, target);
  g_autoptr (Client)        resets = client_new (NULL, port, 0);
  g_autoptr (Client)        closes = client_new (NULL, port, 0);
  g_autoptr (Client)        half_closes = client_new (NULL, port, 0);
  g_autoptr (Client)        stays = client_new (NULL, port, 0);

  wait_for_held (fixture, 4);
  client_reset (resets);
  wait_for_held (fixture, 3);
  g_clear_pointer (&closes, client_free);
  client_finish (half_closes);
  wait_for_held (fixture, 1);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  g_assert_cmpint (client_read (stays), ==, CLIENT_READS);
  fixture_assert_rests (fixture);
}

static void
test_limit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  g_autoptr (Client)        first = NULL;
  g_autoptr (Client)        second = NULL;
  g_autofree char          *to = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (target));
  g_autoptr (CulvertEndpoint) bound = NULL;

  fixture_make (fixture, CULVERT_FORWARD_LOCAL, "127.0.0.1:0", to);
  culvert_listening_forward_set_hold_limit_ms (CULVERT_LISTENING_FORWARD (fixture->forward), 1000);
  culvert_forward_start (fixture->forward);
  bound = culvert_forward_dup_bound (fixture->forward);

  first = client_new (NULL, culvert_endpoint_get_port (bound), 0);
  wait_for_held (fixture, 1);
  culvert_test_spend (500);
  second = client_new (NULL, culvert_endpoint_get_port (bound), 0);
  wait_for_held (fixture, 2);
  culvert_test_wait_until (client_read (first) == CLIENT_GOT_RESET, DEADLINE_MS);
  g_assert_cmpint (client_read (second), ==, CLIENT_READS);
  culvert_test_wait_until (client_read (second) == CLIENT_GOT_RESET, DEADLINE_MS);
  g_assert_cmpuint (count_held (fixture), ==, 0);
  g_assert_true (fixture_has_logged (fixture, "* 1 clients were reset: for 1 s there was no *"));

  /* Those who come later have their own time, and a session's coming ends it. */
  g_clear_pointer (&second, client_free);
  second = client_new (NULL, culvert_endpoint_get_port (bound), 0);
  wait_for_held (fixture, 1);
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  culvert_test_spend (1200);
  g_assert_cmpint (client_read (second), ==, CLIENT_READS);
  g_assert_true (client_has_read (second, strlen ("right\n")));
}

static void
test_stop (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  g_autoptr (Client)        client = client_new (NULL, start_away (fixture, target), 0);

  wait_for_held (fixture, 1);
  culvert_forward_stop (fixture->forward);
  culvert_test_wait_until (client_read (client) == CLIENT_GOT_RESET, DEADLINE_MS);
  g_assert_cmpuint (fixture->tunnel_counters->n_held, ==, 0);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/hold/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("served", test_served);
  ADD ("bounded", test_bounded);
  ADD ("bounded-when-a-session-ends", test_bounded_when_a_session_ends);
  ADD ("leaving", test_leaving);
  ADD ("limit", test_limit);
  ADD ("stop", test_stop);
  return g_test_run ();
}
