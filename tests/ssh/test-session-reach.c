/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/targets.h"

#include <string.h>

/* Reaching a server, or saying exactly why not. */

static void
test_unknown_name (void)
{
  g_autoptr (SessionFixture) fixture = session_fixture_new (22);

  culvert_profile_set_string (&fixture->profile->host, "no-such-host.invalid");
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_NAME_UNKNOWN);
  g_assert_nonnull (strstr (fixture->error->message, "no-such-host.invalid"));
}

static void
test_refused (void)
{
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_test_free_port ());

  session_fixture_fail (fixture, CULVERT_SSH_ERROR_REFUSED);
}

static void
test_time_out (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_target_get_port (target));

  fixture->profile->connect_timeout_s = 1;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_TIMED_OUT);
}

static void
test_silent (void)
{
  /* Accepts and never says a word: the handshake has its own limit, shortened by stopping. */
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_READ });
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_target_get_port (target));

  session_fixture_start (fixture);
  culvert_test_wait_until (
    culvert_session_get_state (fixture->session) == CULVERT_SESSION_HANDSHAKE, 5000);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

static void
test_not_ssh (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .n_bytes = 300 });
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_target_get_port (target));

  session_fixture_fail (fixture, CULVERT_SSH_ERROR_NOT_SSH);
  g_assert_nonnull (strstr (fixture->error->message, "it said: "));
}

typedef struct
{
  const char *name;
  const char *config;
  int         code;
  const char *server_list; /* something of it */
} MismatchRow;

static const MismatchRow mismatches[] = {
  { "kex", "KexAlgorithms sntrup761x25519-sha512@openssh.com", CULVERT_SSH_ERROR_NO_COMMON_KEX,
    "sntrup761" },
  { "cipher", "Ciphers 3des-cbc", CULVERT_SSH_ERROR_NO_COMMON_CIPHER, "3des-cbc" },
  { "mac", "MACs umac-128@openssh.com", CULVERT_SSH_ERROR_NO_COMMON_MAC, "umac-128" },
  { "host-key", "HostKeyAlgorithms ssh-rsa", CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY, "ssh-rsa" },
};

static void
test_mismatch (gconstpointer data)
{
  const MismatchRow *row = data;
  /* The first of two lines about the same wins; a cipher like GCM would need no MAC. */
  const char *const       config[] = { row->config, "Ciphers aes128-ctr", NULL };
  g_autoptr (CulvertSshd) sshd = culvert_sshd_new (
    &(CulvertSshdOptions){ .config = config, .host_keys = CULVERT_KEY_ED25519 | CULVERT_KEY_RSA });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  /* The key that is recorded must not bring ssh-rsa back in. */
  culvert_sshd_write_known_hosts (sshd, fixture->known_hosts, CULVERT_KEY_ED25519);
  session_fixture_fail (fixture, row->code);
  g_assert_nonnull (strstr (fixture->error->message, row->server_list));
}

static void
test_legacy (void)
{
  static const char *const   config[] = { "Ciphers aes128-cbc", "MACs hmac-sha1", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  fixture->profile->legacy_algorithms = TRUE;
  session_fixture_up (fixture);
  g_assert_nonnull (strstr (culvert_session_get_info (fixture->session)->algorithms, "aes128-cbc"));
  session_fixture_stop (fixture);
}

static void
test_facts (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  const CulvertSessionInfo  *info;

  session_fixture_up (fixture);
  info = culvert_session_get_info (fixture->session);
  g_assert_true (g_str_has_prefix (info->server_address, "127.0.0.1 port "));
  g_assert_true (g_str_has_prefix (info->server_version, "SSH-2.0-OpenSSH"));
  g_assert_true (g_str_has_prefix (info->host_key_fingerprint, "SHA256:"));
  g_assert_nonnull (strstr (info->auth_method, "ssh-ed25519"));
  culvert_test_wait_until (info->round_trip_us >= 0, 5000);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/reach/unknown-name", test_unknown_name);
  g_test_add_func ("/ssh/session/reach/refused", test_refused);
  g_test_add_func ("/ssh/session/reach/time-out", test_time_out);
  g_test_add_func ("/ssh/session/reach/silent", test_silent);
  g_test_add_func ("/ssh/session/reach/not-ssh", test_not_ssh);
  for (gsize i = 0; i < G_N_ELEMENTS (mismatches); i++)
    {
      g_autofree char *path =
        g_strconcat ("/ssh/session/reach/no-common-", mismatches[i].name, NULL);
      g_test_add_data_func (path, &mismatches[i], test_mismatch);
    }
  g_test_add_func ("/ssh/session/reach/legacy", test_legacy);
  g_test_add_func ("/ssh/session/reach/facts", test_facts);
  return g_test_run ();
}
