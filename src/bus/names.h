/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What things are called on the session bus, and how calls fail there: for the program that is called
 * and for those that call it.  The interface itself is data/io.github.culvert_app.Culvert.xml. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_BUS_NAME         "io.github.culvert_app.Culvert" /* the application's id */
#define CULVERT_BUS_PATH         "/io/github/culvert_app/Culvert"
#define CULVERT_BUS_TUNNELS_PATH CULVERT_BUS_PATH "/Tunnels"
#define CULVERT_BUS_MANAGER      CULVERT_BUS_NAME ".Manager"
#define CULVERT_BUS_TUNNEL       CULVERT_BUS_NAME ".Tunnel"

/* The object of the tunnel @id, a valid one. (transfer full) */
char *culvert_bus_path_for_id (const char *id);

/* Stands for io.github.culvert_app.Culvert.Error.… on both sides. */
#define CULVERT_BUS_ERROR (culvert_bus_error_quark ())
GQuark culvert_bus_error_quark (void);

typedef enum
{
  CULVERT_BUS_ERROR_NO_SUCH_TUNNEL,
  CULVERT_BUS_ERROR_AMBIGUOUS,
  CULVERT_BUS_ERROR_NOT_STARTABLE,
  CULVERT_BUS_ERROR_NOT_ON,
  CULVERT_BUS_ERROR_ENDING,
  CULVERT_BUS_ERROR_NO_SUCH_GROUP,
} CulvertBusError;

G_END_DECLS
