/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/askpass.h"

#include <string.h>

#define ANSWER_MAX_BYTES 4096
#define USUAL_PROGRAM    "ssh-askpass"

typedef struct
{
  GSubprocess *process;
  gulong       cancelled_id;
  gsize        n_bytes;
  char         answer[ANSWER_MAX_BYTES];
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  culvert_secret_wipe (asking->answer, sizeof asking->answer);
  g_clear_object (&asking->process);
  g_free (asking);
}

/* (transfer full) (nullable) */
static char *
find_program (void)
{
  const char *program = g_getenv ("SSH_ASKPASS");

  if (program != NULL && program[0] != '\0')
    return g_strdup (program);
  return g_find_program_in_path (USUAL_PROGRAM);
}

static gboolean
is_set (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && value[0] != '\0';
}

CulvertAskpassUse
culvert_askpass_get_use (void)
{
  gboolean         has_display = is_set ("DISPLAY") || is_set ("WAYLAND_DISPLAY");
  const char      *require = g_getenv ("SSH_ASKPASS_REQUIRE");
  g_autofree char *program = find_program ();

  if (program == NULL)
    return CULVERT_ASKPASS_NEVER;
  if (require != NULL && g_ascii_strcasecmp (require, "force") == 0)
    return CULVERT_ASKPASS_FIRST;
  if (!has_display || (require != NULL && g_ascii_strcasecmp (require, "never") == 0))
    return CULVERT_ASKPASS_NEVER;
  if (require != NULL && g_ascii_strcasecmp (require, "prefer") == 0)
    return CULVERT_ASKPASS_FIRST;
  return CULVERT_ASKPASS_FALLBACK;
}

static void read_more (GTask *task);

/* Its answer counts only when it ended well: otherwise the person closed it. */
static void
waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking           *asking = g_task_get_task_data (task);
  GError           *error = NULL;
  gsize             length;

  g_cancellable_disconnect (g_task_get_cancellable (task), asking->cancelled_id);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!g_subprocess_wait_finish (asking->process, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!g_subprocess_get_successful (asking->process))
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  for (length = 0; length < asking->n_bytes; length++)
    if (strchr ("\r\n", asking->answer[length]) != NULL)
      break;
  g_task_return_pointer (task, culvert_secret_new (asking->answer, (gssize)length),
                         (GDestroyNotify)culvert_secret_unref);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  Asking *asking = g_task_get_task_data (task);
  gssize  n_read = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n_read > 0)
    asking->n_bytes += (gsize)n_read;
  if (n_read > 0 && asking->n_bytes < ANSWER_MAX_BYTES)
    read_more (task);
  else
    g_subprocess_wait_async (asking->process, NULL, waited_cb, task);
}

static void
read_more (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  g_input_stream_read_async (g_subprocess_get_stdout_pipe (asking->process),
                             asking->answer + asking->n_bytes, ANSWER_MAX_BYTES - asking->n_bytes,
                             G_PRIORITY_DEFAULT, NULL, read_cb, task);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_subprocess_force_exit (G_SUBPROCESS (user_data));
  /* Another thread sends the signal; ours may be about to end the program. */
  g_subprocess_wait (G_SUBPROCESS (user_data), NULL, NULL);
}

void
culvert_askpass_async (const char         *question,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GTask           *task = g_task_new (NULL, cancellable, callback, user_data);
  Asking          *asking = g_new0 (Asking, 1);
  g_autofree char *program = find_program ();
  GError          *error = NULL;

  g_task_set_source_tag (task, culvert_askpass_async);
  g_task_set_task_data (task, asking, asking_free);
  asking->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                      program != NULL ? program : USUAL_PROGRAM, question, NULL);
  if (asking->process == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (cancellable != NULL)
    asking->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                  g_object_ref (asking->process), g_object_unref);
  read_more (task);
}

CulvertSecret *
culvert_askpass_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
