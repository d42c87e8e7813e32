/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/hop-link.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <string.h>
#include <unistd.h>

/* Tunnels through jump servers, all of them real. */

#define PATIENCE_MS 20000
#define HOPS_MAX    3
#define SERVER      HOPS_MAX /* its place among the servers */

typedef struct
{
  guint                     n_hops;
  const CulvertSshdOptions *options[HOPS_MAX + 1]; /* of the hops, and of the server at SERVER */
} Setting;

typedef struct
{
  CulvertTempDir          *dir;
  guint                    n_hops;
  CulvertSshd             *sshds[HOPS_MAX + 1];
  char                    *names[HOPS_MAX + 1]; /* as a reason names them */
  char                    *known_hosts;
  CulvertTarget           *echo;
  CulvertFakeSecretStore  *secrets;
  CulvertScriptedPrompter *prompter;
  CulvertProfile          *profile;
  CulvertTunnel           *tunnels[2];
  guint                    n_descriptors;
} Fixture;

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

static void
write_known_hosts (Fixture *self)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i <= HOPS_MAX; i++)
    {
      g_autofree char *text = NULL;

      if (self->sshds[i] == NULL)
        continue;
      culvert_sshd_write_known_hosts (self->sshds[i], self->known_hosts, 0);
      text = culvert_test_read_text (self->known_hosts);
      g_string_append (all, text);
    }
  g_assert_true (g_file_set_contents (self->known_hosts, all->str, -1, NULL));
}

static void
start_server (Fixture *self, guint i, const CulvertSshdOptions *options)
{
  self->sshds[i] = culvert_sshd_new (options);
  self->names[i] = g_strdup_printf ("127.0.0.1:%u", culvert_sshd_get_port (self->sshds[i]));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const CulvertAuthMethod methods[] = { CULVERT_AUTH_KEY, CULVERT_AUTH_PASSWORD };
  const Setting                 *setting = data;
  g_autoptr (GStrvBuilder)       hops = g_strv_builder_new ();
  g_autofree char               *public_key = NULL;
  const char                    *key;
  g_autofree char               *forwards = NULL;

  self->dir = culvert_temp_dir_new ();
  self->n_hops = setting->n_hops;
  self->known_hosts = culvert_temp_dir_write (self->dir, "known_hosts", NULL);
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->prompter = culvert_scripted_prompter_new ();
  self->profile = culvert_profile_new ();
  /* One key for all: more would be more tries than a server allows. */
  start_server (self, SERVER, setting->options[SERVER]);
  key = culvert_sshd_get_user_key (self->sshds[SERVER], CULVERT_KEY_ED25519);
  public_key = g_strconcat (key, ".pub", NULL);
  for (guint i = 0; i < self->n_hops; i++)
    {
      g_autofree char *hop = NULL;

      start_server (self, i, setting->options[i]);
      hop = g_strdup_printf ("%s@%s", culvert_sshd_get_user_name (self->sshds[i]), self->names[i]);
      g_strv_builder_add (hops, hop);
      culvert_sshd_authorize (self->sshds[i], public_key, NULL);
    }
  culvert_sshd_authorize (self->sshds[SERVER], public_key, NULL);
  write_known_hosts (self);

  g_strfreev (self->profile->hops);
  self->profile->hops = g_strv_builder_end (hops);
  g_strfreev (self->profile->key_files);
  self->profile->key_files = g_new0 (char *, 2);
  self->profile->key_files[0] = g_strdup (key);
  g_array_set_size (self->profile->methods, 0);
  g_array_append_vals (self->profile->methods, methods, G_N_ELEMENTS (methods));
  culvert_profile_set_string (&self->profile->host, "127.0.0.1");
  self->profile->port = culvert_sshd_get_port (self->sshds[SERVER]);
  self->profile->quick_replies = FALSE;
  culvert_profile_set_string (&self->profile->user,
                              culvert_sshd_get_user_name (self->sshds[SERVER]));
  g_strfreev (self->profile->known_hosts_files);
  self->profile->known_hosts_files = g_new0 (char *, 2);
  self->profile->known_hosts_files[0] = g_strdup (self->known_hosts);
  forwards = g_strdup_printf ("echo=0:127.0.0.1:%u", culvert_target_get_port (self->echo));
  engine_profile_set_forwards (self->profile, forwards);
  self->n_descriptors = culvert_test_get_n_descriptors ();
}

static void
wait_for (Fixture *self, guint i, CulvertTunnelState state)
{
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnels[i]) == state, PATIENCE_MS);
}

static void
stop (Fixture *self, guint i)
{
  culvert_tunnel_stop (self->tunnels[i]);
  culvert_test_wait_until (
    !culvert_tunnel_is_wanted (self->tunnels[i]) &&
      (culvert_tunnel_get_state (self->tunnels[i]) == CULVERT_TUNNEL_STOPPED ||
       culvert_tunnel_get_state (self->tunnels[i]) == CULVERT_TUNNEL_FAILED),
    PATIENCE_MS);
  g_assert_finalize_object (g_steal_pointer (&self->tunnels[i]));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->tunnels); i++)
    if (self->tunnels[i] != NULL)
      stop (self, i);
  culvert_test_wait_until (engine_count_link_threads () == 0 && culvert_hop_link_count () == 0,
                           PATIENCE_MS);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= self->n_descriptors + 2,
                           PATIENCE_MS);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_left (self->prompter), ==, 0);
  g_assert_finalize_object (self->prompter);
  g_assert_finalize_object (self->secrets);
  culvert_target_free (self->echo);
  for (guint i = 0; i <= HOPS_MAX; i++)
    {
      g_clear_pointer (&self->sshds[i], culvert_sshd_free);
      g_free (self->names[i]);
    }
  culvert_profile_unref (self->profile);
  culvert_temp_dir_free (self->dir);
  g_free (self->known_hosts);
}

static void
start (Fixture *self, guint i)
{
  g_autoptr (CulvertProfile) profile =
    i == 0 ? culvert_profile_ref (self->profile) : culvert_profile_duplicate (self->profile);

  self->tunnels[i] = culvert_tunnel_new (profile, CULVERT_PROMPTER (self->prompter),
                                         CULVERT_SECRET_STORE (self->secrets));
  if (g_test_verbose ())
    culvert_log_set_func (culvert_tunnel_get_log (self->tunnels[i]), log_cb, NULL);
  culvert_tunnel_start (self->tunnels[i]);
}

static void
assert_carries (Fixture *self, guint i)
{
  CulvertForwardItem *item =
    g_list_model_get_item (culvert_tunnel_get_forwards (self->tunnels[i]), 0);
  guint16         port = culvert_endpoint_get_port (culvert_forward_item_get_bound (item));
  CulvertTraffic *traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO, .port = port, .n_connections = 3, .n_bytes = 300000, .seed = 7 });

  g_object_unref (item);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 3 * PATIENCE_MS);
  culvert_traffic_finish (traffic);
}

static void
assert_error (Fixture *self, int code, CulvertFact fact, const char *text)
{
  const GError *error = culvert_tunnel_get_error (self->tunnels[0]);

  g_assert_error (error, CULVERT_SSH_ERROR, code);
  g_assert_cmpstr (culvert_error_get_fact (error, fact), ==, text);
}

static void
answer (Fixture *self, CulvertPromptKind kind, CulvertDecision decision, const char *text)
{
  culvert_scripted_prompter_add (
    self->prompter,
    &(CulvertScriptLine){ .kind = kind, .decision = decision, .answers = { text, NULL } });
}

static void
test_up (Fixture *self, gconstpointer data)
{
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  assert_carries (self, 0);
  g_assert_cmpuint (culvert_hop_link_count (), ==, self->n_hops);
  /* Each was signed in to, and only the first saw us come from here. */
  for (guint i = 0; i < self->n_hops; i++)
    g_assert_cmpuint (culvert_sshd_count_session_processes (self->sshds[i]), >, 0);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_shown (self->prompter), ==, 0);
  stop (self, 0);
  for (guint i = 0; i < self->n_hops; i++)
    culvert_test_wait_until (culvert_sshd_count_session_processes (self->sshds[i]) == 0,
                             PATIENCE_MS);
}

/* It is the middle one that is named, whatever else breaks with it, and the tunnel comes back. */
static void
test_middle_killed (Fixture *self, gconstpointer data)
{
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  culvert_sshd_stop (self->sshds[1]);
  wait_for (self, 0, CULVERT_TUNNEL_WAITING);
  assert_error (self, CULVERT_SSH_ERROR_CLOSED, CULVERT_FACT_HOP, self->names[1]);
  /* Tried again while it is away, it is the one before that cannot reach it. */
  culvert_tunnel_retry_now (self->tunnels[0]);
  culvert_test_wait_until (g_error_matches (culvert_tunnel_get_error (self->tunnels[0]),
                                            CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NEXT_UNREACHABLE),
                           PATIENCE_MS);
  assert_error (self, CULVERT_SSH_ERROR_NEXT_UNREACHABLE, CULVERT_FACT_HOP, self->names[0]);
  assert_error (self, CULVERT_SSH_ERROR_NEXT_UNREACHABLE, CULVERT_FACT_NEXT, self->names[1]);
  culvert_sshd_start (self->sshds[1]);
  culvert_tunnel_network_changed (self->tunnels[0], CULVERT_NETWORK_CHANGED);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  assert_carries (self, 0);
}

/* Gone and back many times: tear_down() finds no thread, link or descriptor left. */
static void
test_again (Fixture *self, gconstpointer data)
{
  guint n_descriptors;

  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  n_descriptors = culvert_test_get_n_descriptors ();
  for (guint i = 0; i < 8; i++)
    {
      culvert_sshd_kill_sessions (self->sshds[i % 2]);
      wait_for (self, 0, CULVERT_TUNNEL_WAITING);
      culvert_tunnel_retry_now (self->tunnels[0]);
      wait_for (self, 0, CULVERT_TUNNEL_UP);
    }
  culvert_test_wait_until (culvert_hop_link_count () == self->n_hops, PATIENCE_MS);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= n_descriptors + 2, PATIENCE_MS);
  assert_carries (self, 0);
}

static void
test_server_killed (Fixture *self, gconstpointer data)
{
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  culvert_sshd_stop (self->sshds[SERVER]);
  wait_for (self, 0, CULVERT_TUNNEL_WAITING);
  assert_error (self, CULVERT_SSH_ERROR_CLOSED, CULVERT_FACT_HOP, NULL);
}

/* A jump server that only stops answering is noticed before the server behind it is blamed. */
static void
test_frozen (Fixture *self, gconstpointer data)
{
  self->profile->keepalive_interval_s = 3;
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  culvert_sshd_freeze (self->sshds[0]);
  wait_for (self, 0, CULVERT_TUNNEL_WAITING);
  assert_error (self, CULVERT_SSH_ERROR_LOST, CULVERT_FACT_HOP, self->names[0]);
  culvert_sshd_thaw (self->sshds[0]);
}

/* A key that changed is refused at a hop as at the server: at once, for good, and by name. */
static void
test_changed_host_key (Fixture *self, gconstpointer data)
{
  culvert_sshd_replace_host_keys (self->sshds[1]);
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_FAILED);
  assert_error (self, CULVERT_SSH_ERROR_HOST_KEY_CHANGED, CULVERT_FACT_HOP, self->names[1]);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshds[1], "Accepted publickey"), ==, 0);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshds[SERVER], "Accepted publickey"), ==, 0);
}

/* Passwords of two servers are two, asked by name, and kept apart. */
static void
test_passwords (Fixture *self, gconstpointer data)
{
  const CulvertPromptFields *hop, *server;

  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_SAVE, "of the hop");
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_SAVE, "of the server");
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  hop = culvert_prompt_get_fields (culvert_scripted_prompter_get_shown (self->prompter, 0));
  server = culvert_prompt_get_fields (culvert_scripted_prompter_get_shown (self->prompter, 1));
  g_assert_cmpint ((int)hop->asked_by, ==, CULVERT_ASKED_BY_HOP);
  g_assert_cmpuint (hop->port, ==, culvert_sshd_get_port (self->sshds[0]));
  g_assert_cmpint ((int)server->asked_by, ==, CULVERT_ASKED_BY_SERVER);
  g_assert_cmpstr (hop->secret_purpose, !=, server->secret_purpose);
  /* Both are kept for the next time. */
  culvert_sshd_kill_sessions (self->sshds[0]);
  wait_for (self, 0, CULVERT_TUNNEL_WAITING);
  culvert_tunnel_retry_now (self->tunnels[0]);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_shown (self->prompter), ==, 2);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_REFUSE, NULL);
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_FAILED);
  assert_error (self, CULVERT_SSH_ERROR_AUTH_CANCELLED, CULVERT_FACT_HOP, self->names[0]);
}

/* Switched off while a hop waits for an answer. */
static void
test_stop_while_asked (Fixture *self, gconstpointer data)
{
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_NONE, NULL);
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_NEEDS_YOU);
  stop (self, 0);
  culvert_test_wait_until (culvert_hop_link_count () == 0, 3000);
}

static void
test_prohibited (Fixture *self, gconstpointer data)
{
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_FAILED);
  assert_error (self, CULVERT_SSH_ERROR_NEXT_PROHIBITED, CULVERT_FACT_HOP, self->names[0]);
  assert_error (self, CULVERT_SSH_ERROR_NEXT_PROHIBITED, CULVERT_FACT_NEXT, self->names[SERVER]);
}

/* Two tunnels, one connection to the jump server, which stays for whoever stays. */
static void
test_shared (Fixture *self, gconstpointer data)
{
  guint n_accepted;

  start (self, 0);
  start (self, 1);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  wait_for (self, 1, CULVERT_TUNNEL_UP);
  culvert_test_wait_until (culvert_sshd_count_in_log (self->sshds[0], "Accepted publickey") > 0,
                           PATIENCE_MS);
  n_accepted = culvert_sshd_count_in_log (self->sshds[0], "Accepted publickey");
  g_assert_cmpuint (culvert_hop_link_count (), ==, 1);
  assert_carries (self, 0);
  assert_carries (self, 1);
  stop (self, 0);
  assert_carries (self, 1);
  /* And whoever comes later. */
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_UP);
  assert_carries (self, 0);
  g_assert_cmpuint (culvert_hop_link_count (), ==, 1);
  g_assert_cmpuint (culvert_sshd_count_in_log (self->sshds[0], "Accepted publickey"), ==,
                    n_accepted);
  /* When it goes, it goes for both, and both say why. */
  culvert_sshd_stop (self->sshds[0]);
  wait_for (self, 0, CULVERT_TUNNEL_WAITING);
  wait_for (self, 1, CULVERT_TUNNEL_WAITING);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (
      culvert_error_get_fact (culvert_tunnel_get_error (self->tunnels[i]), CULVERT_FACT_HOP), ==,
      self->names[0]);
}

/* Who was asked leaves: the other one is asked in its turn. */
static void
test_asked_leaves (Fixture *self, gconstpointer data)
{
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_NONE, NULL);
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_ONCE, "of the hop");
  answer (self, CULVERT_PROMPT_PASSWORD, CULVERT_DECISION_ONCE, "of the server");
  start (self, 0);
  wait_for (self, 0, CULVERT_TUNNEL_NEEDS_YOU);
  start (self, 1);
  culvert_test_wait_until (
    engine_log_has_line (culvert_tunnel_get_log (self->tunnels[1]), "*shared with another tunnel*"),
    PATIENCE_MS);
  stop (self, 0);
  wait_for (self, 1, CULVERT_TUNNEL_UP);
  assert_carries (self, 1);
}

static const char *const passwords_only[] = { "AuthenticationMethods password", NULL };
static const char *const no_forwarding[] = { "AllowTcpForwarding no", NULL };

static const CulvertSshdOptions hop_password = { .config = passwords_only,
                                                 .password = "of the hop" };
static const CulvertSshdOptions server_password = { .config = passwords_only,
                                                    .password = "of the server" };
static const CulvertSshdOptions leads_nowhere = { .config = no_forwarding };

static const Setting one = { 1, { NULL } };
static const Setting two = { 2, { NULL } };
static const Setting three = { 3, { NULL } };
static const Setting asking = { 1, { [0] = &hop_password, [SERVER] = &server_password } };
static const Setting nowhere = { 1, { &leads_nowhere } };

int
main (int argc, char **argv)
{
  g_setenv ("SSH_AUTH_SOCK", "", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, setting, function)                                                               \
  g_test_add ("/engine/tunnel-hops/" name, Fixture, &setting, set_up, function, tear_down)
  ADD ("one", one, test_up);
  ADD ("three", three, test_up);
  ADD ("middle-killed", three, test_middle_killed);
  ADD ("again", two, test_again);
  ADD ("server-killed", one, test_server_killed);
  ADD ("frozen", one, test_frozen);
  ADD ("changed-host-key", two, test_changed_host_key);
  ADD ("passwords", asking, test_passwords);
  ADD ("refused", asking, test_refused);
  ADD ("stop-while-asked", asking, test_stop_while_asked);
  ADD ("prohibited", nowhere, test_prohibited);
  ADD ("shared", one, test_shared);
  ADD ("asked-leaves", asking, test_asked_leaves);
  return g_test_run ();
}
