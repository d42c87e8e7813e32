/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/names.h"

#include <string.h>

G_STATIC_ASSERT (sizeof (CULVERT_BUS_NAME) == sizeof (CULVERT_APP_ID));

char *
culvert_bus_path_for_id (const char *id)
{
  GString *path = g_string_new (CULVERT_BUS_TUNNELS_PATH "/");

  g_return_val_if_fail (id != NULL && id[0] != '\0', NULL);
  for (const char *p = id; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (path, *p);
    else
      g_string_append_printf (path, "_%02x", (guint)(guchar)*p);
  return g_string_free (path, FALSE);
}

static const GDBusErrorEntry errors[] = {
  { CULVERT_BUS_ERROR_NO_SUCH_TUNNEL, CULVERT_BUS_NAME ".Error.NoSuchTunnel" },
  { CULVERT_BUS_ERROR_AMBIGUOUS, CULVERT_BUS_NAME ".Error.Ambiguous" },
  { CULVERT_BUS_ERROR_NOT_STARTABLE, CULVERT_BUS_NAME ".Error.NotStartable" },
  { CULVERT_BUS_ERROR_NOT_ON, CULVERT_BUS_NAME ".Error.NotOn" },
  { CULVERT_BUS_ERROR_ENDING, CULVERT_BUS_NAME ".Error.Ending" },
  { CULVERT_BUS_ERROR_NO_SUCH_GROUP, CULVERT_BUS_NAME ".Error.NoSuchGroup" },
};

GQuark
culvert_bus_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("culvert-bus-error-quark", &quark, errors,
                                      G_N_ELEMENTS (errors));
  return (GQuark)quark;
}
