/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-fixture.h"

#include "engine/engine-support.h"
#include "engine/tunnel-private.h"

static void
set_up (TunnelFixture *self, gconstpointer data)
{
  self->maker = fake_maker_new ();
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->prompter = culvert_scripted_prompter_new ();
  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->host, "bastion.example");
  culvert_profile_set_string (&self->profile->name, "office");
  self->states = g_string_new (NULL);
}

static void
tear_down (TunnelFixture *self, gconstpointer data)
{
  if (self->tunnel != NULL)
    {
      culvert_tunnel_stop (self->tunnel);
      tunnel_fixture_wait_for (self, STOPPED);
      g_assert_finalize_object (self->tunnel);
    }
  /* The last word of every thread holds references and is said after all else. */
  culvert_test_wait_until (fake_maker_get_n_alive (self->maker) == 0, PATIENCE_MS);
  g_clear_pointer (&self->echo, culvert_target_free);
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  fake_maker_free (self->maker);
  culvert_profile_unref (self->profile);
  g_assert_finalize_object (self->prompter);
  g_assert_finalize_object (self->secrets);
  g_string_free (self->states, TRUE);
}

void
tunnel_fixture_add (const char   *path,
                    gconstpointer data,
                    void (*test) (TunnelFixture *self, gconstpointer data))
{
  g_test_add (path, TunnelFixture, data, set_up, test, tear_down);
}

static void
state_cb (CulvertTunnel *tunnel, GParamSpec *pspec, TunnelFixture *self)
{
  g_string_append_printf (self->states, "%s%s", self->states->len > 0 ? " " : "",
                          culvert_tunnel_state_to_nick (culvert_tunnel_get_state (tunnel)));
}

static void
make (TunnelFixture *self, CulvertPrompter *prompter)
{
  self->tunnel = culvert_tunnel_new (self->profile, prompter, CULVERT_SECRET_STORE (self->secrets));
  culvert_tunnel_set_session_maker (self->tunnel, fake_maker_get (self->maker));
  g_signal_connect (self->tunnel, "notify::state", G_CALLBACK (state_cb), self);
}

void
tunnel_fixture_make (TunnelFixture *self, const char *forwards)
{
  if (forwards != NULL && strstr (forwards, "echo") != NULL)
    {
      g_autoptr (GString) text = g_string_new (forwards);
      g_autofree char    *place = NULL;

      self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
      place = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (self->echo));
      g_string_replace (text, "echo", place, 0);
      engine_profile_set_forwards (self->profile, text->str);
    }
  else if (forwards != NULL)
    {
      engine_profile_set_forwards (self->profile, forwards);
    }

  make (self, CULVERT_PROMPTER (self->prompter));
}

void
tunnel_fixture_make_unattended (TunnelFixture *self)
{
  make (self, NULL);
}

guint16
tunnel_fixture_get_port (TunnelFixture *self, const char *id)
{
  CulvertForwardItem *item = culvert_tunnel_find_forward (self->tunnel, id);

  g_assert_nonnull (item);
  g_assert_cmpint (culvert_forward_item_get_state (item), ==, CULVERT_FORWARD_LISTENING);

  return culvert_endpoint_get_port (culvert_forward_item_get_bound (item));
}

void
tunnel_fixture_expect (TunnelFixture *self, CulvertPromptKind kind)
{
  culvert_scripted_prompter_add (
    self->prompter, &(CulvertScriptLine){ .kind = kind, .decision = CULVERT_DECISION_NONE });
}

void
tunnel_fixture_answer (TunnelFixture  *self,
                       guint           number,
                       CulvertDecision decision,
                       const char     *answer)
{
  const char *answers[] = { answer, NULL };

  culvert_scripted_prompter_answer (self->prompter, number, decision, answers);
}
