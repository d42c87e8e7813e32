/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/background.h"

#include "base/sandbox.h"
#include "base/source.h"
#include "desktop/autostart.h"
#include "ui/settings.h"
#include "ui/tray-icon.h"

#include <glib/gi18n.h>

/* A panel that is started anew is back by then. */
#define TRAY_GONE_MS 10000

#define WANTED  "run-in-background"
#define TOLD    "told-of-background"
#define GRANTED "starts-at-log-in"

#define NOTE_RUNNING "background"
#define NOTE_NO_TRAY "no-tray"

typedef enum
{
  ANSWER_NONE,
  ANSWER_AWAITED,
  ANSWER_YES,
  ANSWER_NO,
  ANSWER_NOBODY, /* is there to ask */
} Answer;

struct _CulvertBackground
{
  GObject                       parent_instance;
  GApplication                 *application; /* not owned: it owns this */
  const CulvertBackgroundFuncs *funcs;
  gpointer                      user_data;

  GSettings        *settings; /* nullable */
  CulvertTrayIcon  *icon;     /* nullable: without a bus, and where something else has its place */
  CulvertAutostart *autostart;
  Answer            answer; /* of the desktop, in a sandbox, to running without a window */
  gboolean          is_hidden;
  GSource          *tray_gone; /* nullable: hidden, and no tray */
};

G_DEFINE_FINAL_TYPE (CulvertBackground, culvert_background, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_HAS_TRAY,
  PROP_MAY_RUN,
  PROP_STARTS_AT_LOG_IN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* (transfer none) (nullable) */
static GDBusConnection *
get_bus (CulvertBackground *self)
{
  return g_application_get_is_registered (self->application)
           ? g_application_get_dbus_connection (self->application)
           : NULL;
}

/* Telling */

static void
note (CulvertBackground *self, const char *id, const char *title, const char *body)
{
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (get_bus (self) == NULL)
    return;
  g_notification_set_body (notification, body);
  g_notification_set_default_action (notification, "app.open");
  g_application_send_notification (self->application, id, notification);
}

static void
take_back (CulvertBackground *self, const char *id)
{
  if (get_bus (self) != NULL)
    g_application_withdraw_notification (self->application, id);
}

static void
tell_running (CulvertBackground *self)
{
  if (self->settings == NULL || g_settings_get_boolean (self->settings, TOLD))
    return;
  g_settings_set_boolean (self->settings, TOLD, TRUE);
  if (culvert_background_has_tray (self))
    note (self, NOTE_RUNNING, _ ("Culvert Keeps Running"),
          _ ("Its tunnels stay as they are. The icon in the tray opens the window, and quits."));
  else
    note (self, NOTE_RUNNING, _ ("Culvert Keeps Running"),
          _ ("Its tunnels stay as they are. Start Culvert again to open the window."));
}

static gboolean
tray_gone_cb (gpointer user_data)
{
  CulvertBackground *self = user_data;

  culvert_source_clear (&self->tray_gone);
  note (self, NOTE_NO_TRAY, _ ("Culvert Runs Without a Window"),
        _ ("This desktop shows no tray. Start Culvert again to open the window."));
  return G_SOURCE_REMOVE;
}

static void
watch_tray (CulvertBackground *self)
{
  if (self->is_hidden && !culvert_background_has_tray (self))
    {
      if (self->tray_gone != NULL)
        return;
      self->tray_gone = g_timeout_source_new (TRAY_GONE_MS);
      g_source_set_static_name (self->tray_gone, "culvert tray gone");
      g_source_set_callback (self->tray_gone, tray_gone_cb, self, NULL);
      g_source_attach (self->tray_gone, g_main_context_get_thread_default ());
      return;
    }
  culvert_source_clear (&self->tray_gone);
  take_back (self, NOTE_NO_TRAY);
}

/* The tray */

static void
open_cb (const char *tunnel_id, const char *token, gpointer user_data)
{
  CulvertBackground *self = user_data;

  self->funcs->open (tunnel_id, token, self->user_data);
}

static void
quit_cb (gpointer user_data)
{
  CulvertBackground *self = user_data;

  self->funcs->quit (self->user_data);
}

static void
host_changed_cb (gboolean has_host, gpointer user_data)
{
  CulvertBackground *self = user_data;

  watch_tray (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_TRAY]);
}

gboolean
culvert_background_has_tray (CulvertBackground *self)
{
  return self->icon != NULL && culvert_tray_icon_has_host (self->icon);
}

/* Closing */

gboolean
culvert_background_is_sandboxed (CulvertBackground *self)
{
  return culvert_autostart_is_sandboxed (self->autostart);
}

gboolean
culvert_background_is_wanted (CulvertBackground *self)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, WANTED);
}

CulvertClosing
culvert_background_get_closing (CulvertBackground *self)
{
  if (!culvert_background_is_wanted (self))
    return CULVERT_CLOSING_QUITS;
  if (culvert_background_is_sandboxed (self) && self->answer == ANSWER_NONE)
    return CULVERT_CLOSING_ASKS;
  if (self->answer == ANSWER_AWAITED)
    return CULVERT_CLOSING_WAITS;
  if (self->answer == ANSWER_NO)
    return CULVERT_CLOSING_DENIED;
  /* A desktop that grants it shows by itself what runs without a window. */
  if (culvert_background_has_tray (self) || self->answer == ANSWER_YES)
    return CULVERT_CLOSING_HIDES;
  return CULVERT_CLOSING_NO_TRAY;
}

void
culvert_background_set_hidden (CulvertBackground *self, gboolean is_hidden, gboolean by_person)
{
  self->is_hidden = is_hidden;
  if (is_hidden && by_person)
    tell_running (self);
  else if (!is_hidden)
    take_back (self, NOTE_RUNNING);
  watch_tray (self);
}

/* The desktop's answers */

static void
set_answer (CulvertBackground *self, Answer answer)
{
  if (self->answer == answer)
    return;
  self->answer = answer;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAY_RUN]);
}

/* The one place where a sandbox remembers it. */
static void
remember (CulvertBackground *self)
{
  if (self->settings != NULL && culvert_background_is_sandboxed (self))
    g_settings_set_boolean (self->settings, GRANTED, culvert_autostart_is_on (self->autostart));
  if (culvert_background_is_sandboxed (self) && culvert_autostart_may_run (self->autostart))
    set_answer (self, ANSWER_YES);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STARTS_AT_LOG_IN]);
}

static const char *
get_reason (void)
{
  return _ ("Tunnels stay up while the window is closed.");
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  CulvertBackground *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  culvert_autostart_set_finish (self->autostart, result, &error);
  remember (self);
  if (self->answer == ANSWER_NONE || self->answer == ANSWER_AWAITED)
    set_answer (self,
                error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
                  ? ANSWER_NO
                  : ANSWER_NOBODY);
  g_task_return_boolean (task, TRUE);
}

void
culvert_background_ask_async (CulvertBackground  *self,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  set_answer (self, ANSWER_AWAITED);
  culvert_autostart_set_async (self->autostart, culvert_autostart_is_on (self->autostart),
                               get_reason (), NULL, asked_cb,
                               g_task_new (self, NULL, callback, user_data));
}

gboolean
culvert_background_starts_at_log_in (CulvertBackground *self)
{
  return culvert_autostart_is_on (self->autostart);
}

static void
probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  CulvertBackground *self = g_task_get_source_object (task);
  GError            *error = NULL;

  if (culvert_autostart_probe_finish (self->autostart, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
culvert_background_probe_async (CulvertBackground  *self,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  culvert_autostart_probe_async (self->autostart, NULL, probed_cb,
                                 g_task_new (self, NULL, callback, user_data));
}

gboolean
culvert_background_probe_finish (CulvertBackground *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
switched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  CulvertBackground *self = g_task_get_source_object (task);
  GError            *error = NULL;
  gboolean           is_done = culvert_autostart_set_finish (self->autostart, result, &error);

  remember (self);
  if (is_done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
culvert_background_set_starts_async (CulvertBackground  *self,
                                     gboolean            starts,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  culvert_autostart_set_async (self->autostart, starts, get_reason (), NULL, switched_cb,
                               g_task_new (self, NULL, callback, user_data));
}

gboolean
culvert_background_set_starts_finish (CulvertBackground *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

GSettings *
culvert_background_get_settings (CulvertBackground *self)
{
  return self->settings;
}

/* The object */

static void
culvert_background_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertBackground *self = CULVERT_BACKGROUND (object);

  switch (prop_id)
    {
    case PROP_HAS_TRAY:
      g_value_set_boolean (value, culvert_background_has_tray (self));
      break;
    case PROP_MAY_RUN:
      g_value_set_boolean (value, culvert_autostart_may_run (self->autostart));
      break;
    case PROP_STARTS_AT_LOG_IN:
      g_value_set_boolean (value, culvert_background_starts_at_log_in (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_background_dispose (GObject *object)
{
  CulvertBackground *self = CULVERT_BACKGROUND (object);

  culvert_source_clear (&self->tray_gone);
  g_clear_pointer (&self->icon, culvert_tray_icon_free);
  g_clear_pointer (&self->autostart, culvert_autostart_unref);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (culvert_background_parent_class)->dispose (object);
}

static void
culvert_background_class_init (CulvertBackgroundClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_background_dispose;
  object_class->get_property = culvert_background_get_property;
  properties[PROP_HAS_TRAY] =
    g_param_spec_boolean ("has-tray", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_MAY_RUN] =
    g_param_spec_boolean ("may-run", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STARTS_AT_LOG_IN] = g_param_spec_boolean (
    "starts-at-log-in", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_background_init (CulvertBackground *self)
{
  self->settings = culvert_settings_new ();
}

void
culvert_background_set_sandboxed (CulvertBackground *self, gboolean is_sandboxed)
{
  g_clear_pointer (&self->autostart, culvert_autostart_unref);
  self->answer = ANSWER_NONE;
  self->autostart = culvert_autostart_new (get_bus (self), is_sandboxed,
                                           self->settings != NULL &&
                                             g_settings_get_boolean (self->settings, GRANTED));
}

CulvertBackground *
culvert_background_new (GApplication                 *application,
                        CulvertTunnelManager         *manager,
                        const CulvertBackgroundFuncs *funcs,
                        gpointer                      user_data)
{
  static const CulvertTrayIconFuncs icon_funcs = { open_cb, quit_cb, host_changed_cb };
  CulvertBackground                *self = g_object_new (CULVERT_TYPE_BACKGROUND, NULL);
  GDBusConnection                  *bus;
  g_autoptr (GError)                error = NULL;

  self->application = application;
  self->funcs = funcs;
  self->user_data = user_data;
  culvert_background_set_sandboxed (self, g_file_test (CULVERT_SANDBOX_MARK, G_FILE_TEST_EXISTS));
  bus = get_bus (self);
  if (bus != NULL)
    self->icon = culvert_tray_icon_new (bus, manager, &icon_funcs, self, &error);
  if (error != NULL)
    g_message ("no icon in the tray: %s", error->message);
  return self;
}
