/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/lib.h"
#include "ssh/session-fixture.h"
#include "support/fault-proxy.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <string.h>

/* Every cipher that is offered, alone: byte-exact both ways with a key exchange every mebibyte, and
 * nothing of a packet in which somebody changed one bit. */

#define MIB ((guint64)1024 * 1024)

typedef struct
{
  const char *name;
  const char *cipher;
  const char *mac; /* NULL: the cipher has its own */
  gboolean    is_legacy;
  gboolean    needs_new_library; /* 1.10 has none */
} CipherRow;

static const CipherRow rows[] = {
  { "aes128-gcm", "aes128-gcm@openssh.com", NULL, FALSE, TRUE },
  { "aes256-gcm", "aes256-gcm@openssh.com", NULL, FALSE, TRUE },
  { "chacha20-poly1305", "chacha20-poly1305@openssh.com", NULL, FALSE, TRUE },
  { "aes128-ctr", "aes128-ctr", "hmac-sha2-256", FALSE, FALSE },
  { "aes192-ctr", "aes192-ctr", "hmac-sha2-512", FALSE, FALSE },
  { "aes256-ctr-etm", "aes256-ctr", "hmac-sha2-256-etm@openssh.com", FALSE, TRUE },
  { "aes128-ctr-etm-512", "aes128-ctr", "hmac-sha2-512-etm@openssh.com", FALSE, TRUE },
  { "aes128-cbc", "aes128-cbc", "hmac-sha2-256", TRUE, FALSE },
  { "aes256-cbc-etm", "aes256-cbc", "hmac-sha2-256-etm@openssh.com", TRUE, TRUE },
};

static gboolean
is_here (const CipherRow *row)
{
  return !row->needs_new_library || culvert_lib_has_rsa_sha2 ();
}

static CulvertSshd *
new_sshd (const CipherRow *row, const char *more)
{
  g_autofree char  *ciphers = g_strconcat ("Ciphers ", row->cipher, NULL);
  g_autofree char  *macs = row->mac != NULL ? g_strconcat ("MACs ", row->mac, NULL) : NULL;
  const char *const config[] = { ciphers, more, macs, NULL };

  return culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
}

static void
test_exact (gconstpointer data)
{
  const CipherRow          *row = data;
  g_autoptr (CulvertSshd)   sshd = new_sshd (row, "RekeyLimit 1M");
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertTraffic            *traffic;

  fixture->profile->legacy_algorithms = row->is_legacy;
  session_fixture_up (fixture);
  g_assert_nonnull (strstr (culvert_session_get_info (fixture->session)->algorithms, row->cipher));
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = session_fixture_forward (fixture, culvert_target_get_port (echo)),
    .n_connections = 3,
    .n_bytes = 4 * MIB + 12345,
  });
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 60000);
  culvert_traffic_finish (traffic);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "SSH2_MSG_NEWKEYS received"), >=, 5);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

/* @n_bytes: where the bit is, counted in what the server sends; once in the length of a packet, as it
 * may be, and once in the middle of one. */
static void
run_damaged (const CipherRow *row, guint64 n_bytes)
{
  g_autoptr (CulvertSshd)       sshd = new_sshd (row, NULL);
  g_autoptr (CulvertFaultProxy) proxy = culvert_fault_proxy_new (culvert_sshd_get_port (sshd));
  g_autoptr (CulvertTarget)     target = culvert_target_new (
        &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = 8 * MIB });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (CulvertTraffic) traffic = NULL;
  g_autofree char           *problem = NULL;
  guint16                    port;

  fixture->profile->legacy_algorithms = row->is_legacy;
  fixture->profile->port = culvert_fault_proxy_get_port (proxy);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  session_fixture_up (fixture);
  port = session_fixture_forward (fixture, culvert_target_get_port (target));
  culvert_fault_proxy_damage_after (proxy, n_bytes);
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD, .port = port, .n_bytes = 8 * MIB, .seed = 7 });
  session_fixture_wait_end (fixture, 20000);
  g_assert_nonnull (fixture->error);
  g_assert_cmpint (fixture->error->domain, ==, CULVERT_SSH_ERROR);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 10000);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 1);
  problem = culvert_traffic_get_problem (traffic);
  g_test_message ("%s; %s", fixture->error->message, problem);
  /* What was delivered before is right, and the damaged part is not among it. */
  g_assert_null (strstr (problem, "wrong"));
}

static void
test_damaged (gconstpointer data)
{
  run_damaged (data, 100000);
  run_damaged (data, 100001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (culvert_lib_init ());
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *exact = g_strconcat ("/ssh/session/ciphers/exact/", rows[i].name, NULL);
      g_autofree char *damaged = g_strconcat ("/ssh/session/ciphers/damaged/", rows[i].name, NULL);

      if (!is_here (&rows[i]))
        continue;
      g_test_add_data_func (exact, &rows[i], test_exact);
      g_test_add_data_func (damaged, &rows[i], test_damaged);
    }
  return g_test_run ();
}
