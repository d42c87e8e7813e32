/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Targets and traffic, proven against each other and by hand. */

#include "support/culvert-test.h"
#include "support/stream-pattern.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static void
finish (CulvertTraffic *traffic)
{
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 30000);
  culvert_traffic_finish (traffic);
}

static void
assert_fails (CulvertTraffic *traffic, const char *pattern)
{
  g_autofree char *problem = NULL;

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 30000);
  problem = culvert_traffic_get_problem (traffic);
  g_assert_nonnull (problem);
  if (!g_pattern_match_simple (pattern, problem))
    g_error ("the problem is: %s", problem);
  culvert_traffic_free (traffic);
}

static void
test_pattern (void)
{
  guint8              whole[1000], part[1000];
  CulvertStreamDigest one = { 0 }, many = { 0 }, other = { 0 };

  culvert_stream_fill (7, 0, whole, sizeof whole);
  for (gsize offset = 0; offset < 20; offset++)
    {
      culvert_stream_fill (7, offset, part, 100);
      g_assert_cmpmem (part, 100, whole + offset, 100);
      g_assert_cmpuint (culvert_stream_match (7, offset, whole + offset, 900), ==, 900);
    }
  g_assert_cmpuint (culvert_stream_match (8, 0, whole, sizeof whole), <, 8);
  for (gsize i = 0; i < sizeof whole; i += 37)
    {
      whole[i] ^= 0x10;
      g_assert_cmpuint (culvert_stream_match (7, 0, whole, sizeof whole), ==, i);
      whole[i] ^= 0x10;
    }

  culvert_stream_digest_feed (&one, whole, sizeof whole);
  for (gsize i = 0; i < sizeof whole;)
    {
      gsize n = MIN (1 + i % 13, sizeof whole - i);

      culvert_stream_digest_feed (&many, whole + i, n);
      i += n;
    }
  g_assert_cmpuint (culvert_stream_digest_get (&one), ==, culvert_stream_digest_get (&many));
  whole[999] ^= 1;
  culvert_stream_digest_feed (&other, whole, sizeof whole);
  g_assert_cmpuint (culvert_stream_digest_get (&one), !=, culvert_stream_digest_get (&other));
}

static void
test_echo (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  guint16 port = culvert_target_get_port (target);

  finish (culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                                          .port = port,
                                                          .n_connections = 50,
                                                          .n_bytes = MIB + 17,
                                                          .seed = 100 }));
  g_assert_cmpuint (culvert_target_get_n_connections (target), ==, 50);
  g_assert_cmpuint (culvert_target_get_n_ended (target), ==, 50);
  g_assert_cmpuint (culvert_target_get_n_received (target), ==, 50 * (MIB + 17));
  g_assert_cmpuint (culvert_target_get_n_sent (target), ==, 50 * (MIB + 17));
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, 5000);
  g_assert_cmpuint (culvert_target_get_n_reset (target), ==, 0);
}

static void
test_slow_echo (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO, .delay_ms = 150 });
  CulvertTraffic *traffic =
    culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_PING,
                                                    .port = culvert_target_get_port (target),
                                                    .n_pings = 3,
                                                    .interval_ms = 1 });

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  g_assert_cmpfloat (culvert_traffic_get_round_trip_ms (traffic, 0), >=, 149);
  g_assert_cmpfloat (culvert_traffic_get_round_trip_ms (traffic, 1), <, 5000);
  g_assert_cmpfloat (culvert_traffic_get_seconds (traffic), >=, 0.45);
  culvert_traffic_finish (traffic);
}

static void
test_source (void)
{
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 5, .n_bytes = 3 * MIB + 1 });
  guint16 port = culvert_target_get_port (target);

  finish (culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_DOWNLOAD,
                                                          .port = port,
                                                          .n_connections = 4,
                                                          .n_bytes = 3 * MIB + 1,
                                                          .seed = 5 }));
  assert_fails (
    culvert_traffic_start (&(CulvertTrafficConfig){
      .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = port, .n_bytes = 3 * MIB + 1, .seed = 6 }),
    "connection 0: a wrong byte came*");
  assert_fails (
    culvert_traffic_start (&(CulvertTrafficConfig){
      .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = port, .n_bytes = 3 * MIB + 2, .seed = 5 }),
    "connection 0: ended early (*");
  assert_fails (culvert_traffic_start (&(CulvertTrafficConfig){
                  .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = port, .n_bytes = MIB, .seed = 5 }),
                "connection 0: too many bytes came*");
}

/* The source has said all and ended; what the client says afterwards still arrives. */
static void
test_source_reads_on (void)
{
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 5, .n_bytes = 10 });
  int    descriptor = culvert_client_connect (culvert_target_get_port (target));
  guint8 bytes[16];

  g_assert_cmpint (descriptor, >=, 0);
  g_assert_cmpint (recv (descriptor, bytes, 10, MSG_WAITALL), ==, 10);
  g_assert_cmpuint (culvert_stream_match (5, 0, bytes, 10), ==, 10);
  g_assert_cmpint (recv (descriptor, bytes, sizeof bytes, 0), ==, 0);
  g_assert_cmpint (send (descriptor, "afterwards", 10, 0), ==, 10);
  culvert_test_wait_until (culvert_target_get_n_received (target) == 10, 5000);
  g_assert_cmpuint (culvert_target_get_n_open (target), ==, 1);
  close (descriptor);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, 5000);
  g_assert_cmpuint (culvert_target_get_n_ended (target), ==, 1);
}

static void
test_source_resets (void)
{
  g_autoptr (CulvertTarget) target = culvert_target_new (&(CulvertTargetConfig){
    .kind = CULVERT_TARGET_SOURCE, .seed = 5, .n_bytes = 60000, .reset = TRUE });
  int                       descriptor = culvert_client_connect (culvert_target_get_port (target));
  guint8                    bytes[60000];

  culvert_test_wait_until (culvert_target_get_n_open (target) == 0 &&
                             culvert_target_get_n_connections (target) == 1,
                           5000);
  g_assert_cmpint (recv (descriptor, bytes, sizeof bytes, MSG_WAITALL), ==, 60000);
  g_assert_cmpuint (culvert_stream_match (5, 0, bytes, 60000), ==, 60000);
  g_assert_cmpint (recv (descriptor, bytes, 1, 0), ==, -1);
  g_assert_cmpint (errno, ==, ECONNRESET);
  close (descriptor);
}

static void
test_sink (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SINK });
  guint16 port = culvert_target_get_port (target);
  int     descriptor;
  char    answer[64] = { 0 };

  finish (culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_UPLOAD,
                                                          .port = port,
                                                          .n_connections = 8,
                                                          .n_bytes = 2 * MIB + 3,
                                                          .seed = 9 }));
  g_assert_cmpuint (culvert_target_get_n_received (target), ==, 8 * (2 * MIB + 3));

  descriptor = culvert_client_connect (port);
  g_assert_cmpint (send (descriptor, "abc", 3, 0), ==, 3);
  shutdown (descriptor, SHUT_WR);
  g_assert_cmpint (recv (descriptor, answer, sizeof answer - 1, MSG_WAITALL), >, 0);
  g_assert_true (g_str_has_prefix (answer, "3 "));
  g_assert_cmpuint (strlen (answer), ==, 2 + 16 + 1);
  close (descriptor);
}

static void
test_namer (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = "first" });
  guint16 port = culvert_target_get_port (target);

  finish (culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = 20, .name = "first" }));
  assert_fails (culvert_traffic_start (&(CulvertTrafficConfig){
                  .kind = CULVERT_TRAFFIC_NAME, .port = port, .name = "second" }),
                "*\"first\" answered, not \"second\"*");
}

static void
test_never_accept (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });
  CulvertTraffic *traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = culvert_target_get_port (target) });

  culvert_test_spend (300);
  g_assert_cmpuint (culvert_traffic_get_n_connected (traffic), ==, 0);
  g_assert_cmpuint (culvert_target_get_n_connections (target), ==, 0);
  culvert_target_relent (target);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  culvert_traffic_finish (traffic);
}

static void
test_never_read (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_READ });
  CulvertTraffic *traffic =
    culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_HOLD,
                                                    .port = culvert_target_get_port (target),
                                                    .n_connections = 10,
                                                    .n_bytes = 64 * MIB });
  gint64 cpu_us;

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  g_assert_cmpuint (culvert_traffic_get_n_good (traffic), ==, 10);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 10, 5000);
  g_assert_cmpuint (culvert_traffic_get_n_sent (traffic), <, 10 * 8 * MIB);
  g_assert_cmpuint (culvert_target_get_n_received (target), ==, 0);
  cpu_us = culvert_test_get_cpu_us ();
  culvert_test_spend (300);
  g_assert_cmpint (culvert_test_get_cpu_us () - cpu_us, <, 150000);

  culvert_traffic_reset (traffic);
  culvert_test_wait_until (culvert_target_get_n_reset (target) == 10, 5000);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 10);
  culvert_traffic_free (traffic);
}

static char *
fetch (int descriptor, const char *request, gsize n_bytes)
{
  g_autofree char *answer = g_malloc0 (n_bytes + 1);

  g_assert_cmpint (send (descriptor, request, strlen (request), 0), ==, strlen (request));
  g_assert_cmpint (recv (descriptor, answer, n_bytes, MSG_WAITALL), ==, n_bytes);
  return g_steal_pointer (&answer);
}

static void
test_http (void)
{
  static const char         head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                                     "Content-Length: 100000\r\n\r\n";
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_HTTP, .name = "A page", .seed = 3 });
  int              descriptor = culvert_client_connect (culvert_target_get_port (target));
  g_autofree char *bytes = NULL;
  g_autofree char *page = NULL;
  g_autofree char *missing = NULL;

  bytes =
    fetch (descriptor, "GET /bytes/100000 HTTP/1.1\r\nHost: x\r\n\r\n", strlen (head) + 100000);
  g_assert_true (g_str_has_prefix (bytes, head));
  g_assert_cmpuint (culvert_stream_match (3, 0, (guint8 *)bytes + strlen (head), 100000), ==,
                    100000);
  missing = fetch (descriptor, "GET /none HTTP/1.1\r\n\r\n", 24);
  g_assert_cmpstr (missing, ==, "HTTP/1.1 404 Not Found\r\n");
  close (descriptor);

  descriptor = culvert_client_connect (culvert_target_get_port (target));
  page = fetch (descriptor, "GET / HTTP/1.1\r\n\r\n", 140);
  g_assert_nonnull (strstr (page, "<title>A page</title>"));
  close (descriptor);
}

static void
test_unix_path (void)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_build (dir, "socket");
  CulvertTarget             *target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO, .address = path });

  finish (culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO, .address = path, .n_connections = 3, .n_bytes = 1000 }));
  culvert_target_free (target);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_slow_reader_and_deadline (void)
{
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 1, .n_bytes = 20000 });
  guint16         port = culvert_target_get_port (target);
  CulvertTraffic *traffic =
    culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_DOWNLOAD,
                                                    .port = port,
                                                    .n_bytes = 20000,
                                                    .seed = 1,
                                                    .read_rate = 50000 });

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  g_assert_cmpfloat (culvert_traffic_get_seconds (traffic), >=, 0.39);
  culvert_traffic_finish (traffic);
  assert_fails (culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_DOWNLOAD,
                                                                .port = port,
                                                                .n_bytes = 20000,
                                                                .seed = 1,
                                                                .read_rate = 5000,
                                                                .deadline_ms = 100 }),
                "connection 0: deadline (*");
}

static void
test_refused (void)
{
  guint16 port = culvert_test_free_port ();

  assert_fails (culvert_traffic_start (&(CulvertTrafficConfig){
                  .kind = CULVERT_TRAFFIC_ECHO, .port = port, .n_connections = 3 }),
                "connection ?: connecting: Connection refused*");
  g_assert_cmpint (culvert_client_connect (port), ==, -1);
  g_assert_cmpint (errno, ==, ECONNREFUSED);
}

/* A thousand at once, and nothing left afterwards. */
static void
test_many (void)
{
  guint           n_threads = culvert_test_get_n_threads ();
  guint           n_descriptors = culvert_test_get_n_descriptors ();
  CulvertTarget  *target;
  CulvertTraffic *traffic;

  culvert_test_allow_descriptors (4096);
  target = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  traffic =
    culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                                    .port = culvert_target_get_port (target),
                                                    .n_connections = 1000,
                                                    .n_bytes = 5000 });
  finish (traffic);
  culvert_target_free (target);
  g_assert_cmpuint (culvert_test_get_n_threads (), ==, n_threads);
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_descriptors);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/support/stream-pattern", test_pattern);
  g_test_add_func ("/support/targets/echo", test_echo);
  g_test_add_func ("/support/targets/slow-echo", test_slow_echo);
  g_test_add_func ("/support/targets/source", test_source);
  g_test_add_func ("/support/targets/source-reads-on", test_source_reads_on);
  g_test_add_func ("/support/targets/source-resets", test_source_resets);
  g_test_add_func ("/support/targets/sink", test_sink);
  g_test_add_func ("/support/targets/namer", test_namer);
  g_test_add_func ("/support/targets/never-accept", test_never_accept);
  g_test_add_func ("/support/targets/never-read", test_never_read);
  g_test_add_func ("/support/targets/http", test_http);
  g_test_add_func ("/support/targets/unix-path", test_unix_path);
  g_test_add_func ("/support/traffic/slow-reader-and-deadline", test_slow_reader_and_deadline);
  g_test_add_func ("/support/traffic/refused", test_refused);
  g_test_add_func ("/support/traffic/many", test_many);
  return g_test_run ();
}
