/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A connection of a test's own to a bus, as another program has it. On the thread that it is made on. */

/* (transfer full): to the bus in DBUS_SESSION_BUS_ADDRESS or DBUS_SYSTEM_BUS_ADDRESS */
GDBusConnection *culvert_private_bus_new (GBusType type);
void             culvert_private_bus_free (GDBusConnection *bus);

/* Owns @name there, and waits until it does. Returns: for g_bus_unown_name() */
guint culvert_private_bus_own_name (GDBusConnection *bus, const char *name);

G_END_DECLS
