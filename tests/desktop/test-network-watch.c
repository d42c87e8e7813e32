/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/network-watch.h"
#include "support/culvert-test.h"
#include "support/private-bus.h"

#include <gio/gio.h>
#include <string.h>

/* NetworkManager stands in for itself on a bus of this test's own. */

#define PATIENCE_MS 10000
#define NM_NAME     "org.freedesktop.NetworkManager"
#define NM_PATH     "/org/freedesktop/NetworkManager"
#define ACTIVE      NM_PATH "/ActiveConnection/7"
#define POINT       NM_PATH "/AccessPoint/3"

static const char xml[] = "<node>"
                          "<interface name='" NM_NAME "'>"
                          "<property name='PrimaryConnection' type='o' access='read'/>"
                          "</interface>"
                          "<interface name='" NM_NAME ".Connection.Active'>"
                          "<property name='Id' type='s' access='read'/>"
                          "<property name='Type' type='s' access='read'/>"
                          "<property name='SpecificObject' type='o' access='read'/>"
                          "</interface>"
                          "<interface name='" NM_NAME ".AccessPoint'>"
                          "<property name='Ssid' type='ay' access='read'/>"
                          "</interface>"
                          "</node>";

typedef struct
{
  GDBusConnection *bus; /* NetworkManager's */
  guint            name_id;
  const char      *primary;
  const char      *id;
  const char      *type;
  const char      *ssid; /* NULL: it is not told */
  guint            n_reads;
  GString         *told; /* "names;names|": "-" is that nobody can tell */
} Fixture;

static GVariant *
get_property (GDBusConnection *bus,
              const char      *sender,
              const char      *path,
              const char      *interface,
              const char      *name,
              GError         **error,
              gpointer         user_data)
{
  Fixture *self = user_data;

  if (g_str_equal (name, "PrimaryConnection"))
    {
      self->n_reads++;
      return g_variant_new_object_path (self->primary);
    }
  if (g_str_equal (name, "Id"))
    return g_variant_new_string (self->id);
  if (g_str_equal (name, "Type"))
    return g_variant_new_string (self->type);
  if (g_str_equal (name, "SpecificObject"))
    return g_variant_new_object_path (g_str_equal (self->type, "802-11-wireless") ? POINT : "/");
  if (self->ssid != NULL)
    return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, self->ssid, strlen (self->ssid), 1);
  g_set_error_literal (error, G_DBUS_ERROR, G_DBUS_ERROR_FAILED, "planned");
  return NULL;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const GDBusInterfaceVTable table = { .get_property = get_property };
  static const char *const          paths[] = { NM_PATH, ACTIVE, POINT };
  g_autoptr (GError)                error = NULL;
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (xml, &error);

  g_assert_no_error (error);
  self->bus = culvert_private_bus_new (G_BUS_TYPE_SYSTEM);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_dbus_connection_register_object (self->bus, paths[i], node->interfaces[i], &table, self,
                                         NULL, &error);
      g_assert_no_error (error);
    }
  self->primary = ACTIVE;
  self->id = "Wired connection 1";
  self->type = "802-3-ethernet";
  self->told = g_string_new (NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->name_id != 0)
    g_bus_unown_name (self->name_id);
  culvert_private_bus_free (self->bus);
  g_string_free (self->told, TRUE);
}

static void
start_manager (Fixture *self)
{
  self->name_id = culvert_private_bus_own_name (self->bus, NM_NAME);
}

static void
stop_manager (Fixture *self)
{
  g_bus_unown_name (self->name_id);
  self->name_id = 0;
}

/* As NetworkManager does. */
static void
say_changed (Fixture *self, const char *path, const char *interface, const char *property)
{
  g_autoptr (GError) error = NULL;
  GVariantBuilder    changed;

  g_variant_builder_init (&changed, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (&changed, "{sv}", property, g_variant_new_string ("whatever"));
  g_dbus_connection_emit_signal (self->bus, NULL, path, "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged",
                                 g_variant_new ("(sa{sv}as)", interface, &changed, NULL), &error);
  g_assert_no_error (error);
}

static void
say_primary_changed (Fixture *self)
{
  say_changed (self, NM_PATH, NM_NAME, "PrimaryConnection");
}

static void
names_cb (CulvertNetworkNames *names, gpointer user_data)
{
  Fixture                 *self = user_data;
  static const char *const candidates[] = { "Wired connection 1", "Office LAN",      "Cafe",
                                            "cafe-guests",        "caf\xef\xbf\xbd", NULL };

  if (!culvert_network_names_are_known (names))
    g_string_append (self->told, "-");
  for (guint i = 0; candidates[i] != NULL; i++)
    if (culvert_network_names_find (names, (const char *const[]){ candidates[i], NULL }) != NULL)
      g_string_append_printf (self->told, "%s;", candidates[i]);
  g_string_append (self->told, "|");
}

static void
wait_told (Fixture *self, const char *told)
{
  culvert_test_wait_until (g_str_equal (self->told->str, told), PATIENCE_MS);
}

static void
test_changes (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertNetworkWatch) watch = NULL;

  start_manager (self);
  watch = culvert_network_watch_new (names_cb, self);
  g_assert_cmpstr (self->told->str, ==, "");
  wait_told (self, "Wired connection 1;|");

  /* Renamed. */
  self->id = "Office LAN";
  say_changed (self, ACTIVE, NM_NAME ".Connection.Active", "Id");
  wait_told (self, "Wired connection 1;|Office LAN;|");
  g_string_truncate (self->told, 0);

  self->primary = "/";
  say_primary_changed (self);
  wait_told (self, "|");
  self->primary = ACTIVE;
  self->type = "802-11-wireless";
  self->id = "Cafe";
  self->ssid = "cafe-guests";
  say_primary_changed (self);
  wait_told (self, "|Cafe;cafe-guests;|");
  g_string_truncate (self->told, 0);

  /* An SSID is any bytes; and one may have vanished. */
  self->ssid = "caf\xe9";
  say_primary_changed (self);
  wait_told (self, "Cafe;caf\xef\xbf\xbd;|");
  self->ssid = NULL;
  say_primary_changed (self);
  wait_told (self, "Cafe;caf\xef\xbf\xbd;|Cafe;|");
  g_string_truncate (self->told, 0);

  /* The connection it names is gone meanwhile: nothing that could be told, until it says more. */
  self->primary = NM_PATH "/ActiveConnection/8";
  say_primary_changed (self);
  wait_told (self, "-|");
  self->primary = ACTIVE;
  say_primary_changed (self);
  wait_told (self, "-|Cafe;|");
}

/* What stays the same is not told, and what changes all the time is not even read. */
static void
test_quiet (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertNetworkWatch) watch = NULL;
  guint                           n_reads;

  start_manager (self);
  watch = culvert_network_watch_new (names_cb, self);
  wait_told (self, "Wired connection 1;|");
  n_reads = self->n_reads;
  for (int i = 0; i < 20; i++)
    say_changed (self, POINT, NM_NAME ".AccessPoint", "Strength");
  say_primary_changed (self);
  culvert_test_wait_until (self->n_reads == n_reads + 1, PATIENCE_MS);
  culvert_test_spend (100);
  g_assert_cmpuint (self->n_reads, ==, n_reads + 1);
  g_assert_cmpstr (self->told->str, ==, "Wired connection 1;|");
}

static void
test_comes_and_goes (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertNetworkWatch) watch = culvert_network_watch_new (names_cb, self);
  g_autoptr (GDBusConnection)     shared = NULL;
  g_autoptr (GError)              error = NULL;

  wait_told (self, "-|");
  start_manager (self);
  wait_told (self, "-|Wired connection 1;|");
  stop_manager (self);
  wait_told (self, "-|Wired connection 1;|-|");
  start_manager (self);
  wait_told (self, "-|Wired connection 1;|-|Wired connection 1;|");

  /* A bus that ends would end a program that did not say otherwise. */
  shared = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_dbus_connection_get_exit_on_close (shared));
}

/* Nothing is told to who has left, whatever was on its way. */
static void
test_left (Fixture *self, gconstpointer data)
{
  start_manager (self);
  culvert_network_watch_free (culvert_network_watch_new (names_cb, self));
  culvert_test_spend (100);
  g_assert_cmpstr (self->told->str, ==, "");
}

int
main (int argc, char **argv)
{
  g_autoptr (GTestDBus) daemon = NULL;
  int                   status;

  g_test_init (&argc, &argv, NULL);
  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);

  g_test_add ("/desktop/network-watch/changes", Fixture, NULL, set_up, test_changes, tear_down);
  g_test_add ("/desktop/network-watch/quiet", Fixture, NULL, set_up, test_quiet, tear_down);
  g_test_add ("/desktop/network-watch/comes-and-goes", Fixture, NULL, set_up, test_comes_and_goes,
              tear_down);
  g_test_add ("/desktop/network-watch/left", Fixture, NULL, set_up, test_left, tear_down);
  status = g_test_run ();
  /* The program's own connection stays; nothing in it may mind that the bus ends. */
  g_test_dbus_stop (daemon);
  return status;
}
