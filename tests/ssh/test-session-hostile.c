/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/fault-proxy.h"
#include "support/kbdint-server.h"

/* What a server, or somebody on the way, can send before anything vouches for it: the session ends,
 * the program goes on.  For the private libssh2: others fall for most of it (the patches in
 * subprojects/packagefiles say how). */

static void
start (SessionFixture *fixture, CulvertKbdintServer *server)
{
  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 0);
  session_fixture_answer (fixture, "secret", NULL);
}

/* The shared secret would be one that everybody knows: GHSA-m9rg-h9jv-9gvh. */
static void
test_dh_value (gconstpointer data)
{
  g_autofree char                *value = g_strconcat ("--dh-value=", data, NULL);
  const char *const               arguments[] = { value, NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));

  start (fixture, server);
  session_fixture_start (fixture);
  session_fixture_wait_end (fixture, 20000);
  g_assert_nonnull (fixture->error);
  g_test_message ("%s", fixture->error->message);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

typedef struct
{
  const char *name;
  const char *ciphers;
  const char *mac;
} CipherRow;

static const CipherRow ciphers[] = {
  { "ctr", "aes128-ctr", "hmac-sha2-256" },
  { "ctr-etm", "aes128-ctr", "hmac-sha2-256-etm@openssh.com" },
  { "gcm", "aes128-gcm@openssh.com", "hmac-sha2-256" },
  { "chacha", "chacha20-poly1305@openssh.com", "hmac-sha2-256" },
};

static const char *const packets[] = {
  "padding",    "empty",        "length-0",    "length-1",        "length-3",
  "length-off", "length-short", "length-huge", "length-huge-odd",
};

/* The first packet under the new keys is malformed, and comes in pieces: what is decided by its
 * first block is decided before the rest is there. */
static void
test_packet (gconstpointer data)
{
  const CipherRow *row = data;
  g_autofree char *cipher = g_strconcat ("--ciphers=", row->ciphers, NULL);
  g_autofree char *mac = g_strconcat ("--mac=", row->mac, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (packets) * 2; i++)
    {
      const char       *name = packets[i / 2];
      g_autofree char  *packet = g_strconcat ("--packet=", name, NULL);
      const char *const arguments[] = { cipher, mac, packet, "--prompt=Password: =secret", NULL };
      g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
      g_autoptr (CulvertFaultProxy)   proxy =
        culvert_fault_proxy_new (culvert_kbdint_server_get_port (server));
      g_autoptr (SessionFixture) fixture =
        session_fixture_new (i % 2 == 0 ? culvert_kbdint_server_get_port (server)
                                        : culvert_fault_proxy_get_port (proxy));

      g_test_message ("%s, %s", name, i % 2 == 0 ? "whole" : "in pieces");
      culvert_fault_proxy_set_mode (proxy, CULVERT_PROXY_DRIBBLE);
      start (fixture, server);
      fixture->host_key_decision = CULVERT_DECISION_ONCE;
      session_fixture_start (fixture);
      session_fixture_wait_end (fixture, 20000);
      g_assert_nonnull (fixture->error);
      g_test_message ("%s", fixture->error->message);
    }
}

/* One cipher each way is the server's right. */
static void
test_two_ciphers (gconstpointer data)
{
  g_autofree char                *cipher = g_strconcat ("--ciphers=", data, NULL);
  const char *const               arguments[] = { cipher, "--prompt=Password: =secret", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));
  const CulvertSessionInfo *info;

  start (fixture, server);
  session_fixture_up (fixture);
  info = culvert_session_get_info (fixture->session);
  culvert_test_wait_until (info->round_trip_us >= 0, 5000);
  session_fixture_stop (fixture);
}

int
main (int argc, char **argv)
{
  static const char *const dh_values[] = { "zero", "one", "minus-one", "modulus", "more" };
  static const char *const pairs[] = {
    "aes128-ctr,aes128-gcm@openssh.com",
    "aes128-gcm@openssh.com,aes128-ctr",
    "aes128-ctr,chacha20-poly1305@openssh.com",
    "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com",
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (dh_values); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/hostile/dh-value/", dh_values[i], NULL);

      g_test_add_data_func (path, dh_values[i], test_dh_value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ciphers); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/hostile/packet/", ciphers[i].name, NULL);

      g_test_add_data_func (path, &ciphers[i], test_packet);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/hostile/two-ciphers/", pairs[i], NULL);

      g_test_add_data_func (path, pairs[i], test_two_ciphers);
    }
  return g_test_run ();
}
