/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/running.h"

#include "bus/names.h"
#include "cli/message.h"
#include "cli/saved-tunnels.h"

#include <glib/gi18n.h>

#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

/* Starting a program may take a while; a program that runs answers soon. */
#define START_LIMIT_MS 30000
#define CALL_LIMIT_MS  10000
/* One that is only looked at by the way is not waited for. */
#define GLANCE_LIMIT_MS 1000

struct _CulvertRunning
{
  GDBusConnection   *bus;
  GPtrArray         *tunnels; /* of CulvertRunningTunnel, by name */
  int                call_limit_ms;
  guint              subscription_ids[3];
  guint              watch_id;
  CulvertRunningFunc func; /* nullable */
  gpointer           user_data;
};

/* Tunnels */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  CulvertRunningTunnel *first = *(CulvertRunningTunnel *const *)a;
  CulvertRunningTunnel *second = *(CulvertRunningTunnel *const *)b;
  int                   order = g_utf8_collate (culvert_running_tunnel_get_string (first, "Name"),
                                                culvert_running_tunnel_get_string (second, "Name"));

  return order != 0 ? order : g_strcmp0 (first->path, second->path);
}

static CulvertRunningTunnel *
find_path (CulvertRunning *self, const char *path)
{
  for (guint i = 0; i < self->tunnels->len; i++)
    {
      CulvertRunningTunnel *tunnel = g_ptr_array_index (self->tunnels, i);

      if (g_str_equal (tunnel->path, path))
        return tunnel;
    }
  return NULL;
}

/* @interfaces: a{sa{sv}}.  Returns: (transfer none) (nullable): NULL when it is no tunnel */
static CulvertRunningTunnel *
take_object (CulvertRunning *self, const char *path, GVariant *interfaces)
{
  g_autoptr (GVariant) values =
    g_variant_lookup_value (interfaces, CULVERT_BUS_TUNNEL, G_VARIANT_TYPE_VARDICT);
  CulvertRunningTunnel *tunnel = find_path (self, path);

  if (values == NULL)
    return NULL;
  if (tunnel == NULL)
    {
      tunnel = culvert_running_tunnel_new (path);
      g_ptr_array_add (self->tunnels, tunnel);
    }
  culvert_running_tunnel_take_values (tunnel, values);
  return tunnel;
}

/* What the bus tells */

static void
tell (CulvertRunning *self, CulvertRunningEvent event, CulvertRunningTunnel *tunnel)
{
  if (self->func != NULL)
    self->func (event, tunnel, self->user_data);
}

static void
changed_cb (GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *arguments,
            gpointer         user_data)
{
  CulvertRunning       *self = user_data;
  CulvertRunningTunnel *tunnel = find_path (self, path);
  g_autoptr (GVariant)  values = NULL;

  if (tunnel == NULL || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  values = g_variant_get_child_value (arguments, 1);
  culvert_running_tunnel_take_values (tunnel, values);
  tell (self, CULVERT_RUNNING_CHANGED, tunnel);
}

static void
added_cb (GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *signal,
          GVariant        *arguments,
          gpointer         user_data)
{
  CulvertRunning       *self = user_data;
  const char           *object_path;
  g_autoptr (GVariant)  interfaces = NULL;
  CulvertRunningTunnel *tunnel;
  gboolean              is_known;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oa{sa{sv}})")))
    return;
  g_variant_get (arguments, "(&o@a{sa{sv}})", &object_path, &interfaces);
  is_known = find_path (self, object_path) != NULL;
  tunnel = take_object (self, object_path, interfaces);
  g_ptr_array_sort (self->tunnels, compare_names);
  if (tunnel != NULL)
    tell (self, is_known ? CULVERT_RUNNING_CHANGED : CULVERT_RUNNING_ADDED, tunnel);
}

static void
removed_cb (GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *arguments,
            gpointer         user_data)
{
  CulvertRunning       *self = user_data;
  const char           *object_path;
  CulvertRunningTunnel *tunnel;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oas)")))
    return;
  g_variant_get_child (arguments, 0, "&o", &object_path);
  tunnel = find_path (self, object_path);
  if (tunnel == NULL)
    return;
  tell (self, CULVERT_RUNNING_REMOVED, tunnel);
  g_ptr_array_remove (self->tunnels, tunnel);
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  tell (user_data, CULVERT_RUNNING_ENDED, NULL);
}

static void
subscribe (CulvertRunning *self)
{
  self->subscription_ids[0] = g_dbus_connection_signal_subscribe (
    self->bus, CULVERT_BUS_NAME, PROPERTIES, "PropertiesChanged", NULL, CULVERT_BUS_TUNNEL,
    G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, self, NULL);
  self->subscription_ids[1] = g_dbus_connection_signal_subscribe (
    self->bus, CULVERT_BUS_NAME, OBJECT_MANAGER, "InterfacesAdded", CULVERT_BUS_TUNNELS_PATH, NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, added_cb, self, NULL);
  self->subscription_ids[2] = g_dbus_connection_signal_subscribe (
    self->bus, CULVERT_BUS_NAME, OBJECT_MANAGER, "InterfacesRemoved", CULVERT_BUS_TUNNELS_PATH,
    NULL, G_DBUS_SIGNAL_FLAGS_NONE, removed_cb, self, NULL);
  self->watch_id = g_bus_watch_name_on_connection (
    self->bus, CULVERT_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb, self, NULL);
}

/* Opening */

static void
print_no_bus (const GError *error)
{
  culvert_message_print (
    _ ("session bus"), error->message,
    _ ("run this in a desktop session, or use “culvertctl run”, which needs none"));
}

static void
print_no_start (GError *error)
{
  gboolean has_display = g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL;

  g_dbus_error_strip_remote_error (error);
  if (!has_display)
    culvert_message_print ("Culvert",
                           _ ("it does not run, and it can’t be started without a display"),
                           _ ("use “culvertctl run”, which needs none"));
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    culvert_message_print ("Culvert",
                           _ ("it does not run, and the session bus does not know how to start it"),
                           _ ("start it yourself, or install it with its D-Bus service file"));
  else
    culvert_message_print ("Culvert", error->message,
                           _ ("start it yourself, and see what it says"));
}

static gboolean
is_running (GDBusConnection *bus)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
    g_variant_new ("(s)", CULVERT_BUS_NAME), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE,
    CALL_LIMIT_MS, NULL, NULL);
  gboolean has_owner = FALSE;

  if (answer != NULL)
    g_variant_get (answer, "(b)", &has_owner);
  return has_owner;
}

/* The folder knows more: a file may be a bad one, or Culvert may run with another folder. */
static int
report_not_found (const char *word)
{
  g_autoptr (CulvertProfileStore) store = culvert_saved_tunnels_open ();

  if (culvert_saved_tunnels_find (store, word) != NULL)
    culvert_message_print (word, _ ("it is saved, but the running Culvert does not have it"),
                           _ ("“culvertctl status” shows those that it has"));
  return CULVERT_EXIT_USAGE;
}

static gboolean
is_bus_error (const GError *error, CulvertBusError code)
{
  return g_error_matches (error, CULVERT_BUS_ERROR, (int)code);
}

/* Returns: what to end with */
static int
report_failed_call (CulvertRunning *self, const char *subject, GError *error)
{
  g_dbus_error_strip_remote_error (error);
  if (is_bus_error (error, CULVERT_BUS_ERROR_NO_SUCH_TUNNEL) ||
      is_bus_error (error, CULVERT_BUS_ERROR_AMBIGUOUS))
    return report_not_found (subject);
  if (!is_running (self->bus))
    culvert_message_print ("Culvert", _ ("it has ended"), _ ("start it again"));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
           g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    culvert_message_print (subject, _ ("Culvert does not answer"), _ ("end it and start it again"));
  else if (is_bus_error (error, CULVERT_BUS_ERROR_NO_SUCH_GROUP))
    culvert_message_print (subject, error->message, _ ("“culvertctl list” shows those there are"));
  else if (is_bus_error (error, CULVERT_BUS_ERROR_ENDING))
    culvert_message_print (subject, error->message, _ ("start it again"));
  else
    culvert_message_print (subject, error->message, NULL);
  return is_bus_error (error, CULVERT_BUS_ERROR_NO_SUCH_GROUP) ||
             is_bus_error (error, CULVERT_BUS_ERROR_NOT_STARTABLE)
           ? CULVERT_EXIT_USAGE
           : CULVERT_EXIT_TROUBLE;
}

static gboolean
start_service (GDBusConnection *bus)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = NULL;

  if (is_running (bus))
    return TRUE;
  answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "StartServiceByName",
                                        g_variant_new ("(su)", CULVERT_BUS_NAME, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, START_LIMIT_MS, NULL, &error);
  if (answer == NULL)
    print_no_start (error);
  return answer != NULL;
}

/* @type: of the answer; another one is an error. (transfer full) (nullable) */
static GVariant *
call_sync (CulvertRunning *self,
           const char     *path,
           const char     *interface,
           const char     *method,
           GVariant       *arguments,
           const char     *type,
           GError        **error)
{
  return g_dbus_connection_call_sync (
    self->bus, CULVERT_BUS_NAME, path, interface, method, arguments, G_VARIANT_TYPE (type),
    G_DBUS_CALL_FLAGS_NO_AUTO_START, self->call_limit_ms, NULL, error);
}

static gboolean
load (CulvertRunning *self, gboolean watch, GError **error)
{
  g_autoptr (GVariant) watched = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) objects = NULL;
  GVariantIter         iter;
  const char          *path;
  GVariant            *interfaces;

  if (watch)
    {
      watched = call_sync (self, CULVERT_BUS_PATH, CULVERT_BUS_MANAGER, "Watch", NULL, "()", error);
      if (watched == NULL)
        return FALSE;
    }
  answer = call_sync (self, CULVERT_BUS_TUNNELS_PATH, OBJECT_MANAGER, "GetManagedObjects", NULL,
                      "(a{oa{sa{sv}}})", error);
  if (answer == NULL)
    return FALSE;
  objects = g_variant_get_child_value (answer, 0);
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    take_object (self, path, interfaces);
  g_ptr_array_sort (self->tunnels, compare_names);
  return TRUE;
}

CulvertRunning *
culvert_running_open (CulvertRunningMode mode)
{
  g_autoptr (GError)          error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr (CulvertRunning)  self = NULL;
  gboolean                    is_quiet = mode == CULVERT_RUNNING_IF_ANY;

  if (bus == NULL)
    {
      if (!is_quiet)
        print_no_bus (error);
      return NULL;
    }
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  /* Known before an answer could be one of them. */
  (void)CULVERT_BUS_ERROR;
  if (is_quiet ? !is_running (bus) : !start_service (bus))
    return NULL;

  self = g_new0 (CulvertRunning, 1);
  self->bus = g_steal_pointer (&bus);
  self->tunnels = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_running_tunnel_free);
  self->call_limit_ms = is_quiet ? GLANCE_LIMIT_MS : CALL_LIMIT_MS;
  /* First, so that no change falls between. */
  subscribe (self);
  if (load (self, mode == CULVERT_RUNNING_WATCH, &error))
    return g_steal_pointer (&self);
  if (!is_quiet)
    report_failed_call (self, "Culvert", error);
  return NULL;
}

void
culvert_running_free (CulvertRunning *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->subscription_ids); i++)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription_ids[i]);
  g_bus_unwatch_name (self->watch_id);
  g_ptr_array_unref (self->tunnels);
  g_object_unref (self->bus);
  g_free (self);
}

void
culvert_running_set_func (CulvertRunning *self, CulvertRunningFunc func, gpointer user_data)
{
  self->func = func;
  self->user_data = user_data;
}

GPtrArray *
culvert_running_get_tunnels (CulvertRunning *self)
{
  return self->tunnels;
}

/* Finding and calling */

/* What the object has now. */
static void
refresh (CulvertRunning *self, CulvertRunningTunnel *tunnel)
{
  g_autoptr (GVariant) answer =
    call_sync (self, tunnel->path, PROPERTIES, "GetAll", g_variant_new ("(s)", CULVERT_BUS_TUNNEL),
               "(a{sv})", NULL);
  g_autoptr (GVariant) values = NULL;

  if (answer == NULL)
    return;
  values = g_variant_get_child_value (answer, 0);
  culvert_running_tunnel_take_values (tunnel, values);
}

CulvertRunningTunnel *
culvert_running_find (CulvertRunning *self, const char *word, int *exit_status)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GVariant)  answer = NULL;
  const char           *path;
  CulvertRunningTunnel *tunnel;

  answer = call_sync (self, CULVERT_BUS_PATH, CULVERT_BUS_MANAGER, "Find",
                      g_variant_new ("(s)", word), "(o)", &error);
  if (answer == NULL)
    {
      *exit_status = report_failed_call (self, word, error);
      return NULL;
    }
  g_variant_get (answer, "(&o)", &path);
  tunnel = find_path (self, path);
  /* It came a moment ago. */
  if (tunnel == NULL && load (self, FALSE, NULL))
    tunnel = find_path (self, path);
  if (tunnel == NULL)
    {
      culvert_message_print (word, _ ("it was removed meanwhile"),
                             _ ("“culvertctl list” shows those there are"));
      *exit_status = CULVERT_EXIT_USAGE;
    }
  return tunnel;
}

GPtrArray *
culvert_running_find_all (CulvertRunning *self, char **words, int *exit_status)
{
  g_autoptr (GPtrArray) tunnels = g_ptr_array_new ();
  gboolean              all_found = TRUE;

  for (char **word = words; *word != NULL; word++)
    {
      CulvertRunningTunnel *tunnel = culvert_running_find (self, *word, exit_status);

      if (tunnel == NULL)
        all_found = FALSE;
      else if (!g_ptr_array_find (tunnels, tunnel, NULL))
        g_ptr_array_add (tunnels, tunnel);
    }
  return all_found ? g_steal_pointer (&tunnels) : NULL;
}

CulvertRunningTunnel *
culvert_running_find_id (CulvertRunning *self, const char *id)
{
  g_autofree char *path = culvert_bus_path_for_id (id);

  return find_path (self, path);
}

GVariant *
culvert_running_call (CulvertRunning       *self,
                      CulvertRunningTunnel *tunnel,
                      const char           *method,
                      GVariant             *arguments,
                      const char           *type,
                      int                  *exit_status)
{
  g_autoptr (GError) error = NULL;
  int                failure;
  GVariant          *answer =
    call_sync (self, tunnel->path, CULVERT_BUS_TUNNEL, method, arguments, type, &error);

  if (answer != NULL)
    {
      refresh (self, tunnel);
      return answer;
    }
  failure = report_failed_call (self, culvert_running_tunnel_get_string (tunnel, "Name"), error);
  if (exit_status != NULL)
    *exit_status = failure;
  return NULL;
}

int
culvert_running_switch_group (CulvertRunning *self, const char *method, const char *group)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = call_sync (self, CULVERT_BUS_PATH, CULVERT_BUS_MANAGER, method,
                                           g_variant_new ("(s)", group), "(u)", &error);

  if (answer != NULL && load (self, FALSE, &error))
    return CULVERT_EXIT_DONE;
  return report_failed_call (self, group, error);
}
