/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/runner-fixture.h"

#include "engine/engine-support.h"

static void
state_changed_cb (CulvertTunnelState state,
                  const GError      *error,
                  gint64             retry_at_us,
                  gpointer           user_data)
{
  RunnerFixture *self = user_data;

  g_assert_false (self->is_finished);
  g_string_append_printf (self->states, "%s%s", self->states->len > 0 ? " " : "",
                          culvert_tunnel_state_to_nick (state));
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->retry_at_us = retry_at_us;
}

static void
facts_changed_cb (const CulvertTunnelFacts *facts, gpointer user_data)
{
  RunnerFixture *self = user_data;

  g_free (self->algorithms);
  self->algorithms = g_strdup (facts->algorithms);
}

static void
round_trip_changed_cb (gint64 round_trip_us, gpointer user_data)
{
  RunnerFixture *self = user_data;

  self->round_trip_us = round_trip_us;
}

static void
forward_changed_cb (const CulvertForwardReport *report, gpointer user_data)
{
  static const char *const names[] = { "off", "listening", "failed", "starting" };
  RunnerFixture           *self = user_data;
  const char              *before;

  /* A report may also be about the target. */
  before = g_hash_table_lookup (self->forwards, report->id);
  if (before == NULL || !g_str_has_prefix (before, names[report->state]))
    g_string_append_printf (self->forward_changes, "%s%s:%s",
                            self->forward_changes->len > 0 ? " " : "", report->id,
                            names[report->state]);
  g_hash_table_replace (
    self->forwards, g_strdup (report->id),
    g_strdup_printf ("%s %u", names[report->state],
                     report->bound != NULL ? culvert_endpoint_get_port (report->bound) : 0));
}

static void
prompt_cb (CulvertPrompt *prompt, gpointer user_data)
{
  RunnerFixture *self = user_data;

  g_set_object (&self->prompt, prompt);
}

static void
prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data)
{
}

static void
finished_cb (gpointer user_data)
{
  RunnerFixture *self = user_data;

  g_assert_false (self->is_finished);
  self->is_finished = TRUE;
}

static const CulvertRunnerEvents events = {
  .state_changed = state_changed_cb,
  .facts_changed = facts_changed_cb,
  .round_trip_changed = round_trip_changed_cb,
  .forward_changed = forward_changed_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .finished = finished_cb,
};

static void
set_up (RunnerFixture *self, gconstpointer data)
{
  self->maker = fake_maker_new ();
  self->log = culvert_log_new (100);
  self->counters = culvert_counters_new ();
  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->host, "bastion.example");
  self->states = g_string_new (NULL);
  self->forward_changes = g_string_new (NULL);
  self->forwards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->round_trip_us = -1;
}

static void
tear_down (RunnerFixture *self, gconstpointer data)
{
  if (self->runner != NULL && !self->is_finished)
    {
      culvert_runner_stop (self->runner);
      culvert_test_wait_until (self->is_finished, PATIENCE_MS);
    }
  if (self->runner != NULL)
    {
      culvert_test_wait_until (culvert_runner_is_quiet (self->runner), PATIENCE_MS);
      culvert_runner_free (self->runner);
    }
  fake_maker_free (self->maker);
  g_assert_finalize_object (self->log);
  g_assert_cmpuint (self->counters->n_open, ==, 0);
  culvert_counters_unref (self->counters);
  culvert_profile_unref (self->profile);
  g_string_free (self->states, TRUE);
  g_string_free (self->forward_changes, TRUE);
  g_hash_table_unref (self->forwards);
  g_clear_error (&self->error);
  g_clear_object (&self->prompt);
  g_clear_pointer (&self->echo, culvert_target_free);
  g_free (self->algorithms);
  g_clear_pointer (&self->names, culvert_network_names_unref);
}

void
runner_fixture_start_with (RunnerFixture *self, gboolean single_try, gboolean has_asker)
{
  CulvertRunnerConfig config = {
    .profile = self->profile,
    .log = self->log,
    .counters = self->counters,
    .maker = fake_maker_get (self->maker),
    .single_try = single_try,
    .has_asker = has_asker,
    .network_names = self->names,
  };

  self->runner = culvert_runner_new (&config, &events, self);
  culvert_runner_start (self->runner);
}

void
runner_fixture_start (RunnerFixture *self)
{
  runner_fixture_start_with (self, FALSE, TRUE);
}

void
runner_fixture_set_forwards (RunnerFixture *self, const char *texts)
{
  CulvertProfile *profile = culvert_profile_edit (self->profile);

  engine_profile_set_forwards (profile, texts);
  culvert_profile_unref (self->profile);
  self->profile = profile;
}

void
runner_fixture_set_echo_forwards (RunnerFixture *self, const char *texts)
{
  g_autoptr (GString) text = g_string_new (texts);
  g_autofree char    *place = NULL;

  if (self->echo == NULL)
    self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  place = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (self->echo));
  g_string_replace (text, "echo", place, 0);
  runner_fixture_set_forwards (self, text->str);
}

guint16
runner_fixture_get_port (RunnerFixture *self, const char *id)
{
  const char *text = g_hash_table_lookup (self->forwards, id);

  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text, "listening "));

  return (guint16)g_ascii_strtoull (text + strlen ("listening "), NULL, 10);
}

void
runner_fixture_assert_forward (RunnerFixture *self, const char *id, const char *state)
{
  const char *text = g_hash_table_lookup (self->forwards, id);

  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text, state));
}

gboolean
runner_fixture_has_forward (RunnerFixture *self, const char *id, const char *state)
{
  const char *text = g_hash_table_lookup (self->forwards, id);

  return text != NULL && g_str_has_prefix (text, state);
}

gboolean
runner_fixture_has_line (RunnerFixture *self, const char *pattern)
{
  return engine_log_has_line (self->log, pattern);
}

void
runner_fixture_add (const char   *path,
                    gconstpointer data,
                    void (*test) (RunnerFixture *self, gconstpointer data))
{
  g_autofree char *full = g_strconcat ("/engine/runner/", path, NULL);

  g_test_add (full, RunnerFixture, data, set_up, test, tear_down);
}
