/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/run-sources.h"

#include "cli/message.h"
#include "cli/saved-tunnels.h"
#include "cli/ssh-words.h"
#include "core/profile-file.h"
#include "core/profile-groups.h"

#include <glib/gi18n.h>
#include <string.h>

static void
source_free (gpointer data)
{
  CulvertRunSource *source = data;

  culvert_profile_unref (source->profile);
  g_free (source);
}

GPtrArray *
culvert_run_sources_new (void)
{
  return g_ptr_array_new_with_free_func (source_free);
}

static void
add_source (GPtrArray *sources, CulvertProfile *profile, gboolean is_saved)
{
  CulvertRunSource *source = g_new0 (CulvertRunSource, 1);

  source->profile = culvert_profile_ref (profile);
  source->is_saved = is_saved;
  g_ptr_array_add (sources, source);
}

static CulvertRunSource *
get_last (GPtrArray *sources)
{
  return g_ptr_array_index (sources, sources->len - 1);
}

static int
add_command (GPtrArray *sources, const char *command, GStrv words, gboolean with_minor)
{
  g_autoptr (CulvertProfile) profile = NULL;

  if (words[0] == NULL)
    return culvert_message_print_usage (command, _ ("needs an ssh command line behind “--”"));
  profile = culvert_ssh_words_read (command, words, with_minor);
  if (profile == NULL)
    return CULVERT_EXIT_USAGE;
  add_source (sources, profile, FALSE);
  return CULVERT_EXIT_DONE;
}

static int
add_file (GPtrArray *sources, const char *path)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_saved_tunnels_read_file (path, NULL, &error);

  if (profile == NULL)
    {
      culvert_message_print_error (path, error);
      return CULVERT_EXIT_USAGE;
    }
  add_source (sources, profile, FALSE);
  return CULVERT_EXIT_DONE;
}

static gboolean
is_file (const char *word)
{
  return g_str_has_suffix (word, CULVERT_PROFILE_SUFFIX) || strchr (word, G_DIR_SEPARATOR) != NULL;
}

static int
add_words (GPtrArray *sources, GStrv words)
{
  g_autoptr (CulvertProfileStore) store = NULL;

  for (char **word = words; *word != NULL; word++)
    {
      CulvertProfile *profile;

      if (is_file (*word))
        {
          int status = add_file (sources, *word);

          if (status != CULVERT_EXIT_DONE)
            return status;
          continue;
        }
      if (store == NULL)
        store = culvert_saved_tunnels_open ();
      profile = culvert_saved_tunnels_find (store, *word);
      if (profile == NULL)
        return CULVERT_EXIT_USAGE;
      add_source (sources, profile, TRUE);
      get_last (sources)->is_exclusive = culvert_profile_store_is_exclusive (store, profile->group);
    }
  return CULVERT_EXIT_DONE;
}

int
culvert_run_sources_read (GPtrArray              *sources,
                          const char             *command,
                          const CulvertArguments *arguments,
                          gboolean                with_minor)
{
  if ((arguments->words[0] != NULL) == (arguments->after != NULL))
    return culvert_message_print_usage (
      command, _ ("needs either names and files of tunnels, or “--” and an ssh command line"));
  if (arguments->after != NULL)
    return add_command (sources, command, arguments->after, with_minor);
  return add_words (sources, arguments->words);
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

/* The same tunnel twice would be in its own way. */
int
culvert_run_sources_check (GPtrArray *sources, gboolean allow_command_too)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < sources->len; i++)
    {
      CulvertRunSource *source = g_ptr_array_index (sources, i);
      g_autofree char  *title = culvert_profile_dup_title (source->profile);

      if (!g_hash_table_add (ids, source->profile->id))
        {
          culvert_message_print (title, _ ("this tunnel is named twice"),
                                 _ ("leave one of them out"));
          return CULVERT_EXIT_USAGE;
        }
      if (!culvert_saved_tunnels_report_problems (source->profile, FALSE) ||
          !allow_command (source, title, allow_command_too))
        return CULVERT_EXIT_USAGE;
    }
  return CULVERT_EXIT_DONE;
}

static gboolean
is_taken (GPtrArray *sources, guint n_before, const CulvertProfile *profile)
{
  for (guint i = 0; i < n_before; i++)
    {
      const CulvertRunSource *source = g_ptr_array_index (sources, i);

      if (source->is_exclusive && strcmp (source->profile->group, profile->group) == 0)
        return TRUE;
    }
  return FALSE;
}

int
culvert_run_sources_check_turns (GPtrArray *sources)
{
  for (guint i = 0; i < sources->len; i++)
    {
      const CulvertRunSource *source = g_ptr_array_index (sources, i);
      g_autofree char        *title = culvert_profile_dup_title (source->profile);
      g_autofree char        *what = NULL;

      if (!source->is_exclusive || !is_taken (sources, i, source->profile))
        continue;
      /* Translators: %s is the name of a group of tunnels */
      what = g_strdup_printf (_ ("only one tunnel of the group “%s” is on at a time"),
                              source->profile->group);
      culvert_message_print (title, what, _ ("name just one of them"));
      return CULVERT_EXIT_USAGE;
    }
  return CULVERT_EXIT_DONE;
}

void
culvert_run_sources_let_any_user (GPtrArray *sources)
{
  for (guint i = 0; i < sources->len; i++)
    {
      CulvertRunSource *source = g_ptr_array_index (sources, i);
      CulvertProfile   *open = culvert_profile_edit (source->profile);

      culvert_profile_let_any_user (open);
      culvert_profile_unref (source->profile);
      source->profile = open;
    }
}
