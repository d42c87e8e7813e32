/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/json-line.h"

#include "cli/message.h"

#include <stdio.h>

/* (transfer full) (nullable): NULL where no calendar reaches */
static char *
format_time (gint64 real_us)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (real_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) time =
    seconds != NULL ? g_date_time_add (seconds, real_us % G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S.%fZ") : NULL;
}

void
culvert_json_line_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
culvert_json_line_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
culvert_json_line_add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
culvert_json_line_add_time (JsonBuilder *builder, const char *name, gint64 real_us)
{
  g_autofree char *time = real_us != 0 ? format_time (real_us) : NULL;

  culvert_json_line_add_string (builder, name, time);
}

JsonBuilder *
culvert_json_line_begin (const char *event, gint64 real_us)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  culvert_json_line_add_string (builder, "event", event);
  culvert_json_line_add_time (builder, "time", real_us);
  return builder;
}

/* JSON is UTF-8 whatever the terminal is. */
static void
print (JsonBuilder *builder, gboolean pretty)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char     *text = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, pretty);
  (void)fprintf (stdout, "%s\n", text);
  culvert_message_flush ();
  g_object_unref (builder);
}

void
culvert_json_line_end (JsonBuilder *builder)
{
  print (builder, FALSE);
}

void
culvert_json_line_end_pretty (JsonBuilder *builder)
{
  print (builder, TRUE);
}
