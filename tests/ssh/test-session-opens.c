/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/fault-proxy.h"
#include "support/targets.h"
#include "support/traffic.h"

/* Many channels being opened at once: T3 to T5 of the engine's pitfalls. */

#define MIB ((guint64)1024 * 1024)

/* One open at a time takes its time on a long link. */
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
#define N_ROUNDS 3
#else
#define N_ROUNDS 1
#endif

/* What the server logs for each open that reaches it. */
#define LOGGED_OPEN "server_request_direct_tcpip: originator"

static CulvertTarget *
new_namer (const char *name)
{
  return culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = name });
}

static CulvertTraffic *
ask_name (guint16 port, guint n_connections, const char *name)
{
  return culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_NAME, .port = port, .n_connections = n_connections, .name = name });
}

static void
finish_traffic (CulvertTraffic *traffic, guint deadline_ms)
{
  culvert_test_wait_until (culvert_traffic_is_done (traffic), deadline_ms);
  culvert_traffic_finish (traffic);
}

/* T3: on a long link all are in flight before the first answer comes; nobody may see the other
 * target.  @config: a key exchange may come in between, too. */
static void
run_long_link (const char *const *config)
{
  g_autoptr (CulvertSshd)       sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (CulvertTarget)     one = new_namer ("one");
  g_autoptr (CulvertTarget)     two = new_namer ("two");
  g_autoptr (SessionFixture)    fixture = session_fixture_new_for_sshd (sshd);
  guint16                       port_one, port_two;

  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  fixture->profile->port = culvert_fault_proxy_get_port (proxy);
  session_fixture_up (fixture);
  port_one = session_fixture_forward (fixture, culvert_target_get_port (one));
  port_two = session_fixture_forward (fixture, culvert_target_get_port (two));
  culvert_fault_proxy_set_delay_ms (proxy, 20);
  for (int round = 0; round < N_ROUNDS; round++)
    {
      CulvertTraffic *first = ask_name (port_one, 50, "one");
      CulvertTraffic *second = ask_name (port_two, 50, "two");

      finish_traffic (first, 60000);
      finish_traffic (second, 60000);
    }
  culvert_test_wait_until (fixture->counters->n_open == 0, 10000);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, LOGGED_OPEN), ==, 100 * N_ROUNDS);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

static void
test_long_link (void)
{
  run_long_link (NULL);
}

static void
test_long_link_rekey (void)
{
  static const char *const config[] = { "RekeyLimit 16K", NULL };

  run_long_link (config);
}

typedef struct
{
  CulvertSshd    *sshd;
  CulvertTarget  *silent;
  CulvertTarget  *good;
  SessionFixture *fixture;
  guint16         silent_port;
  guint16         good_port;
} Pair;

static void
set_up_pair (Pair *self)
{
  self->sshd = culvert_sshd_new (NULL);
  self->silent = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });
  self->good = new_namer ("good");
  self->fixture = session_fixture_new_for_sshd (self->sshd);
  session_fixture_up (self->fixture);
  self->silent_port =
    session_fixture_forward (self->fixture, culvert_target_get_port (self->silent));
  self->good_port = session_fixture_forward (self->fixture, culvert_target_get_port (self->good));
}

static void
tear_down_pair (Pair *self)
{
  session_fixture_free (self->fixture);
  culvert_target_free (self->good);
  culvert_target_free (self->silent);
  culvert_sshd_free (self->sshd);
}

static CulvertTraffic *
knock_at_silent (Pair *pair)
{
  CulvertTraffic *traffic = culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_HOLD, .port = pair->silent_port });

  culvert_test_wait_until (culvert_sshd_count_in_log (pair->sshd, LOGGED_OPEN) == 1, 10000);
  return traffic;
}

/* T4 and T5: one target does not answer.  Our own libssh2 serves the others meanwhile; with the
 * system's they wait, and are served as soon as the answer is there.  That comes late, and no later
 * open takes it for its own. */
static void
test_silent_target (void)
{
  Pair            pair;
  CulvertTraffic *silent, *good;

  set_up_pair (&pair);
  silent = knock_at_silent (&pair);
  good = ask_name (pair.good_port, 10, "good");
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  finish_traffic (good, 3000);
  g_assert_cmpuint (culvert_target_get_n_connections (pair.silent), ==, 0);
  good = ask_name (pair.good_port, 10, "good");
#else
  culvert_test_wait_until (culvert_traffic_get_n_connected (good) == 10, 10000);
#endif
  culvert_target_relent (pair.silent);
  finish_traffic (good, 20000);
  culvert_test_wait_until (culvert_target_get_n_connections (pair.silent) > 0, 20000);
  finish_traffic (ask_name (pair.good_port, 10, "good"), 20000);
  culvert_traffic_free (silent);
  culvert_test_wait_until (pair.fixture->counters->n_open == 0, 10000);
  session_fixture_stop (pair.fixture);
  g_assert_no_error (pair.fixture->error);
  tear_down_pair (&pair);
}

/* The client goes before the answer comes: the channel is closed when it comes, and nobody else
 * gets it. */
static void
test_abandoned (void)
{
  Pair pair;

  set_up_pair (&pair);
  culvert_traffic_free (knock_at_silent (&pair));
  culvert_test_wait_until (pair.fixture->counters->n_open == 0, 10000);
  culvert_target_relent (pair.silent);
  culvert_test_wait_until (culvert_target_get_n_connections (pair.silent) > 0, 20000);
  finish_traffic (ask_name (pair.good_port, 20, "good"), 20000);
  culvert_test_wait_until (culvert_target_get_n_open (pair.silent) == 0 &&
                             culvert_target_get_n_open (pair.good) == 0,
                           10000);
  session_fixture_stop (pair.fixture);
  g_assert_no_error (pair.fixture->error);
  tear_down_pair (&pair);
}

/* A tunnel that stops while opens are in flight tells all of them and waits for none. */
static void
test_stop_in_flight (void)
{
  Pair            pair;
  CulvertTraffic *silent;

  set_up_pair (&pair);
  silent = knock_at_silent (&pair);
  session_fixture_stop (pair.fixture);
  g_assert_no_error (pair.fixture->error);
  culvert_traffic_free (silent);
  tear_down_pair (&pair);
}

/* A thousand clients at the same moment: none is turned away. */
static void
test_burst (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTarget)  target = new_namer ("burst");
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  guint16                    port;
  CulvertTraffic            *traffic;

  session_fixture_up (fixture);
  port = session_fixture_forward (fixture, culvert_target_get_port (target));
  traffic = ask_name (port, 1000, "burst");
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 60000);
  g_test_message ("1000 connections in %.2f s", culvert_traffic_get_seconds (traffic));
  culvert_traffic_finish (traffic);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/opens/long-link", test_long_link);
  g_test_add_func ("/ssh/session/opens/long-link-rekey", test_long_link_rekey);
  g_test_add_func ("/ssh/session/opens/silent-target", test_silent_target);
  g_test_add_func ("/ssh/session/opens/abandoned", test_abandoned);
  g_test_add_func ("/ssh/session/opens/stop-in-flight", test_stop_in_flight);
  g_test_add_func ("/ssh/session/opens/burst", test_burst);
  return g_test_run ();
}
