/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/wake-watch.h"

#include "base/sleep-clock.h"
#include "base/source.h"

#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

/* The two clocks are not read at the same moment, and adjusting one takes a little from it. */
#define SLEEP_MIN_US (1 * G_USEC_PER_SEC)

struct _CulvertWakeWatch
{
  grefcount             ref_count; /* the owner's, and one for the bus on its way */
  CulvertSleepClockFunc clock;
  CulvertWakeFunc       func; /* NULL once the owner left */
  gpointer              user_data;

  GCancellable    *cancellable;
  GDBusConnection *bus; /* nullable */
  guint            signal_id;
  guint            name_id;

  GSource *poll; /* nullable: while logind is not there */
  gint64   slept_us;
};

static void
watch_unref (CulvertWakeWatch *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->cancellable);
  g_free (self);
}

static gboolean
poll_cb (gpointer user_data)
{
  CulvertWakeWatch *self = user_data;
  gint64            slept_us = self->clock ();
  gboolean          has_slept = slept_us - self->slept_us >= SLEEP_MIN_US;

  self->slept_us = slept_us;
  if (has_slept)
    self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
start_poll (CulvertWakeWatch *self)
{
  if (self->poll != NULL)
    return;

  self->slept_us = self->clock ();
  self->poll = g_timeout_source_new (CULVERT_WAKE_WATCH_POLL_MS);
  g_source_set_static_name (self->poll, "culvert wake watch");
  g_source_set_callback (self->poll, poll_cb, self, NULL);
  g_source_attach (self->poll, NULL);
}

static void
sleep_signal_cb (GDBusConnection *bus,
                 const char      *sender,
                 const char      *path,
                 const char      *interface,
                 const char      *signal,
                 GVariant        *parameters,
                 gpointer         user_data)
{
  CulvertWakeWatch *self = user_data;
  gboolean          goes_to_sleep = TRUE;

  /* It says so before, and once more after. */
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &goes_to_sleep);
  if (!goes_to_sleep)
    self->func (self->user_data);
}

static void
logind_came_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  CulvertWakeWatch *self = user_data;

  culvert_source_clear (&self->poll);
}

static void
logind_went_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  start_poll (user_data);
}

static void
got_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertWakeWatch           *self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL && self->func != NULL)
    {
      /* A bus that ends would otherwise end this program and all its tunnels. */
      g_dbus_connection_set_exit_on_close (bus, FALSE);
      self->bus = g_object_ref (bus);
      self->signal_id = g_dbus_connection_signal_subscribe (
        bus, LOGIND_NAME, LOGIND_INTERFACE, "PrepareForSleep", LOGIND_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, sleep_signal_cb, self, NULL);
      self->name_id =
        g_bus_watch_name_on_connection (bus, LOGIND_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        logind_came_cb, logind_went_cb, self, NULL);
    }
  watch_unref (self);
}

CulvertWakeWatch *
culvert_wake_watch_new (CulvertSleepClockFunc clock, CulvertWakeFunc func, gpointer user_data)
{
  CulvertWakeWatch *self = g_new0 (CulvertWakeWatch, 1);

  g_ref_count_init (&self->ref_count);
  self->clock = clock != NULL ? clock : culvert_sleep_clock_get_us;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  start_poll (self);

  g_ref_count_inc (&self->ref_count);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, got_bus_cb, self);

  return self;
}

void
culvert_wake_watch_free (CulvertWakeWatch *self)
{
  if (self == NULL)
    return;

  self->func = NULL;
  g_cancellable_cancel (self->cancellable);
  culvert_source_clear (&self->poll);
  if (self->name_id != 0)
    g_bus_unwatch_name (self->name_id);
  if (self->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
  g_clear_object (&self->bus);
  watch_unref (self);
}
