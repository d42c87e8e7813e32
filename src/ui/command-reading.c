/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/command-reading.h"

#include "core/ssh-command.h"
#include "core/ssh-files.h"

typedef struct
{
  CulvertProfile *draft;
  GPtrArray      *notices;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->draft, culvert_profile_unref);
  g_clear_pointer (&reading->notices, g_ptr_array_unref);
  g_free (reading);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (CulvertSshFiles) files = culvert_ssh_files_new ();
  Reading                    *reading = g_new0 (Reading, 1);
  GError                     *error = NULL;

  reading->notices = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  reading->draft = culvert_ssh_command_parse_line_with (data, files, reading->notices, &error);
  if (reading->draft != NULL)
    {
      g_task_return_pointer (task, reading, reading_free);
      return;
    }
  reading_free (reading);
  g_task_return_error (task, error);
}

void
culvert_command_reading_start (const char         *line,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, culvert_command_reading_start);
  g_task_set_task_data (task, g_strdup (line), g_free);
  /* Whoever cancels does not wait for a disk. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, read_in_thread);
}

CulvertProfile *
culvert_command_reading_finish (GAsyncResult *result, GPtrArray **notices, GError **error)
{
  Reading        *reading = g_task_propagate_pointer (G_TASK (result), error);
  CulvertProfile *draft;

  *notices = NULL;
  if (reading == NULL)
    return NULL;
  draft = g_steal_pointer (&reading->draft);
  *notices = g_steal_pointer (&reading->notices);
  reading_free (reading);
  return draft;
}
