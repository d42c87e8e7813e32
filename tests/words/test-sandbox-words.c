/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sandbox-private.h"
#include "core/errors.h"
#include "words/failure.h"
#include "words/sandbox-words.h"

#include <string.h>

#define SHUT "[Context]\nsockets=wayland;\n"
#define OPEN "[Context]\nsockets=wayland;ssh-auth;\nfilesystems=~/.ssh:ro;\n"

#define AGENT  "--socket=ssh-auth"
#define FOLDER "--filesystem=~/.ssh:ro"

enum
{
  HAS_AGENT = 1 << 0,    /* the tunnel signs in with keys of the agent */
  HAS_KEYS = 1 << 1,     /* with keys in files */
  HAS_KEY_FILE = 1 << 2, /* that are named */
};

static const struct
{
  const char     *info;
  CulvertSshError code;
  const char     *file;
  int             ways;
  const char     *opens[3]; /* what is in the command; NULL at first: there is none */
} cases[] = {
  { NULL, CULVERT_SSH_ERROR_AUTH_REFUSED, NULL, HAS_AGENT | HAS_KEYS, { NULL } },
  { OPEN, CULVERT_SSH_ERROR_AUTH_REFUSED, NULL, HAS_AGENT | HAS_KEYS, { NULL } },
  { SHUT, CULVERT_SSH_ERROR_AUTH_REFUSED, NULL, HAS_AGENT | HAS_KEYS, { AGENT, FOLDER } },
  { SHUT, CULVERT_SSH_ERROR_AUTH_NO_METHOD, NULL, HAS_AGENT, { AGENT } },
  { SHUT, CULVERT_SSH_ERROR_AUTH_NO_METHOD, NULL, HAS_KEYS, { FOLDER } },
  { SHUT, CULVERT_SSH_ERROR_AUTH_REFUSED, NULL, HAS_KEYS | HAS_KEY_FILE, { NULL } },
  /* a password alone has nothing to do with it */
  { SHUT, CULVERT_SSH_ERROR_AUTH_REFUSED, NULL, 0, { NULL } },
  { SHUT, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, NULL, 0, { AGENT } },
  { SHUT, CULVERT_SSH_ERROR_KEY_NOT_FOUND, "~/.ssh/id_ed25519", 0, { FOLDER } },
  { OPEN, CULVERT_SSH_ERROR_KEY_NOT_FOUND, "~/.ssh/id_ed25519", 0, { NULL } },
  { SHUT, CULVERT_SSH_ERROR_KEY_NOT_FOUND, "/media/stick/id_ed25519", 0, { NULL } },
  { SHUT, CULVERT_SSH_ERROR_REFUSED, NULL, HAS_AGENT | HAS_KEYS, { NULL } },
};

static CulvertProfile *
make_profile (int ways)
{
  CulvertProfile   *profile = culvert_profile_new ();
  CulvertAuthMethod methods[] = { CULVERT_AUTH_PASSWORD, CULVERT_AUTH_AGENT, CULVERT_AUTH_KEY };

  g_free (profile->host);
  profile->host = g_strdup ("bastion");
  g_array_set_size (profile->methods, 0);
  g_array_append_val (profile->methods, methods[0]);
  if ((ways & HAS_AGENT) != 0)
    g_array_append_val (profile->methods, methods[1]);
  if ((ways & HAS_KEYS) != 0)
    g_array_append_val (profile->methods, methods[2]);
  if ((ways & HAS_KEY_FILE) != 0)
    {
      g_strfreev (profile->key_files);
      profile->key_files = g_strdupv ((char *[]){ (char *)"/run/user/1000/doc/a/id", NULL });
    }
  return profile;
}

static void
test_failures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CulvertProfile)      profile = make_profile (cases[i].ways);
      g_autoptr (GError)              error = NULL;
      g_autoptr (CulvertFailureWords) words = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      culvert_sandbox_pretend (cases[i].info);
      g_set_error (&error, CULVERT_SSH_ERROR, (int)cases[i].code, "it failed");
      culvert_error_set_fact (&error, CULVERT_FACT_FILE, cases[i].file);
      words = culvert_failure_words_for_tunnel (error, profile);
      if (cases[i].opens[0] == NULL)
        {
          g_assert_null (words->command);
          g_assert_null (strstr (words->next, "flatpak"));
          continue;
        }
      g_assert_nonnull (words->command);
      g_assert_nonnull (strstr (words->why, "sandbox"));
      g_assert_nonnull (strstr (words->next, words->command));
      for (int j = 0; j < 2 && cases[i].opens[j] != NULL; j++)
        g_assert_nonnull (strstr (words->command, cases[i].opens[j]));
      g_assert_cmpint (strstr (words->command, AGENT) != NULL, ==,
                       g_strcmp0 (cases[i].opens[0], AGENT) == 0);
    }
}

/* A file that the sandbox does not show: no override is known to help, but choosing it does. */
static void
test_other_file (void)
{
  g_autoptr (CulvertProfile)      profile = make_profile (HAS_KEYS);
  g_autoptr (GError)              error = NULL;
  g_autoptr (CulvertFailureWords) words = NULL;

  culvert_sandbox_pretend (OPEN);
  g_set_error (&error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_NOT_FOUND, "none");
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/media/stick/id_ed25519");
  words = culvert_failure_words_for_tunnel (error, profile);
  g_assert_nonnull (strstr (words->why, "sandbox"));
}

static void
test_sentences (void)
{
  for (guint lacks = 1; lacks < 4; lacks++)
    {
      g_autofree char *what = culvert_words_for_sandbox ((CulvertSandboxLack)lacks);
      g_autofree char *next = culvert_words_for_sandbox_override ((CulvertSandboxLack)lacks);

      g_assert_true (g_str_has_suffix (what, "."));
      g_assert_true (g_str_has_suffix (next, "."));
      g_assert_cmpint (strstr (what, "agent") != NULL, ==, (lacks & CULVERT_SANDBOX_AGENT) != 0);
      g_assert_cmpint (strstr (what, "~/.ssh") != NULL, ==,
                       (lacks & CULVERT_SANDBOX_SSH_FOLDER) != 0);
    }
  g_assert_null (culvert_words_for_sandbox (CULVERT_SANDBOX_NOTHING));
  g_assert_null (culvert_words_for_sandbox_override (CULVERT_SANDBOX_NOTHING));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");
  g_test_add_func ("/words/sandbox/failures", test_failures);
  g_test_add_func ("/words/sandbox/other-file", test_other_file);
  g_test_add_func ("/words/sandbox/sentences", test_sentences);
  return g_test_run ();
}
