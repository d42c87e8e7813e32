/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/ssh-words.h"

#include "cli/message.h"
#include "core/import-id.h"
#include "core/ssh-command.h"
#include "core/ssh-files.h"

#include <glib/gi18n.h>

#define ID_PREFIX "ssh-"

static GPtrArray *
notices_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
}

void
culvert_ssh_words_print_notices (GPtrArray *notices, gboolean with_minor)
{
  g_autoptr (GHashTable) printed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < notices->len; i++)
    {
      const CulvertSshNotice *notice = g_ptr_array_index (notices, i);
      g_autofree char        *what = NULL;

      if ((notice->is_minor && !with_minor) ||
          !g_hash_table_add (printed, g_strconcat (notice->place, " ", notice->what, NULL)))
        continue;
      /* Translators: %s is a line of a file: "ciphers aes128-ctr" */
      what = g_strdup_printf (_ ("“%s” is left out"), notice->what);
      culvert_message_print (notice->place, what, notice->reason);
    }
}

CulvertProfile *
culvert_ssh_words_read (const char *command, GStrv words, gboolean with_minor)
{
  g_autoptr (CulvertSshFiles) files = culvert_ssh_files_new ();
  g_autoptr (GPtrArray)       notices = notices_new ();
  g_autoptr (GError)          error = NULL;
  CulvertProfile             *profile =
    culvert_ssh_command_parse_with ((const char *const *)words, files, notices, &error);

  if (profile == NULL)
    culvert_message_print_error (command, error);
  else
    culvert_ssh_words_print_notices (notices, with_minor);
  return profile;
}

/* (transfer full) (nullable) */
static CulvertProfile *
read_alias (const CulvertSshFiles *files,
            const char            *file,
            const CulvertSshAlias *alias,
            GPtrArray             *notices)
{
  const char *const  with_file[] = { "ssh", "-F", file, "--", alias->name, NULL };
  const char *const  usual[] = { "ssh", "--", alias->name, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char   *id = culvert_import_id (ID_PREFIX, alias->name);
  CulvertProfile    *profile =
    culvert_ssh_command_parse_with (file != NULL ? with_file : usual, files, notices, &error);

  if (profile == NULL)
    {
      culvert_message_print_error (alias->name, error);
      return NULL;
    }
  culvert_profile_set_string (&profile->id, id);
  culvert_profile_set_string (&profile->name, alias->name);
  culvert_import_number_forwards (profile);
  return profile;
}

GPtrArray *
culvert_ssh_words_read_aliases (const char *file, GPtrArray *notices, gboolean *all_good)
{
  g_autoptr (CulvertSshFiles) files = culvert_ssh_files_new ();
  g_autoptr (GError)          error = NULL;
  g_autoptr (GPtrArray)       aliases = culvert_ssh_config_list_aliases (files, file, &error);
  GPtrArray                  *profiles;

  *all_good = TRUE;
  if (aliases == NULL)
    {
      culvert_message_print_error (file != NULL ? file : "ssh_config", error);
      return NULL;
    }
  profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);
  for (guint i = 0; i < aliases->len; i++)
    {
      CulvertProfile *profile = read_alias (files, file, g_ptr_array_index (aliases, i), notices);

      if (profile != NULL)
        g_ptr_array_add (profiles, profile);
      else
        *all_good = FALSE;
    }
  return profiles;
}
