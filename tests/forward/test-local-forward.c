/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward.h"

#include "forward-fixture.h"
#include "support/loopback.h"
#include "support/traffic.h"

#include <sys/socket.h>
#include <unistd.h>

static CulvertTransport *
get_transport (Fixture *fixture)
{
  return culvert_fake_transport_get (fixture->transport);
}

/* State */

static void
test_life (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertEndpoint) bound = NULL;
  g_autoptr (CulvertEndpoint) again = NULL;
  g_autofree char            *line = NULL;

  fixture_make (fixture, CULVERT_FORWARD_LOCAL, "localhost:0", "db:5432");
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_OFF);
  g_assert_null (culvert_forward_dup_bound (fixture->forward));

  culvert_forward_start (fixture->forward);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_LISTENING);
  g_assert_null (culvert_forward_get_error (fixture->forward));
  g_assert_cmpuint (fixture->n_state_changes, ==, 1);
  bound = culvert_forward_dup_bound (fixture->forward);
  g_assert_cmpstr (culvert_endpoint_get_host (bound), ==, "127.0.0.1");
  line = g_strdup_printf ("1 forward *db:5432: listening on 127.0.0.1:%u",
                          culvert_endpoint_get_port (bound));
  g_assert_true (fixture_has_logged (fixture, line));

  culvert_forward_start (fixture->forward);
  g_assert_cmpuint (fixture->n_state_changes, ==, 1);

  culvert_forward_stop (fixture->forward);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_OFF);
  g_assert_null (culvert_forward_dup_bound (fixture->forward));
  g_assert_cmpuint (fixture->n_state_changes, ==, 2);
  culvert_forward_stop (fixture->forward);
  g_assert_cmpuint (fixture->n_state_changes, ==, 2);

  culvert_forward_start (fixture->forward);
  again = culvert_forward_dup_bound (fixture->forward);
  g_assert_nonnull (again);
  g_assert_cmpuint (fixture->n_state_changes, ==, 3);
}

/* It failed; once the reason is gone it can be started. */
static void
test_failure (Fixture *fixture, gconstpointer unused)
{
  guint16          port = culvert_test_free_port ();
  g_autofree char *listen = g_strdup_printf ("localhost:%u", port);
  int              holder = culvert_loopback_listen ("::1", port, 1, 0);

  fixture_make (fixture, CULVERT_FORWARD_LOCAL, listen, "db:5432");
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  for (guint i = 1; i <= 2; i++)
    {
      culvert_forward_start (fixture->forward);
      culvert_test_wait_until (
        culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_FAILED, DEADLINE_MS);
      g_assert_error ((GError *)culvert_forward_get_error (fixture->forward), CULVERT_FORWARD_ERROR,
                      CULVERT_FORWARD_ERROR_PORT_IN_USE);
      g_assert_cmpstr (
        culvert_error_get_fact (culvert_forward_get_error (fixture->forward), CULVERT_FACT_HOLDER),
        ==, "self");
      g_assert_cmpuint (fixture->n_state_changes, ==, 2 * i);
    }
  g_assert_null (culvert_forward_dup_bound (fixture->forward));
  g_assert_true (fixture_has_logged (fixture, "3 forward *: failed: *[::1]:*"));

  close (holder);
  culvert_forward_start (fixture->forward);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_LISTENING);
  g_assert_null (culvert_forward_get_error (fixture->forward));
}

/* Nobody waits for the answer to who has the port. */
static void
test_stopped_while_it_asks (Fixture *fixture, gconstpointer unused)
{
  guint16          port = culvert_test_free_port ();
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", port);
  int              holder = culvert_loopback_listen (NULL, port, 1, 0);

  fixture_make (fixture, CULVERT_FORWARD_LOCAL, listen, "db:5432");
  culvert_forward_start (fixture->forward);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_STARTING);
  culvert_forward_stop (fixture->forward);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_OFF);
  culvert_test_spend (QUIET_MS);
  g_assert_cmpint (culvert_forward_get_state (fixture->forward), ==, CULVERT_FORWARD_OFF);
  g_assert_cmpuint (fixture->n_state_changes, ==, 2);
  close (holder);
}

static void
test_socket_at_the_server (Fixture *fixture, gconstpointer unused)
{
  const CulvertForwardKind kinds[] = { CULVERT_FORWARD_REMOTE, CULVERT_FORWARD_REVERSE_DYNAMIC };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      fixture_make (fixture, kinds[i], "/run/there", "localhost:1");
      culvert_forward_start (fixture->forward);
      g_assert_error ((GError *)culvert_forward_get_error (fixture->forward), CULVERT_FORWARD_ERROR,
                      CULVERT_FORWARD_ERROR_FAR_SOCKET);
      culvert_forward_set_transport (fixture->forward, get_transport (fixture));
      culvert_forward_stop (fixture->forward);
      g_assert_finalize_object (g_steal_pointer (&fixture->forward));
    }
}

/* Target */

static void
try_once (Fixture *fixture, guint16 port, ClientEnd end)
{
  g_autoptr (Client) client = client_new (NULL, port, 0);

  client_finish (client);
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (client->end, ==, end);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

static void
test_target_state (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  CulvertForward           *forward = fixture->forward;

  g_assert_cmpint (culvert_forward_get_target_state (forward), ==, CULVERT_TARGET_UNKNOWN);

  try_once (fixture, port, CLIENT_GOT_END);
  try_once (fixture, port, CLIENT_GOT_END);
  g_assert_cmpint (culvert_forward_get_target_state (forward), ==, CULVERT_TARGET_ANSWERED);
  g_assert_cmpuint (fixture->n_target_changes, ==, 1);
  g_assert_true (fixture_has_logged (fixture, "0 connection from 127.0.0.1:* to 127.0.0.1:*"));
  g_assert_true (fixture_has_logged (
    fixture, "0 connection from 127.0.0.1:* to 127.0.0.1:* ended: 0 bytes received, 0 sent"));

  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  try_once (fixture, port, CLIENT_GOT_RESET);
  try_once (fixture, port, CLIENT_GOT_RESET);
  g_assert_cmpint (culvert_forward_get_target_state (forward), ==, CULVERT_TARGET_REFUSED);
  g_assert_error ((GError *)culvert_forward_get_target_error (forward), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  g_assert_cmpuint (fixture->n_target_changes, ==, 2);
  g_assert_true (fixture_has_logged (
    fixture, "2 connection from 127.0.0.1:* to 127.0.0.1:* refused: refused by the fake*"));

  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_TIMED_OUT);
  try_once (fixture, port, CLIENT_GOT_RESET);
  g_assert_cmpuint (fixture->n_target_changes, ==, 3);
  fixture_assert_counts (fixture, 5, 3, 0, 0);

  culvert_forward_stop (forward);
  g_assert_cmpint (culvert_forward_get_target_state (forward), ==, CULVERT_TARGET_UNKNOWN);
  g_assert_null (culvert_forward_get_target_error (forward));
  g_assert_cmpuint (fixture->n_target_changes, ==, 4);
}

static void
test_target_that_nobody_serves (Fixture *fixture, gconstpointer unused)
{
  guint16 port = fixture_start (fixture, culvert_test_free_port ());

  try_once (fixture, port, CLIENT_GOT_RESET);
  g_assert_error ((GError *)culvert_forward_get_target_error (fixture->forward), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_OPEN_FAILED);
}

/* Transport */

static void
test_clients_are_held_without_transport (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                    port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (CulvertTraffic) traffic = NULL;

  culvert_forward_set_transport (fixture->forward, NULL);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = 50, .name = "right" });
  culvert_test_wait_until (culvert_traffic_get_n_connected (traffic) == 50, DEADLINE_MS);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture->tunnel_counters->n_held, ==, 50);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 0);

  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  culvert_test_wait_until (culvert_traffic_is_done (traffic), DEADLINE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
}

/* The session ended while the target was asked: the client waits for the next session. */
static void
test_unanswered_clients_are_asked_for_again (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                    port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (CulvertTraffic) traffic = NULL;

  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = 20, .name = "right" });
  fixture_wait_for_asked (fixture, 20);

  culvert_fake_transport_end (fixture->transport, NULL);
  culvert_forward_set_transport (fixture->forward, NULL);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 20);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 0);
  g_assert_cmpint (culvert_forward_get_target_state (fixture->forward), ==, CULVERT_TARGET_UNKNOWN);

  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  culvert_test_wait_until (culvert_traffic_is_done (traffic), DEADLINE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  g_assert_cmpuint (fixture->tunnel_counters->n_refused, ==, 0);
}

/* A target that never answers takes a bounded number of descriptors; the rest is served later. */
static void
test_unanswered_clients_are_bounded (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                    port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (CulvertTraffic) traffic = NULL;

  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = 400, .name = "right" });
  culvert_test_wait_until (culvert_traffic_get_n_connected (traffic) == 400, DEADLINE_MS);
  fixture_wait_for_asked (fixture, 256);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture->tunnel_counters->n_open, ==, 256);

  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), DEADLINE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
}

static void
test_bounded_clients_may_be_refused (Fixture *fixture, gconstpointer unused)
{
  guint16                    port = fixture_start (fixture, culvert_test_free_port ());
  g_autoptr (CulvertTraffic) traffic = NULL;

  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = 300, .name = "right" });
  fixture_wait_for_asked (fixture, 256);
  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_FAILED);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (fixture->tunnel_counters->n_refused == 300, DEADLINE_MS);
  culvert_test_wait_until (culvert_traffic_get_n_failed (traffic) == 300, DEADLINE_MS);
}

/* Connections */

static void
test_list_and_close (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autofree char          *to = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (target));
  g_autoptr (Client)        first = client_new (NULL, port, 0);
  g_autoptr (Client)        second = NULL;
  g_autoptr (GPtrArray)     list = NULL;
  g_autofree char          *from = NULL;
  KeptConnection           *info, *other;
  guint64                   other_id;

  fixture_wait_for_asked (fixture, 1);
  from = g_strdup_printf ("127.0.0.1:%u", culvert_loopback_get_port (first->descriptor));
  g_assert_cmpstr (culvert_fake_transport_get_originator (fixture->transport), ==, from);
  second = client_new (NULL, port, 0);
  client_send_text (first, "hello");
  client_send_text (second, "hi");
  culvert_test_wait_until (client_has_read (first, 5) && client_has_read (second, 2), DEADLINE_MS);

  list = kept_connections_list (fixture->forward);
  g_assert_cmpuint (list->len, ==, 2);
  info = g_ptr_array_index (list, 0);
  other = g_ptr_array_index (list, 1);
  g_assert_cmpstr (info->client, ==, from);
  g_assert_cmpstr (info->target, ==, to);
  g_assert_cmpuint (info->n_received, ==, 5);
  g_assert_cmpuint (info->n_sent, ==, 5);
  g_assert_cmpint (info->started_us, <=, other->started_us);
  g_assert_cmpint (g_get_monotonic_time () - info->started_us, <, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (other->n_sent, ==, 2);
  other_id = other->id;
  g_assert_cmpuint (other_id, !=, info->id);

  g_assert_false (culvert_forward_close_connection (fixture->forward, 0));
  g_assert_true (culvert_forward_close_connection (fixture->forward, info->id));
  g_assert_false (culvert_forward_close_connection (fixture->forward, info->id));
  culvert_test_wait_until (client_read (first) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (first->end, ==, CLIENT_GOT_RESET);
  g_assert_cmpint (client_read (second), ==, CLIENT_READS);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 1, DEADLINE_MS);

  culvert_forward_stop (fixture->forward);
  g_ptr_array_unref (list);
  list = kept_connections_list (fixture->forward);
  g_assert_cmpuint (list->len, ==, 0);
  g_assert_false (culvert_forward_close_connection (fixture->forward, other_id));
}

static void
test_unix_socket_to_unix_socket (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *here = culvert_temp_dir_build (dir, "here");
  g_autofree char           *there = culvert_temp_dir_build (dir, "there");
  g_autoptr (CulvertTarget)  target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO, .address = there });
  g_autoptr (Client)    client = NULL;
  g_autoptr (GPtrArray) list = NULL;

  fixture_make (fixture, CULVERT_FORWARD_LOCAL, here, there);
  culvert_forward_start (fixture->forward);
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  client = client_new (here, 0, 0);
  client_send_text (client, "hello");
  culvert_test_wait_until (client_has_read (client, 5), DEADLINE_MS);
  g_assert_cmpuint (culvert_target_get_n_received (target), ==, 5);

  list = kept_connections_list (fixture->forward);
  g_assert_cmpstr (((KeptConnection *)g_ptr_array_index (list, 0))->client, ==, "");
  g_assert_cmpstr (((KeptConnection *)g_ptr_array_index (list, 0))->target, ==, there);
  g_assert_true (fixture_has_logged (fixture, "0 connection from a local program to */there"));

  culvert_forward_stop (fixture->forward);
  g_assert_false (g_file_test (here, G_FILE_TEST_EXISTS));
}

static void
serve_many (Fixture *fixture, guint n)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  CulvertTraffic           *traffic = culvert_traffic_start (&(CulvertTrafficConfig){
              .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = n, .name = "right" });

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 60000);
  culvert_traffic_finish (traffic);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  fixture_assert_counts (fixture, n, 0, n * (64 + 6), n * 64);
}

static void
test_200_connections (Fixture *fixture, gconstpointer unused)
{
  serve_many (fixture, 200);
}

static void
test_1000_connections (Fixture *fixture, gconstpointer unused)
{
  serve_many (fixture, 1000);
}

/* Every client and target there is loses its connection at once; the fixture sees that nothing is
 * left. */
static void
test_stop_with_connections (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (GPtrArray)     clients = g_ptr_array_new_with_free_func ((GDestroyNotify)client_free);

  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (clients, client_new (NULL, port, 0));
  fixture_wait_for_asked (fixture, 100);
  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (clients, client_new (NULL, port, 0));
  fixture_wait_for_asked (fixture, 120);
  for (guint i = 0; i < clients->len; i++)
    {
      client_send_stream (g_ptr_array_index (clients, i), 1, 0, 20000);
      g_main_context_iteration (NULL, FALSE);
    }

  culvert_forward_stop (fixture->forward);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 0);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
  for (guint i = 0; i < clients->len; i++)
    culvert_test_wait_until (client_read (g_ptr_array_index (clients, i)) == CLIENT_GOT_RESET,
                             DEADLINE_MS);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, DEADLINE_MS);
}

/* The owner stops the forward when it reads of the refusal: that is then no state of the target. */
static void
test_stop_when_refused (Fixture *fixture, gconstpointer unused)
{
  guint16            port = fixture_start (fixture, culvert_test_free_port ());
  g_autoptr (Client) client = client_new (NULL, port, 0);

  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  fixture_wait_for_asked (fixture, 1);
  fixture->on_event = culvert_forward_stop;
  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_FAILED);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_OFF,
                           DEADLINE_MS);
  g_assert_cmpint (culvert_forward_get_target_state (fixture->forward), ==, CULVERT_TARGET_UNKNOWN);
  culvert_test_wait_until (client_read (client) == CLIENT_GOT_RESET, DEADLINE_MS);
}

/* Whatever the owner is told, it may answer by stopping. */
static void
test_stop_from_every_event (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint                     n_seen = 0;

  for (guint n_to_skip = 0; n_to_skip < 12; n_to_skip++)
    {
      g_autoptr (Client) client = NULL;
      g_autoptr (Client) refused = NULL;
      guint              n_logged = fixture->log->len;
      guint              n_targets = fixture->n_target_changes;
      guint16            port = fixture_start (fixture, culvert_target_get_port (target));

      /* Turn by turn, the first event after the n-th turn stops the forward. */
      client = client_new (NULL, port, 0);
      client_finish (client);
      for (guint i = 0; i < n_to_skip; i++)
        g_main_context_iteration (NULL, FALSE);
      fixture->on_event = culvert_forward_stop;
      refused = client_new (NULL, port, 0);
      culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_FAILED);
      culvert_test_wait_until (culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_OFF,
                               DEADLINE_MS);
      n_seen += fixture->log->len - n_logged + fixture->n_target_changes - n_targets;

      culvert_fake_transport_set_refusing (fixture->transport, (CulvertSshError)-1);
      g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
      g_assert_finalize_object (g_steal_pointer (&fixture->forward));
    }
  g_assert_cmpuint (n_seen, >, 12);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/local-forward/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  raise_descriptor_limit ();

  ADD ("life", test_life);
  ADD ("failure", test_failure);
  ADD ("stopped-while-it-asks", test_stopped_while_it_asks);
  ADD ("socket-at-the-server", test_socket_at_the_server);
  ADD ("target/state", test_target_state);
  ADD ("target/nobody-serves", test_target_that_nobody_serves);
  ADD ("transport/clients-are-held-without", test_clients_are_held_without_transport);
  ADD ("transport/unanswered-clients-are-asked-for-again",
       test_unanswered_clients_are_asked_for_again);
  ADD ("transport/unanswered-clients-are-bounded", test_unanswered_clients_are_bounded);
  ADD ("transport/bounded-clients-may-be-refused", test_bounded_clients_may_be_refused);
  ADD ("connections/list-and-close", test_list_and_close);
  ADD ("connections/unix", test_unix_socket_to_unix_socket);
  ADD ("connections/200", test_200_connections);
  ADD ("connections/1000", test_1000_connections);
  ADD ("stop/with-connections", test_stop_with_connections);
  ADD ("stop/when-refused", test_stop_when_refused);
  ADD ("stop/from-every-event", test_stop_from_every_event);

  return g_test_run ();
}
