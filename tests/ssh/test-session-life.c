/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/fault-proxy.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <sys/resource.h>

/* Staying alive, noticing death, and ending in any state: T6, T8, T9, T12 to T14 and T34 of the
 * engine's pitfalls. */

#define MIB ((guint64)1024 * 1024)

static SessionFixture *
new_through_proxy (CulvertSshd *sshd, CulvertFaultProxy *proxy)
{
  SessionFixture *fixture = session_fixture_new_for_sshd (sshd);

  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  fixture->profile->port = culvert_fault_proxy_get_port (proxy);
  return fixture;
}

/* Long enough to see a rate. */
#define IDLE_S 3

/* T6: no stream is open, the server asks every second whether we live; it costs next to nothing. */
static void
run_idle (const char *const *config, guint keepalive_interval_s)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  guint64                    turns;
  gint64                     cpu_us;

  fixture->profile->keepalive_interval_s = keepalive_interval_s;
  session_fixture_up (fixture);
  culvert_test_spend (500);
  turns = culvert_io_source_get_n_turns (fixture->io);
  cpu_us = culvert_test_get_cpu_us ();
  culvert_test_spend (IDLE_S * 1000);
  turns = culvert_io_source_get_n_turns (fixture->io) - turns;
  cpu_us = culvert_test_get_cpu_us () - cpu_us;
  g_test_message ("%d s idle: %" G_GUINT64_FORMAT " turns, %d ms", IDLE_S, turns,
                  (int)(cpu_us / 1000));
  g_assert_false (fixture->has_ended);
  g_assert_cmpuint (turns, <, 50 * IDLE_S);
  g_assert_cmpint (cpu_us, <, (gint64)(50000 * IDLE_S * culvert_test_get_patience ()));
  session_fixture_stop (fixture);
}

static void
test_idle (void)
{
  static const char *const config[] = { "ClientAliveInterval 1", "ClientAliveCountMax 2", NULL };

  run_idle (config, 15);
}

/* The other way round: it is we who ask, and setting the next time leaves no loop behind. */
static void
test_idle_asking (void)
{
  run_idle (NULL, 1);
}

/* T9: the server allows no session channel, so the heartbeat goes another way. */
static void
test_no_session_channel (void)
{
  static const char *const  config[] = { "MaxSessions 0", "ClientAliveInterval 1",
                                         "ClientAliveCountMax 2", NULL };
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertTraffic            *traffic;

  run_idle (config, 15);
  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = session_fixture_forward (fixture, culvert_target_get_port (echo)),
    .n_connections = 5,
    .n_bytes = 100000,
  });
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 20000);
  culvert_traffic_finish (traffic);
  culvert_test_wait_until (culvert_session_get_info (fixture->session)->round_trip_us >= 0, 5000);
}

/* T8: the peer freezes; the limit is three intervals and a little. */
static void
test_frozen (void)
{
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (SessionFixture)    fixture = new_through_proxy (sshd, proxy);
  gint64                        began_us;
  double                        seconds;

  fixture->profile->keepalive_interval_s = 1;
  session_fixture_up (fixture);
  culvert_fault_proxy_set_mode (proxy, CULVERT_PROXY_FREEZE);
  began_us = g_get_monotonic_time ();
  session_fixture_wait_end (fixture, 10000);
  seconds = (double)(g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
  g_assert_cmpfloat (seconds, >, 1.5);
  g_assert_cmpfloat (seconds, <, 8 * culvert_test_get_patience ());
}

/* T8: after a wake-up or a new network the answer comes, or the session is over. */
static void
test_probe (void)
{
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (SessionFixture)    fixture = new_through_proxy (sshd, proxy);

  session_fixture_up (fixture);
  culvert_session_probe (fixture->session);
  culvert_test_spend (6000);
  g_assert_false (fixture->has_ended);
  culvert_fault_proxy_set_mode (proxy, CULVERT_PROXY_FREEZE);
  culvert_session_probe (fixture->session);
  session_fixture_wait_end (fixture, 10000);
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
}

/* On a slow link the answer stands behind megabytes: what comes meanwhile is sign enough. */
static void
test_probe_behind_much (void)
{
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (SessionFixture)    fixture = new_through_proxy (sshd, proxy);
  g_autoptr (CulvertTarget)     target = culvert_target_new (
        &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .n_bytes = 4096 * MIB });
  g_autoptr (CulvertTraffic) traffic = NULL;

  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD,
    .port = session_fixture_forward (fixture, culvert_target_get_port (target)),
    .n_bytes = 4096 * MIB,
  });
  culvert_test_wait_until (culvert_traffic_get_n_received (traffic) > 8 * MIB, 20000);
  culvert_fault_proxy_set_rate (proxy, 20000);
  culvert_test_spend (500);
  culvert_session_probe (fixture->session);
  culvert_test_spend (6500);
  g_assert_false (fixture->has_ended);

  /* Events that come all the time do not put the limit off. */
  culvert_fault_proxy_set_mode (proxy, CULVERT_PROXY_FREEZE);
  culvert_test_spend (1000);
  culvert_test_wait_until (({
                             culvert_session_probe (fixture->session);
                             fixture->has_ended;
                           }),
                           14000);
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST);
}

static void
test_killed (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .n_bytes = 4096 * MIB });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (CulvertTraffic) traffic = NULL;

  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD,
    .port = session_fixture_forward (fixture, culvert_target_get_port (target)),
    .n_bytes = 4096 * MIB,
  });
  culvert_test_wait_until (culvert_traffic_get_n_received (traffic) > 10 * MIB, 20000);
  culvert_sshd_kill_sessions (sshd);
  session_fixture_wait_end (fixture, 5000);
  g_assert_nonnull (fixture->error);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 5000);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 1);
}

/* T12: streams are closing and the server no longer answers. */
static void
test_stop_frozen (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (CulvertTraffic) traffic = NULL;

  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_HOLD,
    .port = session_fixture_forward (fixture, culvert_target_get_port (echo)),
    .n_connections = 20,
    .n_bytes = 100,
  });
  culvert_test_wait_until (fixture->counters->n_open == 20, 10000);
  culvert_sshd_freeze (sshd);
  culvert_traffic_free (g_steal_pointer (&traffic));
  culvert_test_spend (200);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
  culvert_sshd_thaw (sshd);
}

/* T13: an end at any moment of a session's life. */
static void
run_random_end (CulvertSshd *sshd, CulvertTarget *echo, GRand *rand, gboolean by_cut)
{
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (SessionFixture)    fixture = new_through_proxy (sshd, proxy);
  g_autoptr (CulvertTraffic)    traffic = NULL;
  /* The sign-in takes some 6 KB each way; beyond that is traffic with rekeys. */
  guint64 n_bytes = (guint64)(g_rand_boolean (rand) ? g_rand_int_range (rand, 0, 8000)
                                                    : g_rand_int_range (rand, 8000, 800000));

  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = session_fixture_forward (fixture, culvert_target_get_port (echo)),
    .n_connections = 4,
    .n_bytes = 200000,
  });
  if (by_cut)
    culvert_fault_proxy_cut_after (
      proxy, g_rand_boolean (rand) ? CULVERT_PROXY_TO_SERVER : CULVERT_PROXY_TO_CLIENT, n_bytes,
      g_rand_boolean (rand) ? CULVERT_CUT_CLOSE : CULVERT_CUT_RESET);
  session_fixture_start (fixture);
  if (by_cut)
    culvert_test_wait_until (fixture->has_ended || culvert_traffic_is_done (traffic), 20000);
  else
    culvert_test_wait_until (fixture->has_ended || culvert_traffic_is_done (traffic) ||
                               culvert_fault_proxy_get_n_bytes (proxy, CULVERT_PROXY_TO_CLIENT) >=
                                 n_bytes,
                             20000);
  if (!fixture->has_ended)
    session_fixture_stop (fixture);
}

static void
test_end_anywhere (void)
{
  static const char *const  config[] = { "RekeyLimit 128K", "MaxStartups 1000", NULL };
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)g_test_rand_int ());
  guint             n_threads = 0, n_descriptors = 0;

  for (int i = 0; i < 50; i++)
    {
      run_random_end (sshd, echo, rand, TRUE);
      run_random_end (sshd, echo, rand, FALSE);
      if (i == 10)
        {
          n_threads = culvert_test_get_n_threads ();
          n_descriptors = culvert_test_get_n_descriptors ();
        }
    }
  /* The echo target closes its side a moment later than we do. */
  culvert_test_wait_until (culvert_target_get_n_open (echo) == 0, 5000);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= n_descriptors + 2, 5000);
  culvert_test_wait_until (culvert_test_get_n_threads () <= n_threads + 2, 20000);
}

/* T14: clients reset while the target reads nothing and the window is used up. */
static void
test_reset_at_zero_window (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_READ });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertTraffic            *traffic;
  guint64                    turns, before;

  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_HOLD,
    .port = session_fixture_forward (fixture, culvert_target_get_port (target)),
    .n_connections = 3,
    .n_bytes = 64 * MIB,
  });
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 30000);
  do
    {
      before = fixture->counters->n_sent;
      culvert_test_spend (300);
    }
  while (fixture->counters->n_sent != before);
  culvert_traffic_reset (traffic);
  culvert_test_wait_until (fixture->counters->n_open == 0, 5000);
  turns = culvert_io_source_get_n_turns (fixture->io);
  culvert_test_spend (1000);
  g_assert_cmpuint (culvert_io_source_get_n_turns (fixture->io) - turns, <, 50);
  culvert_traffic_free (traffic);
}

/* T34: out of descriptors: nothing spins, and it recovers. */
static void
test_no_descriptors (void)
{
  g_autoptr (CulvertSshd)   sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  struct rlimit              before, tight;
  CulvertTraffic            *traffic;
  guint64                    turns;

  session_fixture_up (fixture);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = session_fixture_forward (fixture, culvert_target_get_port (echo)),
    .n_connections = 30,
    .n_bytes = 1000,
  });
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &before));
  tight = before;
  /* The clients of this test have theirs by now, or wait; the forward gets no more. */
  culvert_test_wait_until (culvert_traffic_get_n_connected (traffic) == 30, 5000);
  tight.rlim_cur = 3;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &tight));
  turns = culvert_io_source_get_n_turns (fixture->io);
  culvert_test_spend (500);
  turns = culvert_io_source_get_n_turns (fixture->io) - turns;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &before));
  g_assert_cmpuint (turns, <, 500);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 20000);
  culvert_traffic_finish (traffic);
}

static void
test_refusals (void)
{
  static const char *const   config[] = { "PermitOpen 127.0.0.1:9", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  static const int codes[] = { CULVERT_SSH_ERROR_OPEN_PROHIBITED, CULVERT_SSH_ERROR_OPEN_FAILED };
  CulvertForward  *forward;
  int              client;

  session_fixture_up (fixture);
  /* Not permitted; then permitted, but nobody listens there. */
  for (int i = 0; i < 2; i++)
    {
      client = culvert_client_connect (session_fixture_forward (fixture, i == 0 ? 8 : 9));
      forward = g_ptr_array_index (fixture->forwards, (guint)i);
      culvert_test_wait_until (culvert_forward_get_target_state (forward) == CULVERT_TARGET_REFUSED,
                               10000);
      g_assert_error (culvert_forward_get_target_error (forward), CULVERT_SSH_ERROR, codes[i]);
      close (client);
    }
  g_assert_false (fixture->has_ended);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/life/idle", test_idle);
  g_test_add_func ("/ssh/session/life/idle-asking", test_idle_asking);
  g_test_add_func ("/ssh/session/life/no-session-channel", test_no_session_channel);
  g_test_add_func ("/ssh/session/life/frozen", test_frozen);
  g_test_add_func ("/ssh/session/life/probe", test_probe);
  g_test_add_func ("/ssh/session/life/probe-behind-much", test_probe_behind_much);
  g_test_add_func ("/ssh/session/life/killed", test_killed);
  g_test_add_func ("/ssh/session/life/stop-frozen", test_stop_frozen);
  g_test_add_func ("/ssh/session/end-anywhere", test_end_anywhere);
  g_test_add_func ("/ssh/session/life/reset-at-zero-window", test_reset_at_zero_window);
  g_test_add_func ("/ssh/session/life/no-descriptors", test_no_descriptors);
  g_test_add_func ("/ssh/session/life/refusals", test_refusals);
  return g_test_run ();
}
