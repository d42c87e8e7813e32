/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/culvert-test.h"
#include "support/fault-proxy.h"
#include "support/stream-pattern.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB (1024 * 1024)

typedef struct
{
  CulvertTarget     *target; /* an echo */
  CulvertFaultProxy *proxy;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->target = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  fixture->proxy = culvert_fault_proxy_new (culvert_target_get_port (fixture->target));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  culvert_fault_proxy_free (fixture->proxy);
  culvert_target_free (fixture->target);
}

static CulvertTraffic *
start_echo (Fixture *fixture, guint n_connections, guint64 n_bytes)
{
  return culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                             .port = culvert_fault_proxy_get_port (fixture->proxy),
                             .n_connections = n_connections,
                             .n_bytes = n_bytes });
}

static double
finish (CulvertTraffic *traffic)
{
  double seconds;

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 30000);
  seconds = culvert_traffic_get_seconds (traffic);
  culvert_traffic_finish (traffic);
  return seconds;
}

static int
connect_by_hand (Fixture *fixture)
{
  int descriptor = culvert_client_connect (culvert_fault_proxy_get_port (fixture->proxy));

  g_assert_cmpint (descriptor, >=, 0);
  return descriptor;
}

static void
assert_echoes (int descriptor)
{
  char bytes[5];

  g_assert_cmpint (send (descriptor, "hello", 5, MSG_NOSIGNAL), ==, 5);
  g_assert_cmpint (recv (descriptor, bytes, 5, MSG_WAITALL), ==, 5);
  g_assert_cmpmem (bytes, 5, "hello", 5);
}

static void
test_pass (Fixture *fixture, gconstpointer data)
{
  finish (start_echo (fixture, 20, MIB));
  g_assert_cmpuint (culvert_fault_proxy_get_n_bytes (fixture->proxy, CULVERT_PROXY_TO_SERVER), ==,
                    20 * MIB);
  g_assert_cmpuint (culvert_fault_proxy_get_n_bytes (fixture->proxy, CULVERT_PROXY_TO_CLIENT), ==,
                    20 * MIB);
  g_assert_cmpuint (culvert_fault_proxy_get_n_connections (fixture->proxy), ==, 20);
  culvert_test_wait_until (culvert_fault_proxy_get_n_open (fixture->proxy) == 0, 5000);
  g_assert_cmpuint (culvert_target_get_n_reset (fixture->target), ==, 0);
}

static void
test_passes_reset (Fixture *fixture, gconstpointer data)
{
  CulvertTraffic *traffic = culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_HOLD,
                             .port = culvert_fault_proxy_get_port (fixture->proxy),
                             .n_bytes = 10 });

  culvert_test_wait_until (culvert_target_get_n_received (fixture->target) == 10, 5000);
  culvert_traffic_reset (traffic);
  culvert_test_wait_until (culvert_target_get_n_reset (fixture->target) == 1, 5000);
  culvert_traffic_free (traffic);
}

static void
test_delay (Fixture *fixture, gconstpointer data)
{
  CulvertTraffic *traffic;

  culvert_fault_proxy_set_delay_ms (fixture->proxy, 80);
  traffic = culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_PING,
                             .port = culvert_fault_proxy_get_port (fixture->proxy),
                             .n_pings = 3 });
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  g_assert_cmpfloat (culvert_traffic_get_round_trip_ms (traffic, 0), >=, 160);
  g_assert_cmpfloat (culvert_traffic_get_round_trip_ms (traffic, 0), <,
                     500 * culvert_test_get_patience ());
  culvert_traffic_finish (traffic);

  /* A long line is not a narrow one. */
  g_assert_cmpfloat (finish (start_echo (fixture, 1, 8 * MIB)), <,
                     8 * culvert_test_get_patience ());
}

static void
test_rate (Fixture *fixture, gconstpointer data)
{
  double seconds;

  culvert_fault_proxy_set_rate (fixture->proxy, MIB);
  seconds = finish (start_echo (fixture, 3, MIB / 2));
  g_assert_cmpfloat (seconds, >=, 0.45);
  g_assert_cmpfloat (seconds, <, 5 * culvert_test_get_patience ());
}

static void
test_dribble (Fixture *fixture, gconstpointer data)
{
  int             descriptor;
  guint8          bytes[4000];
  gssize          n;
  struct tcp_info info;
  socklen_t       size = sizeof info;

  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_DRIBBLE);
  finish (start_echo (fixture, 2, 3000));

  descriptor = connect_by_hand (fixture);
  culvert_stream_fill (1, 0, bytes, sizeof bytes);
  g_assert_cmpint (send (descriptor, bytes, sizeof bytes, 0), ==, sizeof bytes);
  for (gsize total = 0; total < sizeof bytes; total += (gsize)n)
    {
      n = recv (descriptor, bytes, sizeof bytes, 0);
      g_assert_cmpint (n, >, 0);
    }
  /* Reads say little: on a busy machine much has piled up before we look. */
  g_assert_cmpint (getsockopt (descriptor, IPPROTO_TCP, TCP_INFO, &info, &size), ==, 0);
  g_assert_cmpuint (info.tcpi_data_segs_in, >, sizeof bytes / 2);
  close (descriptor);
}

/* One bit, and no other. */
static void
test_damage (Fixture *fixture, gconstpointer data)
{
  int    descriptor = connect_by_hand (fixture);
  guint8 sent[2000], received[2000];

  culvert_stream_fill (3, 0, sent, sizeof sent);
  culvert_fault_proxy_damage_after (fixture->proxy, 1234);
  g_assert_cmpint (send (descriptor, sent, sizeof sent, 0), ==, sizeof sent);
  g_assert_cmpint (recv (descriptor, received, sizeof received, MSG_WAITALL), ==, sizeof received);
  g_assert_cmpuint (received[1234] ^ sent[1234], ==, 1);
  received[1234] ^= 1;
  g_assert_cmpmem (received, sizeof received, sent, sizeof sent);
  close (descriptor);
}

static void
test_freeze (Fixture *fixture, gconstpointer data)
{
  int    descriptor = connect_by_hand (fixture);
  int    other;
  char   byte;
  gint64 cpu_us;

  assert_echoes (descriptor);
  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_FREEZE);
  other = connect_by_hand (fixture);
  g_assert_cmpint (send (descriptor, "x", 1, 0), ==, 1);
  cpu_us = culvert_test_get_cpu_us ();
  culvert_test_spend (200);
  g_assert_cmpint (culvert_test_get_cpu_us () - cpu_us, <, 100000);
  g_assert_cmpuint (culvert_target_get_n_received (fixture->target), ==, 5);
  g_assert_cmpint (recv (descriptor, &byte, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);

  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_PASS);
  g_assert_cmpint (recv (descriptor, &byte, 1, 0), ==, 1);
  assert_echoes (other);
  close (other);
  close (descriptor);
}

/* A close is held back as well. */
static void
test_freeze_holds_close (Fixture *fixture, gconstpointer data)
{
  int descriptor = connect_by_hand (fixture);

  assert_echoes (descriptor);
  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_FREEZE);
  close (descriptor);
  culvert_test_spend (100);
  g_assert_cmpuint (culvert_target_get_n_open (fixture->target), ==, 1);
  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_PASS);
  culvert_test_wait_until (culvert_target_get_n_open (fixture->target) == 0, 5000);
}

static void
test_half_open (Fixture *fixture, gconstpointer data)
{
  int  descriptor = connect_by_hand (fixture);
  char byte;

  assert_echoes (descriptor);
  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_HALF_OPEN);
  culvert_test_wait_until (culvert_target_get_n_open (fixture->target) == 0, 5000);
  g_assert_cmpint (send (descriptor, "swallowed", 9, 0), ==, 9);
  culvert_test_spend (100);
  g_assert_cmpint (recv (descriptor, &byte, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_cmpuint (culvert_target_get_n_received (fixture->target), ==, 5);

  /* What is lost stays lost; new connections work. */
  culvert_fault_proxy_set_mode (fixture->proxy, CULVERT_PROXY_PASS);
  g_assert_cmpint (send (descriptor, "swallowed", 9, 0), ==, 9);
  finish (start_echo (fixture, 1, 1000));
  g_assert_cmpint (recv (descriptor, &byte, 1, MSG_DONTWAIT), ==, -1);
  close (descriptor);
  culvert_test_wait_until (culvert_fault_proxy_get_n_open (fixture->proxy) == 0, 5000);
}

static void
test_cut (Fixture *fixture, gconstpointer data)
{
  int  descriptor = connect_by_hand (fixture);
  char byte;

  assert_echoes (descriptor);
  culvert_fault_proxy_cut (fixture->proxy, CULVERT_CUT_CLOSE);
  g_assert_cmpint (recv (descriptor, &byte, 1, 0), ==, 0);
  close (descriptor);
  culvert_test_wait_until (culvert_target_get_n_ended (fixture->target) == 1, 5000);
  culvert_test_wait_until (culvert_fault_proxy_get_n_open (fixture->proxy) == 0, 5000);

  descriptor = connect_by_hand (fixture);
  assert_echoes (descriptor);
  culvert_fault_proxy_cut (fixture->proxy, CULVERT_CUT_RESET);
  g_assert_cmpint (recv (descriptor, &byte, 1, 0), ==, -1);
  g_assert_cmpint (errno, ==, ECONNRESET);
  close (descriptor);
  culvert_test_wait_until (culvert_target_get_n_reset (fixture->target) == 1, 5000);
  g_assert_cmpuint (culvert_fault_proxy_get_n_open (fixture->proxy), ==, 0);
}

/* Cutting somebody who talks is an orderly end for the reader all the same. */
static void
test_cut_while_busy (Fixture *fixture, gconstpointer data)
{
  CulvertTraffic  *traffic = start_echo (fixture, 4, 1024 * MIB);
  g_autofree char *problem = NULL;

  culvert_test_wait_until (culvert_traffic_get_n_received (traffic) > MIB, 10000);
  culvert_fault_proxy_cut (fixture->proxy, CULVERT_CUT_CLOSE);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 4);
  culvert_traffic_free (traffic);
  culvert_test_wait_until (culvert_fault_proxy_get_n_open (fixture->proxy) == 0, 10000);
}

static void
test_cut_after (Fixture *fixture, gconstpointer data)
{
  CulvertProxyCut cuts[] = { CULVERT_CUT_CLOSE, CULVERT_CUT_RESET };

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_autoptr (CulvertTarget) source = culvert_target_new (
        &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .n_bytes = 60000 });
      g_autoptr (CulvertFaultProxy) proxy =
        culvert_fault_proxy_new (culvert_target_get_port (source));
      int    descriptor;
      guint8 bytes[40000];

      culvert_fault_proxy_cut_after (proxy, CULVERT_PROXY_TO_CLIENT, 33333, cuts[i]);
      descriptor = culvert_client_connect (culvert_fault_proxy_get_port (proxy));
      g_assert_cmpint (recv (descriptor, bytes, sizeof bytes, MSG_WAITALL), ==, 33333);
      g_assert_cmpuint (culvert_stream_match (0, 0, bytes, 33333), ==, 33333);
      if (cuts[i] == CULVERT_CUT_CLOSE)
        g_assert_cmpint (recv (descriptor, bytes, 1, 0), ==, 0);
      else
        g_assert_cmpint (recv (descriptor, bytes, 1, 0), ==, -1);
      g_assert_cmpuint (culvert_fault_proxy_get_n_bytes (proxy, CULVERT_PROXY_TO_CLIENT), ==,
                        33333);
      close (descriptor);

      /* Once only. */
      descriptor = culvert_client_connect (culvert_fault_proxy_get_port (proxy));
      g_assert_cmpint (recv (descriptor, bytes, sizeof bytes, MSG_WAITALL), ==, sizeof bytes);
      close (descriptor);
    }
}

static void
test_refusing (Fixture *fixture, gconstpointer data)
{
  guint16 port = culvert_fault_proxy_get_port (fixture->proxy);
  int     descriptor = connect_by_hand (fixture);

  assert_echoes (descriptor);
  culvert_fault_proxy_set_refusing (fixture->proxy, TRUE);
  g_assert_cmpint (culvert_client_connect (port), ==, -1);
  g_assert_cmpint (errno, ==, ECONNREFUSED);
  assert_echoes (descriptor);
  culvert_fault_proxy_set_refusing (fixture->proxy, FALSE);
  finish (start_echo (fixture, 1, 1000));
  close (descriptor);
}

static void
test_dead_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_test_free_port ());
  int  descriptor = culvert_client_connect (culvert_fault_proxy_get_port (proxy));
  char byte;

  /* Quick enough, the reset arrives while we still look whether we are connected. */
  if (descriptor >= 0)
    {
      g_assert_cmpint (recv (descriptor, &byte, 1, 0), ==, -1);
      close (descriptor);
    }
  g_assert_cmpint (errno, ==, ECONNRESET);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "/support/fault-proxy/pass", test_pass },
    { "/support/fault-proxy/passes-reset", test_passes_reset },
    { "/support/fault-proxy/delay", test_delay },
    { "/support/fault-proxy/rate", test_rate },
    { "/support/fault-proxy/dribble", test_dribble },
    { "/support/fault-proxy/damage", test_damage },
    { "/support/fault-proxy/freeze", test_freeze },
    { "/support/fault-proxy/freeze-holds-close", test_freeze_holds_close },
    { "/support/fault-proxy/half-open", test_half_open },
    { "/support/fault-proxy/cut", test_cut },
    { "/support/fault-proxy/cut-while-busy", test_cut_while_busy },
    { "/support/fault-proxy/cut-after", test_cut_after },
    { "/support/fault-proxy/refusing", test_refusing },
    { "/support/fault-proxy/dead-server", test_dead_server },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
  return g_test_run ();
}
