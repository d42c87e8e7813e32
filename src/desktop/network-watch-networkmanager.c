/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/network-watch.h"

#include "base/source.h"

#include <gio/gio.h>
#include <string.h>

#define NM_NAME            "org.freedesktop.NetworkManager"
#define NM_PATH            "/org/freedesktop/NetworkManager"
#define ACTIVE_INTERFACE   NM_NAME ".Connection.Active"
#define POINT_INTERFACE    NM_NAME ".AccessPoint"
#define PROPERTIES         "org.freedesktop.DBus.Properties"
#define CONNECTION_IS_WIFI "802-11-wireless"
#define NO_OBJECT          "/"
#define CALL_LIMIT_MS      5000
#define SSID_MAX           32

/* What changes while it is read makes it be read once more. */
typedef enum
{
  READ_RESTS,
  READ_RUNS,
  READ_RUNS_AND_AGAIN,
} ReadState;

struct _CulvertNetworkWatch
{
  grefcount               ref_count; /* the owner's, and one for each answer on its way */
  CulvertNetworkNamesFunc func;      /* NULL once the owner left */
  gpointer                user_data;

  GCancellable        *cancellable;
  GDBusConnection     *bus; /* nullable */
  guint                name_id;
  guint                signal_ids[2];
  char                *manager; /* nullable: the unique name of NetworkManager */
  GSource             *limit;   /* nullable: until something is told */
  CulvertNetworkNames *told;    /* nullable */
  ReadState            read_state;
  char                *connection_name; /* nullable: read already, while the SSID is not */
};

static void start_read (CulvertNetworkWatch *self);

static void
watch_unref (CulvertNetworkWatch *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->told, culvert_network_names_unref);
  g_free (self->connection_name);
  g_free (self->manager);
  g_free (self);
}

/* Call last: the owner may leave in there. */
static void
tell (CulvertNetworkWatch *self, const char *const *names)
{
  g_autoptr (CulvertNetworkNames) now = culvert_network_names_new (names);

  culvert_source_clear (&self->limit);
  if (self->func == NULL || culvert_network_names_equal (self->told, now))
    return;

  g_clear_pointer (&self->told, culvert_network_names_unref);
  self->told = culvert_network_names_ref (now);
  self->func (now, self->user_data);
}

static gboolean
limit_cb (gpointer user_data)
{
  CulvertNetworkWatch *self = user_data;

  tell (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Reading */

static void
end_read (CulvertNetworkWatch *self, const char *const *names)
{
  gboolean is_old = self->read_state == READ_RUNS_AND_AGAIN;

  self->read_state = READ_RESTS;
  if (is_old && self->func != NULL && self->manager != NULL)
    start_read (self);
  else
    tell (self, self->manager != NULL ? names : NULL);
}

static void
call (CulvertNetworkWatch *self,
      const char          *path,
      const char          *method,
      GVariant            *parameters,
      const char          *reply,
      GAsyncReadyCallback  callback)
{
  g_ref_count_inc (&self->ref_count);
  g_dbus_connection_call (self->bus, self->manager, path, PROPERTIES, method, parameters,
                          G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_LIMIT_MS,
                          self->cancellable, callback, self);
}

/* (transfer full) (nullable): the value of a property, if it has that type */
static GVariant *
finish_get (GObject *bus, GAsyncResult *result, const char *type)
{
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(v)", &value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE (type)) ? g_steal_pointer (&value) : NULL;
}

static void
got_ssid_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  CulvertNetworkWatch *self = user_data;
  g_autoptr (GVariant) value = finish_get (bus, result, "ay");
  g_autofree char     *name = g_steal_pointer (&self->connection_name);
  g_autofree char     *ssid = NULL;
  const char          *names[3] = { name, NULL, NULL };

  if (value != NULL)
    {
      gsize       n_bytes;
      const void *bytes = g_variant_get_fixed_array (value, &n_bytes, 1);

      if (n_bytes > 0 && n_bytes <= SSID_MAX)
        ssid = g_utf8_make_valid (bytes, (gssize)n_bytes);
    }
  if (ssid != NULL && !g_str_equal (ssid, name))
    names[1] = ssid;
  end_read (self, names);
  watch_unref (self);
}

static void
got_active_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  CulvertNetworkWatch *self = user_data;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL);
  g_autoptr (GVariant) properties = NULL;
  const char          *name = NULL;
  const char          *type = NULL;
  const char          *point = NULL;

  if (reply != NULL)
    {
      properties = g_variant_get_child_value (reply, 0);
      g_variant_lookup (properties, "Id", "&s", &name);
      g_variant_lookup (properties, "Type", "&s", &type);
      g_variant_lookup (properties, "SpecificObject", "&o", &point);
    }
  if (name == NULL)
    {
      end_read (self, NULL);
    }
  else if (g_strcmp0 (type, CONNECTION_IS_WIFI) == 0 && point != NULL &&
           !g_str_equal (point, NO_OBJECT) && self->manager != NULL)
    {
      self->connection_name = g_strdup (name);
      call (self, point, "Get", g_variant_new ("(ss)", POINT_INTERFACE, "Ssid"), "(v)",
            got_ssid_cb);
    }
  else
    {
      end_read (self, (const char *const[]){ name, NULL });
    }
  watch_unref (self);
}

static void
got_primary_cb (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  CulvertNetworkWatch *self = user_data;
  g_autoptr (GVariant) value = finish_get (bus, result, "o");

  if (value == NULL || self->manager == NULL)
    end_read (self, NULL);
  else if (g_str_equal (g_variant_get_string (value, NULL), NO_OBJECT))
    end_read (self, (const char *const[]){ NULL });
  else
    call (self, g_variant_get_string (value, NULL), "GetAll",
          g_variant_new ("(s)", ACTIVE_INTERFACE), "(a{sv})", got_active_cb);
  watch_unref (self);
}

static void
start_read (CulvertNetworkWatch *self)
{
  self->read_state = READ_RUNS;
  call (self, NM_PATH, "Get", g_variant_new ("(ss)", NM_NAME, "PrimaryConnection"), "(v)",
        got_primary_cb);
}

static void
read_again (CulvertNetworkWatch *self)
{
  if (self->read_state == READ_RESTS)
    start_read (self);
  else
    self->read_state = READ_RUNS_AND_AGAIN;
}

/* Listening */

static void
changed_cb (GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *parameters,
            gpointer         user_data)
{
  CulvertNetworkWatch *self = user_data;

  if (self->manager != NULL)
    read_again (self);
}

static void
manager_came_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  CulvertNetworkWatch *self = user_data;

  g_free (self->manager);
  self->manager = g_strdup (owner);
  read_again (self);
}

static void
manager_went_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  CulvertNetworkWatch *self = user_data;

  g_clear_pointer (&self->manager, g_free);
  tell (self, NULL);
}

static void
got_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertNetworkWatch        *self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  /* What changes often, such as how strong a signal is, belongs to other interfaces. */
  static const char *const interfaces[] = { NM_NAME, ACTIVE_INTERFACE };

  if (bus != NULL && self->func != NULL)
    {
      /* A bus that ends would otherwise end this program and all its tunnels. */
      g_dbus_connection_set_exit_on_close (bus, FALSE);
      self->bus = g_object_ref (bus);
      for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
        self->signal_ids[i] = g_dbus_connection_signal_subscribe (
          bus, NM_NAME, PROPERTIES, "PropertiesChanged", NULL, interfaces[i],
          G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, self, NULL);
      self->name_id = g_bus_watch_name_on_connection (bus, NM_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                      manager_came_cb, manager_went_cb, self, NULL);
    }
  else
    {
      tell (self, NULL);
    }
  watch_unref (self);
}

CulvertNetworkWatch *
culvert_network_watch_new (CulvertNetworkNamesFunc func, gpointer user_data)
{
  CulvertNetworkWatch *self = g_new0 (CulvertNetworkWatch, 1);

  g_return_val_if_fail (func != NULL, NULL);

  g_ref_count_init (&self->ref_count);
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->limit = g_timeout_source_new (CULVERT_NETWORK_WATCH_LIMIT_MS);
  g_source_set_static_name (self->limit, "culvert network watch");
  g_source_set_callback (self->limit, limit_cb, self, NULL);
  g_source_attach (self->limit, NULL);

  g_ref_count_inc (&self->ref_count);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, got_bus_cb, self);

  return self;
}

void
culvert_network_watch_free (CulvertNetworkWatch *self)
{
  if (self == NULL)
    return;

  self->func = NULL;
  g_cancellable_cancel (self->cancellable);
  culvert_source_clear (&self->limit);
  if (self->name_id != 0)
    g_bus_unwatch_name (self->name_id);
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    if (self->signal_ids[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->bus, self->signal_ids[i]);
  g_clear_pointer (&self->manager, g_free);
  g_clear_object (&self->bus);
  watch_unref (self);
}
