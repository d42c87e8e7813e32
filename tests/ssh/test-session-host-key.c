/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"

#include <string.h>

/* Proving the server: nothing secret leaves before, and nobody is asked needlessly (T25). */

static const char *
first_question (SessionFixture *fixture)
{
  const CulvertPromptFields *fields;

  g_assert_cmpuint (fixture->prompts->len, >=, 1);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 0));
  g_assert_cmpint (fields->kind, ==, CULVERT_PROMPT_HOST_KEY);
  g_assert_nonnull (fields->host_key);
  return fields->host_key->fingerprint;
}

static void
empty_known_hosts (SessionFixture *fixture)
{
  g_assert_true (g_file_set_contents (fixture->known_hosts, "", 0, NULL));
}

/* One that writes every packet down. */
static CulvertSshd *
new_talkative_server (void)
{
  static const char *const config[] = { "LogLevel DEBUG3", NULL };

  return culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
}

/* Has anybody tried to sign in at the server? */
static guint
count_sign_ins (CulvertSshd *sshd)
{
  return culvert_sshd_count_in_log (sshd, "userauth-request for user");
}

/* What a server that writes everything down has heard, once the connection is over: the exchange of
 * keys, a goodbye at most, and that somebody would like to sign in, which is a part of libssh2's
 * handshake; neither who nor how (RFC 4250 section 4.1.2). */
static void
assert_heard_nothing (CulvertSshd *sshd)
{
  static const char *const allowed[] = { "1", "5", "20", "21", "30", "34", NULL };
  g_autoptr (GRegex)       regex = g_regex_new ("receive packet: type (\\d+)", 0, 0, NULL);
  g_autoptr (GMatchInfo)   match = NULL;
  g_autofree char         *log = NULL;
  guint                    n_heard = 0;

  culvert_test_wait_until (culvert_sshd_count_session_processes (sshd) == 0, 10000);
  log = culvert_sshd_read_log (sshd);
  for (g_regex_match (regex, log, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *type = g_match_info_fetch (match, 1);

      g_test_message ("the server heard a message of type %s", type);
      g_assert_true (g_strv_contains (allowed, type));
      n_heard++;
    }
  g_assert_cmpuint (n_heard, >=, 3);
}

/* The test above can fail: this is what the server writes down once it is trusted. */
static void
test_server_writes_down (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_up (fixture);
  culvert_test_wait_until (culvert_sshd_count_in_log (sshd, "receive packet: type 50 ") > 0, 10000);
}

static void
test_save (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) first = session_fixture_new_for_sshd (sshd);
  g_autoptr (SessionFixture) second = session_fixture_new_for_sshd (sshd);
  g_autofree char *expected = culvert_sshd_get_host_fingerprint (sshd, CULVERT_KEY_ED25519);
  g_autofree char *saved = NULL;

  empty_known_hosts (first);
  first->host_key_decision = CULVERT_DECISION_SAVE;
  session_fixture_up (first);
  g_assert_cmpstr (first_question (first), ==, expected);
  session_fixture_stop (first);

  /* What was saved is enough for the next time. */
  g_assert_true (g_file_get_contents (first->known_hosts, &saved, NULL, NULL));
  g_assert_true (g_file_set_contents (second->known_hosts, saved, -1, NULL));
  session_fixture_up (second);
  g_assert_cmpuint (second->prompts->len, ==, 0);
}

static void
test_once (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *saved = NULL;

  empty_known_hosts (fixture);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 1);
  g_assert_true (g_file_get_contents (fixture->known_hosts, &saved, NULL, NULL));
  g_assert_cmpstr (saved, ==, "");
}

static void
test_refuse (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  empty_known_hosts (fixture);
  fixture->host_key_decision = CULVERT_DECISION_REFUSE;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_REFUSED);
  g_assert_cmpuint (count_sign_ins (sshd), ==, 0);
  assert_heard_nothing (sshd);
}

static void
test_never_ask (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  empty_known_hosts (fixture);
  fixture->profile->never_ask = TRUE;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
  g_assert_cmpuint (count_sign_ins (sshd), ==, 0);
}

/* The question stays open until somebody answers; stopping takes it away. */
static void
test_withdrawn (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  CulvertPrompt             *prompt;

  empty_known_hosts (fixture);
  session_fixture_start (fixture);
  culvert_test_wait_until (fixture->prompts->len == 1, 10000);
  prompt = g_ptr_array_index (fixture->prompts, 0);
  g_assert_false (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
  session_fixture_stop (fixture);
  g_assert_true (g_cancellable_is_cancelled (culvert_prompt_get_withdrawn (prompt)));
  g_assert_cmpuint (count_sign_ins (sshd), ==, 0);
  assert_heard_nothing (sshd);
}

/* The server does not wait for ever for a person who compares fingerprints. */
static void
test_server_loses_patience (void)
{
  static const char *const   config[] = { "LoginGraceTime 1", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  empty_known_hosts (fixture);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED);
  g_assert_true (g_cancellable_is_cancelled (
    culvert_prompt_get_withdrawn (g_ptr_array_index (fixture->prompts, 0))));
}

static void
test_changed (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *before = NULL;
  g_autofree char           *after = NULL;
  g_autofree char *recorded = culvert_sshd_get_host_fingerprint (sshd, CULVERT_KEY_ED25519);
  g_autofree char *shown = NULL;

  culvert_sshd_replace_host_keys (sshd);
  shown = culvert_sshd_get_host_fingerprint (sshd, CULVERT_KEY_ED25519);
  g_assert_true (g_file_get_contents (fixture->known_hosts, &before, NULL, NULL));
  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  session_fixture_answer (fixture, CULVERT_SSHD_PASSWORD, NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  /* No question that could be clicked away, nothing sent, nothing written; and all that is needed
   * to judge. */
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
  g_assert_cmpuint (count_sign_ins (sshd), ==, 0);
  g_assert_true (g_file_get_contents (fixture->known_hosts, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_RECORDED), ==, recorded);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_SHOWN), ==, shown);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_FILE), ==,
                   fixture->known_hosts);
  g_assert_nonnull (culvert_error_get_fact (fixture->error, CULVERT_FACT_LINE));
  g_assert_nonnull (culvert_error_get_fact (fixture->error, CULVERT_FACT_TIME));
  assert_heard_nothing (sshd);
}

static void
test_revoked (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *known = NULL;
  g_autofree char           *revoked = NULL;
  g_auto (GStrv)             words = NULL;

  culvert_sshd_write_known_hosts (sshd, fixture->known_hosts, CULVERT_KEY_ED25519);
  g_assert_true (g_file_get_contents (fixture->known_hosts, &known, NULL, NULL));
  words = g_strsplit_set (known, " \n", 4);
  revoked = g_strdup_printf ("%s\n@revoked * %s %s\n", known, words[1], words[2]);
  g_assert_true (g_file_set_contents (fixture->known_hosts, revoked, -1, NULL));
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_REVOKED);
  g_assert_cmpuint (count_sign_ins (sshd), ==, 0);
  assert_heard_nothing (sshd);
}

/* T25: whichever of the server's keys is known, that one is asked for. */
static void
test_order (gconstpointer data)
{
  CulvertKeyKind             known = GPOINTER_TO_UINT (data);
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){
       .host_keys = CULVERT_KEY_ED25519 | CULVERT_KEY_ECDSA | CULVERT_KEY_RSA });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  culvert_sshd_write_known_hosts (sshd, fixture->known_hosts, known);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

/* An RSA key alone is known, and this libssh2 has no SHA-2 for it: the question says that the host
 * is known by another key. */
static void
test_other_type (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  const CulvertPromptFields *fields;

  culvert_sshd_write_known_hosts (sshd, fixture->known_hosts, CULVERT_KEY_RSA);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  session_fixture_up (fixture);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 0));
  g_assert_nonnull (fields->host_key->other_known);
  g_assert_true (g_str_has_prefix (fields->host_key->other_known, "SHA256:"));
}

static void
test_unwritable (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  /* A folder where the file should be: nobody, not even root, can write to that. */
  g_strfreev (fixture->profile->known_hosts_files);
  fixture->profile->known_hosts_files =
    g_strdupv ((char *[]){ (char *)culvert_temp_dir_get_path (fixture->dir), NULL });
  fixture->host_key_decision = CULVERT_DECISION_SAVE;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  g_assert_cmpuint (count_sign_ins (sshd), ==, 0);
}

/* ssh's StrictHostKeyChecking. */
static void
test_strict (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) unknown = session_fixture_new_for_sshd (sshd);
  g_autoptr (SessionFixture) known = session_fixture_new_for_sshd (sshd);

  empty_known_hosts (unknown);
  unknown->profile->host_key_policy = CULVERT_HOST_KEY_STRICT;
  session_fixture_fail (unknown, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN);
  g_assert_cmpuint (unknown->prompts->len, ==, 0);
  assert_heard_nothing (sshd);

  known->profile->host_key_policy = CULVERT_HOST_KEY_STRICT;
  session_fixture_up (known);
}

static void
test_accept_new (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) first = session_fixture_new_for_sshd (sshd);
  g_autoptr (SessionFixture) second = session_fixture_new_for_sshd (sshd);
  g_autofree char           *saved = NULL;

  empty_known_hosts (first);
  first->profile->host_key_policy = CULVERT_HOST_KEY_ACCEPT_NEW;
  first->profile->never_ask = TRUE;
  session_fixture_up (first);
  g_assert_cmpuint (first->prompts->len, ==, 0);
  g_assert_true (session_fixture_has_logged (first, "host key trusted unseen"));
  session_fixture_stop (first);

  /* New is not changed. */
  g_assert_true (g_file_get_contents (first->known_hosts, &saved, NULL, NULL));
  g_assert_true (g_file_set_contents (second->known_hosts, saved, -1, NULL));
  second->profile->host_key_policy = CULVERT_HOST_KEY_ACCEPT_NEW;
  culvert_sshd_replace_host_keys (sshd);
  session_fixture_fail (second, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
}

/* Another name, and no port: as ssh writes and reads it. */
static void
test_alias (void)
{
  g_autoptr (CulvertSshd)    sshd = new_talkative_server ();
  g_autoptr (SessionFixture) first = session_fixture_new_for_sshd (sshd);
  g_autoptr (SessionFixture) second = session_fixture_new_for_sshd (sshd);
  g_autofree char           *saved = NULL;

  first->host_key_decision = CULVERT_DECISION_SAVE;
  culvert_profile_set_string (&first->profile->host_key_alias, "Cluster");
  session_fixture_up (first);
  g_assert_cmpuint (first->prompts->len, ==, 1);
  g_assert_true (g_file_get_contents (first->known_hosts, &saved, NULL, NULL));
  g_assert_nonnull (strstr (saved, "\ncluster ssh-ed25519 "));

  g_assert_true (g_file_set_contents (second->known_hosts, strstr (saved, "cluster "), -1, NULL));
  culvert_profile_set_string (&second->profile->host_key_alias, "cluster");
  session_fixture_up (second);
  g_assert_cmpuint (second->prompts->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/host-key/save", test_save);
  g_test_add_func ("/ssh/session/host-key/once", test_once);
  g_test_add_func ("/ssh/session/host-key/refuse", test_refuse);
  g_test_add_func ("/ssh/session/host-key/never-ask", test_never_ask);
  g_test_add_func ("/ssh/session/host-key/withdrawn", test_withdrawn);
  g_test_add_func ("/ssh/session/host-key/server-loses-patience", test_server_loses_patience);
  g_test_add_func ("/ssh/session/host-key/changed", test_changed);
  g_test_add_func ("/ssh/session/host-key/revoked", test_revoked);
  g_test_add_data_func ("/ssh/session/host-key/only-ed25519",
                        GUINT_TO_POINTER (CULVERT_KEY_ED25519), test_order);
  g_test_add_data_func ("/ssh/session/host-key/only-ecdsa", GUINT_TO_POINTER (CULVERT_KEY_ECDSA),
                        test_order);
  g_test_add_func ("/ssh/session/host-key/other-type", test_other_type);
  g_test_add_func ("/ssh/session/host-key/unwritable", test_unwritable);
  g_test_add_func ("/ssh/session/host-key/server-writes-down", test_server_writes_down);
  g_test_add_func ("/ssh/session/host-key/strict", test_strict);
  g_test_add_func ("/ssh/session/host-key/accept-new", test_accept_new);
  g_test_add_func ("/ssh/session/host-key/alias", test_alias);
  return g_test_run ();
}
