/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/fake-portal.h"

#include "support/culvert-test.h"
#include "support/private-bus.h"

#define NAME "org.freedesktop.portal.Desktop"
#define PATH "/org/freedesktop/portal/desktop"

typedef struct
{
  CulvertFakePortal base;
  GDBusConnection  *bus;
  guint             object_id;
  guint             name_id;
} Private;

static const char xml[] = "<node><interface name='org.freedesktop.portal.Background'>"
                          "<property name='version' type='u' access='read'/>"
                          "<method name='RequestBackground'>"
                          "<arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>"
                          "<arg type='o' direction='out'/></method>"
                          "</interface></node>";

static void
respond (Private *self, const char *sender, const char *path)
{
  GVariantBuilder results;

  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  if (self->base.response == 0)
    {
      g_variant_builder_add (&results, "{sv}", "background",
                             g_variant_new_boolean (self->base.may_run));
      g_variant_builder_add (
        &results, "{sv}", "autostart",
        g_variant_new_boolean (self->base.asked_autostart && self->base.autostarts));
    }
  g_dbus_connection_emit_signal (self->bus, sender, path, "org.freedesktop.portal.Request",
                                 "Response",
                                 g_variant_new ("(ua{sv})", self->base.response, &results), NULL);
}

static void
method_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *call,
           gpointer               user_data)
{
  Private                *self = user_data;
  g_autoptr (GVariant)    options = g_variant_get_child_value (parameters, 1);
  g_autofree char        *client = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char        *request = NULL;
  g_autofree const char **command = NULL;
  const char             *token;

  self->base.n_asked++;
  g_free (self->base.command);
  self->base.command = NULL;
  g_assert_true (g_variant_lookup (options, "handle_token", "&s", &token));
  g_assert_true (g_variant_lookup (options, "autostart", "b", &self->base.asked_autostart));
  if (g_variant_lookup (options, "commandline", "^a&s", &command))
    self->base.command = g_strjoinv (" ", (char **)command);
  request = g_strdup_printf (PATH "/request/%s/%s", client, token);
  g_dbus_method_invocation_return_value (call, g_variant_new ("(o)", request));
  if (!self->base.is_mute)
    respond (self, sender, request);
}

static GVariant *
property_cb (GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *name,
             GError         **error,
             gpointer         user_data)
{
  return g_variant_new_uint32 (2);
}

CulvertFakePortal *
culvert_fake_portal_new (gboolean has_interface)
{
  static const GDBusInterfaceVTable table = { .method_call = method_cb,
                                              .get_property = property_cb };
  Private                          *self = g_new0 (Private, 1);
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GError)                error = NULL;

  self->base.may_run = self->base.autostarts = TRUE;
  self->bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  if (has_interface)
    self->object_id = g_dbus_connection_register_object (self->bus, PATH, node->interfaces[0],
                                                         &table, self, NULL, &error);
  g_assert_no_error (error);
  self->name_id = culvert_private_bus_own_name (self->bus, NAME);
  return &self->base;
}

void
culvert_fake_portal_free (CulvertFakePortal *base)
{
  Private *self = (Private *)base;

  g_bus_unown_name (self->name_id);
  if (self->object_id != 0)
    g_dbus_connection_unregister_object (self->bus, self->object_id);
  culvert_private_bus_free (self->bus);
  g_free (base->command);
  g_free (self);
}
