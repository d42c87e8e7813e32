/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/bus-interface.h"

struct _CulvertBusInterface
{
  GDBusInterfaceSkeleton parent_instance;

  const GDBusInterfaceInfo       *info;
  const CulvertBusInterfaceFuncs *funcs; /* nullable: it is detached */
  gpointer                        user_data;
  GHashTable
    *told; /* property → GVariant: what was told last, or was so before there was anybody */
  GHashTable *looked; /* properties that somebody got another value of since then */
};

G_DEFINE_FINAL_TYPE (CulvertBusInterface, culvert_bus_interface, G_TYPE_DBUS_INTERFACE_SKELETON)

/* (transfer full): never floating */
static GVariant *
get_value (CulvertBusInterface *self, const char *property)
{
  return g_variant_ref_sink (self->funcs->get (property, self->user_data));
}

/* The same for somebody who asks: were it back to what was told by the time that changes are told, that
 * one would never learn it. */
static GVariant *
look_up (CulvertBusInterface *self, const char *property)
{
  GVariant *value = get_value (self, property);
  GVariant *told = g_hash_table_lookup (self->told, property);

  if (told != NULL && !g_variant_equal (told, value))
    g_hash_table_add (self->looked, g_strdup (property));
  return value;
}

static void
method_call (GDBusConnection       *connection,
             const char            *sender,
             const char            *path,
             const char            *interface,
             const char            *method,
             GVariant              *arguments,
             GDBusMethodInvocation *invocation,
             gpointer               user_data)
{
  CulvertBusInterface *self = CULVERT_BUS_INTERFACE (user_data);

  if (self->funcs != NULL)
    self->funcs->call (method, arguments, invocation, self->user_data);
  else
    g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
                                           "%s is gone", path);
}

static GVariant *
get_property (GDBusConnection *connection,
              const char      *sender,
              const char      *path,
              const char      *interface,
              const char      *property,
              GError         **error,
              gpointer         user_data)
{
  CulvertBusInterface *self = CULVERT_BUS_INTERFACE (user_data);

  if (self->funcs != NULL)
    return look_up (self, property);
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT, "%s is gone", path);
  return NULL;
}

static GDBusInterfaceInfo *
culvert_bus_interface_get_info (GDBusInterfaceSkeleton *skeleton)
{
  /* It is static, which the type of the virtual function does not say. */
  return (GDBusInterfaceInfo *)CULVERT_BUS_INTERFACE (skeleton)->info;
}

static GDBusInterfaceVTable *
culvert_bus_interface_get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  static GDBusInterfaceVTable table = { .method_call = method_call, .get_property = get_property };

  return &table;
}

static GVariant *
culvert_bus_interface_get_properties (GDBusInterfaceSkeleton *skeleton)
{
  CulvertBusInterface *self = CULVERT_BUS_INTERFACE (skeleton);
  GVariantBuilder      builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0;
       self->funcs != NULL && self->info->properties != NULL && self->info->properties[i] != NULL;
       i++)
    {
      const char          *name = self->info->properties[i]->name;
      g_autoptr (GVariant) value = look_up (self, name);

      g_variant_builder_add (&builder, "{sv}", name, value);
    }
  return g_variant_builder_end (&builder);
}

/* Nothing is put off here. */
static void
culvert_bus_interface_flush (GDBusInterfaceSkeleton *skeleton)
{
}

static void
culvert_bus_interface_finalize (GObject *object)
{
  CulvertBusInterface *self = CULVERT_BUS_INTERFACE (object);

  g_hash_table_unref (self->told);
  g_hash_table_unref (self->looked);
  G_OBJECT_CLASS (culvert_bus_interface_parent_class)->finalize (object);
}

static void
culvert_bus_interface_class_init (CulvertBusInterfaceClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton_class = G_DBUS_INTERFACE_SKELETON_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = culvert_bus_interface_finalize;
  skeleton_class->get_info = culvert_bus_interface_get_info;
  skeleton_class->get_vtable = culvert_bus_interface_get_vtable;
  skeleton_class->get_properties = culvert_bus_interface_get_properties;
  skeleton_class->flush = culvert_bus_interface_flush;
}

static void
culvert_bus_interface_init (CulvertBusInterface *self)
{
  self->told =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_variant_unref);
  self->looked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

CulvertBusInterface *
culvert_bus_interface_new (const GDBusInterfaceInfo       *info,
                           const CulvertBusInterfaceFuncs *funcs,
                           gpointer                        user_data)
{
  CulvertBusInterface *self = g_object_new (CULVERT_TYPE_BUS_INTERFACE, NULL);

  self->info = info;
  self->funcs = funcs;
  self->user_data = user_data;
  return self;
}

/* Notes the present value of a property. Returns: whether somebody may believe that it is another one */
static gboolean
note (CulvertBusInterface *self, const char *name, GVariant *value)
{
  GVariant *before = g_hash_table_lookup (self->told, name);

  if (!g_hash_table_remove (self->looked, name) && before != NULL &&
      g_variant_equal (before, value))
    return FALSE;
  g_hash_table_insert (self->told, (gpointer)name, g_variant_ref (value));
  return before != NULL;
}

/* @changed: (transfer floating) */
static void
emit (CulvertBusInterface *self, GVariant *changed)
{
  GList      *connections = g_dbus_interface_skeleton_get_connections (&self->parent_instance);
  const char *path = g_dbus_interface_skeleton_get_object_path (&self->parent_instance);
  g_autoptr (GVariant) body =
    g_variant_ref_sink (g_variant_new ("(s@a{sv}as)", self->info->name, changed, NULL));

  for (GList *l = connections; l != NULL; l = l->next)
    g_dbus_connection_emit_signal (l->data, NULL, path, "org.freedesktop.DBus.Properties",
                                   "PropertiesChanged", body, NULL);
  g_list_free_full (connections, g_object_unref);
}

void
culvert_bus_interface_tell_changes (CulvertBusInterface *self, const char *const *names)
{
  GVariantBuilder builder;
  guint           n_changed = 0;

  g_return_if_fail (CULVERT_IS_BUS_INTERFACE (self));
  if (self->funcs == NULL)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; self->info->properties[i] != NULL; i++)
    {
      const char          *name = self->info->properties[i]->name;
      g_autoptr (GVariant) value = NULL;

      if (names != NULL && !g_strv_contains (names, name))
        continue;
      value = get_value (self, name);
      if (!note (self, name, value))
        continue;
      g_variant_builder_add (&builder, "{sv}", name, value);
      n_changed++;
    }
  if (n_changed > 0)
    emit (self, g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
}

void
culvert_bus_interface_detach (CulvertBusInterface *self)
{
  g_return_if_fail (CULVERT_IS_BUS_INTERFACE (self));
  self->funcs = NULL;
  self->user_data = NULL;
  if (g_dbus_interface_skeleton_get_connection (&self->parent_instance) != NULL)
    g_dbus_interface_skeleton_unexport (&self->parent_instance);
}
