/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <sys/socket.h>
#include <unistd.h>

/* Whole tunnels with real sessions: nothing between the program's thread and a real server is
 * stood in for. */

#define PATIENCE_MS 20000
#define N_BYTES     (32 * 1024 * 1024)
#define SEED        77

typedef struct
{
  CulvertTempDir          *dir;
  CulvertSshd             *sshd;
  CulvertTarget           *source; /* sends N_BYTES */
  CulvertTarget           *echo;
  CulvertFakeSecretStore  *secrets;
  CulvertScriptedPrompter *prompter;
  CulvertProfile          *profile;
  char                    *known_hosts;
  CulvertTunnel           *tunnel;
  guint                    n_descriptors;
} Fixture;

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

static void
use_methods (Fixture *self, CulvertAuthMethod method)
{
  g_array_set_size (self->profile->methods, 0);
  g_array_append_val (self->profile->methods, method);
}

static void
use_key (Fixture *self, const char *path)
{
  g_strfreev (self->profile->key_files);
  self->profile->key_files = g_new0 (char *, 2);
  self->profile->key_files[0] = g_strdup (path);
  use_methods (self, CULVERT_AUTH_KEY);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *forwards = NULL;

  self->dir = culvert_temp_dir_new ();
  self->sshd = culvert_sshd_new (data);
  self->source = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = SEED, .n_bytes = N_BYTES });
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->prompter = culvert_scripted_prompter_new ();
  self->known_hosts = culvert_temp_dir_build (self->dir, "known_hosts");
  culvert_sshd_write_known_hosts (self->sshd, self->known_hosts, 0);

  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->host, "127.0.0.1");
  self->profile->port = culvert_sshd_get_port (self->sshd);
  self->profile->quick_replies = FALSE;
  culvert_profile_set_string (&self->profile->user, culvert_sshd_get_user_name (self->sshd));
  g_strfreev (self->profile->known_hosts_files);
  self->profile->known_hosts_files = g_new0 (char *, 2);
  self->profile->known_hosts_files[0] = g_strdup (self->known_hosts);
  use_key (self, culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519));
  forwards =
    g_strdup_printf ("source=0:127.0.0.1:%u echo=0:127.0.0.1:%u",
                     culvert_target_get_port (self->source), culvert_target_get_port (self->echo));
  engine_profile_set_forwards (self->profile, forwards);
  self->n_descriptors = culvert_test_get_n_descriptors ();
}

static void
wait_for (Fixture *self, CulvertTunnelState state)
{
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == state, PATIENCE_MS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  culvert_tunnel_stop (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_STOPPED);
  g_assert_finalize_object (self->tunnel);
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  /* GLib's own threads may have come meanwhile, with one descriptor each. */
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= self->n_descriptors + 2,
                           PATIENCE_MS);
  g_assert_finalize_object (self->prompter);
  g_assert_finalize_object (self->secrets);
  culvert_target_free (self->echo);
  culvert_target_free (self->source);
  culvert_sshd_free (self->sshd);
  culvert_profile_unref (self->profile);
  culvert_temp_dir_free (self->dir);
  g_free (self->known_hosts);
}

static void
start (Fixture *self)
{
  self->tunnel = culvert_tunnel_new (self->profile, CULVERT_PROMPTER (self->prompter),
                                     CULVERT_SECRET_STORE (self->secrets));
  if (g_test_verbose ())
    culvert_log_set_func (culvert_tunnel_get_log (self->tunnel), log_cb, NULL);
  culvert_tunnel_start (self->tunnel);
}

static guint16
get_port (Fixture *self, const char *id)
{
  CulvertForwardItem *item = culvert_tunnel_find_forward (self->tunnel, id);

  g_assert_cmpint (culvert_forward_item_get_state (item), ==, CULVERT_FORWARD_LISTENING);

  return culvert_endpoint_get_port (culvert_forward_item_get_bound (item));
}

static void
assert_download (Fixture *self)
{
  g_autoptr (CulvertTraffic) traffic =
    culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_DOWNLOAD,
                                                    .port = get_port (self, "source"),
                                                    .seed = SEED,
                                                    .n_bytes = N_BYTES });

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 3 * PATIENCE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
}

static void
answer (Fixture *self, CulvertPromptKind kind, CulvertDecision decision, const char *text)
{
  culvert_scripted_prompter_add (
    self->prompter,
    &(CulvertScriptLine){ .kind = kind, .decision = decision, .answers = { text, NULL } });
}

static guint
count_asked (Fixture *self)
{
  return culvert_scripted_prompter_get_n_shown (self->prompter);
}

/* Gone and back: the same listener, the bytes of who connected meanwhile, no question. */
static void
test_comes_back (Fixture *self, gconstpointer data)
{
  guint16 port;
  int     before;
  int     meanwhile;
  char    byte = 0;
  gssize  n = -1;

  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  g_assert_true (culvert_tunnel_is_ready (self->tunnel));
  assert_download (self);
  culvert_test_wait_until (culvert_tunnel_get_n_received (self->tunnel) == N_BYTES, PATIENCE_MS);
  g_assert_nonnull (culvert_tunnel_get_facts (self->tunnel)->algorithms);
  g_assert_true (
    g_str_has_prefix (culvert_tunnel_get_facts (self->tunnel)->server_version, "SSH-2.0-OpenSSH"));
  port = get_port (self, "echo");
  before = culvert_client_connect (port);
  engine_client_assert_echo (before);

  culvert_sshd_stop (self->sshd);
  wait_for (self, CULVERT_TUNNEL_WAITING);
  g_assert_nonnull (culvert_tunnel_get_error (self->tunnel));
  engine_client_assert_closed (before);
  meanwhile = culvert_client_connect (port);
  g_assert_cmpint (meanwhile, >=, 0);
  g_assert_cmpint (write (meanwhile, "c", 1), ==, 1);
  /* A try in vain. */
  culvert_tunnel_retry_now (self->tunnel);
  culvert_test_wait_until (g_error_matches (culvert_tunnel_get_error (self->tunnel),
                                            CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED),
                           PATIENCE_MS);
  wait_for (self, CULVERT_TUNNEL_WAITING);

  culvert_sshd_start (self->sshd);
  culvert_tunnel_network_changed (self->tunnel, CULVERT_NETWORK_BACK);
  wait_for (self, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (get_port (self, "echo"), ==, port);
  culvert_test_wait_until ((n = recv (meanwhile, &byte, 1, MSG_DONTWAIT)) != -1, PATIENCE_MS);
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpint (byte, ==, 'c');
  assert_download (self);
  g_assert_cmpuint (count_asked (self), ==, 0);
  close (before);
  close (meanwhile);
}

/* By itself, without anybody who asks for it. */
static void
test_comes_back_by_itself (Fixture *self, gconstpointer data)
{
  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  culvert_sshd_kill_sessions (self->sshd);
  wait_for (self, CULVERT_TUNNEL_WAITING);
  wait_for (self, CULVERT_TUNNEL_UP);
  assert_download (self);
}

static void
test_killed_in_the_middle_of_a_transfer (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertTraffic) traffic = NULL;

  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  /* Slow enough to be in the middle. */
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_DOWNLOAD,
                                                            .port = get_port (self, "source"),
                                                            .seed = SEED,
                                                            .n_bytes = N_BYTES,
                                                            .read_rate = 256 * 1024,
                                                            .receive_buffer = 4096 });
  culvert_test_wait_until (culvert_traffic_get_n_received (traffic) > 0, PATIENCE_MS);
  culvert_sshd_kill_sessions (self->sshd);
  wait_for (self, CULVERT_TUNNEL_WAITING);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), PATIENCE_MS);
  /* The client learns of it, and does not take a part for the whole. */
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 1);
  g_assert_cmpuint (culvert_traffic_get_n_received (traffic), <, N_BYTES);
  culvert_test_wait_until (culvert_tunnel_get_n_open (self->tunnel) == 0, PATIENCE_MS);

  wait_for (self, CULVERT_TUNNEL_UP);
  assert_download (self);
}

/* After a drop the server shows another key: told at once, refused before anything is sent, and
 * never tried again. */
static void
test_changed_host_key_never_loops (Fixture *self, gconstpointer data)
{
  guint n_accepted;
  guint n_connections;

  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  /* The server writes its log when it gets to it. */
  culvert_test_wait_until (culvert_sshd_count_in_log (self->sshd, "Accepted publickey") > 0, 5000);
  n_accepted = culvert_sshd_count_in_log (self->sshd, "Accepted publickey");
  culvert_sshd_replace_host_keys (self->sshd);
  wait_for (self, CULVERT_TUNNEL_FAILED);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  n_connections = culvert_sshd_count_in_log (self->sshd, "Connection from");
  culvert_tunnel_network_changed (self->tunnel, CULVERT_NETWORK_BACK);
  culvert_tunnel_retry_now (self->tunnel);
  culvert_test_spend (1500);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshd, "Connection from"), ==, n_connections);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshd, "Accepted publickey"), ==, n_accepted);
  g_assert_cmpuint (count_asked (self), ==, 0);
}

static void
test_refused_sign_in_never_loops (Fixture *self, gconstpointer data)
{
  guint n_connections;

  use_methods (self, CULVERT_AUTH_PASSWORD);
  for (int i = 0; i < 3; i++)
    answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_SAVE, "wrong");
  start (self);
  wait_for (self, CULVERT_TUNNEL_FAILED);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_AUTH_REFUSED);
  n_connections = culvert_sshd_count_in_log (self->sshd, "Connection from");
  culvert_test_spend (1500);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshd, "Connection from"), ==, n_connections);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (self->secrets), ==, 0);
}

/* The first time: the key is shown and the password asked for, both to be remembered.  The second
 * time nobody is needed. */
static void
test_first_time_and_second (Fixture *self, gconstpointer data)
{
  g_autofree char *fingerprint = NULL;

  g_assert_cmpint (unlink (self->known_hosts), ==, 0);
  use_methods (self, CULVERT_AUTH_PASSWORD);
  answer (self, CULVERT_PROMPT_HOST_KEY, CULVERT_DECISION_SAVE, NULL);
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_SAVE, CULVERT_SSHD_PASSWORD);
  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (count_asked (self), ==, 2);
  fingerprint = culvert_sshd_get_host_fingerprint (self->sshd, CULVERT_KEY_ED25519);
  g_assert_cmpstr (
    culvert_prompt_get_fields (culvert_scripted_prompter_get_shown (self->prompter, 0))
      ->host_key->fingerprint,
    ==, fingerprint);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_secrets (self->secrets) == 1,
                           PATIENCE_MS);

  culvert_tunnel_stop (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_STOPPED);
  culvert_tunnel_start (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_UP);
  assert_download (self);
  g_assert_cmpuint (count_asked (self), ==, 2);
}

static const CulvertSshdPrompt two_factors[] = {
  { "Password: ", CULVERT_SSHD_PASSWORD, FALSE },
  { "Verification code: ", "123456", FALSE },
  { NULL, NULL, FALSE },
};
static const CulvertSshdOptions two_factor_options = { .prompts = two_factors };

/* In the night it drops: the password is known, a fresh code is not. */
static void
test_two_factors (Fixture *self, gconstpointer data)
{
  use_methods (self, CULVERT_AUTH_INTERACTIVE);
  answer (self, CULVERT_PROMPT_QUESTIONS, CULVERT_DECISION_ONCE, CULVERT_SSHD_PASSWORD);
  answer (self, CULVERT_PROMPT_QUESTIONS, CULVERT_DECISION_ONCE, "123456");
  answer (self, CULVERT_PROMPT_QUESTIONS, CULVERT_DECISION_NONE, NULL);
  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (count_asked (self), ==, 2);

  culvert_sshd_kill_sessions (self->sshd);
  wait_for (self, CULVERT_TUNNEL_WAITING);
  culvert_tunnel_retry_now (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_NEEDS_YOU);
  g_assert_cmpuint (count_asked (self), ==, 3);
  g_assert_nonnull (strstr (
    culvert_prompt_get_fields (culvert_tunnel_get_prompt (self->tunnel))->fields[0].text, "code"));
  culvert_scripted_prompter_answer (self->prompter, 2, CULVERT_DECISION_ONCE,
                                    (const char *const[]){ "123456", NULL });
  wait_for (self, CULVERT_TUNNEL_UP);
  assert_download (self);
}

static void
test_stop_while_it_asks (Fixture *self, gconstpointer data)
{
  gint64 begin_us;

  use_methods (self, CULVERT_AUTH_INTERACTIVE);
  answer (self, CULVERT_PROMPT_QUESTIONS, CULVERT_DECISION_NONE, NULL);
  start (self);
  wait_for (self, CULVERT_TUNNEL_NEEDS_YOU);
  begin_us = g_get_monotonic_time ();
  culvert_tunnel_stop (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   (gint64)(3 * G_USEC_PER_SEC * culvert_test_get_patience ()));
  g_assert_false (engine_log_has_line (culvert_tunnel_get_log (self->tunnel), "*left behind*"));
}

/* The key takes seconds to decrypt.  A stop does not wait for that, and nothing is left when it is
 * done. */
static void
test_stop_while_a_key_is_decrypted (Fixture *self, gconstpointer data)
{
  g_autofree char *key = culvert_temp_dir_build (self->dir, "id_slow");
  g_autofree char *public_key = g_strconcat (key, ".pub", NULL);
  gint64           begin_us;

  culvert_test_make_key (key, CULVERT_KEY_ED25519, "open sesame", "-a", "400", NULL);
  culvert_sshd_authorize (self->sshd, public_key, NULL);
  use_key (self, key);
  answer (self, CULVERT_PROMPT_PASSPHRASE, CULVERT_DECISION_ONCE, "open sesame");
  start (self);
  culvert_test_wait_until (count_asked (self) == 1, PATIENCE_MS);
  culvert_test_spend (100);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_SIGNING_IN);

  begin_us = g_get_monotonic_time ();
  culvert_tunnel_stop (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   (gint64)(G_USEC_PER_SEC * culvert_test_get_patience ()));
  culvert_test_wait_until (engine_count_link_threads () == 0, 3 * PATIENCE_MS);
}

static void
test_passphrase_is_asked_once (Fixture *self, gconstpointer data)
{
  g_autofree char *key = culvert_temp_dir_build (self->dir, "id_locked");
  g_autofree char *public_key = g_strconcat (key, ".pub", NULL);

  culvert_test_make_key (key, CULVERT_KEY_ED25519, "open sesame", NULL);
  culvert_sshd_authorize (self->sshd, public_key, NULL);
  use_key (self, key);
  answer (self, CULVERT_PROMPT_PASSPHRASE, CULVERT_DECISION_ONCE, "open sesame");
  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  culvert_sshd_kill_sessions (self->sshd);
  wait_for (self, CULVERT_TUNNEL_WAITING);
  culvert_tunnel_retry_now (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (count_asked (self), ==, 1);
}

/* A server that stands still in the middle of everything. */
static void
test_stop_with_a_frozen_server (Fixture *self, gconstpointer data)
{
  gint64 begin_us;
  int    client;

  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  client = culvert_client_connect (get_port (self, "echo"));
  engine_client_assert_echo (client);
  culvert_sshd_freeze (self->sshd);
  begin_us = g_get_monotonic_time ();
  culvert_tunnel_stop (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   (gint64)(3 * G_USEC_PER_SEC * culvert_test_get_patience ()));
  engine_client_assert_closed (client);
  close (client);
  culvert_sshd_thaw (self->sshd);
}

static void
switch_on_and_off (Fixture *self, guint n_times)
{
  for (guint i = 0; i < n_times; i++)
    {
      culvert_tunnel_start (self->tunnel);
      if (i % 3 != 2)
        wait_for (self, CULVERT_TUNNEL_UP);
      else
        culvert_test_spend (i % 20);
      culvert_tunnel_stop (self->tunnel);
      wait_for (self, CULVERT_TUNNEL_STOPPED);
    }
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
}

static void
test_nothing_is_left (Fixture *self, gconstpointer data)
{
  guint n_descriptors;
  gsize rss;

  start (self);
  wait_for (self, CULVERT_TUNNEL_UP);
  culvert_tunnel_stop (self->tunnel);
  wait_for (self, CULVERT_TUNNEL_STOPPED);
  switch_on_and_off (self, 12);
  n_descriptors = culvert_test_get_n_descriptors ();
  rss = culvert_test_get_rss_bytes ();
  switch_on_and_off (self, 45);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= n_descriptors, PATIENCE_MS);
  g_test_message ("%" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " KiB after", rss / 1024,
                  culvert_test_get_rss_bytes () / 1024);
  if (culvert_test_get_patience () <= 1)
    g_assert_cmpuint (culvert_test_get_rss_bytes (), <, rss + 1024 * 1024);
}

int
main (int argc, char *argv[])
{
#define ADD(path, options, test)                                                                   \
  g_test_add ("/engine/sshd/" path, Fixture, options, set_up, test, tear_down)
  g_setenv ("SSH_AUTH_SOCK", "", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("comes-back", NULL, test_comes_back);
  ADD ("comes-back-by-itself", NULL, test_comes_back_by_itself);
  ADD ("killed-in-the-middle-of-a-transfer", NULL, test_killed_in_the_middle_of_a_transfer);
  ADD ("changed-host-key-never-loops", NULL, test_changed_host_key_never_loops);
  ADD ("refused-sign-in-never-loops", NULL, test_refused_sign_in_never_loops);
  ADD ("first-time-and-second", NULL, test_first_time_and_second);
  ADD ("two-factors", &two_factor_options, test_two_factors);
  ADD ("passphrase-is-asked-once", NULL, test_passphrase_is_asked_once);
  ADD ("stop/while-it-asks", NULL, test_stop_while_it_asks);
  ADD ("stop/while-a-key-is-decrypted", NULL, test_stop_while_a_key_is_decrypted);
  ADD ("stop/with-a-frozen-server", NULL, test_stop_with_a_frozen_server);
  ADD ("nothing-is-left", NULL, test_nothing_is_left);
#undef ADD

  return g_test_run ();
}
