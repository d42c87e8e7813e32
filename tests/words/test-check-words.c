/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/check-words.h"

#include "core/errors.h"
#include "engine/check-stages.h"
#include "forward/forward.h"

#include <string.h>

/* What is said of each stage, in whatever way it went. */

static CulvertProfile *
make_profile (void)
{
  CulvertProfile                *profile = culvert_profile_new ();
  g_autoptr (CulvertForwardSpec) local =
    culvert_forward_spec_parse (CULVERT_FORWARD_LOCAL, "5433:db.internal:5432", NULL);
  g_autoptr (CulvertForwardSpec) remote =
    culvert_forward_spec_parse (CULVERT_FORWARD_REMOTE, "0:localhost:3000", NULL);
  g_autoptr (CulvertForwardSpec) dynamic =
    culvert_forward_spec_parse (CULVERT_FORWARD_DYNAMIC, "1080", NULL);

  culvert_profile_set_string (&profile->host, "app-gw");
  culvert_profile_set_string (&profile->user, "alice");
  culvert_profile_set_string (&profile->proxy, "socks5://proxy.example");
  profile->port = 2222;
  g_strfreev (profile->hops);
  profile->hops = g_strsplit ("me@bastion.example.com", "\n", 1);
  culvert_profile_put_forward (profile, local);
  culvert_profile_put_forward (profile, remote);
  culvert_profile_put_forward (profile, dynamic);
  return profile;
}

/* The list of what is to come, by its titles. */
static void
test_titles (void)
{
  static const char *const expected[] = {
    "The name of the proxy proxy.example",
    "The proxy proxy.example can be reached",
    "The proxy proxy.example leads on to bastion.example.com",
    "bastion.example.com answers as an SSH server",
    "Keys are exchanged with bastion.example.com",
    "bastion.example.com is the server you know",
    "Signing in as me at bastion.example.com",
    "The jump host bastion.example.com leads on to app-gw:2222",
    "app-gw:2222 answers as an SSH server",
    "Keys are exchanged with app-gw:2222",
    "app-gw:2222 is the server you know",
    "Signing in as alice at app-gw:2222",
    "Forward localhost:5433: the address is free here",
    "Forward localhost:5433: app-gw lets it through to db.internal:5432",
    "Forward localhost:5433: app-gw reaches db.internal:5432",
    "Forward localhost, any port: app-gw listens",
    "Forward localhost, any port: this computer reaches localhost:3000",
    "Forward localhost, any port: a connection from app-gw comes through",
    "Forward localhost:1080: the address is free here",
    "Forward localhost:1080: the target",
  };
  g_autoptr (CulvertProfile) profile = make_profile ();
  g_autoptr (GListStore)     stages = culvert_check_stages_new (profile);

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (CulvertCheckStage)  stage = g_list_model_get_item (G_LIST_MODEL (stages), i);
      const CulvertCheckStageFields *fields;
      g_autofree char               *title = NULL;

      g_assert_nonnull (stage);
      fields = culvert_check_stage_get_fields (stage);
      title = culvert_words_for_stage_title (fields, profile);
      g_assert_cmpstr (title, ==, expected[i]);
      g_assert_cmpint (fields->state, ==, CULVERT_STAGE_PENDING);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (stages)), ==, G_N_ELEMENTS (expected));
}

static void
assert_sentence (const char *text)
{
  g_assert_null (strstr (text, "(null)"));
  g_assert_true (g_str_has_suffix (text, "."));
  g_assert_true (g_unichar_isupper (g_utf8_get_char (text)) || g_str_has_prefix (text, "app-gw"));
}

/* Every kind, with every note. */
static void
test_sentences (void)
{
  g_autoptr (CulvertProfile) profile = make_profile ();
  g_autoptr (GError)         error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED, "connect: refused (111)");

  for (int kind = 0; kind < CULVERT_N_STAGE_KINDS; kind++)
    for (int note = 0; note < CULVERT_N_STAGE_NOTES; note++)
      for (int state = CULVERT_STAGE_PASSED; state <= CULVERT_STAGE_SKIPPED; state++)
        {
          CulvertCheckStageFields fields = {
            .kind = (CulvertStageKind)kind,
            .server = "app-gw",
            .subject = "thing",
            .detail = "detail",
            .state = (CulvertStageState)state,
            .note = (CulvertStageNote)note,
            .test = CULVERT_TEST_WORKS,
            .forward = kind >= CULVERT_STAGE_LISTEN ? profile->forwards->pdata[kind % 2] : NULL,
          };
          g_autofree char *title = culvert_words_for_stage_title (&fields, profile);
          g_autofree char *without = culvert_words_for_stage (&fields, profile);
          g_autofree char *with = NULL;

          g_assert_cmpstr (title, !=, "");
          g_assert_cmpstr (culvert_words_for_stage_state (&fields), !=, "");
          g_assert_nonnull (culvert_stage_kind_to_nick (fields.kind));
          g_assert_true ((culvert_stage_note_to_nick (fields.note) == NULL) ==
                         (note == CULVERT_NOTE_NONE));
          assert_sentence (without);
          if (state == CULVERT_STAGE_PASSED)
            continue;
          fields.error = error;
          with = culvert_words_for_stage (&fields, profile);
          assert_sentence (with);
        }
}

static void
tell (GListStore *stages, CulvertProfile *profile, CulvertStageEvent event)
{
  culvert_check_stages_apply (stages, profile, &event);
}

/* What nobody foresaw is where it belongs; what was passed by is said to be. */
static void
test_events (void)
{
  g_autoptr (CulvertProfile) profile = make_profile ();
  g_autoptr (GListStore)     stages = NULL;
  g_autoptr (GError)         error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_REFUSED, "no");
  g_autoptr (CulvertCheckStage)  step = NULL;
  const CulvertCheckStageFields *fields;
  g_autofree char               *report = NULL;

  culvert_profile_set_string (&profile->proxy, "");
  stages = culvert_check_stages_new (profile);
  tell (stages, profile,
        (CulvertStageEvent){ .kind = CULVERT_STAGE_SIGN_IN,
                             .state = CULVERT_STAGE_SKIPPED,
                             .note = CULVERT_NOTE_SHARED });
  step = g_list_model_get_item (G_LIST_MODEL (stages), 0);
  g_assert_cmpint (culvert_check_stage_get_fields (step)->note, ==, CULVERT_NOTE_SHARED);
  g_clear_object (&step);

  for (guint i = 0; i < 2; i++)
    {
      tell (stages, profile,
            (CulvertStageEvent){ .place = 1,
                                 .kind = CULVERT_STAGE_SIGN_IN_STEP,
                                 .state = CULVERT_STAGE_RUNNING,
                                 .time_us = 1000,
                                 .method = CULVERT_AUTH_KEY,
                                 .subject = (char *)(i == 0 ? "first" : "second") });
      if (i == 0)
        tell (stages, profile,
              (CulvertStageEvent){ .place = 1,
                                   .kind = CULVERT_STAGE_SIGN_IN_STEP,
                                   .state = CULVERT_STAGE_SKIPPED,
                                   .note = CULVERT_NOTE_REFUSED,
                                   .time_us = 3000 });
    }
  culvert_check_stages_fail (stages, error, 9000);
  for (guint i = 0; i < 2; i++)
    {
      step = g_list_model_get_item (G_LIST_MODEL (stages), 11 + i);
      fields = culvert_check_stage_get_fields (step);
      g_assert_cmpint (fields->kind, ==, CULVERT_STAGE_SIGN_IN_STEP);
      g_assert_cmpstr (fields->subject, ==, (i == 0 ? "first" : "second"));
      g_assert_cmpstr (fields->server, ==, "app-gw:2222");
      g_assert_cmpint (fields->duration_us, ==, (i == 0 ? 2000 : 8000));
      g_clear_object (&step);
    }
  report = culvert_words_for_check_report (G_LIST_MODEL (stages), profile);
  g_test_message ("%s", report);
  g_assert_nonnull (strstr (report, "[Not accepted] Signing in: Key file, first (2.0 ms)"));
  g_assert_nonnull (strstr (report, "[Failed] Signing in: Key file, second (8.0 ms)"));
  g_assert_null (strstr (report, "[To come]"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/check-words/titles", test_titles);
  g_test_add_func ("/words/check-words/sentences", test_sentences);
  g_test_add_func ("/words/check-words/events", test_events);
  return g_test_run ();
}
