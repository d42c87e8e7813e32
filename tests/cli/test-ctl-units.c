/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "cli/prompt-text.h"
#include "core/errors.h"

#include <string.h>

/* The pure parts of culvertctl. */

static void
test_decide (void)
{
  static const struct
  {
    const char     *answer;
    CulvertDecision decision;
  } rows[] = {
    { "yes", CULVERT_DECISION_SAVE },       { " YES ", CULVERT_DECISION_SAVE },
    { "once", CULVERT_DECISION_ONCE },      { "no", CULVERT_DECISION_REFUSE },
    { "", CULVERT_DECISION_REFUSE },        { "   ", CULVERT_DECISION_REFUSE },
    { "SHA256:ab", CULVERT_DECISION_SAVE }, { "SHA256:AB", CULVERT_DECISION_NONE },
    { "SHA256:a", CULVERT_DECISION_NONE },  { "SHA256:abc", CULVERT_DECISION_NONE },
    { "y", CULVERT_DECISION_NONE },         { "yes!", CULVERT_DECISION_NONE },
    { "on", CULVERT_DECISION_NONE },        { "sure", CULVERT_DECISION_NONE },
  };
  const CulvertHostKeyInfo key = { .fingerprint = (char *)"SHA256:ab" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].answer);
      g_assert_cmpint (culvert_prompt_text_decide (&key, rows[i].answer), ==, rows[i].decision);
    }
}

static void
test_questions (void)
{
  static const CulvertPromptField asked[] = {
    { (char *)"Pet? ", FALSE },
    { (char *)"Code: ", TRUE },
    { (char *)"culvertctl: all is well\nPassword: ", TRUE },
  };
  const CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_QUESTIONS,
    .user = "alice",
    .host = "bastion",
    .port = 22,
    .title = "Two factors",
    .instruction = "",
    .fields = asked,
    .n_fields = 3,
  };
  gboolean         is_hidden = TRUE;
  g_autofree char *intro = culvert_prompt_text_intro (&fields);
  g_autofree char *first = culvert_prompt_text_question (&fields, 0, &is_hidden);

  g_assert_cmpstr (intro, ==, "| Two factors\n");
  g_assert_cmpstr (first, ==, "(alice@bastion) Pet? ");
  g_assert_false (is_hidden);
  {
    g_autofree char *second = culvert_prompt_text_question (&fields, 1, &is_hidden);
    g_autofree char *lines = culvert_prompt_text_question (&fields, 2, &is_hidden);
    g_autofree char *beyond = culvert_prompt_text_question (&fields, 3, &is_hidden);

    g_assert_cmpstr (second, ==, "(alice@bastion) Code: ");
    g_assert_true (is_hidden);
    /* No line of a server's passes for one of ours. */
    g_assert_cmpstr (lines, ==, "| culvertctl: all is well\n(alice@bastion) Password: ");
    g_assert_cmpstr (beyond, ==, "");
  }
}

/* Each kind hides what must not be seen and says who asks. */
static void
test_kinds (void)
{
  const CulvertHostKeyInfo key = {
    .host = (char *)"bastion",
    .port = 2222,
    .type_name = (char *)"ssh-ed25519",
    .fingerprint = (char *)"SHA256:new",
    .random_art = (char *)"",
    .other_known = (char *)"SHA256:other",
  };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_PASSWORD, .user = "alice", .host = "bastion", .port = 22, .attempt = 1
  };
  gboolean         is_hidden = FALSE;
  g_autofree char *password = culvert_prompt_text_question (&fields, 0, &is_hidden);
  g_autofree char *again = culvert_prompt_text_intro (&fields);
  g_autofree char *intro = NULL;
  g_autofree char *passphrase = NULL;
  g_autofree char *repeat = NULL;
  g_autofree char *trust = NULL;

  g_assert_true (is_hidden);
  g_assert_cmpstr (password, ==, "Password of alice@bastion: ");
  g_assert_nonnull (strstr (again, "once more"));

  fields.kind = CULVERT_PROMPT_PASSPHRASE;
  fields.key_file = "/k";
  is_hidden = FALSE;
  passphrase = culvert_prompt_text_question (&fields, 0, &is_hidden);
  g_assert_true (is_hidden);
  g_assert_cmpstr (passphrase, ==, "Passphrase of the key /k: ");

  fields.kind = CULVERT_PROMPT_NEW_PASSWORD;
  is_hidden = FALSE;
  repeat = culvert_prompt_text_question (&fields, 1, &is_hidden);
  g_assert_true (is_hidden);
  g_assert_nonnull (strstr (repeat, "once more"));

  fields.kind = CULVERT_PROMPT_HOST_KEY;
  fields.host_key = &key;
  fields.attempt = 0;
  trust = culvert_prompt_text_question (&fields, 0, &is_hidden);
  intro = culvert_prompt_text_intro (&fields);
  g_assert_false (is_hidden);
  g_assert_nonnull (strstr (intro, "[bastion]:2222"));
  g_assert_nonnull (strstr (intro, "SHA256:new"));
  g_assert_nonnull (strstr (intro, "SHA256:other"));
  g_assert_nonnull (strstr (trust, "yes, once, no"));
}

/* Every way to fail has its number: only what is no tunnel's fault ends with 1. */
static void
test_exit (void)
{
  static const struct
  {
    int         code;
    CulvertExit expected;
    CulvertExit after_up;
  } rows[] = {
    { CULVERT_SSH_ERROR_NAME_UNKNOWN, CULVERT_EXIT_UNREACHABLE, CULVERT_EXIT_LOST },
    { CULVERT_SSH_ERROR_NO_COMMON_MAC, CULVERT_EXIT_UNREACHABLE, CULVERT_EXIT_LOST },
    { CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN, CULVERT_EXIT_HOST_KEY, CULVERT_EXIT_HOST_KEY },
    { CULVERT_SSH_ERROR_HOST_KEY_STORE, CULVERT_EXIT_HOST_KEY, CULVERT_EXIT_HOST_KEY },
    { CULVERT_SSH_ERROR_TURNED_AWAY, CULVERT_EXIT_UNREACHABLE, CULVERT_EXIT_LOST },
    { CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED, CULVERT_EXIT_HOST_KEY, CULVERT_EXIT_HOST_KEY },
    { CULVERT_SSH_ERROR_AUTH_UNANSWERED, CULVERT_EXIT_SIGN_IN, CULVERT_EXIT_SIGN_IN },
    { CULVERT_SSH_ERROR_AUTH_CLOSED, CULVERT_EXIT_SIGN_IN, CULVERT_EXIT_SIGN_IN },
    { CULVERT_SSH_ERROR_AUTH_TIMED_OUT, CULVERT_EXIT_SIGN_IN, CULVERT_EXIT_SIGN_IN },
    { CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE, CULVERT_EXIT_HOST_KEY, CULVERT_EXIT_HOST_KEY },
    { CULVERT_SSH_ERROR_AUTH_REFUSED, CULVERT_EXIT_SIGN_IN, CULVERT_EXIT_SIGN_IN },
    { CULVERT_SSH_ERROR_KEY_PERMISSIONS, CULVERT_EXIT_SIGN_IN, CULVERT_EXIT_SIGN_IN },
    { CULVERT_SSH_ERROR_AGENT_TIMED_OUT, CULVERT_EXIT_SIGN_IN, CULVERT_EXIT_SIGN_IN },
    { CULVERT_SSH_ERROR_CLOSED, CULVERT_EXIT_UNREACHABLE, CULVERT_EXIT_LOST },
    { CULVERT_SSH_ERROR_LOST, CULVERT_EXIT_UNREACHABLE, CULVERT_EXIT_LOST },
    { CULVERT_SSH_ERROR_OPEN_PROHIBITED, CULVERT_EXIT_FORWARD, CULVERT_EXIT_FORWARD },
    { CULVERT_SSH_ERROR_OPEN_TIMED_OUT, CULVERT_EXIT_FORWARD, CULVERT_EXIT_FORWARD },
  };
  g_autoptr (GError) forward =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "");
  g_autoptr (GError) command =
    g_error_new_literal (CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND, "");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, rows[i].code, "");

      g_assert_cmpint (culvert_exit_from_error (error, FALSE), ==, rows[i].expected);
      g_assert_cmpint (culvert_exit_from_error (error, TRUE), ==, rows[i].after_up);
    }
  g_assert_cmpint (culvert_exit_from_error (forward, FALSE), ==, CULVERT_EXIT_FORWARD);
  g_assert_cmpint (culvert_exit_from_error (command, FALSE), ==, CULVERT_EXIT_USAGE);
  g_assert_cmpint (culvert_exit_from_error (other, TRUE), ==, CULVERT_EXIT_TROUBLE);
  g_assert_cmpint (culvert_exit_from_error (NULL, TRUE), ==, CULVERT_EXIT_DONE);
}

static void
test_arguments (void)
{
  char    *argv[] = { (char *)"one",    (char *)"--flag", (char *)"two", (char *)"--", (char *)"-p",
                      (char *)"--flag", (char *)"--",     (char *)"x",   NULL };
  char    *plain[] = { (char *)"--help", NULL };
  char    *wrong[] = { (char *)"--what", NULL };
  gboolean flag = FALSE;
  const GOptionEntry entries[] = {
    { "flag", 0, 0, G_OPTION_ARG_NONE, &flag, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  const char *const            words[] = { "one", "two", NULL };
  const char *const            after[] = { "-p", "--flag", "--", "x", NULL };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) split = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertArguments) help = culvert_arguments_parse (plain, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (flag);
  g_assert_true (g_strv_equal ((const char *const *)split->words, words));
  g_assert_true (g_strv_equal ((const char *const *)split->after, after));
  g_assert_false (split->with_help);
  g_assert_true (help->with_help);
  g_assert_null (help->words[0]);
  g_assert_null (help->after);
  g_assert_null (culvert_arguments_parse (wrong, entries, &error));
  g_assert_nonnull (error);
}

static void
test_profile_text (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  static const struct
  {
    CulvertForwardKind kind;
    const char        *argument;
    const char        *text;
  } rows[] = {
    { CULVERT_FORWARD_LOCAL, "5433:db:5432", "localhost:5433 -> db:5432" },
    { CULVERT_FORWARD_LOCAL, "[::1]:80:[2001:db8::1]:81", "[::1]:80 -> [2001:db8::1]:81" },
    { CULVERT_FORWARD_LOCAL, "/run/a:/run/b", "/run/a -> /run/b" },
    { CULVERT_FORWARD_REMOTE, "8080:localhost:80", "server localhost:8080 -> localhost:80" },
    { CULVERT_FORWARD_DYNAMIC, "1080", "localhost:1080 proxy" },
    { CULVERT_FORWARD_REMOTE, "*:1080", "server *:1080 proxy" },
  };
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char    *none = culvert_profile_text_forwards (profile);
  g_autofree char    *joined = NULL;

  g_assert_cmpstr (none, ==, "-");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)             error = NULL;
      g_autoptr (CulvertForwardSpec) spec =
        culvert_forward_spec_parse (rows[i].kind, rows[i].argument, &error);
      g_autoptr (CulvertForwardSpec) off = NULL;
      g_autofree char               *text = NULL;

      g_assert_no_error (error);
      text = culvert_profile_text_forward (spec, NULL);
      g_assert_cmpstr (text, ==, rows[i].text);
      off = culvert_forward_spec_with_enabled (spec, i % 2 == 0);
      culvert_profile_put_forward (profile, off);
      g_string_append_printf (all, "%s%s%s%s", i > 0 ? ", " : "", i % 2 == 0 ? "" : "(",
                              rows[i].text, i % 2 == 0 ? "" : ")");
    }
  joined = culvert_profile_text_forwards (profile);
  g_assert_cmpstr (joined, ==, all->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/units/decide", test_decide);
  g_test_add_func ("/cli/units/questions", test_questions);
  g_test_add_func ("/cli/units/kinds", test_kinds);
  g_test_add_func ("/cli/units/exit", test_exit);
  g_test_add_func ("/cli/units/arguments", test_arguments);
  g_test_add_func ("/cli/units/profile-text", test_profile_text);

  return g_test_run ();
}
