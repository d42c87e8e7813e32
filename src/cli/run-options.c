/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/run-options.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/saved-tunnels.h"
#include "cli/ssh-words.h"
#include "core/profile-file.h"

#include <glib/gi18n.h>
#include <string.h>

#define DURATION_MAX_S (366 * 24 * 3600)

static void
source_free (gpointer data)
{
  CulvertRunSource *source = data;

  culvert_profile_unref (source->profile);
  g_free (source);
}

void
culvert_run_options_free (CulvertRunOptions *self)
{
  g_ptr_array_unref (self->sources);
  g_free (self);
}

static void
add_source (CulvertRunOptions *self, CulvertProfile *profile, gboolean is_saved)
{
  CulvertRunSource *source = g_new0 (CulvertRunSource, 1);

  source->profile = culvert_profile_ref (profile);
  source->is_saved = is_saved;
  g_ptr_array_add (self->sources, source);
}

static int
add_command (CulvertRunOptions *self, GStrv words)
{
  g_autoptr (CulvertProfile) profile = NULL;

  if (words[0] == NULL)
    return culvert_message_print_usage ("run", _ ("needs an ssh command line behind “--”"));
  profile = culvert_ssh_words_read ("run", words, self->report.with_log);
  if (profile == NULL)
    return CULVERT_EXIT_USAGE;
  add_source (self, profile, FALSE);
  return CULVERT_EXIT_DONE;
}

static int
add_file (CulvertRunOptions *self, const char *path)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_saved_tunnels_read_file (path, NULL, &error);

  if (profile == NULL)
    {
      culvert_message_print_error (path, error);
      return CULVERT_EXIT_USAGE;
    }
  add_source (self, profile, FALSE);
  return CULVERT_EXIT_DONE;
}

static gboolean
is_file (const char *word)
{
  return g_str_has_suffix (word, CULVERT_PROFILE_SUFFIX) || strchr (word, G_DIR_SEPARATOR) != NULL;
}

static int
add_words (CulvertRunOptions *self, GStrv words)
{
  g_autoptr (CulvertProfileStore) store = NULL;

  for (char **word = words; *word != NULL; word++)
    {
      CulvertProfile *profile;

      if (is_file (*word))
        {
          int status = add_file (self, *word);

          if (status != CULVERT_EXIT_DONE)
            return status;
          continue;
        }
      if (store == NULL)
        store = culvert_saved_tunnels_open ();
      profile = culvert_saved_tunnels_find (store, *word);
      if (profile == NULL)
        return CULVERT_EXIT_USAGE;
      add_source (self, profile, TRUE);
    }
  return CULVERT_EXIT_DONE;
}

/* Returns FALSE when the source has a command that nobody has allowed. */
static gboolean
allow_command (CulvertRunSource *source, const char *title, gboolean is_allowed)
{
  CulvertProfile *allowed;

  if (source->profile->proxy_command[0] == '\0' || source->profile->proxy_command_allowed)
    return TRUE;
  if (!is_allowed)
    {
      g_autofree char *what = g_strdup_printf (
        /* Translators: %s is a command line */
        _ ("it is reached by a command, which is not run unasked: %s"),
        source->profile->proxy_command);

      culvert_message_print (title, what, _ ("use --allow-command if you trust it"));
      return FALSE;
    }
  allowed = culvert_profile_edit (source->profile);
  allowed->proxy_command_allowed = TRUE;
  culvert_profile_unref (source->profile);
  source->profile = allowed;
  return TRUE;
}

static void
let_any_user (CulvertRunSource *source)
{
  CulvertProfile *open = culvert_profile_edit (source->profile);

  culvert_profile_let_any_user (open);
  culvert_profile_unref (source->profile);
  source->profile = open;
}

/* The same tunnel twice would be in its own way. */
static int
check (const CulvertRunOptions *self)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->sources->len; i++)
    {
      CulvertRunSource *source = g_ptr_array_index (self->sources, i);
      g_autofree char  *title = culvert_profile_dup_title (source->profile);

      if (!g_hash_table_add (ids, source->profile->id))
        {
          culvert_message_print (title, _ ("this tunnel is named twice"),
                                 _ ("leave one of them out"));
          return CULVERT_EXIT_USAGE;
        }
      if (!culvert_saved_tunnels_report_problems (source->profile, FALSE) ||
          !allow_command (source, title, self->allow_command))
        return CULVERT_EXIT_USAGE;
      if (self->any_user)
        let_any_user (source);
    }
  return CULVERT_EXIT_DONE;
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

  self->sources = g_ptr_array_new_with_free_func (source_free);
  arguments = parse_arguments (self, argv, &duration_s, &error);
  *exit_status = CULVERT_EXIT_DONE;
  if (arguments == NULL)
    *exit_status = culvert_message_print_usage ("run", error->message);
  else if (arguments->with_help)
    (void)culvert_help_print ("run");
  else if (duration_s < -1 || duration_s == 0 || duration_s > DURATION_MAX_S)
    *exit_status = culvert_message_print_usage ("run", _ ("--for needs a number of seconds"));
  else if ((arguments->words[0] != NULL) == (arguments->after != NULL))
    *exit_status = culvert_message_print_usage (
      "run", _ ("needs either names and files of tunnels, or “--” and an ssh command line"));
  else if (arguments->after != NULL)
    *exit_status = add_command (self, arguments->after);
  else
    *exit_status = add_words (self, arguments->words);

  if (*exit_status == CULVERT_EXIT_DONE && self->sources->len > 0)
    *exit_status = check (self);
  if (*exit_status != CULVERT_EXIT_DONE || self->sources->len == 0)
    return NULL;
  self->duration_s = duration_s > 0 ? (guint)duration_s : 0;
  return g_steal_pointer (&self);
}
