/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/check-fixture.h"

#include "core/errors.h"
#include "engine/check-thread.h"
#include "engine/hop-link.h"
#include "support/loopback.h"
#include "words/check-words.h"

#include <string.h>

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

void
check_fixture_set_up (CheckFixture *self, gconstpointer data)
{
  gboolean          by_password = g_strcmp0 (data, "passwords") == 0;
  const char *const config[] = { by_password ? "AuthenticationMethods password" : data, NULL };
  CulvertAuthMethod method = by_password ? CULVERT_AUTH_PASSWORD : CULVERT_AUTH_KEY;

  self->dir = culvert_temp_dir_new ();
  self->sshd =
    culvert_sshd_new (&(CulvertSshdOptions){ .config = config, .host_keys = CULVERT_KEY_ED25519 });
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->known_hosts = culvert_temp_dir_write (self->dir, "known_hosts", "");
  culvert_sshd_write_known_hosts (self->sshd, self->known_hosts, 0);
  self->prompter = culvert_scripted_prompter_new ();
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->profile = culvert_profile_new ();
  self->profile->quick_replies = FALSE;
  self->profile->connect_timeout_s = 5;
  culvert_profile_set_string (&self->profile->user, culvert_sshd_get_user_name (self->sshd));
  check_fixture_set_address (self, "127.0.0.1", culvert_sshd_get_port (self->sshd));
  g_strfreev (self->profile->known_hosts_files);
  self->profile->known_hosts_files = g_strsplit (self->known_hosts, "\n", 1);
  g_strfreev (self->profile->key_files);
  self->profile->key_files =
    g_strsplit (culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519), "\n", 1);
  g_array_set_size (self->profile->methods, 0);
  g_array_append_val (self->profile->methods, method);
}

void
check_fixture_tear_down (CheckFixture *self, gconstpointer data)
{
  if (self->check != NULL)
    culvert_log_set_func (culvert_check_get_log (self->check), NULL, NULL);
  if (self->check != NULL)
    g_assert_finalize_object (self->check);
  /* Nothing is left of it, whenever it ended. */
  culvert_test_wait_until (culvert_check_thread_count () == 0, PATIENCE_MS);
  culvert_test_wait_until (culvert_hop_link_count () == 0, PATIENCE_MS);
  g_assert_cmpuint (culvert_scripted_prompter_get_n_left (self->prompter), ==, 0);
  culvert_profile_unref (self->profile);
  g_object_unref (self->secrets);
  g_object_unref (self->prompter);
  culvert_target_free (self->echo);
  culvert_sshd_free (self->sshd);
  g_free (self->known_hosts);
  culvert_temp_dir_free (self->dir);
}

void
check_fixture_add_forward (CheckFixture      *self,
                           const char        *id,
                           CulvertForwardKind kind,
                           const char        *argument)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *usable = argument[0] == '0' && !culvert_forward_kind_is_remote (kind)
                                ? g_strdup_printf ("%u%s", culvert_test_free_port (), argument + 1)
                                : g_strdup (argument);
  g_autoptr (CulvertForwardSpec) parsed = culvert_forward_spec_parse (kind, usable, &error);
  CulvertForwardFields           fields;
  g_autoptr (CulvertForwardSpec) spec = NULL;

  g_assert_no_error (error);
  fields = culvert_forward_spec_get_fields (parsed);
  fields.id = id;
  spec = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (self->profile, spec);
}

void
check_fixture_add_echo (CheckFixture *self)
{
  g_autofree char *argument =
    g_strdup_printf ("0:127.0.0.1:%u", culvert_target_get_port (self->echo));

  check_fixture_add_forward (self, "echo", CULVERT_FORWARD_LOCAL, argument);
}

void
check_fixture_set_address (CheckFixture *self, const char *host, guint16 port)
{
  culvert_profile_set_string (&self->profile->host, host);
  self->profile->port = port;
}

void
check_fixture_start (CheckFixture *self, GListModel *tunnels)
{
  self->check = culvert_check_new (self->profile, CULVERT_PROMPTER (self->prompter),
                                   CULVERT_SECRET_STORE (self->secrets), tunnels);
  culvert_log_set_func (culvert_check_get_log (self->check), log_cb, NULL);
  g_assert_cmpint (culvert_check_get_state (self->check), ==, CULVERT_CHECK_READY);
  culvert_check_start (self->check);
}

void
check_fixture_wait (CheckFixture *self, CulvertCheckState state)
{
  g_autofree char *report = NULL;

  culvert_test_wait_until (culvert_check_get_state (self->check) != CULVERT_CHECK_RUNNING,
                           PATIENCE_MS);
  report = check_fixture_dup_report (self);
  g_test_message ("%s", report);
  g_assert_cmpint (culvert_check_get_state (self->check), ==, state);
}

void
check_fixture_run (CheckFixture *self, CulvertCheckState state)
{
  check_fixture_start (self, NULL);
  check_fixture_wait (self, state);
}

const CulvertCheckStageFields *
check_fixture_find (CheckFixture *self, int place, CulvertStageKind kind)
{
  GListModel *stages = culvert_check_get_stages (self->check);

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage)  stage = g_list_model_get_item (stages, i);
      const CulvertCheckStageFields *fields = culvert_check_stage_get_fields (stage);

      if (fields->kind == kind && (place < 0 || fields->place == (guint)place))
        return fields;
    }
  return NULL;
}

void
check_fixture_assert_stage (CheckFixture     *self,
                            int               place,
                            CulvertStageKind  kind,
                            CulvertStageState state,
                            CulvertStageNote  note)
{
  const CulvertCheckStageFields *fields = check_fixture_find (self, place, kind);

  g_assert_nonnull (fields);
  g_assert_cmpstr (culvert_stage_state_to_nick (fields->state), ==,
                   culvert_stage_state_to_nick (state));
  g_assert_cmpstr (culvert_stage_note_to_nick (fields->note), ==,
                   culvert_stage_note_to_nick (note));
  if (state == CULVERT_STAGE_PASSED && note != CULVERT_NOTE_OWN)
    g_assert_cmpint (fields->duration_us, >=, 0);
}

void
check_fixture_assert_failure (CheckFixture *self, CulvertStageKind kind, int code)
{
  GListModel                    *stages = culvert_check_get_stages (self->check);
  CulvertCheckStage             *failure = culvert_check_get_failure (self->check);
  const CulvertCheckStageFields *fields;
  gboolean                       is_after = FALSE;

  g_assert_nonnull (failure);
  fields = culvert_check_stage_get_fields (failure);
  g_assert_cmpstr (culvert_stage_kind_to_nick (fields->kind), ==,
                   culvert_stage_kind_to_nick (kind));
  g_assert_cmpint (fields->error->code, ==, code);
  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage)  stage = g_list_model_get_item (stages, i);
      const CulvertCheckStageFields *other = culvert_check_stage_get_fields (stage);

      if (stage == failure)
        is_after = TRUE;
      else if (!is_after)
        g_assert_cmpint (other->state, !=, CULVERT_STAGE_FAILED);
      g_assert_cmpint (other->state, !=, CULVERT_STAGE_PENDING);
      g_assert_cmpint (other->state, !=, CULVERT_STAGE_RUNNING);
      if (is_after && fields->kind < CULVERT_STAGE_SIGN_IN &&
          other->kind > CULVERT_STAGE_HOST_KEY && stage != failure)
        g_assert_cmpint (other->note, ==, CULVERT_NOTE_EARLIER);
    }
}

char *
check_fixture_dup_report (CheckFixture *self)
{
  char *report =
    culvert_words_for_check_report (culvert_check_get_stages (self->check), self->profile);
  const char      *key_file = culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519);
  g_autofree char *key = culvert_test_read_text (key_file);
  g_auto (GStrv)   lines = g_strsplit (key, "\n", -1);

  g_assert_null (strstr (report, CULVERT_SSHD_PASSWORD));
  for (char **line = lines + 1; *line != NULL && g_str_has_prefix (*line, "-") == FALSE; line++)
    if (strlen (*line) > 20)
      g_assert_null (strstr (report, *line));
  return report;
}
