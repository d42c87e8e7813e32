/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/export-form.h"
#include "cli/message.h"
#include "cli/saved-tunnels.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* Exporting tunnel files. */

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

static int
export_to (CulvertExport *export, CulvertProfile *profile, const char *place)
{
  g_autofree char *text = culvert_export_write (export, profile);
  g_autofree char *name = culvert_export_file_name (export, profile);
  g_autofree char *path = g_file_test (place, G_FILE_TEST_IS_DIR)
                            ? g_build_filename (place, name, NULL)
                            : g_strdup (place);

  return write_file (path, text);
}

/* A file's bytes, not a message: no conversion. */
static int
export_to_output (CulvertExport *export, GPtrArray *profiles)
{
  for (guint i = 0; i < profiles->len; i++)
    {
      g_autofree char *text = culvert_export_write (export, g_ptr_array_index (profiles, i));

      if (i > 0 && export->form != CULVERT_EXPORT_SSH)
        (void)fputc ('\n', stdout);
      (void)fputs (text, stdout);
    }
  return CULVERT_EXIT_DONE;
}

int
culvert_command_export (char **argv)
{
  g_autofree char *place = NULL;
  g_autofree char *form = NULL;
  g_auto (CulvertExport) export = { 0 };
  const GOptionEntry entries[] = {
    { "as", 0, 0, G_OPTION_ARG_STRING, &form, NULL, NULL },
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
  if (form != NULL && !culvert_export_form_from_nick (form, &export.form))
    return culvert_message_print_usage (
      "export", _ ("--as needs culvert, ssh, ssh-config, systemd or server-kit"));

  store = culvert_saved_tunnels_open ();
  profiles = culvert_saved_tunnels_find_all (store, arguments->words);
  if (profiles == NULL)
    return CULVERT_EXIT_USAGE;
  if (place == NULL && (profiles->len == 1 || culvert_export_can_join (&export)))
    return export_to_output (&export, profiles);
  if (profiles->len > 1 && (place == NULL || !g_file_test (place, G_FILE_TEST_IS_DIR)))
    return culvert_message_print_usage ("export", _ ("several tunnels need -o with a folder"));
  for (guint i = 0; i < profiles->len; i++)
    {
      int one = export_to (&export, g_ptr_array_index (profiles, i), place);

      status = MAX (status, one);
    }
  return status;
}
