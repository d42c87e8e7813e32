/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/fault-proxy.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <string.h>
#include <sys/socket.h>

/* Bytes through a real sshd, and none lost, doubled or swapped: T1 to T3, T10, T11, T31, T32
 * of the engine's pitfalls. */

#define MIB ((guint64)1024 * 1024)

static CulvertTraffic *
start_traffic (CulvertTrafficKind kind, guint16 port, guint n_connections, guint64 n_bytes)
{
  return culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = kind,
    .port = port,
    .n_connections = n_connections,
    .n_bytes = n_bytes,
    .seed = 7,
    .name = "one",
    .deadline_ms = 120000,
  });
}

static void
finish_traffic (CulvertTraffic *traffic)
{
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 120000);
  culvert_traffic_finish (traffic);
}

/* T1: eight busy channels and a socket that takes little at a time. */
static void
run_echo (CulvertSshd *sshd, guint n_connections, guint64 n_bytes)
{
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  guint16                    port;

  session_fixture_up (fixture);
  port = session_fixture_forward (fixture, culvert_target_get_port (echo));
  finish_traffic (start_traffic (CULVERT_TRAFFIC_ECHO, port, n_connections, n_bytes));
  g_assert_cmpuint (fixture->counters->n_received, ==, n_connections * n_bytes);
  g_assert_cmpuint (fixture->counters->n_sent, ==, n_connections * n_bytes);
  culvert_test_wait_until (fixture->counters->n_open == 0, 5000);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

static void
test_echo (void)
{
  g_autoptr (CulvertSshd) sshd = culvert_sshd_new (NULL);

  run_echo (sshd, 8, 20 * MIB);
}

/* T2 and T32: a new key exchange every 2 MiB. */
static void
test_rekey (void)
{
  static const char *const config[] = { "RekeyLimit 2M", NULL };
  g_autoptr (CulvertSshd)  sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });

  run_echo (sshd, 8, 20 * MIB);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "SSH2_MSG_NEWKEYS received"), >=, 50);
}

#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
/* The same, begun from our side: the server has no reason of its own. */
static void
test_rekey_ours (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  guint16                    port;

  session_fixture_up (fixture);
  culvert_session_set_rekey_bytes (fixture->session, 2 * MIB);
  port = session_fixture_forward (fixture, culvert_target_get_port (echo));
  finish_traffic (start_traffic (CULVERT_TRAFFIC_ECHO, port, 8, 10 * MIB));
  g_assert_cmpuint (fixture->counters->n_received, ==, 80 * MIB);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "SSH2_MSG_NEWKEYS received"), >=, 40);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}
#endif

/* T3: two targets that say who they are first; nobody may see the other one. */
static void
test_not_crossed (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) one =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = "one" });
  g_autoptr (CulvertTarget) two =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = "two" });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertTraffic            *first, *second;
  guint16                    port_one, port_two;

  session_fixture_up (fixture);
  port_one = session_fixture_forward (fixture, culvert_target_get_port (one));
  port_two = session_fixture_forward (fixture, culvert_target_get_port (two));
  first = start_traffic (CULVERT_TRAFFIC_NAME, port_one, 50, 0);
  second = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port_two, .n_connections = 50, .name = "two" });
  finish_traffic (first);
  finish_traffic (second);
}

static void
test_big (gconstpointer data)
{
  CulvertTrafficKind         kind = GPOINTER_TO_UINT (data);
  guint64                    n_bytes = 1024 * MIB;
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget)  target = culvert_target_new (&(CulvertTargetConfig){
     .kind = kind == CULVERT_TRAFFIC_DOWNLOAD ? CULVERT_TARGET_SOURCE : CULVERT_TARGET_SINK,
     .seed = 7,
     .n_bytes = n_bytes });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertTraffic            *traffic;

  session_fixture_up (fixture);
  traffic = start_traffic (
    kind, session_fixture_forward (fixture, culvert_target_get_port (target)), 1, n_bytes);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 120000);
  g_test_message ("1 GiB at %.0f MiB/s", 1024 / culvert_traffic_get_seconds (traffic));
  culvert_traffic_finish (traffic);
}

static void
test_many (void)
{
  g_autoptr (CulvertSshd) sshd = culvert_sshd_new (NULL);

  run_echo (sshd, 200, 64 * 1024);
}

/* T10: the connection to the server ends right behind the last byte, and the client reads slowly. */
static void
test_data_before_end (void)
{
  const guint64                 n_bytes = 60000;
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (CulvertTarget)     target = culvert_target_new (
        &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = n_bytes });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (CulvertTraffic) traffic = NULL;
  guint64                    before;

  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  fixture->profile->port = culvert_fault_proxy_get_port (proxy);
  session_fixture_up (fixture);
  before = culvert_fault_proxy_get_n_bytes (proxy, CULVERT_PROXY_TO_CLIENT);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD,
    .port = session_fixture_forward (fixture, culvert_target_get_port (target)),
    .n_bytes = n_bytes,
    .seed = 7,
    .read_rate = 100000,
    .receive_buffer = 4096,
  });
  culvert_test_wait_until (
    culvert_fault_proxy_get_n_bytes (proxy, CULVERT_PROXY_TO_CLIENT) - before > n_bytes, 10000);
  culvert_fault_proxy_cut (proxy, CULVERT_CUT_CLOSE);
  session_fixture_wait_end (fixture, 10000);
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED);
  culvert_test_wait_until (culvert_traffic_get_n_received (traffic) == n_bytes, 20000);
}

/* T11: the mirror case, where the target finishes first and goes on reading. */
static void
test_half_close (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) source = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = 1000 });
  g_autoptr (CulvertTarget) sink =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SINK });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  char                       buffer[1024];
  gsize                      n_received = 0;
  int                        client;

  session_fixture_up (fixture);
  /* The client ends first: the sink answers after that. */
  finish_traffic (start_traffic (CULVERT_TRAFFIC_UPLOAD,
                                 session_fixture_forward (fixture, culvert_target_get_port (sink)),
                                 1, MIB));
  /* The target ends first: what the client sends afterwards still arrives. */
  client =
    culvert_client_connect (session_fixture_forward (fixture, culvert_target_get_port (source)));
  g_assert_cmpint (client, >=, 0);
  while (n_received < 1000)
    {
      gssize n = 0;

      culvert_test_wait_until ((n = recv (client, buffer, sizeof buffer, MSG_DONTWAIT)) >= 0, 5000);
      g_assert_cmpint (n, >, 0);
      n_received += (gsize)n;
    }
  culvert_test_wait_until (recv (client, buffer, sizeof buffer, MSG_DONTWAIT) == 0, 5000);
  g_assert_cmpint (send (client, buffer, 500, MSG_NOSIGNAL), ==, 500);
  culvert_test_wait_until (culvert_target_get_n_received (source) == 500, 5000);
  shutdown (client, SHUT_RDWR);
  close (client);
  culvert_test_wait_until (fixture->counters->n_open == 0, 5000);
}

/* T31: everything in pieces of one byte, the key exchange included. */
static void
test_dribble (void)
{
  static const char *const      config[] = { "RekeyLimit 16K", NULL };
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (CulvertTarget)     echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  culvert_fault_proxy_set_mode (proxy, CULVERT_PROXY_DRIBBLE);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  fixture->profile->port = culvert_fault_proxy_get_port (proxy);
  session_fixture_up (fixture);
  finish_traffic (start_traffic (CULVERT_TRAFFIC_ECHO,
                                 session_fixture_forward (fixture, culvert_target_get_port (echo)),
                                 2, 20 * 1024));
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "SSH2_MSG_NEWKEYS received"), >=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/data/echo", test_echo);
  g_test_add_func ("/ssh/session/data/rekey", test_rekey);
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  g_test_add_func ("/ssh/session/data/rekey-ours", test_rekey_ours);
#endif
  g_test_add_func ("/ssh/session/data/not-crossed", test_not_crossed);
  g_test_add_func ("/ssh/session/data/many", test_many);
  g_test_add_func ("/ssh/session/data/data-before-end", test_data_before_end);
  g_test_add_func ("/ssh/session/data/half-close", test_half_close);
  g_test_add_func ("/ssh/session/data/dribble", test_dribble);
  g_test_add_data_func ("/ssh/session/data/download-1-gib",
                        GUINT_TO_POINTER (CULVERT_TRAFFIC_DOWNLOAD), test_big);
  g_test_add_data_func ("/ssh/session/data/upload-1-gib", GUINT_TO_POINTER (CULVERT_TRAFFIC_UPLOAD),
                        test_big);
  return g_test_run ();
}
