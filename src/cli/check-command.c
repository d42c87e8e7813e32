/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/process.h"
#include "cli/arguments.h"
#include "cli/check-report.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/run-sources.h"
#include "cli/tty-prompter.h"
#include "cli/tty.h"
#include "desktop/keyring.h"
#include "engine/check-thread.h"
#include "engine/hop-link.h"

#include <stdlib.h>

/* A session that was left says goodbye within this time; see run-command.c. */
#define END_LIMIT_MS 3000

typedef struct
{
  gboolean   as_json;
  gboolean   with_log;
  gboolean   allow_command;
  GPtrArray *sources;

  GMainLoop          *loop;
  CulvertPrompter    *prompter;
  CulvertSecretStore *secrets; /* nullable until a saved tunnel needs it */
  CulvertCheck       *check;   /* nullable: the present one */
  char               *title;   /* of it, for the log, which other threads write */
  GHashTable         *told;    /* of its stages: that they are over was said */
  int                 exit_status;
  gboolean            is_interrupted;
} Check;

static gboolean
is_over (const CulvertCheckStageFields *fields)
{
  return fields->state >= CULVERT_STAGE_PASSED;
}

/* Whatever is over, in the order of the way. */
static void
report_stages (Check *self)
{
  GListModel *stages = culvert_check_get_stages (self->check);

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage) stage = g_list_model_get_item (stages, i);

      if (is_over (culvert_check_stage_get_fields (stage)) && g_hash_table_add (self->told, stage))
        culvert_check_report_stage (self->as_json, self->check, stage);
    }
}

static void
stage_changed_cb (CulvertCheckStage *stage, Check *self)
{
  /* The whole has its line after its parts. */
  if (is_over (culvert_check_stage_get_fields (stage)) && g_hash_table_add (self->told, stage))
    culvert_check_report_stage (self->as_json, self->check, stage);
}

static void
stages_changed_cb (GListModel *stages, guint position, guint n_removed, guint n_added, Check *self)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (CulvertCheckStage) stage = g_list_model_get_item (stages, i);

      g_signal_connect (stage, "changed", G_CALLBACK (stage_changed_cb), self);
    }
}

static void
state_changed_cb (CulvertCheck *check, GParamSpec *pspec, Check *self)
{
  if (culvert_check_get_state (check) != CULVERT_CHECK_RUNNING)
    g_main_loop_quit (self->loop);
}

/* Called in the check's thread as well. */
static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  Check *self = user_data;

  if (self->with_log)
    culvert_check_report_log (self->as_json, self->title, line);
}

static int
get_exit_status (CulvertCheck *check)
{
  CulvertCheckStage             *stage = culvert_check_get_failure (check);
  const CulvertCheckStageFields *fields;

  if (stage == NULL)
    return CULVERT_EXIT_DONE;
  fields = culvert_check_stage_get_fields (stage);
  if (fields->kind >= CULVERT_STAGE_LISTEN)
    return CULVERT_EXIT_FORWARD;
  return (int)culvert_exit_from_error (fields->error, FALSE);
}

static void
disconnect_stages (Check *self)
{
  GListModel *stages = culvert_check_get_stages (self->check);

  g_signal_handlers_disconnect_by_data (stages, self);
  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage) stage = g_list_model_get_item (stages, i);

      g_signal_handlers_disconnect_by_data (stage, self);
    }
}

static void
check_one (Check *self, const CulvertRunSource *source)
{
  g_autofree char *title = culvert_profile_dup_title (source->profile);
  GListModel      *stages;
  int              exit_status;

  if (source->is_saved && self->secrets == NULL)
    self->secrets = culvert_keyring_new ();
  g_free (self->title);
  self->title = culvert_log_printable (title, -1);
  self->check = culvert_check_new (source->profile, self->prompter,
                                   source->is_saved ? self->secrets : NULL, NULL);
  self->told = g_hash_table_new (NULL, NULL);
  stages = culvert_check_get_stages (self->check);
  stages_changed_cb (stages, 0, 0, g_list_model_get_n_items (stages), self);
  g_signal_connect (stages, "items-changed", G_CALLBACK (stages_changed_cb), self);
  g_signal_connect (self->check, "notify::state", G_CALLBACK (state_changed_cb), self);
  culvert_log_set_func (culvert_check_get_log (self->check), log_cb, self);
  culvert_check_start (self->check);
  if (culvert_check_get_state (self->check) == CULVERT_CHECK_RUNNING)
    g_main_loop_run (self->loop);
  report_stages (self);
  exit_status = get_exit_status (self->check);
  if (self->exit_status == CULVERT_EXIT_DONE)
    self->exit_status = exit_status;
  culvert_check_report_end (self->as_json, self->check, exit_status);
  culvert_log_set_func (culvert_check_get_log (self->check), NULL, NULL);
  disconnect_stages (self);
  g_signal_handlers_disconnect_by_data (self->check, self);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_object (&self->check);
}

static void
quit_cb (int exit_status, gpointer user_data)
{
  Check *self = user_data;

  /* Asked for the second time: at once. */
  if (self->is_interrupted)
    {
      culvert_tty_show ();
      _Exit (exit_status);
    }
  self->is_interrupted = TRUE;
  self->exit_status = exit_status;
  if (self->check != NULL)
    culvert_check_cancel (self->check);
}

static gboolean
limit_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Sessions say goodbye.  Threads that are left then would lose their libraries in exit(). */
static void
linger (int exit_status)
{
  g_autoptr (GSource) limit = g_timeout_source_new (END_LIMIT_MS);
  gboolean            is_late = FALSE;

  g_source_set_callback (limit, limit_cb, &is_late, NULL);
  g_source_attach (limit, NULL);
  while (culvert_check_thread_count () + culvert_hop_link_count () > 0 && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (limit);
  if (!is_late)
    return;
  culvert_tty_show ();
  _Exit (exit_status);
}

static int
parse (Check *self, char **argv)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->as_json, NULL, NULL },
    { "allow-command", 0, 0, G_OPTION_ARG_NONE, &self->allow_command, NULL, NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->with_log, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);
  int                          exit_status;

  if (arguments == NULL)
    return culvert_message_print_usage ("check", error->message);
  if (arguments->with_help)
    return culvert_help_print ("check") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  exit_status = culvert_run_sources_read (self->sources, "check", arguments, self->with_log);
  if (exit_status == CULVERT_EXIT_DONE)
    exit_status = culvert_run_sources_check (self->sources, self->allow_command);
  return exit_status;
}

int
culvert_command_check (char **argv)
{
  Check self = { .sources = culvert_run_sources_new () };

  self.exit_status = parse (&self, argv);
  if (self.exit_status == CULVERT_EXIT_DONE && self.sources->len > 0)
    {
      g_autoptr (CulvertQuitWatch) quit_watch = culvert_quit_watch_new (quit_cb, &self);

      self.loop = g_main_loop_new (NULL, FALSE);
      self.prompter = culvert_tty_prompter_new ();
      for (guint i = 0; i < self.sources->len && !self.is_interrupted; i++)
        check_one (&self, g_ptr_array_index (self.sources, i));
      linger (self.exit_status);
      g_clear_object (&self.prompter);
      g_clear_object (&self.secrets);
      g_main_loop_unref (self.loop);
    }
  g_ptr_array_unref (self.sources);
  g_free (self.title);
  return self.exit_status;
}
