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

#include <unistd.h>

/* Two whole tunnels to one real server, whose questions are open at the same time, each in a link
 * thread that waits inside libssh2 for the answer: T23 of the engine's pitfalls. */

#define PATIENCE_MS 20000
#define N_TUNNELS   2

typedef struct
{
  CulvertTempDir          *dir;
  CulvertSshd             *sshd;
  CulvertTarget           *echo;
  CulvertFakeSecretStore  *secrets;
  CulvertScriptedPrompter *prompter;
  char                    *known_hosts;
  CulvertTunnel           *tunnels[N_TUNNELS];
} Fixture;

static CulvertTunnel *
new_tunnel (Fixture *self)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *forwards =
    g_strdup_printf ("echo=0:127.0.0.1:%u", culvert_target_get_port (self->echo));
  CulvertAuthMethod method = CULVERT_AUTH_INTERACTIVE;

  culvert_profile_set_string (&profile->host, "127.0.0.1");
  profile->quick_replies = FALSE;
  profile->port = culvert_sshd_get_port (self->sshd);
  culvert_profile_set_string (&profile->user, culvert_sshd_get_user_name (self->sshd));
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_new0 (char *, 2);
  profile->known_hosts_files[0] = g_strdup (self->known_hosts);
  g_array_set_size (profile->methods, 0);
  g_array_append_val (profile->methods, method);
  engine_profile_set_forwards (profile, forwards);
  return culvert_tunnel_new (profile, CULVERT_PROMPTER (self->prompter),
                             CULVERT_SECRET_STORE (self->secrets));
}

/* Both ask, and nobody has answered. */
static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = culvert_temp_dir_new ();
  self->sshd = culvert_sshd_new (NULL);
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->prompter = culvert_scripted_prompter_new ();
  self->known_hosts = culvert_temp_dir_build (self->dir, "known_hosts");
  culvert_sshd_write_known_hosts (self->sshd, self->known_hosts, 0);
  for (int i = 0; i < N_TUNNELS; i++)
    {
      culvert_scripted_prompter_add (self->prompter,
                                     &(CulvertScriptLine){ .kind = CULVERT_PROMPT_QUESTIONS,
                                                           .decision = CULVERT_DECISION_NONE });
      self->tunnels[i] = new_tunnel (self);
      culvert_tunnel_start (self->tunnels[i]);
    }
  culvert_test_wait_until (culvert_scripted_prompter_get_n_shown (self->prompter) == N_TUNNELS,
                           PATIENCE_MS);
  g_assert_cmpuint (engine_count_link_threads (), ==, N_TUNNELS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < N_TUNNELS; i++)
    culvert_tunnel_stop (self->tunnels[i]);
  for (int i = 0; i < N_TUNNELS; i++)
    {
      culvert_test_wait_until (
        culvert_tunnel_get_state (self->tunnels[i]) == CULVERT_TUNNEL_STOPPED, PATIENCE_MS);
      g_assert_finalize_object (self->tunnels[i]);
    }
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (self->prompter);
  g_assert_finalize_object (self->secrets);
  culvert_target_free (self->echo);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
  g_free (self->known_hosts);
}

/* Whose question is the one that was shown as number @index? */
static CulvertTunnel *
find_asker (Fixture *self, guint index)
{
  CulvertPrompt *prompt = culvert_scripted_prompter_get_shown (self->prompter, index);

  for (int i = 0; i < N_TUNNELS; i++)
    if (culvert_tunnel_get_prompt (self->tunnels[i]) == prompt)
      return self->tunnels[i];
  g_assert_not_reached ();
}

static void
answer (Fixture *self, guint index)
{
  culvert_scripted_prompter_answer (
    self->prompter, index, CULVERT_DECISION_ONCE,
    (const char *const[]){ culvert_sshd_get_password (self->sshd), NULL });
}

static void
assert_works (CulvertTunnel *tunnel)
{
  CulvertForwardItem *item = culvert_tunnel_find_forward (tunnel, "echo");
  int                 client;

  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_UP, PATIENCE_MS);
  culvert_test_wait_until (culvert_tunnel_is_ready (tunnel), PATIENCE_MS);
  client =
    culvert_client_connect (culvert_endpoint_get_port (culvert_forward_item_get_bound (item)));
  g_assert_cmpint (client, >=, 0);
  engine_client_assert_echo (client);
  close (client);
}

static void
test_in_reverse_order (Fixture *self, gconstpointer data)
{
  CulvertTunnel *first = find_asker (self, 0);
  CulvertTunnel *second = find_asker (self, 1);

  answer (self, 1);
  assert_works (second);
  g_assert_cmpint (culvert_tunnel_get_state (first), ==, CULVERT_TUNNEL_NEEDS_YOU);
  answer (self, 0);
  assert_works (first);
  assert_works (second);
}

static void
test_one_is_refused (Fixture *self, gconstpointer data)
{
  CulvertTunnel *first = find_asker (self, 0);
  CulvertTunnel *second = find_asker (self, 1);

  culvert_scripted_prompter_answer (self->prompter, 0, CULVERT_DECISION_REFUSE, NULL);
  culvert_test_wait_until (culvert_tunnel_get_state (first) == CULVERT_TUNNEL_FAILED, PATIENCE_MS);
  g_assert_error (culvert_tunnel_get_error (first), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_AUTH_CANCELLED);
  g_assert_cmpint (culvert_tunnel_get_state (second), ==, CULVERT_TUNNEL_NEEDS_YOU);
  answer (self, 1);
  assert_works (second);
}

static void
test_one_is_stopped (Fixture *self, gconstpointer data)
{
  CulvertTunnel *first = find_asker (self, 0);
  CulvertTunnel *second = find_asker (self, 1);

  culvert_tunnel_stop (second);
  culvert_test_wait_until (culvert_tunnel_get_state (second) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_withdrawn (self->prompter), ==, 1);
  g_assert_cmpint (culvert_tunnel_get_state (first), ==, CULVERT_TUNNEL_NEEDS_YOU);
  answer (self, 0);
  assert_works (first);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/engine/pair/answered-in-reverse-order", Fixture, NULL, set_up,
              test_in_reverse_order, tear_down);
  g_test_add ("/engine/pair/one-is-refused", Fixture, NULL, set_up, test_one_is_refused, tear_down);
  g_test_add ("/engine/pair/one-is-stopped", Fixture, NULL, set_up, test_one_is_stopped, tear_down);
  return g_test_run ();
}
