/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/run-options.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"

#include <glib/gi18n.h>

#define DURATION_MAX_S (366 * 24 * 3600)

void
culvert_run_options_free (CulvertRunOptions *self)
{
  g_ptr_array_unref (self->sources);
  g_free (self);
}

static gboolean
count_verbose_cb (const char *option, const char *value, gpointer data, GError **error)
{
  CulvertRunReport *report = data;

  report->with_debug = report->with_log;
  report->with_log = TRUE;
  return TRUE;
}

static CulvertArguments *
parse_arguments (CulvertRunOptions *self, char **argv, int *duration_s, GError **error)
{
  const GOptionEntry entries[] = {
    { "once", 0, 0, G_OPTION_ARG_NONE, &self->once, NULL, NULL },
    { "for", 0, 0, G_OPTION_ARG_INT, duration_s, NULL, NULL },
    { "allow-command", 0, 0, G_OPTION_ARG_NONE, &self->allow_command, NULL, NULL },
    { "any-user", 0, 0, G_OPTION_ARG_NONE, &self->any_user, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->report.as_json, NULL, NULL },
    { "traffic", 0, 0, G_OPTION_ARG_NONE, &self->report.with_traffic, NULL, NULL },
    { "verbose", 'v', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, count_verbose_cb, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  return culvert_arguments_parse_with (argv, entries, &self->report, error);
}

CulvertRunOptions *
culvert_run_options_parse (char **argv, int *exit_status)
{
  g_autoptr (CulvertRunOptions) self = g_new0 (CulvertRunOptions, 1);
  g_autoptr (CulvertArguments)  arguments = NULL;
  g_autoptr (GError)            error = NULL;
  int                           duration_s = -1;

  self->sources = culvert_run_sources_new ();
  arguments = parse_arguments (self, argv, &duration_s, &error);
  *exit_status = CULVERT_EXIT_DONE;
  if (arguments == NULL)
    *exit_status = culvert_message_print_usage ("run", error->message);
  else if (arguments->with_help)
    (void)culvert_help_print ("run");
  else if (duration_s < -1 || duration_s == 0 || duration_s > DURATION_MAX_S)
    *exit_status = culvert_message_print_usage ("run", _ ("--for needs a number of seconds"));
  else
    *exit_status =
      culvert_run_sources_read (self->sources, "run", arguments, self->report.with_log);

  if (*exit_status == CULVERT_EXIT_DONE && self->sources->len > 0)
    *exit_status = culvert_run_sources_check (self->sources, self->allow_command);
  if (*exit_status == CULVERT_EXIT_DONE)
    *exit_status = culvert_run_sources_check_turns (self->sources);
  if (self->any_user)
    culvert_run_sources_let_any_user (self->sources);
  if (*exit_status != CULVERT_EXIT_DONE || self->sources->len == 0)
    return NULL;
  self->duration_s = duration_s > 0 ? (guint)duration_s : 0;
  return g_steal_pointer (&self);
}
