/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/check-fixture.h"
#include "engine/check-thread.h"

#include <string.h>

/* A check that is cancelled in each of its stages: it is over at once, and its thread soon after, which
 * the fixture sees to. */

static void
cancel_in (CheckFixture *self, CulvertStageKind kind)
{
  const CulvertCheckStageFields *fields;

  check_fixture_start (self, NULL);
  culvert_test_wait_until ((fields = check_fixture_find (self, 0, kind)) != NULL &&
                             fields->state == CULVERT_STAGE_RUNNING,
                           PATIENCE_MS);
  culvert_check_cancel (self->check);
  g_assert_cmpint (culvert_check_get_state (self->check), ==, CULVERT_CHECK_CANCELLED);
  g_assert_null (culvert_check_get_failure (self->check));
  check_fixture_assert_stage (self, 0, kind, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_CANCELLED);
  culvert_test_wait_until (culvert_check_thread_count () == 0, PATIENCE_MS);
  /* Nothing came after it. */
  check_fixture_assert_stage (self, 0, kind, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_CANCELLED);
}

static void
expect_unanswered (CheckFixture *self, CulvertPromptKind kind)
{
  culvert_scripted_prompter_add (
    self->prompter, &(CulvertScriptLine){ .kind = kind, .decision = CULVERT_DECISION_NONE });
}

/* While it is looked up, or at once after. */
static void
test_at_once (CheckFixture *self, gconstpointer data)
{
  check_fixture_set_address (self, "localhost", culvert_sshd_get_port (self->sshd));
  check_fixture_start (self, NULL);
  culvert_check_cancel (self->check);
  g_assert_cmpint (culvert_check_get_state (self->check), ==, CULVERT_CHECK_CANCELLED);
  culvert_check_cancel (self->check);
  /* And from there on as ever. */
  culvert_check_start (self->check);
  check_fixture_wait (self, CULVERT_CHECK_PASSED);
}

static void
test_connect (CheckFixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) deaf =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });

  check_fixture_set_address (self, "127.0.0.1", culvert_target_get_port (deaf));
  cancel_in (self, CULVERT_STAGE_CONNECT);
}

static void
test_banner (CheckFixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) mute =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS });

  check_fixture_set_address (self, "127.0.0.1", culvert_target_get_port (mute));
  cancel_in (self, CULVERT_STAGE_BANNER);
}

static void
test_key_exchange (CheckFixture *self, gconstpointer data)
{
  g_autoptr (GBytes)        says = g_bytes_new_static ("SSH-2.0-Odd_1\r\n", 15);
  g_autoptr (CulvertTarget) odd =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS, .says = says });

  check_fixture_set_address (self, "127.0.0.1", culvert_target_get_port (odd));
  cancel_in (self, CULVERT_STAGE_KEY_EXCHANGE);
}

static void
test_host_key (CheckFixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (self->known_hosts, "", -1, NULL));
  expect_unanswered (self, CULVERT_PROMPT_HOST_KEY);
  check_fixture_start (self, NULL);
  culvert_test_wait_until (culvert_scripted_prompter_get_n_shown (self->prompter) == 1,
                           PATIENCE_MS);
  culvert_check_cancel (self->check);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_HOST_KEY, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_CANCELLED);
  culvert_test_wait_until (culvert_scripted_prompter_get_n_withdrawn (self->prompter) == 1,
                           PATIENCE_MS);
  text = culvert_test_read_text (self->known_hosts);
  g_assert_cmpstr (text, ==, "");
}

/* @data: "passwords"; the questions make the session's own thread wait */
static void
test_sign_in (CheckFixture *self, gconstpointer data)
{
  gboolean          by_password = data != NULL && g_str_equal (data, "passwords");
  CulvertAuthMethod method = by_password ? CULVERT_AUTH_PASSWORD : CULVERT_AUTH_INTERACTIVE;

  g_array_set_size (self->profile->methods, 0);
  g_array_append_val (self->profile->methods, method);
  expect_unanswered (self, by_password ? CULVERT_PROMPT_PASSWORD : CULVERT_PROMPT_QUESTIONS);
  check_fixture_start (self, NULL);
  culvert_test_wait_until (culvert_scripted_prompter_get_n_shown (self->prompter) == 1,
                           PATIENCE_MS);
  culvert_check_cancel (self->check);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_CANCELLED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN_STEP, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_CANCELLED);
  culvert_test_wait_until (culvert_scripted_prompter_get_n_withdrawn (self->prompter) == 1,
                           PATIENCE_MS);
}

/* @data: (nullable): the forward's kind is remote */
static void
cancel_at_target (CheckFixture *self, CulvertForwardKind kind)
{
  g_autoptr (CulvertTarget) deaf =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });
  g_autofree char *argument = g_strdup_printf ("0:127.0.0.1:%u", culvert_target_get_port (deaf));

  check_fixture_add_forward (self, "deaf", kind, argument);
  cancel_in (self, CULVERT_STAGE_TARGET);
  culvert_target_relent (deaf);
}

static void
test_target (CheckFixture *self, gconstpointer data)
{
  cancel_at_target (self, CULVERT_FORWARD_LOCAL);
}

static void
test_target_here (CheckFixture *self, gconstpointer data)
{
  cancel_at_target (self, CULVERT_FORWARD_REMOTE);
}

/* The jump host's link is this check's alone, and goes with it. */
static void
test_hop (CheckFixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) mute =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS });

  g_strfreev (self->profile->hops);
  self->profile->hops = g_new0 (char *, 2);
  self->profile->hops[0] = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (mute));
  cancel_in (self, CULVERT_STAGE_BANNER);
}

/* Whoever drops a check that runs cancels it. */
static void
test_dropped (CheckFixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->known_hosts, "", -1, NULL));
  expect_unanswered (self, CULVERT_PROMPT_HOST_KEY);
  check_fixture_start (self, NULL);
  culvert_test_wait_until (culvert_scripted_prompter_get_n_shown (self->prompter) == 1,
                           PATIENCE_MS);
}

/* The server freezes: the goodbye is not waited for. */
static void
test_frozen (CheckFixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) deaf =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });
  g_autofree char *argument = g_strdup_printf ("0:127.0.0.1:%u", culvert_target_get_port (deaf));

  check_fixture_add_forward (self, "deaf", CULVERT_FORWARD_REMOTE, argument);
  check_fixture_start (self, NULL);
  culvert_test_wait_until (check_fixture_find (self, 0, CULVERT_STAGE_TARGET)->state ==
                             CULVERT_STAGE_RUNNING,
                           PATIENCE_MS);
  culvert_sshd_freeze (self->sshd);
  culvert_check_cancel (self->check);
  culvert_test_wait_until (culvert_check_thread_count () == 0, PATIENCE_MS);
  culvert_sshd_thaw (self->sshd);
  culvert_target_relent (deaf);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");

#define ADD(name, config, function)                                                                \
  g_test_add ("/engine/check-cancel/" name, CheckFixture, config, check_fixture_set_up, function,  \
              check_fixture_tear_down)
  ADD ("at-once", NULL, test_at_once);
  ADD ("connect", NULL, test_connect);
  ADD ("banner", NULL, test_banner);
  ADD ("key-exchange", NULL, test_key_exchange);
  ADD ("host-key", NULL, test_host_key);
  ADD ("password", "passwords", test_sign_in);
  ADD ("questions", NULL, test_sign_in);
  ADD ("target", NULL, test_target);
  ADD ("target-here", NULL, test_target_here);
  ADD ("hop", NULL, test_hop);
  ADD ("dropped", NULL, test_dropped);
  ADD ("frozen", NULL, test_frozen);
#undef ADD

  return g_test_run ();
}
