/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "cli/saved-tunnels.h"
#include "core/profile-file.h"
#include "core/short-id.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* Importing and exporting tunnel files. */

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

static int
import_file (CulvertProfileStore *store, const char *path, const ImportOptions *options)
{
  /* Not translated: programs read them. */
  static const char *const   verbs[] = { "new", "same", "replaced" };
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) read = culvert_saved_tunnels_read_file (path, NULL, &error);
  g_autoptr (CulvertProfile) profile = NULL;
  CulvertProfileEntry       *entry;
  CulvertProfile            *existing;
  g_autofree char           *title = NULL;
  g_autofree char           *forwards = NULL;
  g_autofree char           *line = NULL;
  ImportKind                 kind;
  int                        status = CULVERT_EXIT_DONE;

  if (read == NULL)
    {
      culvert_message_print_error (path, error);
      return CULVERT_EXIT_TROUBLE;
    }
  entry = culvert_profile_store_find (store, read->id);
  existing = entry != NULL ? culvert_profile_entry_get_profile (entry) : NULL;
  profile = tame (read, existing);
  kind = compare (profile, existing);
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
      title = culvert_profile_dup_title (profile);
      forwards = culvert_profile_text_forwards (profile);
      line = g_strdup_printf ("%s%s: %s: %s: %s", options->is_dry_run ? "would be " : "",
                              verbs[kind], profile->id, title, forwards);
      culvert_message_print_line (line);
    }
  return status;
}

int
culvert_command_import (char **argv)
{
  ImportOptions      options = { FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry_run, NULL, NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.may_replace, NULL, NULL },
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
    return culvert_message_print_usage ("import", _ ("needs a tunnel’s file"));

  store = culvert_saved_tunnels_open ();
  for (char **path = arguments->words; *path != NULL; path++)
    {
      int one = import_file (store, *path, &options);

      status = MAX (status, one);
    }
  return status;
}

/* Never in the place of another file: that could be the only copy of something. */
static int
write_file (const char *path, const char *text)
{
  g_autoptr (GFile)             file = g_file_new_for_commandline_arg (path);
  g_autoptr (GError)            error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, &error);
  g_autofree char              *line = NULL;

  if (stream == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      culvert_message_print (path, _ ("there is a file of this name already"),
                             _ ("choose another name, or remove it first"));
      return CULVERT_EXIT_TROUBLE;
    }
  if (stream == NULL ||
      !g_output_stream_write_all (G_OUTPUT_STREAM (stream), text, strlen (text), NULL, NULL,
                                  &error) ||
      !g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error))
    {
      culvert_message_print_error (path, error);
      if (stream != NULL)
        g_file_delete (file, NULL, NULL);
      return CULVERT_EXIT_TROUBLE;
    }
  line = g_strdup_printf ("exported: %s", path);
  culvert_message_print_line (line);
  return CULVERT_EXIT_DONE;
}

/* What a file that leaves this computer does not carry. */
static CulvertProfile *
share (const CulvertProfile *profile)
{
  CulvertProfile *shared = culvert_profile_edit (profile);

  shared->proxy_command_allowed = FALSE;
  return shared;
}

static int
export_one (CulvertProfile *profile, const char *place)
{
  g_autoptr (CulvertProfile) shared = share (profile);
  g_autofree char           *text = culvert_profile_to_text (shared);
  g_autofree char           *name = g_strconcat (profile->id, CULVERT_PROFILE_SUFFIX, NULL);
  g_autofree char           *path = NULL;

  if (place == NULL)
    {
      /* A file's bytes, not a message: no conversion. */
      (void)fputs (text, stdout);
      return fflush (stdout) == 0 ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
    }
  path = g_file_test (place, G_FILE_TEST_IS_DIR) ? g_build_filename (place, name, NULL)
                                                 : g_strdup (place);
  return write_file (path, text);
}

int
culvert_command_export (char **argv)
{
  g_autofree char   *place = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &place, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)              error = NULL;
  g_autoptr (CulvertArguments)    arguments = culvert_arguments_parse (argv, entries, &error);
  g_autoptr (CulvertProfileStore) store = NULL;
  g_autoptr (GPtrArray)           profiles = NULL;
  int                             status = CULVERT_EXIT_DONE;

  if (arguments == NULL)
    return culvert_message_print_usage ("export", error->message);
  if (arguments->with_help)
    return culvert_help_print ("export") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] == NULL || arguments->after != NULL)
    return culvert_message_print_usage ("export", _ ("needs the name or id of a saved tunnel"));

  store = culvert_saved_tunnels_open ();
  profiles = culvert_saved_tunnels_find_all (store, arguments->words);
  if (profiles == NULL)
    return CULVERT_EXIT_USAGE;
  if (profiles->len > 1 && (place == NULL || !g_file_test (place, G_FILE_TEST_IS_DIR)))
    return culvert_message_print_usage ("export", _ ("several tunnels need -o with a folder"));
  for (guint i = 0; i < profiles->len; i++)
    {
      int one = export_one (g_ptr_array_index (profiles, i), place);

      status = MAX (status, one);
    }
  return status;
}
