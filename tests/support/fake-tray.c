/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/fake-tray.h"

#include "support/culvert-test.h"
#include "support/private-bus.h"

#define WATCHER     "org.kde.StatusNotifierWatcher"
#define WATCHER_AT  "/StatusNotifierWatcher"
#define ITEM        "org.kde.StatusNotifierItem"
#define ITEM_AT     "/StatusNotifierItem"
#define MENU        "com.canonical.dbusmenu"
#define PATIENCE_MS 10000

typedef struct
{
  CulvertFakeTray  tray;
  GDBusConnection *bus;
  guint            object_id;
  guint            name_id;
  guint            signal_ids[2];
  gboolean         has_host;
} Private;

static const char xml[] =
  "<node><interface name='" WATCHER "'>"
  "<property name='RegisteredStatusNotifierItems' type='as' access='read'/>"
  "<property name='IsStatusNotifierHostRegistered' type='b' access='read'/>"
  "<property name='ProtocolVersion' type='i' access='read'/>"
  "<method name='RegisterStatusNotifierItem'><arg type='s' direction='in'/></method>"
  "<method name='RegisterStatusNotifierHost'><arg type='s' direction='in'/></method>"
  "<signal name='StatusNotifierHostRegistered'/><signal name='StatusNotifierHostUnregistered'/>"
  "</interface></node>";

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
  CulvertFakeTray *self = user_data;

  if (self->n_to_refuse > 0)
    {
      self->n_to_refuse--;
      g_dbus_method_invocation_return_error (call, G_DBUS_ERROR, G_DBUS_ERROR_FAILED, "planned");
      return;
    }
  if (g_str_equal (method, "RegisterStatusNotifierItem"))
    {
      g_free (self->item);
      g_variant_get (parameters, "(s)", &self->item);
      self->n_registered++;
    }
  g_dbus_method_invocation_return_value (call, NULL);
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
  if (g_str_equal (name, "IsStatusNotifierHostRegistered"))
    return g_variant_new_boolean (((Private *)user_data)->has_host);
  if (g_str_equal (name, "ProtocolVersion"))
    return g_variant_new_int32 (0);
  return g_variant_new_strv (NULL, 0);
}

static void
signal_cb (GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *parameters,
           gpointer         user_data)
{
  CulvertFakeTray *self = user_data;

  self->n_icons += g_str_equal (signal, "NewIcon");
  self->n_statuses += g_str_equal (signal, "NewStatus");
  self->n_tool_tips += g_str_equal (signal, "NewToolTip");
  self->n_layouts += g_str_equal (signal, "LayoutUpdated");
  if (g_str_equal (signal, "ItemsPropertiesUpdated"))
    {
      g_autoptr (GVariant) items = g_variant_get_child_value (parameters, 0);

      self->n_updates++;
      self->n_updated_items += g_variant_n_children (items);
    }
}

CulvertFakeTray *
culvert_fake_tray_new (void)
{
  static const GDBusInterfaceVTable table = { .method_call = method_cb,
                                              .get_property = property_cb };
  static const char *const          interfaces[] = { ITEM, MENU };
  Private                          *self = g_new0 (Private, 1);
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GError)                error = NULL;

  self->bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  self->object_id = g_dbus_connection_register_object (self->bus, WATCHER_AT, node->interfaces[0],
                                                       &table, self, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    self->signal_ids[i] =
      g_dbus_connection_signal_subscribe (self->bus, NULL, interfaces[i], NULL, NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, self, NULL);
  return &self->tray;
}

void
culvert_fake_tray_free (CulvertFakeTray *tray)
{
  Private *self = (Private *)tray;

  if (self->name_id != 0)
    culvert_fake_tray_stop (tray);
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_dbus_connection_signal_unsubscribe (self->bus, self->signal_ids[i]);
  g_dbus_connection_unregister_object (self->bus, self->object_id);
  culvert_private_bus_free (self->bus);
  g_free (self->tray.item);
  g_free (self);
}

void
culvert_fake_tray_start (CulvertFakeTray *tray, gboolean has_host)
{
  Private *self = (Private *)tray;

  self->has_host = has_host;
  self->name_id = culvert_private_bus_own_name (self->bus, WATCHER);
}

void
culvert_fake_tray_stop (CulvertFakeTray *tray)
{
  Private *self = (Private *)tray;

  g_bus_unown_name (self->name_id);
  self->name_id = 0;
  g_clear_pointer (&tray->item, g_free);
}

void
culvert_fake_tray_set_host (CulvertFakeTray *tray, gboolean has_host)
{
  Private *self = (Private *)tray;

  self->has_host = has_host;
  g_dbus_connection_emit_signal (
    self->bus, NULL, WATCHER_AT, WATCHER,
    has_host ? "StatusNotifierHostRegistered" : "StatusNotifierHostUnregistered", NULL, NULL);
}

void
culvert_fake_tray_forget_signals (CulvertFakeTray *self)
{
  self->n_icons = self->n_statuses = self->n_tool_tips = 0;
  self->n_layouts = self->n_updates = self->n_updated_items = 0;
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GVariant *
call (CulvertFakeTray *tray,
      const char      *path,
      const char      *interface,
      const char      *method,
      GVariant        *parameters,
      GError         **error)
{
  Private                 *self = (Private *)tray;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (tray->item);
  g_dbus_connection_call (self->bus, tray->item, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS, NULL, ready_cb, &result);
  culvert_test_wait_until (result != NULL, 2 * PATIENCE_MS);
  return g_dbus_connection_call_finish (self->bus, result, error);
}

GVariant *
culvert_fake_tray_call_item (CulvertFakeTray *self,
                             const char      *method,
                             GVariant        *parameters,
                             GError         **error)
{
  return call (self, ITEM_AT, ITEM, method, parameters, error);
}

GVariant *
culvert_fake_tray_get (CulvertFakeTray *self, const char *property)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = call (self, ITEM_AT, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", ITEM, property), &error);
  GVariant            *value;

  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &value);
  return value;
}

char *
culvert_fake_tray_get_string (CulvertFakeTray *self, const char *property)
{
  g_autoptr (GVariant) value = culvert_fake_tray_get (self, property);

  return g_variant_dup_string (value, NULL);
}

GVariant *
culvert_fake_tray_call_menu (CulvertFakeTray *self,
                             const char      *method,
                             GVariant        *parameters,
                             GError         **error)
{
  g_autofree char *path = culvert_fake_tray_get_string (self, "Menu");

  return call (self, path, MENU, method, parameters, error);
}

/* (transfer full): (ia{sv}av) of the whole menu */
static GVariant *
get_layout (CulvertFakeTray *self)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) shown =
    culvert_fake_tray_call_menu (self, "AboutToShow", g_variant_new ("(i)", 0), &error);
  g_autoptr (GVariant) reply = NULL;

  g_assert_no_error (error);
  reply =
    culvert_fake_tray_call_menu (self, "GetLayout", g_variant_new ("(iias)", 0, -1, NULL), &error);
  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 1);
}

/* (transfer full): as it is read */
static char *
dup_label (GVariant *properties)
{
  g_autoptr (GString) text = NULL;
  const char         *label = "";

  g_variant_lookup (properties, "label", "&s", &label);
  text = g_string_new (label);
  g_string_replace (text, "__", "\001", 0);
  g_assert_null (strchr (text->str, '_'));
  g_string_replace (text, "\001", "_", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
write_item (GString *text, GVariant *properties, guint depth)
{
  g_autofree char *label = dup_label (properties);
  const char      *type = "";
  const char      *display = "";
  gboolean         is_enabled = TRUE;
  gint32           toggle = -1;

  g_variant_lookup (properties, "type", "&s", &type);
  g_variant_lookup (properties, "children-display", "&s", &display);
  g_variant_lookup (properties, "enabled", "b", &is_enabled);
  g_variant_lookup (properties, "toggle-state", "i", &toggle);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, "  ");
  if (g_str_equal (type, "separator"))
    {
      g_string_append (text, "---\n");
      return;
    }
  if (toggle >= 0)
    g_string_append (text, toggle == 1 ? "[x] " : "[ ] ");
  g_string_append_printf (text, is_enabled ? "%s%s\n" : "(%s%s)\n", label,
                          g_str_equal (display, "submenu") ? " >" : "");
}

static void
write_layout (GString *text, GVariant *layout, guint depth)
{
  g_autoptr (GVariant) children = g_variant_get_child_value (layout, 2);

  for (gsize i = 0; i < g_variant_n_children (children); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (children, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);
      g_autoptr (GVariant) properties = g_variant_get_child_value (child, 1);

      write_item (text, properties, depth);
      write_layout (text, child, depth + 1);
    }
}

char *
culvert_fake_tray_read_menu (CulvertFakeTray *self)
{
  g_autoptr (GVariant) layout = get_layout (self);
  GString             *text = g_string_new (NULL);

  write_layout (text, layout, 0);
  return g_string_free (text, FALSE);
}

/* -1: it is not there */
static gint32
find_in (GVariant *layout, const char *label)
{
  g_autoptr (GVariant) children = g_variant_get_child_value (layout, 2);
  g_autoptr (GVariant) properties = g_variant_get_child_value (layout, 1);
  g_autofree char     *own = dup_label (properties);
  gint32               id = -1;

  if (g_str_equal (own, label))
    {
      g_variant_get_child (layout, 0, "i", &id);
      return id;
    }
  for (gsize i = 0; id < 0 && i < g_variant_n_children (children); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (children, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);

      id = find_in (child, label);
    }
  return id;
}

gint32
culvert_fake_tray_find (CulvertFakeTray *self, const char *label)
{
  g_autoptr (GVariant) layout = get_layout (self);
  gint32               id = find_in (layout, label);

  if (id < 0)
    {
      g_autofree char *menu = culvert_fake_tray_read_menu (self);

      g_error ("the menu has no “%s”:\n%s", label, menu);
    }
  return id;
}

void
culvert_fake_tray_click (CulvertFakeTray *self, const char *label)
{
  gint32               id = culvert_fake_tray_find (self, label);
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = culvert_fake_tray_call_menu (
    self, "Event", g_variant_new ("(isvu)", id, "clicked", g_variant_new_string (""), 0), &error);

  g_assert_no_error (error);
}
