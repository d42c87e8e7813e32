/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/background-portal.h"

#include "base/source.h"

#define NAME          "org.freedesktop.portal.Desktop"
#define PATH          "/org/freedesktop/portal/desktop"
#define INTERFACE     "org.freedesktop.portal.Background"
#define REQUEST       "org.freedesktop.portal.Request"
#define PROPERTIES    "org.freedesktop.DBus.Properties"
#define CALL_LIMIT_MS 10000
#define ASK_LIMIT_MS  60000
#define GRANTED       0

/* One question, as the data of its task. */
typedef struct
{
  GDBusConnection *bus;
  char            *token;
  guint            response_id;
  GSource         *limit;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  if (self->response_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->response_id);
  culvert_source_clear (&self->limit);
  g_object_unref (self->bus);
  g_free (self->token);
  g_free (self);
}

/* Whatever else keeps a portal from answering, there is none for this. */
static void
return_error (GTask *task, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", error->message);
  g_error_free (error);
}

static void
found_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)    task = user_data;
  GError              *error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, error);
}

void
culvert_background_portal_find_async (GDBusConnection    *bus,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, culvert_background_portal_find_async);
  g_dbus_connection_call (bus, NAME, PATH, PROPERTIES, "Get",
                          g_variant_new ("(ss)", INTERFACE, "version"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS, cancellable, found_cb, task);
}

gboolean
culvert_background_portal_find_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, culvert_background_portal_find_async),
                        FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A question is answered once, by whatever comes first. */
static gboolean
is_answered (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  return question->response_id == 0;
}

static void
close_question (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  g_dbus_connection_signal_unsubscribe (question->bus, question->response_id);
  question->response_id = 0;
  culvert_source_clear (&question->limit);
}

static void
response_cb (GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *signal,
             GVariant        *parameters,
             gpointer         user_data)
{
  g_autoptr (GTask)      task = g_object_ref (user_data);
  g_autoptr (GVariant)   results = NULL;
  CulvertBackgroundGrant grant = { FALSE };
  guint32                response;

  if (is_answered (task) || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  close_question (task);
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &grant.may_run);
  g_variant_lookup (results, "autostart", "b", &grant.autostarts);
  if (response == GRANTED)
    g_task_return_pointer (task, g_memdup2 (&grant, sizeof grant), g_free);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                             "The desktop did not allow it");
}

static gboolean
limit_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  close_question (task);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The desktop did not answer");
  return G_SOURCE_REMOVE;
}

static void
asked_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)    task = user_data;
  GError              *error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply != NULL || is_answered (task))
    {
      g_clear_error (&error);
      return;
    }
  close_question (task);
  return_error (task, error);
}

/* (transfer full): where the answer is told.  It is known before, so the answer cannot be missed. */
static char *
build_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  return g_strdup_printf (PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);
}

static GVariant *
build_options (const char        *token,
               const char        *reason,
               gboolean           autostart,
               const char *const *command)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (reason));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (autostart));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  return g_variant_builder_end (&options);
}

void
culvert_background_portal_ask_async (GDBusConnection    *bus,
                                     const char         *reason,
                                     gboolean            autostart,
                                     const char *const  *command,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  static guint     n_asked;
  GTask           *task = g_task_new (NULL, cancellable, callback, user_data);
  Question        *question = g_new0 (Question, 1);
  g_autofree char *path = NULL;

  g_task_set_source_tag (task, culvert_background_portal_ask_async);
  g_task_set_task_data (task, question, question_free);
  question->bus = g_object_ref (bus);
  question->token = g_strdup_printf ("culvert%u", ++n_asked);
  path = build_request_path (bus, question->token);
  question->response_id = g_dbus_connection_signal_subscribe (
    bus, NAME, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, response_cb,
    g_object_ref (task), g_object_unref);
  question->limit = g_timeout_source_new (ASK_LIMIT_MS);
  g_source_set_static_name (question->limit, "culvert portal");
  g_source_set_callback (question->limit, limit_cb, task, NULL);
  g_source_attach (question->limit, g_main_context_get_thread_default ());
  g_dbus_connection_call (
    bus, NAME, PATH, INTERFACE, "RequestBackground",
    g_variant_new ("(s@a{sv})", "", build_options (question->token, reason, autostart, command)),
    G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS, cancellable, asked_cb, task);
}

gboolean
culvert_background_portal_ask_finish (GAsyncResult           *result,
                                      CulvertBackgroundGrant *grant,
                                      GError                **error)
{
  g_autofree CulvertBackgroundGrant *given = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, culvert_background_portal_ask_async),
                        FALSE);
  given = g_task_propagate_pointer (G_TASK (result), error);
  if (given == NULL)
    return FALSE;
  *grant = *given;
  return TRUE;
}
