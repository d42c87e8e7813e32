/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/menu-server.h"

#include "desktop/menu-words.h"

#define INTERFACE "com.canonical.dbusmenu"
#define VERSION   3
#define ROOT_ID   0

static const char introspection[] =
  "<node><interface name='" INTERFACE "'>"
  "<property name='Version' type='u' access='read'/>"
  "<property name='TextDirection' type='s' access='read'/>"
  "<property name='Status' type='s' access='read'/>"
  "<property name='IconThemePath' type='as' access='read'/>"
  "<method name='GetLayout'>"
  "<arg type='i' name='parentId' direction='in'/><arg type='i' name='recursionDepth' direction='in'/>"
  "<arg type='as' name='propertyNames' direction='in'/>"
  "<arg type='u' name='revision' direction='out'/><arg type='(ia{sv}av)' name='layout' direction='out'/>"
  "</method>"
  "<method name='GetGroupProperties'>"
  "<arg type='ai' name='ids' direction='in'/><arg type='as' name='propertyNames' direction='in'/>"
  "<arg type='a(ia{sv})' name='properties' direction='out'/>"
  "</method>"
  "<method name='GetProperty'>"
  "<arg type='i' name='id' direction='in'/><arg type='s' name='name' direction='in'/>"
  "<arg type='v' name='value' direction='out'/>"
  "</method>"
  "<method name='Event'>"
  "<arg type='i' name='id' direction='in'/><arg type='s' name='eventId' direction='in'/>"
  "<arg type='v' name='data' direction='in'/><arg type='u' name='timestamp' direction='in'/>"
  "</method>"
  "<method name='EventGroup'>"
  "<arg type='a(isvu)' name='events' direction='in'/><arg type='ai' name='idErrors' direction='out'/>"
  "</method>"
  "<method name='AboutToShow'>"
  "<arg type='i' name='id' direction='in'/><arg type='b' name='needUpdate' direction='out'/>"
  "</method>"
  "<method name='AboutToShowGroup'>"
  "<arg type='ai' name='ids' direction='in'/>"
  "<arg type='ai' name='updatesNeeded' direction='out'/><arg type='ai' name='idErrors' direction='out'/>"
  "</method>"
  "<signal name='ItemsPropertiesUpdated'>"
  "<arg type='a(ia{sv})' name='updatedProps'/><arg type='a(ias)' name='removedProps'/>"
  "</signal>"
  "<signal name='LayoutUpdated'>"
  "<arg type='u' name='revision'/><arg type='i' name='parent'/>"
  "</signal>"
  "<signal name='ItemActivationRequested'>"
  "<arg type='i' name='id'/><arg type='u' name='timestamp'/>"
  "</signal>"
  "</interface></node>";

struct _CulvertMenuServer
{
  GDBusConnection        *bus;
  char                   *path;
  guint                   registration_id;
  const CulvertMenuFuncs *funcs;
  gpointer                user_data;
  gboolean                is_right_to_left;

  CulvertMenuItem *menu;
  guint            revision;
  gint32           last_id;
  GHashTable *ids;   /* from a key to its number, for good: a late click meets what was clicked */
  GHashTable *items; /* from a number to its CulvertMenuItem in @menu */
};

/* Numbers */

static gint32
get_id (CulvertMenuServer *self, const CulvertMenuItem *item)
{
  return item == self->menu ? ROOT_ID
                            : GPOINTER_TO_INT (g_hash_table_lookup (self->ids, item->key));
}

static void
number_children (CulvertMenuServer *self, CulvertMenuItem *item)
{
  for (guint i = 0; i < item->children->len; i++)
    {
      CulvertMenuItem *child = item->children->pdata[i];

      if (!g_hash_table_contains (self->ids, child->key))
        g_hash_table_insert (self->ids, g_strdup (child->key), GINT_TO_POINTER (++self->last_id));
      g_hash_table_insert (self->items, GINT_TO_POINTER (get_id (self, child)), child);
      number_children (self, child);
    }
}

static void
number_all (CulvertMenuServer *self)
{
  g_hash_table_remove_all (self->items);
  g_hash_table_insert (self->items, GINT_TO_POINTER (ROOT_ID), self->menu);
  number_children (self, self->menu);
}

/* (transfer none) (nullable) */
static CulvertMenuItem *
find (CulvertMenuServer *self, gint32 id)
{
  return g_hash_table_lookup (self->items, GINT_TO_POINTER (id));
}

/* Telling what changed */

static void
emit (CulvertMenuServer *self, const char *signal, GVariant *parameters)
{
  g_dbus_connection_emit_signal (self->bus, NULL, self->path, INTERFACE, signal, parameters, NULL);
}

static void
collect_changes (CulvertMenuServer     *self,
                 const CulvertMenuItem *before,
                 const CulvertMenuItem *now,
                 GVariantBuilder       *changes,
                 guint                 *n_changes)
{
  for (guint i = 0; i < now->children->len; i++)
    {
      CulvertMenuItem     *item = now->children->pdata[i];
      CulvertMenuItem     *was = before->children->pdata[i];
      g_autoptr (GVariant) of_item = g_variant_ref_sink (culvert_menu_item_to_changes (was, item));

      if (g_variant_n_children (of_item) > 0)
        {
          g_variant_builder_add (changes, "(i@a{sv})", get_id (self, item), of_item);
          (*n_changes)++;
        }
      collect_changes (self, was, item, changes, n_changes);
    }
}

static void
tell_changes (CulvertMenuServer *self, const CulvertMenuItem *before)
{
  GVariantBuilder changes;
  guint           n_changes = 0;

  g_variant_builder_init (&changes, G_VARIANT_TYPE ("a(ia{sv})"));
  collect_changes (self, before, self->menu, &changes, &n_changes);
  if (n_changes > 0)
    emit (self, "ItemsPropertiesUpdated", g_variant_new ("(a(ia{sv})a(ias))", &changes, NULL));
  else
    g_variant_builder_clear (&changes);
}

void
culvert_menu_server_set (CulvertMenuServer *self, CulvertMenuItem *menu)
{
  g_autoptr (CulvertMenuItem) before = g_steal_pointer (&self->menu);

  self->menu = culvert_menu_item_ref (menu);
  number_all (self);
  if (culvert_menu_item_has_same_shape (before, menu))
    {
      tell_changes (self, before);
      return;
    }
  self->revision++;
  emit (self, "LayoutUpdated", g_variant_new ("(ui)", self->revision, ROOT_ID));
}

/* Answering */

/* (transfer full): floating, (ia{sv}av) */
static GVariant *
build_layout (CulvertMenuServer *self, CulvertMenuItem *item, int depth, const char *const *names)
{
  GVariantBuilder children;

  g_variant_builder_init (&children, G_VARIANT_TYPE ("av"));
  for (guint i = 0; depth != 0 && i < item->children->len; i++)
    g_variant_builder_add (&children, "v",
                           build_layout (self, item->children->pdata[i], depth - 1, names));
  return g_variant_new ("(i@a{sv}av)", get_id (self, item),
                        culvert_menu_item_to_properties (item, names), &children);
}

static void
refuse (GDBusMethodInvocation *call, gint32 id)
{
  g_dbus_method_invocation_return_error (call, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                         "The menu has no item %d", id);
}

static void
get_layout (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autofree const char **names = NULL;
  CulvertMenuItem        *item;
  gint32                  id;
  gint32                  depth;

  g_variant_get (parameters, "(ii^a&s)", &id, &depth, &names);
  item = find (self, id);
  if (item == NULL)
    {
      refuse (call, id);
      return;
    }
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(u@(ia{sv}av))", self->revision,
                         build_layout (self, item, depth < 0 ? -1 : depth, names)));
}

static void
add_properties (CulvertMenuServer *self, GVariantBuilder *all, gint32 id, const char *const *names)
{
  g_variant_builder_add (all, "(i@a{sv})", id,
                         culvert_menu_item_to_properties (find (self, id), names));
}

static void
get_group_properties (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autofree const char **names = NULL;
  g_autoptr (GVariant)    ids = NULL;
  g_autoptr (GHashTable)  wanted = g_hash_table_new (NULL, NULL);
  GVariantBuilder         all;
  GVariantIter            asked;
  GHashTableIter          iter;
  gpointer                key;
  gint32                  id;

  g_variant_get (parameters, "(@ai^a&s)", &ids, &names);
  /* Each once, so that the answer is no longer than the menu. */
  g_variant_iter_init (&asked, ids);
  while (g_variant_iter_next (&asked, "i", &id))
    if (find (self, id) != NULL)
      g_hash_table_add (wanted, GINT_TO_POINTER (id));
  g_variant_builder_init (&all, G_VARIANT_TYPE ("a(ia{sv})"));
  g_hash_table_iter_init (&iter, g_variant_n_children (ids) == 0 ? self->items : wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    add_properties (self, &all, GPOINTER_TO_INT (key), names);
  g_dbus_method_invocation_return_value (call, g_variant_new ("(a(ia{sv}))", &all));
}

static void
get_property (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) value = NULL;
  const char          *name;
  CulvertMenuItem     *item;
  gint32               id;

  g_variant_get (parameters, "(i&s)", &id, &name);
  item = find (self, id);
  if (item == NULL)
    {
      refuse (call, id);
      return;
    }
  properties = g_variant_ref_sink (culvert_menu_item_to_properties (item, NULL));
  value = g_variant_lookup_value (properties, name, NULL);
  if (value == NULL)
    g_dbus_method_invocation_return_error (call, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                           "Item %d of the menu has no property “%s”", id, name);
  else
    g_dbus_method_invocation_return_value (call, g_variant_new ("(v)", value));
}

/* Returns: is there such an item? */
static gboolean
take_event (CulvertMenuServer *self, gint32 id, const char *event)
{
  CulvertMenuItem *item = find (self, id);
  g_autofree char *key = NULL;

  if (item == NULL)
    return FALSE;
  if (!g_str_equal (event, "clicked") || !item->is_enabled ||
      (item->kind != CULVERT_MENU_ACTION && item->kind != CULVERT_MENU_CHECK))
    return TRUE;
  key = g_strdup (item->key);
  self->funcs->chosen (key, self->user_data);
  return TRUE;
}

static void
event (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  const char *name;
  gint32      id;

  g_variant_get (parameters, "(i&svu)", &id, &name, NULL, NULL);
  /* The answer first: what is chosen may end the program. */
  if (find (self, id) == NULL)
    {
      refuse (call, id);
      return;
    }
  g_dbus_method_invocation_return_value (call, NULL);
  take_event (self, id, name);
}

static void
event_group (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) events = g_variant_get_child_value (parameters, 0);
  GVariantBuilder      unknown;
  GVariantIter         iter;
  const char          *name;
  gint32               id;
  gsize                n_unknown = 0;

  g_variant_builder_init (&unknown, G_VARIANT_TYPE ("ai"));
  g_variant_iter_init (&iter, events);
  while (g_variant_iter_next (&iter, "(i&svu)", &id, NULL, NULL, NULL))
    if (find (self, id) == NULL)
      {
        g_variant_builder_add (&unknown, "i", id);
        n_unknown++;
      }
  if (n_unknown > 0 && n_unknown == g_variant_n_children (events))
    {
      g_variant_builder_clear (&unknown);
      g_dbus_method_invocation_return_error (call, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                             "The menu has none of these items");
      return;
    }
  g_dbus_method_invocation_return_value (call, g_variant_new ("(ai)", &unknown));
  g_variant_iter_init (&iter, events);
  while (g_variant_iter_next (&iter, "(i&svu)", &id, &name, NULL, NULL))
    take_event (self, id, name);
}

/* Returns: is the menu of another shape now? */
static gboolean
prepare (CulvertMenuServer *self)
{
  guint before = self->revision;

  self->funcs->about_to_show (self->user_data);
  return self->revision != before;
}

static void
about_to_show (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  gint32 id;

  g_variant_get (parameters, "(i)", &id);
  if (find (self, id) == NULL)
    refuse (call, id);
  else
    g_dbus_method_invocation_return_value (call, g_variant_new ("(b)", prepare (self)));
}

static void
about_to_show_group (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) ids = g_variant_get_child_value (parameters, 0);
  gboolean             is_new = prepare (self);
  GVariantBuilder      updated;
  GVariantBuilder      unknown;
  GVariantIter         iter;
  gint32               id;

  g_variant_builder_init (&updated, G_VARIANT_TYPE ("ai"));
  g_variant_builder_init (&unknown, G_VARIANT_TYPE ("ai"));
  g_variant_iter_init (&iter, ids);
  while (g_variant_iter_next (&iter, "i", &id))
    if (find (self, id) == NULL)
      g_variant_builder_add (&unknown, "i", id);
    else if (is_new)
      g_variant_builder_add (&updated, "i", id);
  g_dbus_method_invocation_return_value (call, g_variant_new ("(aiai)", &updated, &unknown));
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
  static const struct
  {
    const char *name;
    void (*answer) (CulvertMenuServer *self, GVariant *parameters, GDBusMethodInvocation *call);
  } table[] = {
    { "GetLayout", get_layout },
    { "GetGroupProperties", get_group_properties },
    { "GetProperty", get_property },
    { "Event", event },
    { "EventGroup", event_group },
    { "AboutToShow", about_to_show },
    { "AboutToShowGroup", about_to_show_group },
  };

  /* GDBus lets through only what the introspection has. */
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (method, table[i].name))
      {
        table[i].answer (user_data, parameters, call);
        return;
      }
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
  CulvertMenuServer *self = user_data;

  if (g_str_equal (name, "Version"))
    return g_variant_new_uint32 (VERSION);
  if (g_str_equal (name, "TextDirection"))
    return g_variant_new_string (self->is_right_to_left ? "rtl" : "ltr");
  if (g_str_equal (name, "Status"))
    return g_variant_new_string ("normal");
  return g_variant_new_strv (NULL, 0); /* IconThemePath */
}

CulvertMenuServer *
culvert_menu_server_new (GDBusConnection        *bus,
                         const char             *path,
                         gboolean                is_right_to_left,
                         const CulvertMenuFuncs *funcs,
                         gpointer                user_data,
                         GError                **error)
{
  static const GDBusInterfaceVTable table = { .method_call = method_cb,
                                              .get_property = property_cb };
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_autoptr (CulvertMenuServer)     self = g_new0 (CulvertMenuServer, 1);

  self->bus = g_object_ref (bus);
  self->path = g_strdup (path);
  self->is_right_to_left = is_right_to_left;
  self->funcs = funcs;
  self->user_data = user_data;
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->items = g_hash_table_new (NULL, NULL);
  self->menu = culvert_menu_item_new (CULVERT_MENU_SUBMENU, "", NULL);
  number_all (self);
  self->registration_id = g_dbus_connection_register_object (
    bus, path, g_dbus_node_info_lookup_interface (node, INTERFACE), &table, self, NULL, error);
  return self->registration_id != 0 ? g_steal_pointer (&self) : NULL;
}

void
culvert_menu_server_free (CulvertMenuServer *self)
{
  if (self == NULL)
    return;

  if (self->registration_id != 0)
    g_dbus_connection_unregister_object (self->bus, self->registration_id);
  g_hash_table_unref (self->items);
  g_hash_table_unref (self->ids);
  culvert_menu_item_unref (self->menu);
  g_free (self->path);
  g_object_unref (self->bus);
  g_free (self);
}
