/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/autostart.h"

#include "desktop/autostart-file.h"
#include "desktop/own-command.h"

struct _CulvertAutostart
{
  grefcount              ref_count;
  GDBusConnection       *bus; /* nullable */
  gboolean               is_sandboxed;
  CulvertBackgroundGrant grant; /* in a sandbox */
};

CulvertAutostart *
culvert_autostart_new (GDBusConnection *bus, gboolean is_sandboxed, gboolean was_granted)
{
  CulvertAutostart *self = g_new0 (CulvertAutostart, 1);

  g_ref_count_init (&self->ref_count);
  g_set_object (&self->bus, bus);
  self->is_sandboxed = is_sandboxed;
  self->grant.autostarts = was_granted;
  return self;
}

CulvertAutostart *
culvert_autostart_ref (CulvertAutostart *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_autostart_unref (CulvertAutostart *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_clear_object (&self->bus);
  g_free (self);
}

gboolean
culvert_autostart_is_sandboxed (CulvertAutostart *self)
{
  return self->is_sandboxed;
}

gboolean
culvert_autostart_is_on (CulvertAutostart *self)
{
  return self->is_sandboxed ? self->grant.autostarts : culvert_autostart_file_is_on ();
}

gboolean
culvert_autostart_may_run (CulvertAutostart *self)
{
  return !self->is_sandboxed || self->grant.may_run;
}

/* (transfer full) */
static GTask *
task_new (CulvertAutostart   *self,
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, culvert_autostart_ref (self),
                        (GDestroyNotify)culvert_autostart_unref);
  return task;
}

/* Returns: is there no bus to ask anybody on? */
static gboolean
fails_without_bus (CulvertAutostart *self, GTask *task)
{
  if (self->bus != NULL)
    return FALSE;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "There is no session bus");
  g_object_unref (task);
  return TRUE;
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;

  if (culvert_background_portal_find_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
culvert_autostart_probe_async (CulvertAutostart   *self,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask *task = task_new (self, cancellable, callback, user_data);

  if (!self->is_sandboxed)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (!fails_without_bus (self, task))
    {
      culvert_background_portal_find_async (self->bus, cancellable, found_cb, task);
    }
}

gboolean
culvert_autostart_probe_finish (CulvertAutostart *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
set_by_file (CulvertAutostart *self, gboolean is_on, GTask *task)
{
  g_auto (GStrv) window = culvert_own_window_command ();
  const char    *command[] = { window[0], "--background", NULL };
  GError        *error = NULL;

  if (culvert_autostart_file_set (is_on, command, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

/* What was wanted of the portal is the task's source tag. */
static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)      task = user_data;
  CulvertAutostart      *self = g_task_get_task_data (task);
  gboolean               is_on = GPOINTER_TO_INT (g_task_get_source_tag (task));
  CulvertBackgroundGrant grant;
  GError                *error = NULL;

  if (!culvert_background_portal_ask_finish (result, &grant, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->grant = grant;
  if (grant.autostarts == is_on)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                             "The desktop did not allow it");
}

void
culvert_autostart_set_async (CulvertAutostart   *self,
                             gboolean            is_on,
                             const char         *reason,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  static const char *const command[] = { "culvert", "--background", NULL };
  GTask                   *task = task_new (self, cancellable, callback, user_data);

  if (!self->is_sandboxed)
    {
      set_by_file (self, is_on, task);
    }
  else if (!fails_without_bus (self, task))
    {
      g_task_set_source_tag (task, GINT_TO_POINTER (is_on));
      culvert_background_portal_ask_async (self->bus, reason, is_on, command, cancellable, asked_cb,
                                           task);
    }
}

gboolean
culvert_autostart_set_finish (CulvertAutostart *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
