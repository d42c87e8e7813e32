/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/json-line.h"
#include "cli/message.h"
#include "cli/running.h"

#include <glib/gi18n.h>

typedef struct
{
  gint64      real_us;
  const char *level;
  const char *text;
} Line;

static void
print_as_json (CulvertRunningTunnel *tunnel, const Line *line)
{
  JsonBuilder *builder = culvert_json_line_begin ("log", line->real_us);

  culvert_json_line_add_string (builder, "tunnel",
                                culvert_running_tunnel_get_string (tunnel, "Id"));
  culvert_json_line_add_string (builder, "name",
                                culvert_running_tunnel_get_string (tunnel, "Name"));
  culvert_json_line_add_string (builder, "level", line->level);
  culvert_json_line_add_string (builder, "text", line->text);
  culvert_json_line_end (builder);
}

static void
print_as_text (const Line *line)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (line->real_us / G_USEC_PER_SEC);
  g_autofree char      *stamp = time != NULL ? g_date_time_format (time, "%F %T") : g_strdup ("-");
  g_autofree char      *text = g_strdup_printf ("%s %-7s %s", stamp, line->level, line->text);

  culvert_message_print_line (text);
}

static int
print_log (const char *word, gboolean as_json, gboolean with_debug)
{
  g_autoptr (CulvertRunning) running = culvert_running_open (CULVERT_RUNNING_START);
  CulvertRunningTunnel      *tunnel;
  g_autoptr (GVariant)       answer = NULL;
  g_autoptr (GVariantIter)   iter = NULL;
  Line                       line;
  int                        exit_status = CULVERT_EXIT_DONE;

  if (running == NULL)
    return CULVERT_EXIT_TROUBLE;
  tunnel = culvert_running_find (running, word, &exit_status);
  if (tunnel == NULL)
    return exit_status;
  answer =
    culvert_running_call (running, tunnel, "Log", g_variant_new ("(t)", G_GUINT64_CONSTANT (0)),
                          "(a(txss))", &exit_status);
  if (answer == NULL)
    return exit_status;
  g_variant_get (answer, "(a(txss))", &iter);
  while (g_variant_iter_loop (iter, "(tx&s&s)", NULL, &line.real_us, &line.level, &line.text))
    {
      if (!with_debug && g_str_equal (line.level, "debug"))
        continue;
      if (as_json)
        print_as_json (tunnel, &line);
      else
        print_as_text (&line);
    }
  return CULVERT_EXIT_DONE;
}

int
culvert_command_log (char **argv)
{
  gboolean           as_json = FALSE;
  gboolean           with_debug = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, NULL, NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &with_debug, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);

  if (arguments == NULL)
    return culvert_message_print_usage ("log", error->message);
  if (arguments->with_help)
    return culvert_help_print ("log") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (g_strv_length (arguments->words) != 1 || arguments->after != NULL)
    return culvert_message_print_usage ("log", _ ("takes the name of one tunnel"));
  return print_log (arguments->words[0], as_json, with_debug);
}
