/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/json-line.h"
#include "cli/message.h"
#include "cli/running-text.h"

#include <glib/gi18n.h>

#define INDENT "    "

static void
print_indented (const char *text)
{
  g_autofree char *line = g_strconcat (INDENT, text, NULL);

  culvert_message_print_line (line);
}

static void
print_trouble (CulvertRunningTunnel *tunnel)
{
  static const char *const properties[] = { "Reason", "Advice" };
  g_autofree char         *next_try = culvert_running_text_next_try (tunnel);

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      const char *text = culvert_running_tunnel_get_string (tunnel, properties[i]);

      if (text[0] != '\0')
        print_indented (text);
    }
  if (next_try != NULL)
    print_indented (next_try);
}

/* One that is off with its tunnel goes without saying. */
static void
print_forward (GVariant *forward)
{
  g_autofree char *text = culvert_running_text_forward (forward);
  g_autofree char *line = NULL;
  const char      *reason = NULL;
  gboolean         is_enabled = FALSE;

  g_variant_lookup (forward, "enabled", "b", &is_enabled);
  if (!is_enabled)
    line = g_strdup_printf ("(%s)", text);
  else if (g_variant_lookup (forward, "reason", "&s", &reason) ||
           g_variant_lookup (forward, "target-reason", "&s", &reason))
    /* Translators: 1 is a forward such as localhost:80 -> web:80, 2 a sentence about what is wrong with it */
    line = g_strdup_printf (_ ("%1$s: %2$s"), text, reason);
  print_indented (line != NULL ? line : text);
}

static void
print_forwards (CulvertRunningTunnel *tunnel)
{
  g_autoptr (GVariantIter) forwards = culvert_running_tunnel_iterate_forwards (tunnel);
  GVariant                *forward;

  while (g_variant_iter_loop (forwards, "@a{sv}", &forward))
    print_forward (forward);
}

static guint
find_width (GPtrArray *tunnels, const char *property)
{
  guint width = 0;

  for (guint i = 0; i < tunnels->len; i++)
    width = MAX (width, culvert_columns_measure (culvert_running_tunnel_get_string (
                          g_ptr_array_index (tunnels, i), property)));
  return width;
}

static void
print_as_text (GPtrArray *tunnels)
{
  guint width_of_id = find_width (tunnels, "Id");
  guint width_of_name = find_width (tunnels, "Name");

  for (guint i = 0; i < tunnels->len; i++)
    {
      CulvertRunningTunnel *tunnel = g_ptr_array_index (tunnels, i);
      g_autofree char      *figures = culvert_running_text_figures (tunnel);
      g_autoptr (GString)   line = g_string_new (NULL);

      culvert_columns_append (line, culvert_running_tunnel_get_string (tunnel, "Id"), width_of_id);
      culvert_columns_append (line, culvert_running_tunnel_get_string (tunnel, "Name"),
                              width_of_name);
      g_string_append (line, culvert_running_text_state (tunnel));
      if (figures != NULL)
        g_string_append_printf (line, "  %s", figures);
      culvert_message_print_line (line->str);
      print_trouble (tunnel);
      print_forwards (tunnel);
    }
}

static void
print_as_json (GPtrArray *tunnels)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "tunnels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tunnels->len; i++)
    {
      json_builder_begin_object (builder);
      culvert_running_text_add_json (g_ptr_array_index (tunnels, i), builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  culvert_json_line_end_pretty (builder);
}

int
culvert_command_status (char **argv)
{
  gboolean           as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertRunning)   running = NULL;
  g_autoptr (GPtrArray)        tunnels = NULL;
  int                          exit_status = CULVERT_EXIT_DONE;

  if (arguments == NULL)
    return culvert_message_print_usage ("status", error->message);
  if (arguments->with_help)
    return culvert_help_print ("status") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->after != NULL)
    return culvert_message_print_usage ("status", _ ("“--” has no meaning here"));
  running = culvert_running_open (CULVERT_RUNNING_WATCH);
  if (running == NULL)
    return CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] != NULL)
    tunnels = culvert_running_find_all (running, arguments->words, &exit_status);
  else
    tunnels = g_ptr_array_ref (culvert_running_get_tunnels (running));
  if (tunnels == NULL)
    return exit_status;
  if (as_json)
    print_as_json (tunnels);
  else
    print_as_text (tunnels);
  return CULVERT_EXIT_DONE;
}
