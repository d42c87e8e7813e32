/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel of the running Culvert: the values of its properties, as the bus told them.  What is said there is
 * a stranger's: each value is looked at as the type it should have, or not at all. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char       *path;   /* on the bus */
  GHashTable *values; /* property → GVariant */
} CulvertRunningTunnel;

CulvertRunningTunnel *culvert_running_tunnel_new (const char *path);
void                  culvert_running_tunnel_free (CulvertRunningTunnel *self);

/* @values: a{sv}, new or changed ones */
void culvert_running_tunnel_take_values (CulvertRunningTunnel *self, GVariant *values);

/* The value of a property of that type; where it has none of it, "", 0 or FALSE. */
const char *culvert_running_tunnel_get_string (CulvertRunningTunnel *self, const char *property);
gint64      culvert_running_tunnel_get_int (CulvertRunningTunnel *self, const char *property);
double      culvert_running_tunnel_get_double (CulvertRunningTunnel *self, const char *property);
gboolean    culvert_running_tunnel_get_boolean (CulvertRunningTunnel *self, const char *property);
/* (transfer full): a{sv} each */
GVariantIter *culvert_running_tunnel_iterate_forwards (CulvertRunningTunnel *self);

G_END_DECLS
