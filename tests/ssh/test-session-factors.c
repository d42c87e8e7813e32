/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"

#include <string.h>

/* Several factors in a row, and the order that the person chose (T24). */

#define CODE "123456"

static const CulvertSshdPrompt code_prompt[] = { { "Code: ", CODE, TRUE }, { NULL } };

typedef struct
{
  const char       *name;
  const char       *config;
  CulvertAuthMethod methods[3];
  int               n_methods;
  const char       *answers[4];
  guint             n_rejected;
} Row;

#define WAYS(config) "AuthenticationMethods " config

static const Row rows[] = {
  { "password-code",
    WAYS ("password,keyboard-interactive"),
    { CULVERT_AUTH_PASSWORD, CULVERT_AUTH_INTERACTIVE },
    2,
    { CULVERT_SSHD_PASSWORD, CODE },
    0 },
  /* That the second try was right is noticed, too. */
  { "wrong-password-code",
    WAYS ("password,keyboard-interactive"),
    { CULVERT_AUTH_PASSWORD, CULVERT_AUTH_INTERACTIVE },
    2,
    { "wrong", CULVERT_SSHD_PASSWORD, CODE },
    1 },
  { "code-password",
    WAYS ("keyboard-interactive,password"),
    { CULVERT_AUTH_PASSWORD, CULVERT_AUTH_INTERACTIVE },
    2,
    { CODE, CULVERT_SSHD_PASSWORD },
    0 },
  { "key-password-code",
    WAYS ("publickey,password,keyboard-interactive"),
    { CULVERT_AUTH_INTERACTIVE, CULVERT_AUTH_PASSWORD, CULVERT_AUTH_KEY },
    3,
    { CULVERT_SSHD_PASSWORD, CODE },
    0 },
  { "key-code",
    WAYS ("publickey,keyboard-interactive"),
    { CULVERT_AUTH_KEY, CULVERT_AUTH_INTERACTIVE },
    2,
    { CODE },
    0 },
};

/* With as few tries as can be: of two, a wrong one and no other. */
static void
test_row (gconstpointer data)
{
  const Row                 *row = data;
  const char *const          config[] = { row->config, "MaxAuthTries 2", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){
       .config = config,
       .prompts = code_prompt,
  });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  guint                      n_answers = 0;

  g_array_set_size (fixture->profile->methods, 0);
  g_array_append_vals (fixture->profile->methods, row->methods, (guint)row->n_methods);
  for (; n_answers < G_N_ELEMENTS (row->answers) && row->answers[n_answers] != NULL; n_answers++)
    session_fixture_answer (fixture, row->answers[n_answers], NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, n_answers);
  g_assert_cmpuint (fixture->n_rejected, ==, row->n_rejected);
  g_assert_cmpuint (fixture->n_accepted, ==, n_answers - row->n_rejected);
  /* Asking what is allowed is a try, so it is done once. */
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "service ssh-connection method none"), ==, 1);
  session_fixture_stop (fixture);
}

typedef enum
{
  KEYS_IN_FILES,
  KEYS_IN_AGENT,
  KEYS_IN_BOTH,
} TwoKeys;

/* Two different keys, wherever they are. */
static void
test_two_keys (gconstpointer data)
{
  static const char *const   config[] = { WAYS ("publickey,publickey"), "MaxAuthTries 2", NULL };
  TwoKeys                    where = (TwoKeys)GPOINTER_TO_INT (data);
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (RealAgent)      agent = session_fixture_start_agent (fixture);
  const char                *first = culvert_sshd_get_user_key (sshd, CULVERT_KEY_ED25519);
  const char                *second = culvert_sshd_get_user_key (sshd, CULVERT_KEY_ECDSA);

  g_strfreev (fixture->profile->key_files);
  fixture->profile->key_files = g_new0 (char *, 3);
  if (where == KEYS_IN_AGENT)
    real_agent_add (agent, first);
  else
    fixture->profile->key_files[0] = g_strdup (first);
  if (where == KEYS_IN_FILES)
    fixture->profile->key_files[1] = g_strdup (second);
  else
    real_agent_add (agent, second);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 1, CULVERT_AUTH_KEY);
  session_fixture_up (fixture);
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "Failed publickey"), ==, 0);
  session_fixture_stop (fixture);
}

/* One key is not two: the same is not offered again. */
static void
test_one_of_two_keys (void)
{
  static const char *const   config[] = { WAYS ("publickey,publickey"), NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_NO_METHOD);
  g_assert_true (session_fixture_has_logged (fixture, "accepted as one of several factors"));
  g_assert_cmpuint (culvert_sshd_count_in_log (sshd, "Failed publickey"), ==, 0);
}

/* The server takes either: the tunnel's order decides what the person is asked. */
static void
test_order (gconstpointer data)
{
  gboolean                   asks_first = GPOINTER_TO_INT (data) != 0;
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  const CulvertPromptFields *fields;

  if (asks_first)
    session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 2, CULVERT_AUTH_PASSWORD,
                                 CULVERT_AUTH_KEY);
  else
    session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 2, CULVERT_AUTH_INTERACTIVE,
                                 CULVERT_AUTH_KEY);
  session_fixture_answer (fixture, CULVERT_SSHD_PASSWORD, NULL);
  session_fixture_up (fixture);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 0));
  g_assert_cmpint (fields->kind, ==,
                   asks_first ? CULVERT_PROMPT_QUESTIONS : CULVERT_PROMPT_PASSWORD);
  g_assert_false (session_fixture_has_logged (fixture, "offering key"));
  session_fixture_stop (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/factors/", rows[i].name, NULL);
      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_data_func ("/ssh/session/factors/two-keys-in-files", GINT_TO_POINTER (KEYS_IN_FILES),
                        test_two_keys);
  g_test_add_data_func ("/ssh/session/factors/two-keys-in-agent", GINT_TO_POINTER (KEYS_IN_AGENT),
                        test_two_keys);
  g_test_add_data_func ("/ssh/session/factors/two-keys-in-both", GINT_TO_POINTER (KEYS_IN_BOTH),
                        test_two_keys);
  g_test_add_func ("/ssh/session/factors/one-of-two-keys", test_one_of_two_keys);
  g_test_add_data_func ("/ssh/session/factors/order-questions-first", GINT_TO_POINTER (1),
                        test_order);
  g_test_add_data_func ("/ssh/session/factors/order-password-first", GINT_TO_POINTER (0),
                        test_order);
  return g_test_run ();
}
