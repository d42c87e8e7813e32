/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/loopback.h"
#include "support/targets.h"
#include "support/traffic.h"
#include "words/failure.h"

#include <sys/socket.h>
#include <unistd.h>

/* Remote forwards through real servers: the server listens, the target is here. */

#define PATIENCE_MS 10000
#define N_PINGS     20
#define N_CLIENTS   200

typedef struct
{
  CulvertSshd    *sshd;
  CulvertTarget  *echo;
  char           *echo_address;
  SessionFixture *session;
} Fixture;

static void
set_up (Fixture *self, gconstpointer config)
{
  CulvertSshdOptions options = { .config = config, .host_keys = CULVERT_KEY_ED25519 };

  self->sshd = culvert_sshd_new (&options);
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->echo_address = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (self->echo));
  self->session = session_fixture_new_for_sshd (self->sshd);
}

static void
tear_down (Fixture *self, gconstpointer config)
{
  session_fixture_free (self->session);
  g_free (self->echo_address);
  culvert_target_free (self->echo);
  culvert_sshd_free (self->sshd);
}

static void
run_traffic (const CulvertTrafficConfig *config)
{
  CulvertTraffic *traffic = culvert_traffic_start (config);

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 30000);
  culvert_traffic_finish (traffic);
}

static void
assert_echo (const char *address, guint16 port)
{
  run_traffic (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO, .address = address, .port = port, .n_bytes = 300000, .seed = 5 });
}

static void
ping (Fixture *self)
{
  CulvertSessionInfo *info =
    (CulvertSessionInfo *)culvert_session_get_info (self->session->session);

  culvert_test_wait_until (info->round_trip_us >= 0, PATIENCE_MS);
  /* The next answer is seen by what it writes here. */
  info->round_trip_us = -1;
  culvert_session_probe (self->session->session);
  culvert_test_wait_until (info->round_trip_us >= 0, PATIENCE_MS);
}

/* T7: the answers to pings are not taken for those about ports. */
static void
test_pings_do_not_spoil_listening (Fixture *self, gconstpointer unused)
{
  CulvertTarget  *targets[3];
  CulvertForward *forwards[3];
  guint16         ports[3];

  session_fixture_up (self->session);
  for (guint i = 0; i < N_PINGS; i++)
    ping (self);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("target %u", i);
      g_autofree char *address = NULL;

      targets[i] =
        culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = name });
      address = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (targets[i]));
      culvert_session_probe (self->session->session);
      forwards[i] = session_fixture_forward_back (self->session, "localhost:0", address);
    }
  for (guint i = 0; i < 3; i++)
    {
      ports[i] = session_fixture_wait_listening (forwards[i]);
      g_assert_cmpuint (ports[i], !=, 0);
      for (guint j = 0; j < i; j++)
        g_assert_cmpuint (ports[i], !=, ports[j]);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("target %u", i);

      run_traffic (&(CulvertTrafficConfig){
        .kind = CULVERT_TRAFFIC_NAME, .port = ports[i], .name = name, .n_connections = 3 });
    }
  ping (self);
  session_fixture_stop (self->session);
  for (guint i = 0; i < 3; i++)
    culvert_target_free (targets[i]);
}

static const char *const gateway[] = { "GatewayPorts clientspecified", NULL };

/* T28 */
static void
test_addresses (Fixture *self, gconstpointer unused)
{
  static const struct
  {
    const char *listen;
    const char *address; /* nullable: 127.0.0.1 */
  } rows[] = {
    { "0", NULL },         { "localhost:0", "::1" },       { "*:0", "127.0.0.2" },
    { "*:0", "::1" },      { "127.0.0.1:0", NULL },        { "[::1]:0", "::1" },
    { "0.0.0.0:0", NULL }, { "127.0.0.7:0", "127.0.0.7" },
  };

  session_fixture_up (self->session);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CulvertForward *forward =
        session_fixture_forward_back (self->session, rows[i].listen, self->echo_address);

      g_test_message ("%s", rows[i].listen);
      assert_echo (rows[i].address, session_fixture_wait_listening (forward));
    }
  session_fixture_stop (self->session);
}

static const char *const no_gateway[] = { "GatewayPorts no", NULL };

/* The server does not say that it listens on loopback alone. */
static void
test_without_gateway_ports (Fixture *self, gconstpointer unused)
{
  CulvertForward *forward;

  session_fixture_up (self->session);
  forward = session_fixture_forward_back (self->session, "*:0", self->echo_address);
  assert_echo (NULL, session_fixture_wait_listening (forward));
  session_fixture_stop (self->session);
}

static const char *const gateway_yes[] = { "GatewayPorts yes", NULL };

/* It says that it listens everywhere where it was asked not to: of each port by itself, while all are
 * asked for at once. */
static void
test_gateway_ports_yes (Fixture *self, gconstpointer unused)
{
  static const char *const asked[] = { "localhost:0", "*:0", "127.0.0.1:0", "0.0.0.0:0", "0" };
  static const char *const bound[] = { "*", "*", "*", "0.0.0.0", "*" };
  CulvertForward          *forwards[G_N_ELEMENTS (asked)];

  session_fixture_up (self->session);
  for (gsize i = 0; i < G_N_ELEMENTS (asked); i++)
    forwards[i] = session_fixture_forward_back (self->session, asked[i], self->echo_address);
  for (gsize i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      guint16                     port = session_fixture_wait_listening (forwards[i]);
      g_autoptr (CulvertEndpoint) end = culvert_forward_dup_bound (forwards[i]);

      g_assert_cmpstr (culvert_endpoint_get_host (end), ==, bound[i]);
      assert_echo ("127.0.0.2", port);
    }
  g_assert_true (session_fixture_has_logged (self->session, "other computers can connect"));
  session_fixture_stop (self->session);
}

/* However many there are. */
static void
test_gateway_ports_many (Fixture *self, gconstpointer unused)
{
  CulvertForward *forwards[60];

  session_fixture_up (self->session);
  for (gsize i = 0; i < G_N_ELEMENTS (forwards); i++)
    forwards[i] = session_fixture_forward_back (self->session, "0", self->echo_address);
  for (gsize i = 0; i < G_N_ELEMENTS (forwards); i++)
    {
      g_autoptr (CulvertEndpoint) end = NULL;

      session_fixture_wait_listening (forwards[i]);
      end = culvert_forward_dup_bound (forwards[i]);
      g_assert_cmpstr (culvert_endpoint_get_host (end), ==, "*");
    }
  session_fixture_stop (self->session);
}

static void
assert_refused (Fixture *self, const char *listen, CulvertSshError code, const char *words)
{
  CulvertForward *forward =
    session_fixture_forward_back (self->session, listen, self->echo_address);
  g_autoptr (CulvertFailureWords) said = NULL;
  g_autofree char                *text = NULL;

  culvert_test_wait_until (culvert_forward_get_state (forward) == CULVERT_FORWARD_FAILED,
                           PATIENCE_MS);
  g_assert_error ((GError *)culvert_forward_get_error (forward), CULVERT_SSH_ERROR, (int)code);
  g_assert_cmpint (culvert_forward_get_retry_at_us (forward), ==, 0);
  said =
    culvert_failure_words_for_forward (culvert_forward_get_error (forward),
                                       culvert_forward_get_spec (forward), self->session->profile);
  text = culvert_failure_words_join (said);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, words));
}

static const char *const permit_listen[] = { "PermitListen localhost:9", NULL };
static const char *const local_only[] = { "AllowTcpForwarding local", NULL };

static void
test_not_permitted (Fixture *self, gconstpointer unused)
{
  session_fixture_up (self->session);
  assert_refused (self, "localhost:24680", CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED,
                  "“PermitListen localhost:24680”");
  session_fixture_stop (self->session);
}

static void
test_prohibited (Fixture *self, gconstpointer unused)
{
  session_fixture_up (self->session);
  assert_refused (self, "localhost:24680", CULVERT_SSH_ERROR_LISTEN_PROHIBITED,
                  "“AllowTcpForwarding yes”");
  session_fixture_stop (self->session);
}

static void
use_key_with (Fixture *self, const char *options)
{
  g_autofree char *key = culvert_temp_dir_build (self->session->dir, "limited");
  g_autofree char *public_key = g_strconcat (key, ".pub", NULL);

  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  culvert_sshd_authorize (self->sshd, public_key, options);
  session_fixture_use_key (self->session, key);
}

static void
test_key_forbids (Fixture *self, gconstpointer unused)
{
  use_key_with (self, "restrict");
  session_fixture_up (self->session);
  assert_refused (self, "localhost:24680", CULVERT_SSH_ERROR_LISTEN_PROHIBITED,
                  "does not allow forwards.");
  session_fixture_stop (self->session);
}

static void
test_key_allows_other_ports (Fixture *self, gconstpointer unused)
{
  use_key_with (self, "permitlisten=\"localhost:9\"");
  session_fixture_up (self->session);
  assert_refused (self, "localhost:24680", CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED,
                  "“permitlisten=\"localhost:24680\"”");
  session_fixture_stop (self->session);
}

static void
test_port_in_use (Fixture *self, gconstpointer unused)
{
  guint16          port = culvert_test_free_port ();
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", port);
  int              holder = culvert_loopback_listen ("127.0.0.1", port, 1, 0);
  CulvertForward  *other;

  session_fixture_up (self->session);
  other = session_fixture_forward_back (self->session, "0", self->echo_address);
  assert_refused (self, listen, CULVERT_SSH_ERROR_LISTEN_REFUSED,
                  "Most likely another program there has this port");
  assert_echo (NULL, session_fixture_wait_listening (other));
  close (holder);
  session_fixture_stop (self->session);
}

static void
test_many_clients (Fixture *self, gconstpointer unused)
{
  CulvertForward  *forward;
  CulvertCounters *counters;

  session_fixture_up (self->session);
  forward = session_fixture_forward_back (self->session, "0", self->echo_address);
  run_traffic (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                        .port = session_fixture_wait_listening (forward),
                                        .n_connections = N_CLIENTS,
                                        .n_bytes = 50000,
                                        .seed = 9 });
  counters = culvert_forward_get_counters (forward);
  culvert_test_wait_until (counters->n_open == 0, PATIENCE_MS);
  g_assert_cmpuint (counters->n_accepted, ==, N_CLIENTS);
  g_assert_cmpuint (counters->n_received, ==, (guint64)N_CLIENTS * 50000);
  g_assert_cmpuint (counters->n_sent, ==, (guint64)N_CLIENTS * 50000);
  g_assert_cmpint (culvert_forward_get_target_state (forward), ==, CULVERT_TARGET_ANSWERED);
  session_fixture_stop (self->session);
}

static gboolean
can_connect (guint16 port)
{
  int client = culvert_client_connect (port);

  if (client >= 0)
    close (client);
  return client >= 0;
}

/* Dropped before the server has answered, and asked for again, at its own or at another address: it is had
 * in the end, and nothing of the first time is left. */
static void
test_asked_again_before_the_answer (Fixture *self, gconstpointer unused)
{
  static const char *const hosts[] = { "localhost", "localhost", "127.0.0.1", "*", "localhost" };
  guint16                  port = culvert_test_free_port ();
  CulvertForward          *forward = NULL;

  session_fixture_up (self->session);
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *listen = g_strdup_printf ("%s:%u", hosts[i], port);

      if (forward != NULL)
        culvert_forward_stop (forward);
      forward = session_fixture_forward_back (self->session, listen, self->echo_address);
    }
  g_assert_cmpuint (session_fixture_wait_listening (forward), ==, port);
  assert_echo (NULL, port);

  /* The last one is dropped while it waits for the one before. */
  culvert_forward_stop (forward);
  for (gsize i = 0; i < 2; i++)
    {
      g_autofree char *listen = g_strdup_printf ("%s:%u", hosts[i], port);

      culvert_forward_stop (
        session_fixture_forward_back (self->session, listen, self->echo_address));
    }
  /* Each step is a question and its answer, in order: asked, given back, asked, given back. */
  for (guint i = 0; i < 6; i++)
    ping (self);
  g_assert_false (can_connect (port));
  session_fixture_stop (self->session);
}

/* One goes under load, the other does not notice, and the port can be had again. */
static void
test_cancel_under_load (Fixture *self, gconstpointer unused)
{
  CulvertForward  *leaving, *staying;
  guint16          port;
  CulvertTraffic  *lost, *kept;
  g_autofree char *again = NULL;

  session_fixture_up (self->session);
  leaving = session_fixture_forward_back (self->session, "0", self->echo_address);
  staying = session_fixture_forward_back (self->session, "0", self->echo_address);
  port = session_fixture_wait_listening (leaving);
  lost = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO, .port = port, .n_connections = 50, .n_bytes = 64 * 1024 * 1024 });
  kept = culvert_traffic_start (
    &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                             .port = session_fixture_wait_listening (staying),
                             .n_connections = 10,
                             .n_bytes = 2 * 1024 * 1024 });
  culvert_test_wait_until (culvert_traffic_get_n_received (lost) > 1024 * 1024, PATIENCE_MS);
  culvert_forward_stop (leaving);
  culvert_test_wait_until (culvert_traffic_is_done (lost), 30000);
  g_assert_cmpuint (culvert_traffic_get_n_failed (lost), ==, 50);
  culvert_traffic_free (lost);
  culvert_test_wait_until (culvert_traffic_is_done (kept), 30000);
  culvert_traffic_finish (kept);
  culvert_test_wait_until (!can_connect (port), PATIENCE_MS);

  again = g_strdup_printf ("localhost:%u", port);
  assert_echo (NULL, session_fixture_wait_listening (
                       session_fixture_forward_back (self->session, again, self->echo_address)));
  culvert_test_wait_until (culvert_target_get_n_open (self->echo) == 0, PATIENCE_MS);
  session_fixture_stop (self->session);
}

/* T29 */
static void
test_target_down (Fixture *self, gconstpointer unused)
{
  g_autofree char *nowhere = g_strdup_printf ("127.0.0.1:%u", culvert_test_free_port ());
  CulvertForward  *forward;
  CulvertCounters *counters;
  guint16          port;
  guint            n_descriptors;

  session_fixture_up (self->session);
  forward = session_fixture_forward_back (self->session, "0", nowhere);
  counters = culvert_forward_get_counters (forward);
  port = session_fixture_wait_listening (forward);
  n_descriptors = culvert_test_get_n_descriptors ();
  for (guint i = 1; i <= 20; i++)
    {
      int  client = culvert_client_connect (port);
      char byte;

      g_assert_cmpint (client, >=, 0);
      culvert_test_wait_until (recv (client, &byte, 1, MSG_DONTWAIT) == 0, PATIENCE_MS);
      close (client);
      g_assert_cmpuint (counters->n_refused, ==, i);
      g_assert_cmpuint (counters->n_accepted, ==, i);
    }
  g_assert_cmpint (culvert_forward_get_target_state (forward), ==, CULVERT_TARGET_REFUSED);
  g_assert_error ((GError *)culvert_forward_get_target_error (forward), CULVERT_FORWARD_ERROR,
                  CULVERT_FORWARD_ERROR_TARGET_REFUSED);
  g_assert_cmpuint (counters->n_open, ==, 0);
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_descriptors);
  session_fixture_stop (self->session);
}

static void
test_unknown_name (Fixture *self, gconstpointer unused)
{
  CulvertForward *forward;
  int             client;

  session_fixture_up (self->session);
  forward = session_fixture_forward_back (self->session, "0", "no.such.host.invalid:80");
  client = culvert_client_connect (session_fixture_wait_listening (forward));
  culvert_test_wait_until (culvert_forward_get_target_state (forward) == CULVERT_TARGET_REFUSED,
                           PATIENCE_MS);
  g_assert_error ((GError *)culvert_forward_get_target_error (forward), CULVERT_FORWARD_ERROR,
                  CULVERT_FORWARD_ERROR_TARGET_NAME);
  close (client);
  session_fixture_stop (self->session);
}

static void
test_socket_and_name (Fixture *self, gconstpointer unused)
{
  g_autofree char *path = culvert_temp_dir_build (self->session->dir, "echo.sock");
  CulvertTarget   *target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO, .address = path });
  g_autofree char *named = g_strdup_printf ("localhost:%u", culvert_target_get_port (self->echo));

  session_fixture_up (self->session);
  assert_echo (
    NULL, session_fixture_wait_listening (session_fixture_forward_back (self->session, "0", path)));
  assert_echo (NULL, session_fixture_wait_listening (
                       session_fixture_forward_back (self->session, "0", named)));
  session_fixture_stop (self->session);
  culvert_target_free (target);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, config, function)                                                                \
  g_test_add ("/ssh/session/remote/" name, Fixture, config, set_up, function, tear_down)
  ADD ("pings", NULL, test_pings_do_not_spoil_listening);
  ADD ("addresses", gateway, test_addresses);
  ADD ("no-gateway-ports", no_gateway, test_without_gateway_ports);
  ADD ("gateway-ports-yes", gateway_yes, test_gateway_ports_yes);
  ADD ("gateway-ports-many", gateway_yes, test_gateway_ports_many);
  ADD ("not-permitted", permit_listen, test_not_permitted);
  ADD ("prohibited", local_only, test_prohibited);
  ADD ("key-forbids", NULL, test_key_forbids);
  ADD ("key-allows-others", NULL, test_key_allows_other_ports);
  ADD ("port-in-use", NULL, test_port_in_use);
  ADD ("many-clients", NULL, test_many_clients);
  ADD ("asked-again-before-the-answer", NULL, test_asked_again_before_the_answer);
  ADD ("cancel-under-load", NULL, test_cancel_under_load);
  ADD ("target-down", NULL, test_target_down);
  ADD ("unknown-name", NULL, test_unknown_name);
  ADD ("socket-and-name", NULL, test_socket_and_name);
#undef ADD

  return g_test_run ();
}
