/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/fake-agent.h"
#include "ssh/lib.h"
#include "ssh/session-fixture.h"
#include "support/kbdint-server.h"

#include <string.h>

/* Every way of signing in against a real sshd: T20 to T22 and T24 of the engine's pitfalls. */

static void
test_key (gconstpointer data)
{
  CulvertKeyKind             kind = GPOINTER_TO_UINT (data);
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_key (fixture, culvert_sshd_get_user_key (sshd, kind));
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
  /* T20: RSA keys sign with SHA-2, whatever libssh2 is below. */
  if (kind == CULVERT_KEY_RSA)
    culvert_test_wait_until (culvert_sshd_count_in_log (sshd, "rsa-sha2-512") > 0, 5000);
  session_fixture_stop (fixture);
}

static void
test_passphrase (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *key = culvert_temp_dir_build (fixture->dir, "id_locked");
  g_autofree char           *public_key = g_strconcat (key, ".pub", NULL);
  const CulvertPromptFields *fields;

  culvert_test_make_key (key, CULVERT_KEY_ED25519, "open sesame", NULL);
  culvert_sshd_authorize (sshd, public_key, NULL);
  session_fixture_use_key (fixture, key);
  session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_answer (fixture, "open sesame", NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 2);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 1));
  g_assert_cmpint (fields->kind, ==, CULVERT_PROMPT_PASSPHRASE);
  g_assert_cmpstr (fields->key_file, ==, key);
  g_assert_cmpuint (fields->attempt, ==, 1);
  g_assert_cmpuint (fixture->n_rejected, ==, 1);
  g_assert_cmpuint (fixture->n_accepted, ==, 1);
  session_fixture_stop (fixture);
}

static void
test_wrong_passphrase (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *key = culvert_temp_dir_build (fixture->dir, "id_locked");
  g_autofree char           *public_key = g_strconcat (key, ".pub", NULL);

  culvert_test_make_key (key, CULVERT_KEY_ED25519, "open sesame", NULL);
  culvert_sshd_authorize (sshd, public_key, NULL);
  session_fixture_use_key (fixture, key);
  for (int i = 0; i < 3; i++)
    session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG);
  g_assert_nonnull (strstr (fixture->error->message, "id_locked"));
  g_assert_cmpuint (fixture->prompts->len, ==, 3);
}

/* A key that the server does not want costs the person no passphrase. */
static void
test_no_needless_passphrase (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *key = culvert_temp_dir_build (fixture->dir, "id_other");

  culvert_test_make_key (key, CULVERT_KEY_ED25519, "open sesame", NULL);
  session_fixture_use_key (fixture, key);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_REFUSED);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

static void
test_key_missing (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_key (fixture, "/nonexistent/id_ed25519");
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_KEY_NOT_FOUND);
  g_assert_nonnull (strstr (fixture->error->message, "/nonexistent/id_ed25519"));
}

static void
test_key_malformed (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char *key = culvert_temp_dir_write (fixture->dir, "id_bad", "not a key at all\n");

  session_fixture_use_key (fixture, key);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_KEY_MALFORMED);
}

static void
test_agent (gconstpointer data)
{
  CulvertKeyKind             kind = GPOINTER_TO_UINT (data);
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);

  real_agent_add (agent, culvert_sshd_get_user_key (sshd, kind));
  session_fixture_up (fixture);
  g_assert_nonnull (strstr (culvert_session_get_info (fixture->session)->auth_method, "agent"));
  session_fixture_stop (fixture);
}

static void
test_agent_absent (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  culvert_profile_set_string (&fixture->profile->agent_socket, "/nonexistent/agent");
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 0);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AGENT_UNREACHABLE);
}

/* T21: an agent that never answers costs its time limit, and the next way is tried; one that
 * closes costs nothing. */
static void
test_agent_misbehaves (gconstpointer data)
{
  FakeAgentKind              kind = GPOINTER_TO_INT (data);
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *path = culvert_temp_dir_build (fixture->dir, "agent");
  g_autoptr (FakeAgent)      agent = fake_agent_new (path, kind, 0, NULL, 0);

  culvert_profile_set_string (&fixture->profile->agent_socket, path);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 1, CULVERT_AUTH_KEY);
  session_fixture_up (fixture);
  session_fixture_stop (fixture);
}

/* T21: nobody has to wait for it. */
static void
test_agent_hangs_and_stop (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *path = culvert_temp_dir_build (fixture->dir, "agent");
  g_autoptr (FakeAgent)      agent = fake_agent_new (path, FAKE_AGENT_SILENT, 0, NULL, 0);
  gint64                     cpu_us;

  culvert_profile_set_string (&fixture->profile->agent_socket, path);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 0);
  session_fixture_start (fixture);
  culvert_test_wait_until (fake_agent_get_n_requests (agent) == 1, 10000);
  cpu_us = culvert_test_get_cpu_us ();
  culvert_test_spend (1000);
  g_assert_cmpint (culvert_test_get_cpu_us () - cpu_us, <, 300000);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
}

static void
test_password (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  const CulvertPromptFields *fields;

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_answer (fixture, CULVERT_SSHD_PASSWORD, NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 2);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 1));
  g_assert_cmpint (fields->kind, ==, CULVERT_PROMPT_PASSWORD);
  g_assert_cmpstr (fields->secret_purpose, ==, "password");
  g_assert_cmpuint (fields->attempt, ==, 1);
  g_assert_cmpuint (fixture->n_rejected, ==, 1);
  g_assert_cmpuint (fixture->n_accepted, ==, 1);
  session_fixture_stop (fixture);
}

static void
test_wrong_password (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  for (int i = 0; i < 5; i++)
    session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_REFUSED);
  g_assert_cmpuint (fixture->prompts->len, ==, 3);
  g_assert_cmpuint (fixture->n_accepted, ==, 0);
  g_assert_cmpuint (fixture->n_rejected, ==, 3);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "Too many authentication failures"), ==, 0);
}

static void
test_password_cancelled (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_CANCELLED);
}

static void
test_never_ask (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 1, CULVERT_AUTH_INTERACTIVE);
  fixture->profile->never_ask = TRUE;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_NO_METHOD);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

/* What a server tells everybody is in the log and known afterwards, and cannot colour or turn either;
 * libssh2 1.10 keeps it to itself. */
static void
test_banner (void)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *file =
    culvert_temp_dir_write (dir, "banner", "Staff only.\n\x1b[31mAll is \xe2\x80\xaewatched.\n");
  g_autofree char           *line = g_strdup_printf ("Banner \"%s\"", file);
  const char *const          config[] = { line, NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  gboolean                   is_told = culvert_lib_has_rsa_sha2 (); /* as old as that */

  session_fixture_up (fixture);
  g_assert_cmpint (session_fixture_has_logged (fixture, "the server says: Staff only."), ==,
                   is_told);
  g_assert_cmpint (
    session_fixture_has_logged (fixture, "the server says: \\x1b[31mAll is \\u202ewatched."), ==,
    is_told);
  g_assert_cmpstr (culvert_session_get_info (fixture->session)->banner, ==,
                   is_told ? "Staff only.\n\\x1b[31mAll is \\u202ewatched." : NULL);
  session_fixture_stop (fixture);
}

static void
test_no_method (void)
{
  static const char *const   config[] = { "PasswordAuthentication no", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_NO_METHOD);
  g_assert_nonnull (strstr (fixture->error->message, "publickey"));
}

static void
test_questions (void)
{
  static const CulvertSshdPrompt prompts[] = { { "Password: ", "secret", FALSE },
                                               { "Code: ", "123456", TRUE },
                                               { NULL } };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .prompts = prompts });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  const CulvertPromptFields *fields;

  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 0);
  session_fixture_answer (fixture, "secret", NULL);
  session_fixture_answer (fixture, "123456", NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 2);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 0));
  g_assert_true (fields->fields[0].is_hidden);
  g_assert_cmpstr (fields->secret_purpose, ==, "password");
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 1));
  g_assert_nonnull (strstr (fields->fields[0].text, "Code: "));
  g_assert_false (fields->fields[0].is_hidden);
  g_assert_null (fields->secret_purpose);
  session_fixture_stop (fixture);
}

static void
test_many_questions (void)
{
  static const char *const        arguments[] = { "--title=Two \x1b[31msteps",
                                                  "--prompt=Password: =secret", "--prompt=+Code: =123456",
                                                  NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));
  const CulvertPromptFields *fields;

  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 0);
  session_fixture_answer (fixture, "secret", "123456", NULL);
  session_fixture_up (fixture);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 0));
  g_assert_cmpuint (fields->n_fields, ==, 2);
  g_assert_true (fields->fields[0].is_hidden);
  g_assert_false (fields->fields[1].is_hidden);
  /* What a server says cannot colour a terminal. */
  g_assert_null (strchr (fields->title, '\x1b'));
  g_assert_nonnull (strstr (fields->title, "steps"));
  session_fixture_stop (fixture);
}

/* T37: a length that no honest server sends meets the allocator's limit, or a check before it. */
static void
test_hostile_questions (void)
{
  static const char *const arguments[] = { "--malformed=name-length", "--prompt=Password: =secret",
                                           NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));

  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 0);
  session_fixture_start (fixture);
  session_fixture_wait_end (fixture, 20000);
  g_assert_nonnull (fixture->error);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

typedef struct
{
  const char       *name;
  const char       *config;
  CulvertAuthMethod second;
} PartialRow;

static const PartialRow partials[] = {
  { "key-password", "AuthenticationMethods publickey,password", CULVERT_AUTH_PASSWORD },
  { "key-questions", "AuthenticationMethods publickey,keyboard-interactive",
    CULVERT_AUTH_INTERACTIVE },
};

/* T24: two factors in a row, with as few tries as can be. */
static void
test_partial (gconstpointer data)
{
  const PartialRow          *row = data;
  const char *const          config[] = { row->config, "MaxAuthTries 3", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_KEY, 1, row->second);
  session_fixture_answer (fixture, CULVERT_SSHD_PASSWORD, NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 1);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "service ssh-connection method none"), <=, 2);
  session_fixture_stop (fixture);
}

static void
test_partial_wrong_key (void)
{
  static const char *const   config[] = { "AuthenticationMethods publickey,password", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *key = culvert_temp_dir_build (fixture->dir, "id_other");

  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  session_fixture_use_key (fixture, key);
  session_fixture_use_methods (fixture, CULVERT_AUTH_KEY, 1, CULVERT_AUTH_PASSWORD);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_REFUSED);
  /* The password is never asked for: the server does not want it before the key. */
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

/* T20: what the trick with RSA keys cannot do is said. */
static void
test_dropbear_rsa (void)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *host_key = culvert_temp_dir_build (dir, "host_key");
  g_autofree char           *user_key = culvert_temp_dir_build (dir, "id_rsa");
  g_autofree char           *log = culvert_temp_dir_build (dir, "log");
  guint16                    port = culvert_test_free_port ();
  g_autofree char           *address = g_strdup_printf ("127.0.0.1:%u", port);
  const char *argv[] = { "dropbear", "-F", "-E", "-s", "-r", host_key, "-p", address, NULL };
  g_autoptr (CulvertChildProcess) server = NULL;
  g_autoptr (SessionFixture)      fixture = NULL;

  g_free (culvert_child_process_run ("dropbearkey", "-t", "ed25519", "-f", host_key, NULL));
  culvert_test_make_key (user_key, CULVERT_KEY_RSA, NULL, NULL);
  server = culvert_child_process_start (argv, NULL, log);
  culvert_test_wait_until (culvert_child_process_count_in_log (server, "Not backgrounding") > 0,
                           5000);
  fixture = session_fixture_new (port);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  session_fixture_use_key (fixture, user_key);
  session_fixture_fail (fixture, culvert_lib_has_rsa_sha2 () ? CULVERT_SSH_ERROR_AUTH_REFUSED
                                                             : CULVERT_SSH_ERROR_KEY_NEEDS_NEWER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ssh/session/sign-in/key-ed25519", GUINT_TO_POINTER (CULVERT_KEY_ED25519),
                        test_key);
  g_test_add_data_func ("/ssh/session/sign-in/key-ecdsa", GUINT_TO_POINTER (CULVERT_KEY_ECDSA),
                        test_key);
  g_test_add_data_func ("/ssh/session/sign-in/key-rsa", GUINT_TO_POINTER (CULVERT_KEY_RSA),
                        test_key);
  g_test_add_func ("/ssh/session/sign-in/passphrase", test_passphrase);
  g_test_add_func ("/ssh/session/sign-in/wrong-passphrase", test_wrong_passphrase);
  g_test_add_func ("/ssh/session/sign-in/no-needless-passphrase", test_no_needless_passphrase);
  g_test_add_func ("/ssh/session/sign-in/key-missing", test_key_missing);
  g_test_add_func ("/ssh/session/sign-in/key-malformed", test_key_malformed);
  g_test_add_data_func ("/ssh/session/sign-in/agent-ed25519",
                        GUINT_TO_POINTER (CULVERT_KEY_ED25519), test_agent);
  g_test_add_data_func ("/ssh/session/sign-in/agent-ecdsa", GUINT_TO_POINTER (CULVERT_KEY_ECDSA),
                        test_agent);
  g_test_add_data_func ("/ssh/session/sign-in/agent-rsa", GUINT_TO_POINTER (CULVERT_KEY_RSA),
                        test_agent);
  g_test_add_func ("/ssh/session/sign-in/agent-absent", test_agent_absent);
  g_test_add_data_func ("/ssh/session/sign-in/agent-silent", GINT_TO_POINTER (FAKE_AGENT_SILENT),
                        test_agent_misbehaves);
  g_test_add_data_func ("/ssh/session/sign-in/agent-closes",
                        GINT_TO_POINTER (FAKE_AGENT_CLOSES_AFTER_REQUEST), test_agent_misbehaves);
  g_test_add_func ("/ssh/session/sign-in/agent-hangs-and-stop", test_agent_hangs_and_stop);
  g_test_add_func ("/ssh/session/sign-in/password", test_password);
  g_test_add_func ("/ssh/session/sign-in/wrong-password", test_wrong_password);
  g_test_add_func ("/ssh/session/sign-in/password-cancelled", test_password_cancelled);
  g_test_add_func ("/ssh/session/sign-in/never-ask", test_never_ask);
  g_test_add_func ("/ssh/session/sign-in/banner", test_banner);
  g_test_add_func ("/ssh/session/sign-in/no-method", test_no_method);
  g_test_add_func ("/ssh/session/sign-in/questions", test_questions);
  g_test_add_func ("/ssh/session/sign-in/many-questions", test_many_questions);
  g_test_add_func ("/ssh/session/sign-in/hostile-questions", test_hostile_questions);
  for (gsize i = 0; i < G_N_ELEMENTS (partials); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/sign-in/partial-", partials[i].name, NULL);
      g_test_add_data_func (path, &partials[i], test_partial);
    }
  g_test_add_func ("/ssh/session/sign-in/partial-wrong-key", test_partial_wrong_key);
  g_test_add_func ("/ssh/session/sign-in/dropbear-rsa", test_dropbear_rsa);
  return g_test_run ();
}
