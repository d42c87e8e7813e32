/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/process.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/json-line.h"
#include "cli/message.h"
#include "cli/running-text.h"

#include <glib/gi18n.h>

typedef struct
{
  gboolean    as_json;
  GHashTable *said; /* path → what was said of that tunnel last */
  GMainLoop  *loop;
  gboolean    is_over;
  int         exit_status;
} Watch;

static void
print_json (const char *event, CulvertRunningTunnel *tunnel)
{
  JsonBuilder *builder = culvert_json_line_begin (event, g_get_real_time ());

  if (tunnel != NULL)
    culvert_running_text_add_json (tunnel, builder);
  culvert_json_line_end (builder);
}

/* (transfer full): what a person wants to know of it while it goes on */
static char *
describe (CulvertRunningTunnel *tunnel)
{
  const char      *name = culvert_running_tunnel_get_string (tunnel, "Name");
  const char      *state = culvert_running_text_state (tunnel);
  const char      *reason = culvert_running_tunnel_get_string (tunnel, "Reason");
  g_autofree char *figures = culvert_running_text_figures (tunnel);

  if (figures != NULL)
    /* Translators: 1 is a tunnel's name, 2 its state, such as "Connected", 3 what it carries */
    return g_strdup_printf (_ ("%1$s: %2$s: %3$s"), name, state, figures);
  if (reason[0] != '\0')
    /* Translators: 1 is a tunnel's name, 2 its state, such as "Waiting", 3 a sentence about why */
    return g_strdup_printf (C_ ("state and reason", "%1$s: %2$s: %3$s"), name, state, reason);
  /* Translators: 1 is a tunnel's name, 2 its state, such as "Stopped" */
  return g_strdup_printf (C_ ("state", "%1$s: %2$s"), name, state);
}

/* What is no news to a person is not said again. */
static void
print_text (Watch *self, CulvertRunningTunnel *tunnel)
{
  g_autofree char *text = describe (tunnel);

  if (g_strcmp0 (g_hash_table_lookup (self->said, tunnel->path), text) == 0)
    return;
  culvert_message_print_line (text);
  g_hash_table_insert (self->said, g_strdup (tunnel->path), g_steal_pointer (&text));
}

static void
print_removed (Watch *self, CulvertRunningTunnel *tunnel)
{
  /* Translators: %s is a tunnel's name */
  g_autofree char *text = g_strdup_printf (_ ("%s: is not saved any more"),
                                           culvert_running_tunnel_get_string (tunnel, "Name"));

  culvert_message_print_line (text);
  g_hash_table_remove (self->said, tunnel->path);
}

static void
event_cb (CulvertRunningEvent event, CulvertRunningTunnel *tunnel, gpointer user_data)
{
  static const char *const names[] = {
    [CULVERT_RUNNING_ADDED] = "added",
    [CULVERT_RUNNING_CHANGED] = "changed",
    [CULVERT_RUNNING_REMOVED] = "removed",
    [CULVERT_RUNNING_ENDED] = "end",
  };
  Watch *self = user_data;

  if (self->as_json)
    print_json (names[event], tunnel);
  else if (event == CULVERT_RUNNING_REMOVED)
    print_removed (self, tunnel);
  else if (event == CULVERT_RUNNING_ENDED)
    culvert_message_print ("Culvert", _ ("it has ended"), NULL);
  else
    print_text (self, tunnel);
  /* Whoever reads it may have seen enough. */
  if (event == CULVERT_RUNNING_ENDED || !culvert_message_flush ())
    self->is_over = TRUE;
  if (self->is_over)
    g_main_loop_quit (self->loop);
}

static void
quit_cb (int exit_status, gpointer user_data)
{
  Watch *self = user_data;

  self->exit_status = exit_status;
  g_main_loop_quit (self->loop);
}

static void
watch (Watch *self, CulvertRunning *running)
{
  g_autoptr (CulvertQuitWatch) quit_watch = culvert_quit_watch_new (quit_cb, self);
  GPtrArray                   *tunnels = culvert_running_get_tunnels (running);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < tunnels->len; i++)
    event_cb (CULVERT_RUNNING_ADDED, g_ptr_array_index (tunnels, i), self);
  culvert_running_set_func (running, event_cb, self);
  if (!self->is_over)
    g_main_loop_run (self->loop);
  g_hash_table_unref (self->said);
  g_main_loop_unref (self->loop);
}

int
culvert_command_watch (char **argv)
{
  Watch              self = { .exit_status = CULVERT_EXIT_DONE };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.as_json, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertRunning)   running = NULL;

  if (arguments == NULL)
    return culvert_message_print_usage ("watch", error->message);
  if (arguments->with_help)
    return culvert_help_print ("watch") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] != NULL || arguments->after != NULL)
    return culvert_message_print_usage ("watch", _ ("takes no names"));
  running = culvert_running_open (CULVERT_RUNNING_WATCH);
  if (running == NULL)
    return CULVERT_EXIT_TROUBLE;
  watch (&self, running);
  return self.exit_status;
}
