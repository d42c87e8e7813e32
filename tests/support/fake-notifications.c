/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/fake-notifications.h"

#include "support/culvert-test.h"
#include "support/private-bus.h"

#define NAME  "org.freedesktop.Notifications"
#define PATH  "/org/freedesktop/Notifications"
#define FIRST 7

typedef struct
{
  CulvertFakeNotifications base;
  GDBusConnection         *bus;
  guint                    object_id;
  guint                    name_id;
  GStrv                    actions; /* of the last one: names and labels by turns; nullable */
} Private;

static const char xml[] = "<node><interface name='" NAME "'>"
                          "<method name='GetCapabilities'><arg type='as' direction='out'/>"
                          "</method>"
                          "<method name='GetServerInformation'>"
                          "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
                          "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
                          "</method>"
                          "<method name='Notify'>"
                          "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
                          "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                          "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
                          "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
                          "<arg type='u' direction='out'/></method>"
                          "<method name='CloseNotification'>"
                          "<arg type='u' direction='in'/></method>"
                          "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
                          "</interface></node>";

static void
take (Private *self, GVariant *parameters)
{
  CulvertFakeNotifications *base = &self->base;
  const char               *summary;
  const char               *body;
  guint32                   id;

  g_clear_pointer (&self->actions, g_strfreev);
  g_variant_get_child (parameters, 1, "u", &id);
  g_variant_get_child (parameters, 3, "&s", &summary);
  g_variant_get_child (parameters, 4, "&s", &body);
  g_variant_get_child (parameters, 5, "^as", &self->actions);
  base->last = id != 0 ? id : base->last + 1;
  g_string_append_printf (base->said, "%u %s: %s", id, summary, body);
  for (guint i = 0; self->actions[i] != NULL && self->actions[i + 1] != NULL; i += 2)
    if (!g_str_equal (self->actions[i], "default"))
      g_string_append_printf (base->said, " [%s]", self->actions[i + 1]);
  g_string_append (base->said, "|");
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
  Private *self = user_data;
  guint32  id;

  if (g_str_equal (method, "Notify"))
    {
      take (self, parameters);
      g_dbus_method_invocation_return_value (call, g_variant_new ("(u)", self->base.last));
    }
  else if (g_str_equal (method, "CloseNotification"))
    {
      g_variant_get (parameters, "(u)", &id);
      g_string_append_printf (self->base.said, "close %u|", id);
      g_dbus_method_invocation_return_value (call, NULL);
    }
  else if (g_str_equal (method, "GetCapabilities"))
    {
      g_dbus_method_invocation_return_value (
        call, g_variant_new ("(^as)", (const char *const[]){ "actions", NULL }));
    }
  else
    {
      g_dbus_method_invocation_return_value (call,
                                             g_variant_new ("(ssss)", "test", "", "1", "1.2"));
    }
}

CulvertFakeNotifications *
culvert_fake_notifications_new (void)
{
  static const GDBusInterfaceVTable table = { .method_call = method_cb };
  Private                          *self = g_new0 (Private, 1);
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GError)                error = NULL;

  self->base.said = g_string_new (NULL);
  self->base.last = FIRST - 1;
  self->bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  self->object_id = g_dbus_connection_register_object (self->bus, PATH, node->interfaces[0], &table,
                                                       self, NULL, &error);
  g_assert_no_error (error);
  self->name_id = culvert_private_bus_own_name (self->bus, NAME);
  return &self->base;
}

void
culvert_fake_notifications_free (CulvertFakeNotifications *base)
{
  Private *self = (Private *)base;

  g_bus_unown_name (self->name_id);
  g_dbus_connection_unregister_object (self->bus, self->object_id);
  culvert_private_bus_free (self->bus);
  g_strfreev (self->actions);
  g_string_free (base->said, TRUE);
  g_free (self);
}

void
culvert_fake_notifications_press (CulvertFakeNotifications *base, const char *label)
{
  Private    *self = (Private *)base;
  const char *action = NULL;

  for (guint i = 0; self->actions[i] != NULL && self->actions[i + 1] != NULL; i += 2)
    if (label == NULL ? g_str_equal (self->actions[i], "default")
                      : g_str_equal (self->actions[i + 1], label))
      action = self->actions[i];
  g_assert_nonnull (action);
  g_dbus_connection_emit_signal (self->bus, NULL, PATH, NAME, "ActionInvoked",
                                 g_variant_new ("(us)", base->last, action), NULL);
}
