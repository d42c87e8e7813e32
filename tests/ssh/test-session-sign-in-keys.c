/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Which keys are offered, in which order, and never more than the server lets be tried (T24). */

#define MANY_KEYS 10

static const char *const six_tries[] = { "MaxAuthTries 6", NULL };
static const char *const two_tries[] = { "MaxAuthTries 2", NULL };

static guint
count_refused_keys (CulvertSshd *sshd)
{
  return culvert_sshd_count_in_log (sshd, "Failed publickey for");
}

static void
assert_never_too_many (CulvertSshd *sshd)
{
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "Too many authentication failures"), ==, 0);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "maximum authentication attempts"), ==, 0);
}

/* The right key is the last of eleven: what can be tried is, and then it is said. */
static void
test_full_agent (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = six_tries });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);

  g_clear_pointer (&fixture->profile->key_files[0], g_free);
  real_agent_fill (agent, MANY_KEYS);
  real_agent_add (agent, culvert_sshd_get_user_key (sshd, CULVERT_KEY_ED25519));
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_TRIED), ==, "5");
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_LEFT), ==, "6");
  assert_never_too_many (sshd);
}

/* While the person can still be asked for a password, keys do not use up the tries for it. */
static void
test_full_agent_and_password (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = six_tries });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);

  g_clear_pointer (&fixture->profile->key_files[0], g_free);
  real_agent_fill (agent, MANY_KEYS);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 1, CULVERT_AUTH_PASSWORD);
  session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_answer (fixture, CULVERT_SSHD_PASSWORD, NULL);
  session_fixture_up (fixture);
  g_assert_true (session_fixture_has_logged (fixture, "7 more keys are not offered"));
  assert_never_too_many (sshd);
  session_fixture_stop (fixture);
}

typedef struct
{
  const char *name;
  gboolean    is_public_half; /* the file that is named has the public half only */
  gboolean    is_in_agent;
  gboolean    only_listed;
} NamedRow;

static const NamedRow named_rows[] = {
  { "named-key-in-agent", FALSE, TRUE, FALSE },    { "named-public-half", TRUE, TRUE, FALSE },
  { "named-key-in-file", FALSE, FALSE, FALSE },    { "only-listed-key", FALSE, TRUE, TRUE },
  { "only-listed-public-half", TRUE, TRUE, TRUE },
};

/* The tunnel's own key is offered first, however full the agent is. */
static void
test_named (gconstpointer data)
{
  const NamedRow            *row = data;
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = two_tries });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);
  const char                *key = culvert_sshd_get_user_key (sshd, CULVERT_KEY_ED25519);
  g_autofree char           *copy = culvert_temp_dir_build (fixture->dir, "named");
  g_autofree char           *public_copy = g_strconcat (copy, ".pub", NULL);
  g_autofree char           *public_key = g_strconcat (key, ".pub", NULL);

  g_free (culvert_child_process_run ("cp", "-p", public_key, public_copy, NULL));
  if (!row->is_public_half)
    g_free (culvert_child_process_run ("cp", "-p", key, copy, NULL));
  real_agent_fill (agent, MANY_KEYS);
  if (row->is_in_agent)
    real_agent_add (agent, key);
  session_fixture_use_key (fixture, copy);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 1, CULVERT_AUTH_KEY);
  fixture->profile->only_listed_keys = row->only_listed;
  session_fixture_up (fixture);
  g_assert_cmpuint (count_refused_keys (sshd), ==, 0);
  session_fixture_stop (fixture);
}

/* Nothing but the named key is offered, although the agent has more and it is refused. */
static void
test_only_listed_wrong (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = six_tries });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);
  g_autofree char           *named = culvert_temp_dir_build (fixture->dir, "id_0");

  real_agent_fill (agent, 3);
  real_agent_add (agent, culvert_sshd_get_user_key (sshd, CULVERT_KEY_ED25519));
  session_fixture_use_key (fixture, named);
  fixture->profile->only_listed_keys = TRUE;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_REFUSED);
  g_assert_cmpuint (count_refused_keys (sshd), ==, 1);
}

/* A server that allows fewer tries than is usual closes: it is recognised, whatever libssh2 makes
 * of it. */
static void
test_closed_by_server (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = two_tries });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);

  g_clear_pointer (&fixture->profile->key_files[0], g_free);
  real_agent_fill (agent, 4);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_TOO_MANY);
  g_assert_nonnull (strstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_SAID),
                            "Too many authentication failures"));
  g_assert_cmpuint (count_refused_keys (sshd), ==, 2);
}

/* Also in the middle of asking for a password. */
static void
test_closed_at_password (void)
{
  static const char *const   one_try[] = { "MaxAuthTries 1", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = one_try });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_TOO_MANY);
}

/* Dropbear closes without a word; trying again at once would not help. */
static void
test_closed_without_a_word (void)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *host_key = culvert_temp_dir_build (dir, "host_key");
  g_autofree char           *log = culvert_temp_dir_build (dir, "log");
  guint16                    port = culvert_test_free_port ();
  g_autofree char           *address = g_strdup_printf ("127.0.0.1:%u", port);
  const char *argv[] = { "dropbear", "-F", "-E", "-T", "2", "-r", host_key, "-p", address, NULL };
  g_autoptr (CulvertChildProcess) server = NULL;
  g_autoptr (SessionFixture)      fixture = NULL;

  g_free (culvert_child_process_run ("dropbearkey", "-t", "ed25519", "-f", host_key, NULL));
  server = culvert_child_process_start (argv, NULL, log);
  culvert_test_wait_until (culvert_child_process_count_in_log (server, "Not backgrounding") > 0,
                           5000);
  fixture = session_fixture_new (port);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  for (int i = 0; i < 3; i++)
    session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_TOO_MANY);
  g_assert_cmpuint (fixture->prompts->len, ==, 3); /* the host key's among them */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/sign-in/keys/full-agent", test_full_agent);
  g_test_add_func ("/ssh/session/sign-in/keys/full-agent-and-password",
                   test_full_agent_and_password);
  for (gsize i = 0; i < G_N_ELEMENTS (named_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/sign-in/keys/", named_rows[i].name, NULL);
      g_test_add_data_func (path, &named_rows[i], test_named);
    }
  g_test_add_func ("/ssh/session/sign-in/keys/only-listed-wrong", test_only_listed_wrong);
  g_test_add_func ("/ssh/session/sign-in/keys/closed-by-server", test_closed_by_server);
  g_test_add_func ("/ssh/session/sign-in/keys/closed-at-password", test_closed_at_password);
  g_test_add_func ("/ssh/session/sign-in/keys/closed-without-a-word", test_closed_without_a_word);
  return g_test_run ();
}
