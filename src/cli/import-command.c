/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/safe-file.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "cli/saved-tunnels.h"
#include "cli/ssh-words.h"
#include "core/profile-file.h"

#include <glib/gi18n.h>
#include <string.h>

/* Importing tunnel files, and the aliases of ssh_config files. */

typedef enum
{
  IMPORT_NEW,
  IMPORT_SAME,    /* there already, and equal */
  IMPORT_REPLACE, /* there already, and different */
} ImportKind;

typedef struct
{
  gboolean is_dry_run;
  gboolean may_replace;
  gboolean takes_all; /* aliases without forwards, too */
} ImportOptions;

/* What a file may not bring along: an import starts nothing, now or later. */
static CulvertProfile *
tame (CulvertProfile *profile, const CulvertProfile *existing)
{
  CulvertProfile *tamed = culvert_profile_edit (profile);

  /* The person's word counts for the command that it was said about. */
  tamed->proxy_command_allowed = existing != NULL && existing->proxy_command_allowed &&
                                 g_str_equal (existing->proxy_command, tamed->proxy_command);
  tamed->start_with_program = existing != NULL && existing->start_with_program;
  return tamed;
}

static ImportKind
compare (const CulvertProfile *profile, const CulvertProfile *existing)
{
  if (existing == NULL)
    return IMPORT_NEW;
  return culvert_profile_equal (profile, existing) ? IMPORT_SAME : IMPORT_REPLACE;
}

static int
save_import (CulvertProfileStore *store, const char *path, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;

  if (culvert_profile_store_save (store, profile, &error))
    return CULVERT_EXIT_DONE;
  culvert_message_print_error (path, error);
  return CULVERT_EXIT_TROUBLE;
}

/* @path: what to name in messages */
static int
import_profile (CulvertProfileStore *store,
                const char          *path,
                CulvertProfile      *read,
                const ImportOptions *options)
{
  /* Not translated: programs read them. */
  static const char *const verbs[] = { "new", "same", "replaced" };
  CulvertProfileEntry     *entry = culvert_profile_store_find (store, read->id);
  CulvertProfile *existing = entry != NULL ? culvert_profile_entry_get_profile (entry) : NULL;
  g_autoptr (CulvertProfile) profile = tame (read, existing);
  ImportKind                 kind = compare (profile, existing);
  g_autofree char           *title = culvert_profile_dup_title (profile);
  g_autofree char           *forwards = culvert_profile_text_forwards (profile);
  g_autofree char           *line = NULL;
  int                        status = CULVERT_EXIT_DONE;

  if (kind == IMPORT_REPLACE && !options->may_replace)
    {
      culvert_message_print (path, _ ("a saved tunnel has the same id and differs from this file"),
                             _ ("use --replace to take the file’s state"));
      return CULVERT_EXIT_TROUBLE;
    }
  culvert_saved_tunnels_report_problems (profile, FALSE);
  if (existing != NULL)
    culvert_profile_set_string (&profile->revision, existing->revision);
  if (kind != IMPORT_SAME && !options->is_dry_run)
    status = save_import (store, path, profile);
  if (status == CULVERT_EXIT_DONE)
    {
      line = g_strdup_printf ("%s%s: %s: %s: %s", options->is_dry_run ? "would be " : "",
                              verbs[kind], profile->id, title, forwards);
      culvert_message_print_line (line);
    }
  return status;
}

static int
import_tunnel (CulvertProfileStore *store, const char *path, const ImportOptions *options)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) read = culvert_saved_tunnels_read_file (path, NULL, &error);

  if (read != NULL)
    return import_profile (store, path, read, options);
  culvert_message_print_error (path, error);
  return CULVERT_EXIT_TROUBLE;
}

static int
import_alias (CulvertProfileStore *store, CulvertProfile *profile, const ImportOptions *options)
{
  if (profile->forwards->len == 0 && !options->takes_all)
    {
      /* Not translated: programs read this. */
      g_autofree char *line = g_strdup_printf ("left out: %s: no forwards", profile->name);

      culvert_message_print_line (line);
      return CULVERT_EXIT_DONE;
    }
  if (culvert_saved_tunnels_has_name (store, profile->name, profile->id))
    {
      culvert_message_print (profile->name, _ ("a saved tunnel has this name already"),
                             _ ("rename one of the two, or remove the saved one"));
      return CULVERT_EXIT_TROUBLE;
    }
  return import_profile (store, profile->name, profile, options);
}

static int
import_ssh_config (CulvertProfileStore *store, const char *path, const ImportOptions *options)
{
  g_autoptr (GPtrArray) notices =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  gboolean              all_good;
  g_autoptr (GPtrArray) profiles = culvert_ssh_words_read_aliases (path, notices, &all_good);
  int status = all_good && profiles != NULL ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;

  if (profiles != NULL && profiles->len == 0 && all_good)
    {
      culvert_message_print (path, _ ("no Host names a server"),
                             _ ("add a Host line without patterns, or choose another file"));
      return CULVERT_EXIT_TROUBLE;
    }
  for (guint i = 0; profiles != NULL && i < profiles->len; i++)
    {
      int one = import_alias (store, g_ptr_array_index (profiles, i), options);

      status = MAX (status, one);
    }
  culvert_ssh_words_print_notices (notices, options->is_dry_run);
  return status;
}

/* Tunnel files begin with a group; what ssh_config has, whatever it is called, does not. */
static gboolean
is_ssh_config (const char *path)
{
  g_autofree char *text = NULL;
  const char      *p;

  if (g_str_has_suffix (path, CULVERT_PROFILE_SUFFIX))
    return FALSE;
  text = culvert_safe_file_read (path, CULVERT_PROFILE_MAX_BYTES, FALSE, NULL);
  if (text == NULL)
    return FALSE;
  for (p = text; *p == '#' || g_ascii_isspace (*p);)
    p += *p == '#' ? strcspn (p, "\n") : 1;
  return *p != '[';
}

static int
import_file (CulvertProfileStore *store, const char *path, const ImportOptions *options)
{
  return is_ssh_config (path) ? import_ssh_config (store, path, options)
                              : import_tunnel (store, path, options);
}

int
culvert_command_import (char **argv)
{
  ImportOptions      options = { FALSE, FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry_run, NULL, NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.may_replace, NULL, NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.takes_all, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)              error = NULL;
  g_autoptr (CulvertArguments)    arguments = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertProfileStore) store = NULL;
  int                             status = CULVERT_EXIT_DONE;

  if (arguments == NULL)
    return culvert_message_print_usage ("import", error->message);
  if (arguments->with_help)
    return culvert_help_print ("import") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] == NULL || arguments->after != NULL)
    return culvert_message_print_usage ("import",
                                        _ ("needs a tunnel’s file, or one of ssh_config"));

  store = culvert_saved_tunnels_open ();
  for (char **path = arguments->words; *path != NULL; path++)
    {
      int one = import_file (store, *path, &options);

      status = MAX (status, one);
    }
  return status;
}
