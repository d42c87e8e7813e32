/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/check-report.h"

#include "cli/json-line.h"
#include "cli/message.h"
#include "words/check-words.h"
#include "words/quantity.h"

static JsonBuilder *
begin (const char *event, const CulvertProfile *profile)
{
  JsonBuilder     *builder = culvert_json_line_begin (event, g_get_real_time ());
  g_autofree char *title = culvert_profile_dup_title (profile);

  culvert_json_line_add_string (builder, "tunnel", profile->id);
  culvert_json_line_add_string (builder, "name", title);
  return builder;
}

static void
add_failure (JsonBuilder                   *builder,
             const CulvertCheckStageFields *stage,
             const CulvertProfile          *profile)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_stage (stage, profile);

  if (words == NULL)
    return;
  culvert_json_line_add_string (builder, "what", words->what);
  culvert_json_line_add_string (builder, "why", words->why);
  culvert_json_line_add_string (builder, "next", words->next);
  culvert_json_line_add_string (builder, "detail", stage->error->message);
}

static void
report_as_json (const CulvertCheckStageFields *stage, const CulvertProfile *profile)
{
  JsonBuilder     *builder = begin ("stage", profile);
  g_autofree char *title = culvert_words_for_stage_title (stage, profile);
  g_autofree char *text = culvert_words_for_stage (stage, profile);

  culvert_json_line_add_string (builder, "stage", culvert_stage_kind_to_nick (stage->kind));
  culvert_json_line_add_int (builder, "place", stage->place);
  culvert_json_line_add_string (builder, "server", stage->server);
  culvert_json_line_add_string (
    builder, "forward",
    stage->forward != NULL ? culvert_forward_spec_get_id (stage->forward) : NULL);
  culvert_json_line_add_string (builder, "title", title);
  culvert_json_line_add_string (builder, "state", culvert_stage_state_to_nick (stage->state));
  culvert_json_line_add_string (builder, "note", culvert_stage_note_to_nick (stage->note));
  json_builder_set_member_name (builder, "duration_ms");
  if (stage->duration_us >= 0)
    json_builder_add_double_value (builder, (double)stage->duration_us / 1000.0);
  else
    json_builder_add_null_value (builder);
  culvert_json_line_add_string (builder, "text", text);
  add_failure (builder, stage, profile);
  culvert_json_line_end (builder);
}

void
culvert_check_report_stage (gboolean as_json, CulvertCheck *check, CulvertCheckStage *stage)
{
  const CulvertCheckStageFields *fields = culvert_check_stage_get_fields (stage);
  const CulvertProfile          *profile = culvert_check_get_profile (check);
  g_autofree char               *title = NULL;
  g_autofree char               *text = NULL;
  g_autofree char               *time = NULL;
  g_autofree char               *line = NULL;

  if (as_json)
    {
      report_as_json (fields, profile);
      return;
    }
  title = culvert_words_for_stage_title (fields, profile);
  text = culvert_words_for_stage (fields, profile);
  time = culvert_words_for_latency (fields->duration_us);
  if (fields->duration_us >= 0)
    line = g_strdup_printf ("%s: %s (%s): %s", culvert_words_for_stage_state (fields), title, time,
                            text);
  else
    line = g_strdup_printf ("%s: %s: %s", culvert_words_for_stage_state (fields), title, text);
  culvert_message_print_line (line);
}

static void
print_failure (CulvertCheck *check)
{
  CulvertCheckStage              *stage = culvert_check_get_failure (check);
  const CulvertProfile           *profile = culvert_check_get_profile (check);
  g_autofree char                *title = culvert_profile_dup_title (profile);
  g_autofree char                *what = NULL;
  g_autoptr (CulvertFailureWords) words = NULL;

  if (stage != NULL)
    words = culvert_failure_words_for_stage (culvert_check_stage_get_fields (stage), profile);
  if (words == NULL)
    return;
  what = words->why != NULL ? g_strdup_printf ("%s %s", words->what, words->why)
                            : g_strdup (words->what);
  culvert_message_print (title, what, words->next);
}

void
culvert_check_report_end (gboolean as_json, CulvertCheck *check, int exit_status)
{
  CulvertCheckState state = culvert_check_get_state (check);
  const char       *result = "failed";
  JsonBuilder      *builder;

  print_failure (check);
  if (!as_json)
    return;
  if (state == CULVERT_CHECK_PASSED)
    result = "passed";
  else if (state == CULVERT_CHECK_CANCELLED)
    result = "cancelled";
  builder = begin ("checked", culvert_check_get_profile (check));
  culvert_json_line_add_string (builder, "result", result);
  culvert_json_line_add_int (builder, "exit", exit_status);
  culvert_json_line_end (builder);
}

void
culvert_check_report_log (gboolean as_json, const char *title, const CulvertLogLine *line)
{
  JsonBuilder *builder;

  if (line->level == CULVERT_LOG_DEBUG)
    return;
  if (!as_json)
    {
      g_printerr ("%s: %s\n", title, line->text);
      return;
    }
  builder = culvert_json_line_begin ("log", line->real_us);
  culvert_json_line_add_string (builder, "name", title);
  culvert_json_line_add_string (builder, "text", line->text);
  culvert_json_line_end (builder);
}
