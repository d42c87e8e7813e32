/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/fault-proxy.h"
#include "support/kbdint-server.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <string.h>

/* Everybody gets a share: the thread's other work, beside downloads; who says little, beside who says
 * much; and who asks without end is not served for ever.  T16 to T18 of the engine's pitfalls.  The figures are bounds, far from what is usual; nothing else
 * runs beside this program (meson.build). */

#define MIB ((guint64)1024 * 1024)

static CulvertTraffic *
download (guint16 port, guint64 n_bytes)
{
  return culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = port, .n_bytes = n_bytes, .seed = 7 });
}

/* T16: four downloads at full speed leave the thread's other work its time. */
static void
test_smooth (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = 100 * MIB });
  g_autoptr (SessionFixture)   fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (CulvertTickMeter) meter = NULL;
  CulvertTraffic              *traffic;

  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD,
    .port = session_fixture_forward (fixture, culvert_target_get_port (target)),
    .n_connections = 4,
    .n_bytes = 100 * MIB,
    .seed = 7,
  });
  meter = culvert_tick_meter_new (NULL, 1, G_PRIORITY_DEFAULT);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 60000);
  g_test_message ("longest gap between ticks of the session's own context: %.1f ms",
                  culvert_tick_meter_get_longest_ms (meter));
  culvert_traffic_finish (traffic);
  g_assert_cmpfloat (culvert_tick_meter_get_longest_ms (meter), <,
                     100 * culvert_test_get_patience ());
}

/* Without care for it a narrow line's queues are 80 to 400 ms long.  The system's libssh2 pings by a
 * channel of its own, whose answer Nagle's algorithm may hold up on the far side of the proxy; the
 * windows then allow for a longer way. */
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
#define LONG_MS 60
#else
#define LONG_MS 150
#endif

/* 20 Mbit/s */
#define NARROW (20 * 1000 * 1000 / 8)

typedef struct
{
  const char        *name;
  CulvertTrafficKind bulk;
  guint64            bytes_per_s; /* of the way to the server; 0: loopback */
} FairRow;

static const FairRow rows[] = {
  { "down", CULVERT_TRAFFIC_DOWNLOAD, 0 },
  { "up", CULVERT_TRAFFIC_UPLOAD, 0 },
  { "narrow-down", CULVERT_TRAFFIC_DOWNLOAD, NARROW },
  { "narrow-up", CULVERT_TRAFFIC_UPLOAD, NARROW },
};

/* T17: 32 bytes every 10 ms there and back, beside one connection that takes all it can get. */
static void
test_interactive (gconstpointer data)
{
  const FairRow                *row = data;
  guint64                       n_bytes = 1024 * MIB;
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (CulvertTarget)     target = culvert_target_new (&(CulvertTargetConfig){
        .kind = row->bulk == CULVERT_TRAFFIC_DOWNLOAD ? CULVERT_TARGET_SOURCE : CULVERT_TARGET_SINK,
        .n_bytes = n_bytes });
  g_autoptr (CulvertTarget)     echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (CulvertTraffic) bulk = NULL;
  CulvertTraffic            *ping;
  guint16                    bulk_port, echo_port;
  double                     middle_ms, late_ms;

  if (row->bytes_per_s != 0)
    {
      culvert_fault_proxy_set_rate (proxy, row->bytes_per_s);
      fixture->profile->port = culvert_fault_proxy_get_port (proxy);
      fixture->host_key_decision = CULVERT_DECISION_ONCE;
    }
  session_fixture_up (fixture);
  bulk_port = session_fixture_forward (fixture, culvert_target_get_port (target));
  echo_port = session_fixture_forward (fixture, culvert_target_get_port (echo));
  bulk = culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = row->bulk, .port = bulk_port, .n_bytes = n_bytes });
  /* The first moments are for finding out how wide the way is. */
  culvert_test_wait_until (fixture->counters->n_received + fixture->counters->n_sent > MIB, 20000);
  culvert_test_spend (500);
  ping = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_PING, .port = echo_port, .n_pings = 150, .interval_ms = 10 });
  culvert_test_wait_until (culvert_traffic_is_done (ping), 60000);
  middle_ms = culvert_traffic_get_round_trip_ms (ping, 0.5);
  late_ms = culvert_traffic_get_round_trip_ms (ping, 0.99);
  g_test_message ("round trip: p50 %.1f ms, p99 %.1f ms", middle_ms, late_ms);
  culvert_traffic_finish (ping);
  g_assert_false (fixture->has_ended);
  g_assert_cmpfloat (middle_ms, <, LONG_MS * culvert_test_get_patience ());
}

/* The server is asked to send at once by a command that does nothing, and only if that is wanted. */
static void
test_quick_replies (void)
{
  g_autoptr (CulvertSshd) sshd = culvert_sshd_new (NULL);

  for (int wanted = 0; wanted <= 1; wanted++)
    {
      g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

      fixture->profile->quick_replies = wanted;
      session_fixture_up (fixture);
      culvert_test_wait_until (culvert_session_get_info (fixture->session)->round_trip_us >= 0,
                               5000);
      if (wanted)
        culvert_test_wait_until (culvert_sshd_count_in_log (sshd, "request exec reply 1") > 0,
                                 5000);
      session_fixture_stop (fixture);
      g_assert_no_error (fixture->error);
      g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "request exec"), ==, wanted);
    }
}

/* A command that takes its time, as a shell with long start-up files does, costs the server nothing
 * meanwhile: closed before it has ended, its channel would be looked at after every packet. */
static void
test_quick_replies_slow (void)
{
  static const char *const  config[] = { "ForceCommand sleep 20", NULL };
  const guint64             n_bytes = 16 * MIB;
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = n_bytes });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertTraffic            *traffic;

  fixture->profile->quick_replies = TRUE;
  session_fixture_up (fixture);
  culvert_test_wait_until (culvert_sshd_count_in_log (sshd, "request exec reply 1") > 0, 5000);
  traffic = download (session_fixture_forward (fixture, culvert_target_get_port (target)), n_bytes);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 60000);
  culvert_traffic_finish (traffic);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "almost dead"), <, 20);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

/* T18: a server that makes us answer and never reads the answers.  What is kept for it is bounded, and
 * so is the session. */
static void
test_flood (void)
{
  static const char *const        arguments[] = { "--prompt=Password: =secret", "--flood",
                                                  "--ciphers=aes128-ctr", "--mac=hmac-sha2-512", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));
  gsize rss = culvert_test_get_rss_bytes ();

  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 0);
  session_fixture_answer (fixture, "secret", NULL);
  session_fixture_up (fixture);
  session_fixture_wait_end (fixture, 60000);
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
  g_assert_nonnull (strstr (fixture->error->message, "does not read"));
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpuint (culvert_test_get_rss_bytes (), <, rss + 40 * MIB);
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/fair/smooth", test_smooth);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/fair/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_interactive);
    }
  g_test_add_func ("/ssh/session/fair/quick-replies", test_quick_replies);
  g_test_add_func ("/ssh/session/fair/quick-replies-slow", test_quick_replies_slow);
  g_test_add_func ("/ssh/session/fair/flood", test_flood);
  return g_test_run ();
}
