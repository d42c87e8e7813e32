/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/tray.h"

#include "base/source.h"
#include "desktop/menu-server.h"
#include "desktop/tray-watch.h"

#define INTERFACE "org.kde.StatusNotifierItem"
#define ITEM_PATH "/StatusNotifierItem"
#define MENU_PATH "/MenuBar"
#define PACE_US   (G_USEC_PER_SEC / 2)

static const char introspection[] =
  "<node><interface name='" INTERFACE "'>"
  "<property name='Category' type='s' access='read'/>"
  "<property name='Id' type='s' access='read'/>"
  "<property name='Title' type='s' access='read'/>"
  "<property name='Status' type='s' access='read'/>"
  "<property name='WindowId' type='i' access='read'/>"
  "<property name='IconThemePath' type='s' access='read'/>"
  "<property name='Menu' type='o' access='read'/>"
  "<property name='ItemIsMenu' type='b' access='read'/>"
  "<property name='IconName' type='s' access='read'/>"
  "<property name='IconPixmap' type='a(iiay)' access='read'/>"
  "<property name='OverlayIconName' type='s' access='read'/>"
  "<property name='OverlayIconPixmap' type='a(iiay)' access='read'/>"
  "<property name='AttentionIconName' type='s' access='read'/>"
  "<property name='AttentionIconPixmap' type='a(iiay)' access='read'/>"
  "<property name='AttentionMovieName' type='s' access='read'/>"
  "<property name='ToolTip' type='(sa(iiay)ss)' access='read'/>"
  "<property name='IconAccessibleDesc' type='s' access='read'/>"
  "<property name='AttentionAccessibleDesc' type='s' access='read'/>"
  "<method name='Activate'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='SecondaryActivate'><arg type='i' direction='in'/><arg type='i' direction='in'/>"
  "</method>"
  "<method name='ContextMenu'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='Scroll'><arg type='i' direction='in'/><arg type='s' direction='in'/></method>"
  "<method name='ProvideXdgActivationToken'><arg type='s' direction='in'/></method>"
  "<signal name='NewTitle'/><signal name='NewIcon'/><signal name='NewAttentionIcon'/>"
  "<signal name='NewOverlayIcon'/><signal name='NewToolTip'/><signal name='NewMenu'/>"
  "<signal name='NewStatus'><arg type='s'/></signal>"
  "</interface></node>";

struct _CulvertTray
{
  GDBusConnection        *bus;
  char                   *title;
  const CulvertTrayFuncs *funcs;
  gpointer                user_data;

  guint              registration_id;
  CulvertMenuServer *menu;
  CulvertTrayWatch  *watch;
  CulvertTrayLook   *look;  /* as it was told */
  char              *token; /* nullable: for what the person does next */
  GSource           *timer; /* nullable: describes it anew */
  gint64             described_us;
  gboolean           is_stale; /* the look is not what it would be now */
};

/* Telling what changed */

static void
emit (CulvertTray *self, const char *signal, GVariant *parameters)
{
  g_dbus_connection_emit_signal (self->bus, NULL, ITEM_PATH, INTERFACE, signal, parameters, NULL);
}

static const char *
get_status (const CulvertTrayLook *look)
{
  return look->needs_attention ? "NeedsAttention" : "Active";
}

static gboolean
has_same_icon (const CulvertTrayLook *a, const CulvertTrayLook *b)
{
  return g_str_equal (a->icon_name, b->icon_name) && g_str_equal (a->icon_text, b->icon_text) &&
         (a->pixels == b->pixels ||
          (a->pixels != NULL && b->pixels != NULL && g_variant_equal (a->pixels, b->pixels)));
}

static void
describe (CulvertTray *self)
{
  CulvertTrayLook            *now = self->funcs->describe (self->user_data);
  g_autoptr (CulvertTrayLook) before = g_steal_pointer (&self->look);

  self->look = now;
  self->is_stale = FALSE;
  self->described_us = g_get_monotonic_time ();
  if (before == NULL || !has_same_icon (before, now))
    {
      emit (self, "NewIcon", NULL);
      emit (self, "NewAttentionIcon", NULL);
    }
  if (before == NULL || before->needs_attention != now->needs_attention)
    emit (self, "NewStatus", g_variant_new ("(s)", get_status (now)));
  if (before == NULL || !g_str_equal (before->heading, now->heading) ||
      !g_str_equal (before->text, now->text))
    emit (self, "NewToolTip", NULL);
  culvert_menu_server_set (self->menu, now->menu);
}

/* At once, whatever the pace. */
static void
freshen (CulvertTray *self)
{
  if (!self->is_stale)
    return;
  culvert_source_clear (&self->timer);
  describe (self);
}

static gboolean
timer_cb (gpointer user_data)
{
  CulvertTray *self = user_data;

  culvert_source_clear (&self->timer);
  describe (self);
  return G_SOURCE_REMOVE;
}

void
culvert_tray_changed (CulvertTray *self)
{
  self->is_stale = TRUE;
  if (!culvert_tray_watch_has_host (self->watch) || self->timer != NULL)
    return;
  self->timer = g_timeout_source_new (0);
  g_source_set_static_name (self->timer, "culvert tray");
  g_source_set_ready_time (self->timer, self->described_us + PACE_US);
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
host_cb (gboolean has_host, gpointer user_data)
{
  CulvertTray *self = user_data;

  if (has_host)
    freshen (self);
  else
    culvert_source_clear (&self->timer);
  if (self->funcs->host_changed != NULL)
    self->funcs->host_changed (has_host, self->user_data);
}

/* Answering */

/* (transfer full) */
static GVariant *
get_pixels (const CulvertTrayLook *look)
{
  return look->pixels != NULL ? g_variant_ref (look->pixels) : g_variant_new ("a(iiay)", NULL);
}

/* Hosts take some markup in there. */
static GVariant *
get_tool_tip (const CulvertTrayLook *look)
{
  g_autofree char *heading = g_markup_escape_text (look->heading, -1);
  g_autofree char *text = g_markup_escape_text (look->text, -1);

  return g_variant_new ("(s@a(iiay)ss)", "", g_variant_new ("a(iiay)", NULL), heading, text);
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
  CulvertTray *self = user_data;

  freshen (self);
  if (g_str_equal (name, "Category"))
    return g_variant_new_string ("Communications");
  if (g_str_equal (name, "Id"))
    return g_variant_new_string (CULVERT_APP_ID);
  if (g_str_equal (name, "Title"))
    return g_variant_new_string (self->title);
  if (g_str_equal (name, "Status"))
    return g_variant_new_string (get_status (self->look));
  if (g_str_equal (name, "WindowId"))
    return g_variant_new_int32 (0);
  if (g_str_equal (name, "Menu"))
    return g_variant_new_object_path (MENU_PATH);
  if (g_str_equal (name, "ItemIsMenu"))
    return g_variant_new_boolean (FALSE);
  if (g_str_equal (name, "IconName") || g_str_equal (name, "AttentionIconName"))
    return g_variant_new_string (self->look->icon_name);
  if (g_str_equal (name, "IconPixmap") || g_str_equal (name, "AttentionIconPixmap"))
    return get_pixels (self->look);
  if (g_str_equal (name, "OverlayIconPixmap"))
    return g_variant_new ("a(iiay)", NULL);
  if (g_str_equal (name, "ToolTip"))
    return get_tool_tip (self->look);
  if (g_str_equal (name, "IconAccessibleDesc") || g_str_equal (name, "AttentionAccessibleDesc"))
    return g_variant_new_string (self->look->icon_text);
  /* IconThemePath, OverlayIconName, AttentionMovieName */
  return g_variant_new_string ("");
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
  CulvertTray     *self = user_data;
  g_autofree char *token = NULL;

  if (g_str_equal (method, "ProvideXdgActivationToken"))
    {
      g_free (self->token);
      g_variant_get (parameters, "(s)", &self->token);
    }
  g_dbus_method_invocation_return_value (call, NULL);
  /* There is nothing to scroll, and a host draws the menu by itself. */
  if (g_str_equal (method, "Activate") || g_str_equal (method, "SecondaryActivate"))
    {
      token = g_steal_pointer (&self->token);
      self->funcs->activated (token, self->user_data);
    }
}

static void
about_to_show_cb (gpointer user_data)
{
  freshen (user_data);
}

static void
chosen_cb (const char *key, gpointer user_data)
{
  CulvertTray     *self = user_data;
  g_autofree char *token = g_steal_pointer (&self->token);

  self->funcs->chosen (key, token, self->user_data);
}

static gboolean
register_item (CulvertTray *self, GError **error)
{
  static const GDBusInterfaceVTable table = { .method_call = method_cb,
                                              .get_property = property_cb };
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (introspection, NULL);

  self->registration_id = g_dbus_connection_register_object (
    self->bus, ITEM_PATH, g_dbus_node_info_lookup_interface (node, INTERFACE), &table, self, NULL,
    error);
  return self->registration_id != 0;
}

CulvertTray *
culvert_tray_new (GDBusConnection        *bus,
                  const char             *title,
                  gboolean                is_right_to_left,
                  const CulvertTrayFuncs *funcs,
                  gpointer                user_data,
                  GError                **error)
{
  static const CulvertMenuFuncs menu_funcs = { about_to_show_cb, chosen_cb };
  g_autoptr (CulvertTray)       self = g_new0 (CulvertTray, 1);

  self->bus = g_object_ref (bus);
  self->title = g_strdup (title);
  self->funcs = funcs;
  self->user_data = user_data;
  self->is_stale = TRUE;
  self->described_us = -PACE_US;
  self->menu = culvert_menu_server_new (bus, MENU_PATH, is_right_to_left, &menu_funcs, self, error);
  if (self->menu == NULL || !register_item (self, error))
    return NULL;
  self->watch = culvert_tray_watch_new (bus, host_cb, self);
  return g_steal_pointer (&self);
}

void
culvert_tray_free (CulvertTray *self)
{
  if (self == NULL)
    return;

  culvert_tray_watch_free (self->watch);
  culvert_source_clear (&self->timer);
  if (self->registration_id != 0)
    g_dbus_connection_unregister_object (self->bus, self->registration_id);
  culvert_menu_server_free (self->menu);
  g_clear_pointer (&self->look, culvert_tray_look_free);
  g_free (self->token);
  g_free (self->title);
  g_object_unref (self->bus);
  g_free (self);
}

gboolean
culvert_tray_has_host (CulvertTray *self)
{
  return culvert_tray_watch_has_host (self->watch);
}
