/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/relay.h"

#include "forward-fixture.h"
#include "support/stream-pattern.h"
#include "support/traffic.h"

#include <string.h>
#include <sys/socket.h>

#define MEBIBYTE (1024 * 1024)

/* With this the system holds little, so that what waits, waits in the relay. */
#define SMALL_BUFFER 4096

static void
run_traffic (const CulvertTrafficConfig *config)
{
  CulvertTraffic *traffic = culvert_traffic_start (config);

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 120000);
  culvert_traffic_finish (traffic);
}

/* Bytes */

static void
echo_bytes (Fixture *fixture, guint64 seed, guint64 n_bytes)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port;

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .seed = seed });
  port = fixture_start (fixture, culvert_target_get_port (target));
  run_traffic (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                        .port = port,
                                        .n_bytes = n_bytes,
                                        .seed = 11,
                                        .deadline_ms = 120000 });
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  fixture_assert_counts (fixture, 1, 0, n_bytes, n_bytes);
}

static void
test_bytes_both_ways_whole (Fixture *fixture, gconstpointer unused)
{
  echo_bytes (fixture, 0, 50 * MEBIBYTE);
}

static void
test_bytes_both_ways_chopped_1 (Fixture *fixture, gconstpointer unused)
{
  echo_bytes (fixture, 1, 50 * MEBIBYTE);
}

static void
test_bytes_both_ways_chopped_2 (Fixture *fixture, gconstpointer unused)
{
  echo_bytes (fixture, 2, 50 * MEBIBYTE);
}

static void
test_bytes_both_ways_chopped_3 (Fixture *fixture, gconstpointer unused)
{
  echo_bytes (fixture, 3, 50 * MEBIBYTE);
}

/* A window of one byte: every byte is an event of its own in both directions. */
static void
test_window_of_one_byte (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .window = 1 });
  run_traffic (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                             .port = fixture_start (fixture, culvert_target_get_port (target)),
                             .n_bytes = 3000 });
}

/* Half-close */

static void
test_half_close_by_client (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SINK, 0);

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .seed = 5 });
  run_traffic (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_UPLOAD,
                             .port = fixture_start (fixture, culvert_target_get_port (target)),
                             .n_bytes = MEBIBYTE });
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

/* The target ends; what the client says after that still reaches it. */
static void
test_half_close_by_target (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, MEBIBYTE);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  culvert_test_wait_until (client_read (client) == CLIENT_GOT_END, DEADLINE_MS);
  client_assert_stream (client, 7, MEBIBYTE);
  g_assert_cmpuint (culvert_target_get_n_received (target), ==, 0);

  client_send_text (client, "afterwards");
  culvert_test_wait_until (culvert_target_get_n_received (target) == 10, DEADLINE_MS);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  client_finish (client);
  culvert_test_wait_until (culvert_target_get_n_ended (target) == 1, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
}

/* The target ends first, the client then says much and leaves at once, while nothing can be passed
 * on: both directions of the socket are over, yet what it said counts. */
static void
test_last_words_of_client_that_left (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 10);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  Client                   *client = client_new (NULL, port, 0);
  gsize                     n_sent;

  culvert_test_wait_until (client_read (client) == CLIENT_GOT_END, DEADLINE_MS);
  culvert_fake_transport_set_stalled (fixture->transport, TRUE);
  n_sent = client_send_stream (client, 3, 0, 300000);
  client_free (client);

  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  culvert_fake_transport_set_stalled (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_target_get_n_received (target) == n_sent, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  culvert_test_wait_until (culvert_target_get_n_ended (target) == 1, DEADLINE_MS);
}

/* A client that sends and closes without reading what the target says meanwhile. */
static void
test_client_that_does_not_wait_for_the_answer (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, MEBIBYTE);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  Client                   *client = client_new (NULL, port, SMALL_BUFFER);

  culvert_test_wait_until (culvert_fake_transport_get_n_open (fixture->transport) == 1,
                           DEADLINE_MS);
  client_send_text (client, "fire and forget");
  client_free (client);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, DEADLINE_MS);
}

/* Breaks */

static void
test_reset_by_client (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  client_send_text (client, "hello");
  culvert_test_wait_until (client_has_read (client, 5), DEADLINE_MS);
  client_reset (client);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, DEADLINE_MS);
}

/* Nothing can be passed on, so the socket is not read, and still its reset is noticed, and the
 * source rests before and after. */
static void
test_reset_by_client_while_stalled (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  culvert_test_wait_until (culvert_fake_transport_get_n_open (fixture->transport) == 1,
                           DEADLINE_MS);
  culvert_fake_transport_set_stalled (fixture->transport, TRUE);
  client_send_stream (client, 3, 0, 100000);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);

  client_reset (client);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
  fixture_assert_rests (fixture);
}

/* The client has read all and finished; its reset comes while the target is silent. */
static void
test_reset_by_client_that_finished (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NEVER_READ, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  culvert_test_wait_until (culvert_fake_transport_get_n_open (fixture->transport) == 1,
                           DEADLINE_MS);
  client_finish (client);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  client_reset (client);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

static void
test_reset_by_target (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = culvert_target_new (&(CulvertTargetConfig){
    .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = 1000, .reset = TRUE });
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 0);
}

/* Waits until the whole of what the target sends has been received, most of it waiting for the
 * client. */
static Client *
fill_relay (Fixture *fixture, CulvertTarget *target, gsize n_bytes)
{
  Client *client;
  guint16 port;

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .window = 64 * MEBIBYTE });
  port = fixture_start (fixture, culvert_target_get_port (target));
  client = client_new (NULL, port, SMALL_BUFFER);
  culvert_test_wait_until (fixture->tunnel_counters->n_received == n_bytes, DEADLINE_MS);
  /* The target's end, if it has ended, has been told then. */
  fixture_assert_rests (fixture);

  return client;
}

/* Everything that was received reaches a slow reader; only then it learns of the break. */
static void
test_slow_reader_gets_all_before_the_reset (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 8 * MEBIBYTE);
  g_autoptr (Client)        client = fill_relay (fixture, target, 8 * MEBIBYTE);
  g_autoptr (GError)        error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");

  culvert_fake_transport_end (fixture->transport, error);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);

  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (client->end, ==, CLIENT_GOT_RESET);
  client_assert_stream (client, 7, 8 * MEBIBYTE);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

/* The same when all of it is in the hands of the system already. */
static void
test_little_is_delivered_before_the_reset (Fixture *fixture, gconstpointer unused)
{
  g_autofree char          *name = g_strnfill (59999, 'n');
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = name });
  g_autoptr (Client) client = fill_relay (fixture, target, 60000);
  g_autoptr (GError) error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");

  culvert_fake_transport_end (fixture->transport, error);
  fixture_assert_rests (fixture);
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (client->end, ==, CLIENT_GOT_RESET);
  g_assert_cmpuint (client->received->len, ==, 60000);
  g_assert_cmpint (memcmp (client->received->data, name, 59999), ==, 0);
}

/* The target had ended in good order, so the client's answer is whole: it reads the end. */
static void
test_whole_answer_survives_the_break (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 60000);
  g_autoptr (Client)        client = fill_relay (fixture, target, 60000);
  g_autoptr (GError)        error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");

  culvert_fake_transport_end (fixture->transport, error);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (client->end, ==, CLIENT_GOT_END);
  client_assert_stream (client, 7, 60000);
}

static void
test_slow_reader_gets_all_before_the_end (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 8 * MEBIBYTE);
  g_autoptr (Client)        client = fill_relay (fixture, target, 8 * MEBIBYTE);

  /* What nobody reads may not turn the end into a reset. */
  client_send_text (client, "unread");
  culvert_fake_transport_set_stalled (fixture->transport, TRUE);
  culvert_fake_transport_end (fixture->transport, NULL);
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (client->end, ==, CLIENT_GOT_END);
  client_assert_stream (client, 7, 8 * MEBIBYTE);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

/* The stream has gone, and then the client goes too. */
static void
test_client_leaves_what_is_left (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 8 * MEBIBYTE);
  g_autoptr (Client)        client = fill_relay (fixture, target, 8 * MEBIBYTE);

  culvert_fake_transport_end (fixture->transport, NULL);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  client_reset (client);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

/* Back-pressure */

static void
test_slow_readers_slow_nobody_else (Fixture *fixture, gconstpointer unused)
{
  const gsize                window = 256 * 1024;
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_SOURCE, 32 * MEBIBYTE);
  g_autoptr (CulvertTraffic) slow = NULL;
  guint16                    port = fixture_start (fixture, culvert_target_get_port (target));
  gsize                      rss_bytes;

  slow = culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_HOLD,
                                                         .port = port,
                                                         .n_connections = 100,
                                                         .receive_buffer = SMALL_BUFFER });
  culvert_test_wait_until (culvert_traffic_is_done (slow), DEADLINE_MS);
  culvert_test_wait_until (culvert_fake_transport_get_n_open (fixture->transport) == 100,
                           DEADLINE_MS);

  rss_bytes = culvert_test_get_rss_bytes ();
  run_traffic (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = port, .n_bytes = 32 * MEBIBYTE, .seed = 7 });

  g_assert_cmpuint (culvert_fake_transport_get_most_unconsumed (fixture->transport), <=, window);
  g_assert_cmpuint (culvert_test_get_rss_bytes (), <, rss_bytes + 100 * 3 * window);
  fixture_assert_rests (fixture);
}

/* The target takes nothing: the client is read no further than that. */
static void
test_target_that_does_not_read_slows_the_client (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NEVER_READ, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);
  guint64                   n_sent = 0;
  guint64                   n_before;

  do
    {
      n_before = n_sent;
      n_sent += client_send_stream (client, 3, n_sent, 64 * MEBIBYTE);
      culvert_test_spend (50);
    }
  while (n_sent > n_before);

  g_assert_cmpuint (n_sent, <, 64 * MEBIBYTE);
  g_assert_cmpuint (fixture->tunnel_counters->n_sent, <, n_sent);
  fixture_assert_rests (fixture);
}

/* Unix sockets, on which both directions are over as soon as the client has closed */

static guint16
start_on_path (Fixture *fixture, CulvertTarget *target, const char *path)
{
  g_autofree char *to = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (target));

  fixture_make (fixture, CULVERT_FORWARD_LOCAL, path, to);
  culvert_forward_start (fixture->forward);
  g_assert_no_error (culvert_forward_get_error (fixture->forward));
  culvert_forward_set_transport (fixture->forward, culvert_fake_transport_get (fixture->transport));

  return 0;
}

static void
test_unix_client_that_left (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_build (dir, "s");
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_SINK, 0);
  Client                    *client;
  gsize                      n_sent;

  start_on_path (fixture, target, path);
  culvert_fake_transport_set_silent (fixture->transport, TRUE);

  client = client_new (path, 0, 0);
  fixture_wait_for_asked (fixture, 1);
  client_free (client);
  fixture_assert_dropped (fixture, CULVERT_RELAY_SILENT_GRACE_MS / 2);

  client = client_new (path, 0, 0);
  n_sent = client_send_stream (client, 3, 0, 100000);
  fixture_wait_for_asked (fixture, 2);
  client_free (client);
  fixture_assert_rests (fixture);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_target_get_n_received (target) == n_sent, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

/* It leaves while more waits for it; the target is not kept waiting with that, and the client's own
 * words are delivered once they can be. */
static void
test_unix_client_that_left_much (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_build (dir, "s");
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_SOURCE, 8 * MEBIBYTE);
  Client                    *client;

  start_on_path (fixture, target, path);
  culvert_fake_transport_set_stalled (fixture->transport, TRUE);
  client = client_new (path, 0, 0);
  client_send_text (client, "fire and forget");
  culvert_test_wait_until (fixture->tunnel_counters->n_received > 0, DEADLINE_MS);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture->tunnel_counters->n_received, <, MEBIBYTE);

  (void)client_read (client);
  g_assert_cmpuint (client->received->len, <, fixture->tunnel_counters->n_received);
  client_free (client);
  culvert_test_wait_until (fixture->tunnel_counters->n_received == 8 * MEBIBYTE, DEADLINE_MS);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  culvert_fake_transport_set_stalled (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_target_get_n_received (target) == 15, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, DEADLINE_MS);
}

static void
test_unix_bytes (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_build (dir, "s");
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_ECHO, 0);

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .seed = 9 });
  start_on_path (fixture, target, path);
  run_traffic (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                        .address = path,
                                        .n_connections = 5,
                                        .n_bytes = 2 * MEBIBYTE,
                                        .seed = 1 });
}

/* Many, and in disorder */

static void
test_idle_relay_owns_no_buffer (Fixture *fixture, gconstpointer unused)
{
  const guint                n = 1000;
  g_autoptr (CulvertTarget)  target = fixture_start_target (CULVERT_TARGET_SOURCE, 1);
  g_autoptr (CulvertTraffic) idle = NULL;
  guint16                    port = fixture_start (fixture, culvert_target_get_port (target));
  gsize                      rss_bytes = culvert_test_get_rss_bytes ();

  idle = culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_HOLD, .port = port, .n_connections = n });
  culvert_test_wait_until (fixture->tunnel_counters->n_received == n, DEADLINE_MS);
  rss_bytes = culvert_test_get_rss_bytes () - rss_bytes;
  g_test_message ("%" G_GSIZE_FORMAT " bytes for each connection", rss_bytes / n);
  /* Beside the relay: its watch, the stand-in for the stream, both ends of the test.  AddressSanitizer keeps
   * what was freed. */
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpuint (rss_bytes, <, n * 8192);
#endif
}

static void
misbehave (GRand *random, GPtrArray *clients, guint16 port)
{
  guint   i = (guint)g_rand_int_range (random, 0, 60);
  Client *client;

  if (i >= clients->len)
    {
      g_ptr_array_add (clients, client_new (NULL, port, 0));
      return;
    }

  client = g_ptr_array_index (clients, i);
  switch (g_rand_int_range (random, 0, 6))
    {
    case 0:
      client_reset (client);
      g_ptr_array_remove_index_fast (clients, i);
      break;
    case 1:
      g_ptr_array_remove_index_fast (clients, i);
      break;
    case 2:
      (void)shutdown (client->descriptor, SHUT_WR);
      break;
    case 3:
    case 4:
      (void)client_read (client);
      break;
    default:
      {
        char bytes[5000] = "";

        (void)send (client->descriptor, bytes, sizeof bytes, MSG_NOSIGNAL);
      }
    }
}

/* Clients, target and session in whatever order: nothing is lost hold of. */
static void
test_disorder (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError)        error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");
  g_autoptr (CulvertTarget) echo = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  g_autoptr (GPtrArray)     clients = g_ptr_array_new_with_free_func ((GDestroyNotify)client_free);
  guint16                   port;

  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .seed = 4, .window = 10000 });
  port = fixture_start (fixture, culvert_target_get_port (echo));

  for (guint32 seed = 1; seed <= 20; seed++)
    {
      GRand *random = g_rand_new_with_seed (seed);

      g_test_message ("seed %u", seed);
      for (guint i = 0; i < 300; i++)
        {
          misbehave (random, clients, port);
          culvert_fake_transport_set_stalled (fixture->transport, seed % 2 == 0 && i % 20 < 10);
          culvert_fake_transport_set_silent (fixture->transport, i % 30 < 5);
          g_main_context_iteration (NULL, FALSE);
        }
      culvert_fake_transport_end (fixture->transport, seed % 3 == 0 ? NULL : error);
      culvert_forward_set_transport (fixture->forward, NULL);
      g_main_context_iteration (NULL, FALSE);
      culvert_forward_set_transport (fixture->forward,
                                     culvert_fake_transport_get (fixture->transport));
      g_rand_free (random);
    }

  g_ptr_array_set_size (clients, 0);
  culvert_fake_transport_set_stalled (fixture->transport, FALSE);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
  culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) == 0,
                           DEADLINE_MS);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture->tunnel_counters->n_accepted, >, 100);
  g_assert_cmpuint (fixture->tunnel_counters->n_received, >, 100000);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/relay/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  raise_descriptor_limit ();

  ADD ("bytes-both-ways/whole", test_bytes_both_ways_whole);
  ADD ("bytes-both-ways/chopped-1", test_bytes_both_ways_chopped_1);
  ADD ("bytes-both-ways/chopped-2", test_bytes_both_ways_chopped_2);
  ADD ("bytes-both-ways/chopped-3", test_bytes_both_ways_chopped_3);
  ADD ("window-of-one-byte", test_window_of_one_byte);
  ADD ("half-close/by-client", test_half_close_by_client);
  ADD ("half-close/by-target", test_half_close_by_target);
  ADD ("half-close/last-words-of-client-that-left", test_last_words_of_client_that_left);
  ADD ("half-close/client-that-does-not-wait", test_client_that_does_not_wait_for_the_answer);
  ADD ("break/by-client", test_reset_by_client);
  ADD ("break/by-client-while-stalled", test_reset_by_client_while_stalled);
  ADD ("break/by-client-that-finished", test_reset_by_client_that_finished);
  ADD ("break/by-target", test_reset_by_target);
  ADD ("break/slow-reader-gets-all-before-reset", test_slow_reader_gets_all_before_the_reset);
  ADD ("break/little-is-delivered-before-reset", test_little_is_delivered_before_the_reset);
  ADD ("break/whole-answer-survives", test_whole_answer_survives_the_break);
  ADD ("break/slow-reader-gets-all-before-end", test_slow_reader_gets_all_before_the_end);
  ADD ("break/client-leaves-what-is-left", test_client_leaves_what_is_left);
  ADD ("back-pressure/slow-readers-slow-nobody-else", test_slow_readers_slow_nobody_else);
  ADD ("back-pressure/target-that-does-not-read", test_target_that_does_not_read_slows_the_client);
  ADD ("unix/client-that-left", test_unix_client_that_left);
  ADD ("unix/client-that-left-much", test_unix_client_that_left_much);
  ADD ("unix/bytes", test_unix_bytes);
  ADD ("idle-relay-owns-no-buffer", test_idle_relay_owns_no_buffer);
  ADD ("disorder", test_disorder);

  return g_test_run ();
}
