/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/saved-tunnels.h"

#include "cli/message.h"
#include "core/errors.h"
#include "core/import.h"
#include "core/profile-check.h"
#include "core/profile-file.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

CulvertProfileStore *
culvert_saved_tunnels_open (void)
{
  g_autofree char *dir = culvert_profile_store_default_dir ();

  return culvert_profile_store_new (dir);
}

/* (transfer none) (nullable): the file that would be this tunnel, if it were a good one */
static CulvertBadFile *
find_bad (CulvertProfileStore *store, const char *word)
{
  GPtrArray       *files = culvert_profile_store_get_bad_files (store);
  g_autofree char *wanted = g_strconcat (word, CULVERT_PROFILE_SUFFIX, NULL);

  for (guint i = 0; i < files->len; i++)
    {
      CulvertBadFile  *file = g_ptr_array_index (files, i);
      g_autofree char *name = g_path_get_basename (file->path);

      if (g_str_equal (name, wanted))
        return file;
    }
  return NULL;
}

CulvertProfile *
culvert_saved_tunnels_find (CulvertProfileStore *store, const char *word)
{
  CulvertProfileEntry *entry = culvert_profile_store_find_by_name (store, word);
  CulvertBadFile      *bad = find_bad (store, word);

  if (entry != NULL)
    return culvert_profile_entry_get_profile (entry);
  if (bad != NULL)
    culvert_message_print_error (bad->path, bad->error);
  else if (culvert_profile_store_count_name (store, word) > 1)
    culvert_message_print (word, _ ("several saved tunnels have this name"),
                           _ ("use the id of the one you mean: “culvertctl list” shows it"));
  else
    culvert_message_print (word, _ ("there is no saved tunnel of this name or id"),
                           _ ("“culvertctl list” shows those there are"));
  return NULL;
}

GPtrArray *
culvert_saved_tunnels_find_all (CulvertProfileStore *store, char **words)
{
  g_autoptr (GPtrArray) profiles =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);
  gboolean all_found = TRUE;

  for (char **word = words; *word != NULL; word++)
    {
      CulvertProfile *profile = culvert_saved_tunnels_find (store, *word);

      if (profile == NULL)
        all_found = FALSE;
      else if (!g_ptr_array_find (profiles, profile, NULL))
        g_ptr_array_add (profiles, culvert_profile_ref (profile));
    }
  return all_found ? g_steal_pointer (&profiles) : NULL;
}

gboolean
culvert_saved_tunnels_report_bad (CulvertProfileStore *store)
{
  GPtrArray *files = culvert_profile_store_get_bad_files (store);

  for (guint i = 0; i < files->len; i++)
    {
      CulvertBadFile *file = g_ptr_array_index (files, i);

      culvert_message_print_error (file->path, file->error);
    }
  return files->len == 0;
}

CulvertProfile *
culvert_saved_tunnels_read_file (const char *path, const char *id, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autoptr (GBytes) bytes = culvert_import_read_bytes (path, CULVERT_PROFILE_MAX_BYTES, &own);
  g_autofree char   *chosen = id != NULL ? g_strdup (id) : culvert_import_id_of_file (path);
  const char        *text;
  gsize              n_bytes;

  if (bytes != NULL)
    {
      text = g_bytes_get_data (bytes, &n_bytes);
      return culvert_profile_parse (chosen, text != NULL ? text : "", n_bytes, error);
    }
  g_set_error (error, CULVERT_PROFILE_ERROR,
               g_error_matches (own, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)
                 ? CULVERT_PROFILE_ERROR_TOO_LARGE
                 : CULVERT_PROFILE_ERROR_UNREADABLE,
               "%s: %s", path, own->message);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
  return NULL;
}

gboolean
culvert_saved_tunnels_report_problems (const CulvertProfile *profile, gboolean with_warnings)
{
  g_autoptr (GPtrArray) problems = culvert_profile_check (profile);
  g_autofree char      *title = culvert_profile_dup_title (profile);

  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);
      g_autofree char      *words = culvert_words_for_problem (problem);

      if (!problem->is_warning || with_warnings)
        culvert_message_print (title[0] != '\0' ? title : profile->id, words, NULL);
    }
  return culvert_problems_allow_start (problems);
}
