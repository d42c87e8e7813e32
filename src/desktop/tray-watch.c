/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/tray-watch.h"

#include "base/backoff.h"
#include "base/source.h"

#define NAME          "org.kde.StatusNotifierWatcher"
#define PATH          "/StatusNotifierWatcher"
#define PROPERTIES    "org.freedesktop.DBus.Properties"
#define CALL_LIMIT_MS 5000

struct _CulvertTrayWatch
{
  grefcount            ref_count; /* the owner's, and one for each answer on its way */
  CulvertTrayWatchFunc func;      /* NULL once the owner left */
  gpointer             user_data;

  GDBusConnection *bus;
  GCancellable    *cancellable; /* of what was asked of the watcher that is there */
  guint            name_id;
  guint            signal_id;
  char            *watcher; /* nullable: its unique name */
  gboolean         is_registered;
  gboolean         has_host;
  GSource         *retry; /* nullable */
  guint            n_retries;
};

static void register_item (CulvertTrayWatch *self);

static void
watch_unref (CulvertTrayWatch *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->cancellable);
  g_object_unref (self->bus);
  g_free (self->watcher);
  g_free (self);
}

/* Call last: the owner may leave in there. */
static void
set_has_host (CulvertTrayWatch *self, gboolean has_host)
{
  if (self->has_host == has_host || self->func == NULL)
    return;
  self->has_host = has_host;
  self->func (has_host, self->user_data);
}

static void
call (CulvertTrayWatch   *self,
      const char         *interface,
      const char         *method,
      GVariant           *parameters,
      const char         *reply,
      GAsyncReadyCallback callback)
{
  g_ref_count_inc (&self->ref_count);
  g_dbus_connection_call (self->bus, self->watcher, PATH, interface, method, parameters,
                          G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_LIMIT_MS,
                          self->cancellable, callback, self);
}

static void
got_host_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  CulvertTrayWatch    *self = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (reply != NULL)
    {
      g_variant_get (reply, "(v)", &value);
      set_has_host (self, g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) &&
                            g_variant_get_boolean (value));
    }
  watch_unref (self);
}

static void
ask_for_host (CulvertTrayWatch *self)
{
  call (self, PROPERTIES, "Get", g_variant_new ("(ss)", NAME, "IsStatusNotifierHostRegistered"),
        "(v)", got_host_cb);
}

static gboolean
retry_cb (gpointer user_data)
{
  CulvertTrayWatch *self = user_data;

  culvert_source_clear (&self->retry);
  if (self->watcher != NULL)
    register_item (self);
  return G_SOURCE_REMOVE;
}

static void
registered_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  CulvertTrayWatch    *self = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply != NULL)
    {
      self->is_registered = TRUE;
      ask_for_host (self);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      /* It may just have been too busy. */
      self->retry = g_timeout_source_new (culvert_backoff_delay_ms (self->n_retries++, NULL));
      g_source_set_static_name (self->retry, "culvert tray");
      g_source_set_callback (self->retry, retry_cb, self, NULL);
      g_source_attach (self->retry, g_main_context_get_thread_default ());
    }
  watch_unref (self);
}

static void
register_item (CulvertTrayWatch *self)
{
  call (self, NAME, "RegisterStatusNotifierItem",
        g_variant_new ("(s)", g_dbus_connection_get_unique_name (self->bus)), "()", registered_cb);
}

/* Nothing of what an earlier watcher still answers counts any more. */
static void
forget_watcher (CulvertTrayWatch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->watcher, g_free);
  self->is_registered = FALSE;
  self->n_retries = 0;
  culvert_source_clear (&self->retry);
}

static void
signal_cb (GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *parameters,
           gpointer         user_data)
{
  CulvertTrayWatch *self = user_data;

  if (!self->is_registered || g_strcmp0 (sender, self->watcher) != 0)
    return;
  /* Hosts of one watcher come and go; it alone knows whether one is left. */
  if (g_str_equal (signal, "StatusNotifierHostRegistered") ||
      g_str_equal (signal, "StatusNotifierHostUnregistered"))
    ask_for_host (self);
}

static void
came_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  CulvertTrayWatch *self = user_data;

  forget_watcher (self);
  self->watcher = g_strdup (owner);
  register_item (self);
}

static void
went_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  CulvertTrayWatch *self = user_data;

  forget_watcher (self);
  set_has_host (self, FALSE);
}

CulvertTrayWatch *
culvert_tray_watch_new (GDBusConnection *bus, CulvertTrayWatchFunc func, gpointer user_data)
{
  CulvertTrayWatch *self = g_new0 (CulvertTrayWatch, 1);

  g_ref_count_init (&self->ref_count);
  self->func = func;
  self->user_data = user_data;
  self->bus = g_object_ref (bus);
  self->cancellable = g_cancellable_new ();
  self->signal_id = g_dbus_connection_signal_subscribe (
    bus, NAME, NAME, NULL, PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, self, NULL);
  self->name_id = g_bus_watch_name_on_connection (bus, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, came_cb,
                                                  went_cb, self, NULL);
  return self;
}

void
culvert_tray_watch_free (CulvertTrayWatch *self)
{
  if (self == NULL)
    return;

  self->func = NULL;
  g_bus_unwatch_name (self->name_id);
  g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
  forget_watcher (self);
  watch_unref (self);
}

gboolean
culvert_tray_watch_has_host (CulvertTrayWatch *self)
{
  return self->has_host;
}
