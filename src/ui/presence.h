/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The program on the session bus: what it offers there (bus/bus-service.h, ui/search-provider.h), and how
 * long it stays without a window.
 *
 * It stays while a tunnel is on or somebody watches over the bus.  Started as a service, it ends a minute
 * after the last use; otherwise as soon as nothing keeps it.  While there is neither a window nor somebody
 * who watches, no figures are counted. */

#include "engine/tunnel-manager.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _CulvertPresence CulvertPresence;

/* For the application's dbus_register.  Errors as g_dbus_connection_register_object().
 * Returns: (transfer full) (nullable) */
CulvertPresence *
culvert_presence_new (GtkApplication *application, GDBusConnection *connection, GError **error);
void culvert_presence_free (CulvertPresence *self);

/* Once, while the program starts up. */
void culvert_presence_set_manager (CulvertPresence *self, CulvertTunnelManager *manager);

/* The program is ending: nobody can switch anything on any more. */
void culvert_presence_end (CulvertPresence *self);

G_END_DECLS
