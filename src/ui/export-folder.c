/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/export-folder.h"

#include "core/profile-file.h"

#include <string.h>

#define NAME_MAX_BYTES 120 /* with a number and a suffix it is less than any file system takes */
#define NUMBER_MAX     999

/* (transfer full): without a suffix */
static char *
make_stem (const CulvertProfile *profile)
{
  g_autofree char *title = culvert_profile_dup_title (profile);
  g_autofree char *valid = g_utf8_make_valid (title, -1);
  GString         *stem = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && stem->len < NAME_MAX_BYTES; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (
        stem,
        !g_unichar_isprint (c) || (c < 0x80 && strchr ("/\\:*?\"<>|", (int)c) != NULL) ? '-' : c);
    }
  g_strstrip (stem->str);
  stem->len = strlen (stem->str);
  /* A dot in front would hide it. */
  if (stem->len == 0 || stem->str[0] == '.')
    g_string_prepend (stem, profile->id);
  return g_string_free (stem, FALSE);
}

char *
culvert_export_name (const CulvertProfile *profile)
{
  g_autofree char *stem = NULL;

  g_return_val_if_fail (profile != NULL, NULL);

  stem = make_stem (profile);
  return g_strconcat (stem, CULVERT_PROFILE_SUFFIX, NULL);
}

/* (transfer full) (nullable): a new file in @folder */
static GFileOutputStream *
create (GFile *folder, const CulvertProfile *profile, GFile **file, GError **error)
{
  g_autofree char *stem = make_stem (profile);

  for (guint number = 1; TRUE; number++)
    {
      g_autoptr (GError) own = NULL;
      g_autofree char   *name = number == 1
                                  ? g_strconcat (stem, CULVERT_PROFILE_SUFFIX, NULL)
                                  : g_strdup_printf ("%s (%u)" CULVERT_PROFILE_SUFFIX, stem, number);
      GFileOutputStream *stream;

      *file = g_file_get_child (folder, name);
      stream = g_file_create (*file, G_FILE_CREATE_PRIVATE, NULL, &own);
      if (stream != NULL)
        return stream;
      g_clear_object (file);
      if (!g_error_matches (own, G_IO_ERROR, G_IO_ERROR_EXISTS) || number == NUMBER_MAX)
        {
          g_propagate_error (error, g_steal_pointer (&own));
          return NULL;
        }
    }
}

static gboolean
write_one (GFile *folder, const CulvertProfile *profile, GError **error)
{
  g_autofree char              *text = culvert_profile_to_shared_text (profile);
  g_autoptr (GFile)             file = NULL;
  g_autoptr (GFileOutputStream) stream = create (folder, profile, &file, error);

  if (stream == NULL)
    return FALSE;
  if (g_output_stream_write_all (G_OUTPUT_STREAM (stream), text, strlen (text), NULL, NULL,
                                 error) &&
      g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error))
    return TRUE;
  g_file_delete (file, NULL, NULL);
  return FALSE;
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *profiles = data;
  GError    *error = NULL;

  for (guint i = 0; i < profiles->len; i++)
    if (!write_one (source, g_ptr_array_index (profiles, i), &error))
      {
        g_task_return_error (task, error);
        return;
      }
  g_task_return_boolean (task, TRUE);
}

void
culvert_export_folder_start (GFile              *folder,
                             GPtrArray          *profiles,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (folder, NULL, callback, user_data);

  g_task_set_source_tag (task, culvert_export_folder_start);
  g_task_set_task_data (task, g_ptr_array_ref (profiles), (GDestroyNotify)g_ptr_array_unref);
  g_task_run_in_thread (task, write_in_thread);
}

gboolean
culvert_export_folder_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
