/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/running-tunnel.h"

CulvertRunningTunnel *
culvert_running_tunnel_new (const char *path)
{
  CulvertRunningTunnel *self = g_new0 (CulvertRunningTunnel, 1);

  self->path = g_strdup (path);
  self->values =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  return self;
}

void
culvert_running_tunnel_free (CulvertRunningTunnel *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->values);
  g_free (self->path);
  g_free (self);
}

void
culvert_running_tunnel_take_values (CulvertRunningTunnel *self, GVariant *values)
{
  GVariantIter iter;
  char        *name;
  GVariant    *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{sv}", &name, &value))
    g_hash_table_insert (self->values, name, value);
}

/* (nullable): of that type */
static GVariant *
get_value (CulvertRunningTunnel *self, const char *property, const char *type)
{
  GVariant *value = g_hash_table_lookup (self->values, property);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE (type)) ? value : NULL;
}

const char *
culvert_running_tunnel_get_string (CulvertRunningTunnel *self, const char *property)
{
  GVariant *value = get_value (self, property, "s");

  return value != NULL ? g_variant_get_string (value, NULL) : "";
}

gint64
culvert_running_tunnel_get_int (CulvertRunningTunnel *self, const char *property)
{
  GVariant *value = get_value (self, property, "x");

  if (value != NULL)
    return g_variant_get_int64 (value);
  value = get_value (self, property, "t");
  if (value != NULL)
    return (gint64)MIN (g_variant_get_uint64 (value), (guint64)G_MAXINT64);
  value = get_value (self, property, "u");
  return value != NULL ? g_variant_get_uint32 (value) : 0;
}

double
culvert_running_tunnel_get_double (CulvertRunningTunnel *self, const char *property)
{
  GVariant *value = get_value (self, property, "d");
  double    number = value != NULL ? g_variant_get_double (value) : 0;

  /* Of what somebody else says not every number fits the integers that are made of it. */
  return number > -(double)G_MAXINT32 && number < (double)G_MAXINT64 / 2 ? number : 0;
}

gboolean
culvert_running_tunnel_get_boolean (CulvertRunningTunnel *self, const char *property)
{
  GVariant *value = get_value (self, property, "b");

  return value != NULL && g_variant_get_boolean (value);
}

GVariantIter *
culvert_running_tunnel_iterate_forwards (CulvertRunningTunnel *self)
{
  GVariant            *value = get_value (self, "Forwards", "aa{sv}");
  g_autoptr (GVariant) forwards = g_variant_ref_sink (
    value != NULL ? value : g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));

  return g_variant_iter_new (forwards);
}
