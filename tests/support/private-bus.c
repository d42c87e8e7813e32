/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/private-bus.h"

#include "support/culvert-test.h"

#define PATIENCE_MS 10000

GDBusConnection *
culvert_private_bus_new (GBusType type)
{
  const char *variable =
    type == G_BUS_TYPE_SYSTEM ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS";
  g_autoptr (GError) error = NULL;
  GDBusConnection   *bus = g_dbus_connection_new_for_address_sync (
      g_getenv (variable),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

void
culvert_private_bus_free (GDBusConnection *bus)
{
  g_assert_true (g_dbus_connection_close_sync (bus, NULL, NULL));
  g_object_unref (bus);
}

static void
name_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

guint
culvert_private_bus_own_name (GDBusConnection *bus, const char *name)
{
  gboolean *has_name = g_new0 (gboolean, 1);
  guint id = g_bus_own_name_on_connection (bus, name, G_BUS_NAME_OWNER_FLAGS_NONE, name_cb, NULL,
                                           has_name, g_free);

  culvert_test_wait_until (*has_name, PATIENCE_MS);
  return id;
}
