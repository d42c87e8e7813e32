/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/test-words.h"

#include "core/errors.h"

/* What is said of a test through the server. */

static void
assert_says (const char *listen, CulvertTestState state, GError *error, const char *const *parts)
{
  g_autoptr (CulvertProfile)     profile = culvert_profile_new ();
  g_autoptr (CulvertForwardSpec) spec =
    culvert_forward_spec_parse (CULVERT_FORWARD_REMOTE, listen, NULL);
  g_autofree char *words = NULL;

  g_assert_nonnull (spec);
  culvert_profile_set_string (&profile->host, "bastion");
  culvert_error_set_fact (&error, CULVERT_FACT_TARGET, "192.0.2.1:8080");
  words = culvert_words_for_test (state, error, spec, profile);
  g_test_message ("%s", words);
  for (guint i = 0; parts[i] != NULL; i++)
    g_assert_nonnull (strstr (words, parts[i]));
  g_assert_null (strstr (words, "(null)"));
  g_clear_error (&error);
}

#define ASSERT_SAYS(listen, state, error, ...)                                                     \
  assert_says (listen, CULVERT_TEST_##state, error, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_works (void)
{
  ASSERT_SAYS ("8080:db:80", WORKS, NULL, "It works: a connection made on bastion reached db:80.");
  ASSERT_SAYS ("1080", WORKS, NULL, "It works: a connection made on bastion reached the proxy.");
  ASSERT_SAYS ("*:8080:db:80", WORKS_INSIDE, NULL, "It works", "*:8080 can’t be told",
               "GatewayPorts");
  ASSERT_SAYS ("*:8080:db:80", WORKS_OUTSIDE, NULL, "It works", "*:8080 is open to other");
  ASSERT_SAYS ("8080:db:80", WORKS_EXPOSED, NULL, "It works", "“GatewayPorts yes”");
  ASSERT_SAYS ("8080:db:80", RUNNING, NULL, "Testing…");
}

static void
test_does_not (void)
{
  ASSERT_SAYS ("8080:db:80", UNTOLD,
               g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED, "no"),
               "can’t be tested", "“AllowTcpForwarding yes”", "“PermitOpen 192.0.2.1:8080”");
  ASSERT_SAYS ("8080:db:80", FAILED,
               g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED, "no"),
               "bastion", "192.0.2.1:8080");
  ASSERT_SAYS ("8080:db:80", FAILED,
               g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_OTHER, "no"),
               "192.0.2.1:8080 does not lead here");
  ASSERT_SAYS (
    "8080:db:80", FAILED,
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_TIMED_OUT, "no"),
    "192.0.2.1:8080", "nothing came back in time");
  ASSERT_SAYS (
    "*:8080:db:80", FAILED,
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY, "no"),
    "192.0.2.1:8080 refuses", "“GatewayPorts clientspecified”");
  ASSERT_SAYS (
    "8080:db:80", FAILED,
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_REFUSED, "no"),
    "This computer can’t reach db:80");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/words/test-words/works", test_works);
  g_test_add_func ("/words/test-words/does-not", test_does_not);

  return g_test_run ();
}
