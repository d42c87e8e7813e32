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

/* PRODUCT 2.7: servers that have nothing but what the switch allows, each with one of it in turn. */
static void
test_legacy (void)
{
  static const char *const rows[][3] = {
    { "KexAlgorithms diffie-hellman-group1-sha1", "Ciphers aes128-cbc", "MACs hmac-sha1" },
    { "KexAlgorithms diffie-hellman-group14-sha1", "Ciphers aes192-cbc", "MACs hmac-sha1" },
    { "KexAlgorithms diffie-hellman-group-exchange-sha1", "Ciphers aes256-cbc", "MACs hmac-sha1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const       config[] = { rows[i][0], rows[i][1], rows[i][2],
                                     i == 0 ? "HostKeyAlgorithms ssh-rsa" : NULL, NULL };
      g_autoptr (CulvertSshd) sshd = culvert_sshd_new (
        &(CulvertSshdOptions){ .config = config, .host_keys = i == 0 ? CULVERT_KEY_RSA : 0 });
      g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
      const char                *agreed;

      fixture->profile->legacy_algorithms = TRUE;
      session_fixture_up (fixture);
      agreed = culvert_session_get_info (fixture->session)->algorithms;
      g_assert_nonnull (strstr (agreed, strchr (rows[i][0], ' ') + 1));
      g_assert_nonnull (strstr (agreed, strchr (rows[i][1], ' ') + 1));
      g_assert_nonnull (strstr (agreed, "hmac-sha1"));
      session_fixture_stop (fixture);
    }
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
  g_test_add_func ("/ssh/session/reach/legacy", test_legacy);
  g_test_add_func ("/ssh/session/reach/facts", test_facts);
  return g_test_run ();
}
