/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/check-fixture.h"
#include "engine/tunnel.h"
#include "support/loopback.h"
#include "words/check-words.h"

#include <string.h>

/* The staged check against a real server, well and in every way that it can fail. */

static void
test_well (CheckFixture *self, gconstpointer data)
{
  g_autofree char *back = g_strdup_printf ("0:127.0.0.1:%u", culvert_target_get_port (self->echo));
  g_autofree char *before = culvert_test_read_text (self->known_hosts);
  g_autofree char *after = NULL;
  g_autofree char *report = NULL;

  check_fixture_add_echo (self);
  check_fixture_add_forward (self, "proxy", CULVERT_FORWARD_DYNAMIC, "0");
  check_fixture_add_forward (self, "back", CULVERT_FORWARD_REMOTE, back);
  check_fixture_run (self, CULVERT_CHECK_PASSED);

#define PASSED(kind, note)                                                                         \
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_##kind, CULVERT_STAGE_PASSED,                 \
                              CULVERT_NOTE_##note)
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_NAME, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_ADDRESS);
  PASSED (CONNECT, NONE);
  PASSED (BANNER, NONE);
  PASSED (KEY_EXCHANGE, NONE);
  PASSED (HOST_KEY, KNOWN);
  PASSED (SIGN_IN, NONE);
  PASSED (SIGN_IN_STEP, NONE);
  PASSED (LISTEN, NONE);
  PASSED (PERMISSION, NONE);
  PASSED (TARGET, NONE);
  PASSED (SELF_TEST, NONE);
#undef PASSED
  g_assert_nonnull (strstr (check_fixture_find (self, 0, CULVERT_STAGE_BANNER)->detail, "OpenSSH"));
  g_assert_nonnull (
    strstr (check_fixture_find (self, 0, CULVERT_STAGE_HOST_KEY)->detail, "SHA256:"));
  g_assert_nonnull (strstr (check_fixture_find (self, 0, CULVERT_STAGE_SIGN_IN_STEP)->subject,
                            self->profile->key_files[0]));
  g_assert_cmpint (check_fixture_find (self, 0, CULVERT_STAGE_SELF_TEST)->test, ==,
                   CULVERT_TEST_WORKS);
  /* It left nothing open, and nothing behind. */
  culvert_test_wait_until (culvert_target_get_n_open (self->echo) == 0, PATIENCE_MS);
  g_assert_cmpuint (culvert_target_get_n_received (self->echo), ==, 0);
  after = culvert_test_read_text (self->known_hosts);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_stores (self->secrets), ==, 0);
  report = check_fixture_dup_report (self);
  g_assert_nonnull (strstr (report, "[Passed]"));
  g_assert_nonnull (strstr (report, "It works"));

  /* Again, from the first stage. */
  culvert_check_start (self->check);
  g_assert_cmpint (check_fixture_find (self, 0, CULVERT_STAGE_SIGN_IN)->state, ==,
                   CULVERT_STAGE_PENDING);
  check_fixture_wait (self, CULVERT_CHECK_PASSED);
}

static void
test_name (CheckFixture *self, gconstpointer data)
{
  check_fixture_add_echo (self);
  check_fixture_set_address (self, "no-such-host.invalid", 22);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (
    self, CULVERT_STAGE_NAME,
    culvert_check_stage_get_fields (culvert_check_get_failure (self->check))->error->code);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_CONNECT, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_TARGET, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
}

static void
test_refused (CheckFixture *self, gconstpointer data)
{
  g_autofree char *report = NULL;

  check_fixture_set_address (self, "localhost", culvert_test_free_port ());
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_CONNECT, CULVERT_SSH_ERROR_REFUSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_NAME, CULVERT_STAGE_PASSED, CULVERT_NOTE_NONE);
  /* What to do about it is there. */
  report = check_fixture_dup_report (self);
  g_assert_nonnull (strstr (report, "[Failed]"));
}

static void
test_not_ssh (CheckFixture *self, gconstpointer data)
{
  g_autoptr (GBytes)        says = g_bytes_new_static ("220 mail.example ESMTP\r\n", 24);
  g_autoptr (CulvertTarget) mail =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS, .says = says });

  check_fixture_set_address (self, "127.0.0.1", culvert_target_get_port (mail));
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_BANNER, CULVERT_SSH_ERROR_NOT_SSH);
}

static void
test_key_exchange (CheckFixture *self, gconstpointer data)
{
  g_autoptr (GBytes)        says = g_bytes_new_static ("SSH-2.0-Odd_1\r\n", 15);
  g_autoptr (CulvertTarget) odd = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS, .says = says, .closes = TRUE });

  check_fixture_set_address (self, "127.0.0.1", culvert_target_get_port (odd));
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_BANNER, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  g_assert_cmpint (check_fixture_find (self, 0, CULVERT_STAGE_KEY_EXCHANGE)->state, ==,
                   CULVERT_STAGE_FAILED);
}

/* Refused, never asked about, and nobody signs in. */
static void
test_changed_key (CheckFixture *self, gconstpointer data)
{
  culvert_sshd_replace_host_keys (self->sshd);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_HOST_KEY, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_shown (self->prompter), ==, 0);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshd, "userauth-request"), ==, 0);
}

/* Asked as at a start; kept only when the person says so. */
static void
test_unknown_key (CheckFixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (self->known_hosts, "", -1, NULL));
  culvert_scripted_prompter_add (
    self->prompter,
    &(CulvertScriptLine){ .kind = CULVERT_PROMPT_HOST_KEY, .decision = CULVERT_DECISION_ONCE });
  check_fixture_run (self, CULVERT_CHECK_PASSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_HOST_KEY, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_ONCE);
  text = culvert_test_read_text (self->known_hosts);
  g_assert_cmpstr (text, ==, "");

  /* What was trusted for one check is not for the next. */
  culvert_scripted_prompter_add (
    self->prompter,
    &(CulvertScriptLine){ .kind = CULVERT_PROMPT_HOST_KEY, .decision = CULVERT_DECISION_REFUSE });
  culvert_check_start (self->check);
  check_fixture_wait (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_HOST_KEY, CULVERT_SSH_ERROR_HOST_KEY_REFUSED);
}

static void
test_strict (CheckFixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->known_hosts, "", -1, NULL));
  self->profile->host_key_policy = CULVERT_HOST_KEY_STRICT;
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_HOST_KEY, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN);
}

static void
test_sign_in_refused (CheckFixture *self, gconstpointer data)
{
  g_autofree char *key = culvert_temp_dir_build (self->dir, "stranger");

  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  g_free (self->profile->key_files[0]);
  self->profile->key_files[0] = g_strdup (key);
  check_fixture_add_echo (self);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_SIGN_IN, CULVERT_SSH_ERROR_AUTH_REFUSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN_STEP, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_REFUSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_LISTEN, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
}

/* A way that cannot be tried says why; the next one does. */
static void
test_key_trouble (CheckFixture *self, gconstpointer data)
{
  CulvertAuthMethod              method = CULVERT_AUTH_PASSWORD;
  const CulvertCheckStageFields *fields;

  g_free (self->profile->key_files[0]);
  self->profile->key_files[0] = culvert_temp_dir_build (self->dir, "nowhere");
  g_array_append_val (self->profile->methods, method);
  culvert_scripted_prompter_add (self->prompter, &(CulvertScriptLine){
                                                   .kind = CULVERT_PROMPT_PASSWORD,
                                                   .decision = CULVERT_DECISION_ONCE,
                                                   .answers = { CULVERT_SSHD_PASSWORD, NULL },
                                                 });
  check_fixture_run (self, CULVERT_CHECK_PASSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN_STEP, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_TROUBLE);
  fields = check_fixture_find (self, 0, CULVERT_STAGE_SIGN_IN_STEP);
  g_assert_error ((GError *)fields->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_NOT_FOUND);
  g_assert_nonnull (strstr (fields->subject, "nowhere"));
}

/* The answer is wanted remembered, as at a start, and is in no report. */
static void
test_password (CheckFixture *self, gconstpointer data)
{
  culvert_scripted_prompter_add (self->prompter, &(CulvertScriptLine){
                                                   .kind = CULVERT_PROMPT_PASSWORD,
                                                   .decision = CULVERT_DECISION_ONCE,
                                                   .answers = { "not-the-secret", NULL },
                                                 });
  culvert_scripted_prompter_add (self->prompter, &(CulvertScriptLine){
                                                   .kind = CULVERT_PROMPT_PASSWORD,
                                                   .decision = CULVERT_DECISION_SAVE,
                                                   .answers = { CULVERT_SSHD_PASSWORD, NULL },
                                                 });
  check_fixture_run (self, CULVERT_CHECK_PASSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN_STEP, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_REFUSED);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_secrets (self->secrets) == 1,
                           PATIENCE_MS);
  {
    g_autofree char *report = check_fixture_dup_report (self);

    g_assert_null (strstr (report, "not-the-secret"));
  }
}

static void
test_permit_open (CheckFixture *self, gconstpointer data)
{
  check_fixture_add_echo (self);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_PERMISSION, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_TARGET, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_LISTEN, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
}

/* One forward's failure is not another's. */
static void
test_target_down (CheckFixture *self, gconstpointer data)
{
  g_autofree char *down = g_strdup_printf ("0:127.0.0.1:%u", culvert_test_free_port ());

  check_fixture_add_forward (self, "down", CULVERT_FORWARD_LOCAL, down);
  check_fixture_add_forward (self, "back", CULVERT_FORWARD_REMOTE, down);
  check_fixture_add_echo (self);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_TARGET, CULVERT_SSH_ERROR_OPEN_FAILED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_PERMISSION, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SELF_TEST, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
  culvert_test_wait_until (culvert_target_get_n_connections (self->echo) == 1, PATIENCE_MS);
}

static void
test_port_taken (CheckFixture *self, gconstpointer data)
{
  g_autofree char *argument = g_strdup_printf (
    "%u:127.0.0.1:%u", culvert_target_get_port (self->echo), culvert_target_get_port (self->echo));

  check_fixture_add_forward (self, "taken", CULVERT_FORWARD_LOCAL, argument);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_LISTEN, CULVERT_FORWARD_ERROR_PORT_IN_USE);
  /* The target has nothing to do with it. */
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_TARGET, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
}

static void
test_far_port_taken (CheckFixture *self, gconstpointer data)
{
  g_autofree char *argument =
    g_strdup_printf ("127.0.0.1:%u:127.0.0.1:%u", culvert_target_get_port (self->echo),
                     culvert_target_get_port (self->echo));

  check_fixture_add_forward (self, "taken", CULVERT_FORWARD_REMOTE, argument);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_LISTEN, CULVERT_SSH_ERROR_LISTEN_REFUSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_TARGET, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SELF_TEST, CULVERT_STAGE_SKIPPED,
                              CULVERT_NOTE_EARLIER);
}

/* Through the server to itself. */
static void
set_hop (CheckFixture *self, guint16 port)
{
  g_strfreev (self->profile->hops);
  self->profile->hops = g_new0 (char *, 2);
  self->profile->hops[0] = g_strdup_printf ("%s@127.0.0.1:%u", self->profile->user, port);
}

static void
test_hop (CheckFixture *self, gconstpointer data)
{
  set_hop (self, culvert_sshd_get_port (self->sshd));
  check_fixture_add_echo (self);
  check_fixture_run (self, CULVERT_CHECK_PASSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SIGN_IN, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_NEXT, CULVERT_STAGE_PASSED, CULVERT_NOTE_NONE);
  check_fixture_assert_stage (self, 1, CULVERT_STAGE_SIGN_IN, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  /* Nothing of ours reaches the server but through the jump host. */
  g_assert_null (check_fixture_find (self, 1, CULVERT_STAGE_CONNECT));
}

static void
test_hop_refused (CheckFixture *self, gconstpointer data)
{
  guint16                         port = culvert_test_free_port ();
  g_autofree char                *name = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (CulvertFailureWords) words = NULL;

  set_hop (self, port);
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_CONNECT, CULVERT_SSH_ERROR_REFUSED);
  g_assert_cmpuint (check_fixture_find (self, -1, CULVERT_STAGE_CONNECT)->place, ==, 0);
  words = culvert_failure_words_for_stage (check_fixture_find (self, 0, CULVERT_STAGE_CONNECT),
                                           self->profile);
  g_assert_nonnull (strstr (words->what, name));
}

static void
test_hop_leads_nowhere (CheckFixture *self, gconstpointer data)
{
  set_hop (self, culvert_sshd_get_port (self->sshd));
  check_fixture_set_address (self, "127.0.0.1", culvert_test_free_port ());
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_NEXT, CULVERT_SSH_ERROR_NEXT_UNREACHABLE);
}

static void
test_proxy_refused (CheckFixture *self, gconstpointer data)
{
  g_free (self->profile->proxy);
  self->profile->proxy = g_strdup_printf ("socks5://localhost:%u", culvert_test_free_port ());
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_PROXY_CONNECT, CULVERT_SSH_ERROR_REFUSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_PROXY_NAME, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  g_assert_cmpstr (check_fixture_find (self, 0, CULVERT_STAGE_PROXY)->server, ==, "localhost");
}

static void
test_command_not_allowed (CheckFixture *self, gconstpointer data)
{
  culvert_profile_set_string (&self->profile->proxy_command, "touch /nowhere/%h");
  check_fixture_run (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_failure (self, CULVERT_STAGE_COMMAND, CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED);
}

/* The running tunnel keeps its ports, and tests itself. Through it as a proxy, the check goes on the way
 * that a proxy is. */
static void
test_running (CheckFixture *self, gconstpointer data)
{
  g_autoptr (GListStore) tunnels = g_list_store_new (CULVERT_TYPE_TUNNEL);
  g_autofree char       *local = g_strdup_printf ("%u:127.0.0.1:%u", culvert_test_free_port (),
                                                  culvert_target_get_port (self->echo));
  g_autofree char       *back = g_strdup_printf ("%u:127.0.0.1:%u", culvert_test_free_port (),
                                                 culvert_target_get_port (self->echo));
  g_autofree char       *proxy = g_strdup_printf ("%u", culvert_test_free_port ());
  CulvertTunnel         *tunnel;

  check_fixture_add_forward (self, "local", CULVERT_FORWARD_LOCAL, local);
  check_fixture_add_forward (self, "back", CULVERT_FORWARD_REMOTE, back);
  check_fixture_add_forward (self, "proxy", CULVERT_FORWARD_DYNAMIC, proxy);
  tunnel = culvert_tunnel_new (self->profile, NULL, NULL);
  g_list_store_append (tunnels, tunnel);
  culvert_tunnel_start (tunnel);
  culvert_test_wait_until (culvert_tunnel_is_ready (tunnel), PATIENCE_MS);
  check_fixture_start (self, G_LIST_MODEL (tunnels));
  check_fixture_wait (self, CULVERT_CHECK_PASSED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_LISTEN, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_OWN);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_SELF_TEST, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  g_assert_cmpint (culvert_tunnel_get_state (tunnel), ==, CULVERT_TUNNEL_UP);
  g_assert_true (culvert_tunnel_is_ready (tunnel));

  /* Another tunnel, whose way leads through this one. */
  g_clear_object (&self->check);
  {
    CulvertProfile *other = culvert_profile_duplicate (self->profile);

    culvert_profile_unref (self->profile);
    self->profile = other;
    g_free (other->proxy);
    other->proxy = g_strdup_printf ("socks5://127.0.0.1:%s", proxy);
  }
  check_fixture_start (self, G_LIST_MODEL (tunnels));
  check_fixture_wait (self, CULVERT_CHECK_FAILED);
  check_fixture_assert_stage (self, 0, CULVERT_STAGE_PROXY, CULVERT_STAGE_PASSED,
                              CULVERT_NOTE_NONE);
  check_fixture_assert_failure (self, CULVERT_STAGE_LISTEN, CULVERT_FORWARD_ERROR_PORT_IN_USE);
  g_assert_cmpstr (
    culvert_error_get_fact (check_fixture_find (self, 0, CULVERT_STAGE_LISTEN)->error,
                            CULVERT_FACT_TUNNEL),
    ==, culvert_tunnel_get_title (tunnel));
  culvert_tunnel_stop (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_object_unref (tunnel);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");

#define ADD(name, config, function)                                                                \
  g_test_add ("/engine/check/" name, CheckFixture, config, check_fixture_set_up, function,         \
              check_fixture_tear_down)
  ADD ("well", NULL, test_well);
  ADD ("name", NULL, test_name);
  ADD ("refused", NULL, test_refused);
  ADD ("not-ssh", NULL, test_not_ssh);
  ADD ("key-exchange", NULL, test_key_exchange);
  ADD ("changed-key", NULL, test_changed_key);
  ADD ("unknown-key", NULL, test_unknown_key);
  ADD ("strict", NULL, test_strict);
  ADD ("sign-in-refused", NULL, test_sign_in_refused);
  ADD ("key-trouble", NULL, test_key_trouble);
  ADD ("password", "passwords", test_password);
  ADD ("permit-open", "PermitOpen localhost:1", test_permit_open);
  ADD ("target-down", NULL, test_target_down);
  ADD ("port-taken", NULL, test_port_taken);
  ADD ("far-port-taken", NULL, test_far_port_taken);
  ADD ("hop", NULL, test_hop);
  ADD ("hop-refused", NULL, test_hop_refused);
  ADD ("hop-leads-nowhere", NULL, test_hop_leads_nowhere);
  ADD ("proxy-refused", NULL, test_proxy_refused);
  ADD ("command-not-allowed", NULL, test_command_not_allowed);
  ADD ("running", NULL, test_running);
#undef ADD

  return g_test_run ();
}
