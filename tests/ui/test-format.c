/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/format.h"

#include "core/errors.h"
#include "core/ssh-command.h"

#define NOW_US (100 * G_USEC_PER_SEC)

static CulvertProfile *
make_profile (void)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile =
    culvert_ssh_command_parse_line ("ssh -L 5433:db:5432 alice@bastion.example.com", &error);

  g_assert_no_error (error);
  return profile;
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_six_shapes (void)
{
  static const CulvertTunnelState different[] = {
    CULVERT_TUNNEL_STOPPED, CULVERT_TUNNEL_CONNECTING, CULVERT_TUNNEL_UP,
    CULVERT_TUNNEL_WAITING, CULVERT_TUNNEL_NEEDS_YOU,  CULVERT_TUNNEL_FAILED,
  };
  g_autoptr (GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) classes = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    {
      g_hash_table_add (icons, (char *)culvert_format_state_icon (different[i]));
      g_hash_table_add (classes, (char *)culvert_format_state_class (different[i]));
    }
  g_assert_cmpuint (g_hash_table_size (icons), ==, 6);
  g_assert_cmpuint (g_hash_table_size (classes), ==, 6);

  /* On its way, up or down. */
  g_assert_cmpstr (culvert_format_state_icon (CULVERT_TUNNEL_SIGNING_IN), ==,
                   culvert_format_state_icon (CULVERT_TUNNEL_CONNECTING));
  g_assert_cmpstr (culvert_format_state_icon (CULVERT_TUNNEL_STOPPING), ==,
                   culvert_format_state_icon (CULVERT_TUNNEL_CONNECTING));
}

static void
test_kinds_have_arrows_of_their_own (void)
{
  g_autoptr (GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);

  for (CulvertForwardKind k = CULVERT_FORWARD_LOCAL; k <= CULVERT_FORWARD_REVERSE_DYNAMIC; k++)
    g_hash_table_add (icons, (char *)culvert_format_kind_icon (k));
  g_assert_cmpuint (g_hash_table_size (icons), ==, 4);
}

/* Every code that a tunnel or a listener may carry has its own words. */
static void
test_every_error_has_a_reason (void)
{
  g_autoptr (GHashTable) reasons = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = CULVERT_SSH_ERROR_NAME_UNKNOWN; code <= CULVERT_SSH_ERROR_LISTEN_HELD; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, code, "x");

      g_assert_cmpstr (culvert_format_reason (error), !=, "error");
      g_assert_true (g_hash_table_add (reasons, (char *)culvert_format_reason (error)));
    }
  for (int code = CULVERT_FORWARD_ERROR_PORT_IN_USE; code <= CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT;
       code++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_FORWARD_ERROR, code, "x");

      g_assert_cmpstr (culvert_format_reason (error), !=, "error");
      g_assert_true (g_hash_table_add (reasons, (char *)culvert_format_reason (error)));
    }
}

static void
test_unknown_errors_are_bounded (void)
{
  g_autoptr (GError) beyond = g_error_new_literal (CULVERT_SSH_ERROR, 9999, "x");
  g_autoptr (GError) below = g_error_new_literal (CULVERT_SSH_ERROR, -1, "x");
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  g_assert_cmpstr (culvert_format_reason (beyond), ==, "error");
  g_assert_cmpstr (culvert_format_reason (below), ==, "error");
  g_assert_cmpstr (culvert_format_reason (foreign), ==, "error");
  g_assert_cmpstr (culvert_format_reason (NULL), ==, "error");
}

static void
test_now_in_every_state (void)
{
  g_autoptr (CulvertProfile) profile = make_profile ();
  g_autoptr (GError)         error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_REFUSED, "x");
  CulvertNow now = { .profile = profile, .error = error, .now_us = NOW_US };

  now.state = CULVERT_TUNNEL_STOPPED;
  assert_text (culvert_format_now (&now), "alice@bastion.example.com");
  now.state = CULVERT_TUNNEL_CONNECTING;
  assert_text (culvert_format_now (&now), "Connecting to bastion.example.com");
  now.state = CULVERT_TUNNEL_SIGNING_IN;
  assert_text (culvert_format_now (&now), "Signing in as alice");
  now.state = CULVERT_TUNNEL_UP;
  assert_text (culvert_format_now (&now), "Connected, idle");
  now.received_rate = 1.2e6;
  now.sent_rate = 40e3;
  assert_text (culvert_format_now (&now), "↓ 1.2 MB/s  ↑ 40 kB/s");
  now.n_failed = 1;
  assert_text (culvert_format_now (&now), "1 forward does not listen");
  now.n_failed = 2;
  assert_text (culvert_format_now (&now), "2 forwards do not listen");
  now.state = CULVERT_TUNNEL_STOPPING;
  assert_text (culvert_format_now (&now), "Stopping");
  now.state = CULVERT_TUNNEL_IDLE;
  assert_text (culvert_format_now (&now), "Waiting for a program to use it");
  now.state = CULVERT_TUNNEL_FAILED;
  assert_text (culvert_format_now (&now), "Failed: sign-in refused");
}

static void
test_countdown (void)
{
  static const struct
  {
    gint64      left_us;
    const char *text;
  } rows[] = {
    { 8 * G_USEC_PER_SEC, "Waiting 8 s: no route" },
    { 7 * G_USEC_PER_SEC + 1, "Waiting 8 s: no route" },
    { 1, "Waiting 1 s: no route" },
    { 0, "Waiting: no route" },
    { -5 * G_USEC_PER_SEC, "Waiting: no route" },
  };
  g_autoptr (CulvertProfile) profile = make_profile ();
  g_autoptr (GError)         error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE, "x");
  CulvertNow now = {
    .state = CULVERT_TUNNEL_WAITING,
    .profile = profile,
    .error = error,
    .now_us = NOW_US,
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      now.retry_at_us = NOW_US + rows[i].left_us;
      assert_text (culvert_format_now (&now), rows[i].text);
    }
}

static void
test_needs_you_says_for_what (void)
{
  static const struct
  {
    CulvertPromptKind kind;
    const char       *text;
  } rows[] = {
    { CULVERT_PROMPT_PASSWORD, "Needs you: password" },
    { CULVERT_PROMPT_PASSPHRASE, "Needs you: passphrase" },
    { CULVERT_PROMPT_QUESTIONS, "Needs you: code" },
    { CULVERT_PROMPT_NEW_PASSWORD, "Needs you: a new password" },
    { CULVERT_PROMPT_HOST_KEY, "Needs you: check the host key" },
  };
  g_autoptr (CulvertProfile) profile = make_profile ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CulvertPromptFields       fields = { .kind = rows[i].kind, .host = "bastion", .port = 22 };
      g_autoptr (CulvertPrompt) prompt = culvert_prompt_new (&fields);
      CulvertNow                now = {
                       .state = CULVERT_TUNNEL_NEEDS_YOU,
                       .profile = profile,
                       .prompt = prompt,
      };

      assert_text (culvert_format_now (&now), rows[i].text);
    }
}

static void
test_headline (void)
{
  g_autoptr (CulvertProfile) profile = make_profile ();
  g_autoptr (CulvertPrompt)  prompt = culvert_prompt_new (&(CulvertPromptFields){
     .kind = CULVERT_PROMPT_PASSWORD,
     .asked_by = CULVERT_ASKED_BY_HOP,
     .host = "gate",
     .fields = &(CulvertPromptField){ (char *)"", TRUE },
     .n_fields = 1,
  });
  CulvertNow                 now = { .profile = profile, .now_us = NOW_US };

  now.state = CULVERT_TUNNEL_UP;
  assert_text (culvert_format_headline (&now), "Connected to bastion.example.com as alice");
  now.state = CULVERT_TUNNEL_WAITING;
  now.retry_at_us = NOW_US + 90 * G_USEC_PER_SEC;
  assert_text (culvert_format_headline (&now), "Trying bastion.example.com again in 1 min 30 s");
  now.state = CULVERT_TUNNEL_STOPPED;
  assert_text (culvert_format_headline (&now), "Off. Connects to bastion.example.com as alice");
  now.state = CULVERT_TUNNEL_NEEDS_YOU;
  assert_text (culvert_format_headline (&now), "bastion.example.com waits for your answer");
  now.prompt = prompt;
  assert_text (culvert_format_headline (&now), "gate waits for your answer");
}

static void
test_long_names_lose_their_middle (void)
{
  assert_text (culvert_format_ellipsized ("short", 5), "short");
  assert_text (culvert_format_ellipsized ("longer", 5), "lo…er");
  assert_text (culvert_format_ellipsized ("äöüßéñ", 5), "äö…éñ");
  assert_text (culvert_format_ellipsized ("", 5), "");
}

static void
test_numbers_of_a_forward_stay (void)
{
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_parse (
    CULVERT_FORWARD_LOCAL, "15432:a-very-long-database-host-name-indeed.internal.example:65432",
    &error);

  g_assert_no_error (error);
  assert_text (culvert_format_forward (spec),
               "localhost:15432 → a-very-long-dat…internal.example:65432");
}

static void
test_form_is_offered_where_it_helps (void)
{
  static const struct
  {
    int      code;
    gboolean is_editable;
  } rows[] = {
    { CULVERT_SSH_ERROR_NAME_UNKNOWN, TRUE },      { CULVERT_SSH_ERROR_AUTH_REFUSED, TRUE },
    { CULVERT_SSH_ERROR_KEY_NOT_FOUND, TRUE },     { CULVERT_SSH_ERROR_LOST, FALSE },
    { CULVERT_SSH_ERROR_HOST_KEY_CHANGED, FALSE }, { CULVERT_SSH_ERROR_UNREACHABLE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, rows[i].code, "x");

      g_assert_cmpint (culvert_format_error_is_editable (error), ==, rows[i].is_editable);
    }
  g_assert_false (culvert_format_error_is_editable (NULL));
}

static void
test_held (void)
{
  g_autofree char *one = culvert_format_held (1);
  g_autofree char *several = culvert_format_held (3);

  g_assert_cmpstr (one, ==, "1 client waits for the connection");
  g_assert_cmpstr (several, ==, "3 clients wait for the connection");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/format/six-shapes", test_six_shapes);
  g_test_add_func ("/ui/format/kinds-have-arrows-of-their-own",
                   test_kinds_have_arrows_of_their_own);
  g_test_add_func ("/ui/format/every-error-has-a-reason", test_every_error_has_a_reason);
  g_test_add_func ("/ui/format/unknown-errors-are-bounded", test_unknown_errors_are_bounded);
  g_test_add_func ("/ui/format/now-in-every-state", test_now_in_every_state);
  g_test_add_func ("/ui/format/countdown", test_countdown);
  g_test_add_func ("/ui/format/needs-you-says-for-what", test_needs_you_says_for_what);
  g_test_add_func ("/ui/format/headline", test_headline);
  g_test_add_func ("/ui/format/long-names-lose-their-middle", test_long_names_lose_their_middle);
  g_test_add_func ("/ui/format/numbers-of-a-forward-stay", test_numbers_of_a_forward_stay);
  g_test_add_func ("/ui/format/form-is-offered-where-it-helps",
                   test_form_is_offered_where_it_helps);
  g_test_add_func ("/ui/format/held", test_held);
  return g_test_run ();
}
