/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/bus-service.h"

#include "base/source.h"
#include "bus/bus-tunnel.h"
#include "bus/interface-info.h"
#include "bus/names.h"
#include "bus/watchers.h"
#include "core/profile-groups.h"

#include <glib/gi18n.h>

struct _CulvertBusService
{
  CulvertTunnelManager         *manager; /* nullable at first */
  CulvertBusInterface          *interface;
  GDBusObjectManagerServer     *server;
  GHashTable                   *tunnels;       /* id → CulvertBusTunnel */
  GSource                      *follow_source; /* nullable: it is as the list is */
  CulvertBusWatchers           *watchers;
  const CulvertBusServiceFuncs *funcs;
  gpointer                      user_data;
  gboolean                      is_ending;
};

/* Which tunnels there are */

static gboolean
may_start (gpointer user_data, GError **error)
{
  CulvertBusService *self = user_data;

  self->funcs->used (self->user_data);
  if (!self->is_ending)
    return TRUE;
  g_set_error_literal (error, CULVERT_BUS_ERROR, CULVERT_BUS_ERROR_ENDING,
                       _ ("Culvert is ending."));
  return FALSE;
}

static void
export_tunnel (CulvertBusService *self, CulvertTunnel *tunnel)
{
  const char                     *id = culvert_tunnel_get_id (tunnel);
  CulvertBusTunnel               *shown = culvert_bus_tunnel_new (tunnel, may_start, self);
  g_autofree char                *path = culvert_bus_path_for_id (id);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  culvert_bus_tunnel_set_watched (shown, culvert_bus_watchers_count (self->watchers) > 0);
  g_dbus_object_skeleton_add_interface (object, culvert_bus_tunnel_get_interface (shown));
  g_hash_table_insert (self->tunnels, g_strdup (id), shown);
  g_dbus_object_manager_server_export (self->server, object);
}

static void
unexport_tunnel (CulvertBusService *self, const char *id)
{
  g_autofree char *path = culvert_bus_path_for_id (id);

  g_dbus_object_manager_server_unexport (self->server, path);
}

static void
follow (CulvertBusService *self)
{
  GListModel    *list = G_LIST_MODEL (self->manager);
  GHashTableIter iter;
  const char    *id;
  gpointer       shown;

  g_hash_table_iter_init (&iter, self->tunnels);
  while (g_hash_table_iter_next (&iter, (gpointer *)&id, &shown))
    if (culvert_tunnel_manager_find (self->manager, id) != culvert_bus_tunnel_get_tunnel (shown))
      {
        unexport_tunnel (self, id);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (list, i);

      if (!g_hash_table_contains (self->tunnels, culvert_tunnel_get_id (tunnel)))
        export_tunnel (self, tunnel);
    }
}

static gboolean
follow_cb (gpointer user_data)
{
  CulvertBusService *self = user_data;

  g_clear_pointer (&self->follow_source, g_source_unref);
  follow (self);
  return G_SOURCE_REMOVE;
}

/* A tunnel that moves in the list goes and comes again within one turn: nothing to the bus. */
static void
list_changed_cb (CulvertBusService *self)
{
  if (self->follow_source != NULL)
    return;
  self->follow_source = g_idle_source_new ();
  g_source_set_priority (self->follow_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->follow_source, follow_cb, self, NULL);
  g_source_attach (self->follow_source, g_main_context_get_thread_default ());
}

static void
watched_cb (gboolean is_watched, gpointer user_data)
{
  CulvertBusService *self = user_data;
  GHashTableIter     iter;
  gpointer           shown;

  /* First, so that the figures are there when they are told. */
  self->funcs->watched (is_watched, self->user_data);
  g_hash_table_iter_init (&iter, self->tunnels);
  while (g_hash_table_iter_next (&iter, NULL, &shown))
    culvert_bus_tunnel_set_watched (shown, is_watched);
}

static void
n_on_changed_cb (CulvertBusService *self)
{
  culvert_bus_interface_tell_changes (self->interface, NULL);
}

/* Being called */

/* (transfer none) (nullable) */
static CulvertTunnel *
find_by_name (CulvertBusService *self, const char *name)
{
  CulvertProfileEntry *entry =
    culvert_profile_store_find_by_name (culvert_tunnel_manager_get_store (self->manager), name);

  return entry != NULL
           ? culvert_tunnel_manager_find (self->manager, culvert_profile_entry_get_id (entry))
           : NULL;
}

/* One that was saved a moment ago is found, too. */
static void
answer_find (CulvertBusService *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  const char      *name;
  CulvertTunnel   *tunnel;
  g_autofree char *path = NULL;
  guint            n_same;

  g_variant_get (arguments, "(&s)", &name);
  tunnel = find_by_name (self, name);
  if (tunnel == NULL)
    {
      culvert_profile_store_refresh (culvert_tunnel_manager_get_store (self->manager));
      tunnel = find_by_name (self, name);
    }
  if (tunnel != NULL)
    {
      follow (self);
      path = culvert_bus_path_for_id (culvert_tunnel_get_id (tunnel));
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
      return;
    }
  n_same =
    culvert_profile_store_count_name (culvert_tunnel_manager_get_store (self->manager), name);
  g_dbus_method_invocation_return_error_literal (
    invocation, CULVERT_BUS_ERROR,
    n_same > 1 ? CULVERT_BUS_ERROR_AMBIGUOUS : CULVERT_BUS_ERROR_NO_SUCH_TUNNEL,
    n_same > 1 ? _ ("Several tunnels have this name.")
               : _ ("There is no tunnel of this name or id."));
}

/* (transfer full) (element-type CulvertBusTunnel): those of @group, or all if it is NULL, in the order of the list */
static GPtrArray *
get_members (CulvertBusService *self, const char *group)
{
  GListModel *list = G_LIST_MODEL (self->manager);
  GPtrArray  *members = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (list, i);
      CulvertBusTunnel *shown = g_hash_table_lookup (self->tunnels, culvert_tunnel_get_id (tunnel));

      if (shown != NULL && culvert_bus_tunnel_get_tunnel (shown) == tunnel &&
          (group == NULL || g_str_equal (culvert_tunnel_get_profile (tunnel)->group, group)))
        g_ptr_array_add (members, shown);
    }
  return members;
}

/* One is on at a time in its group, and another is: to start this one would stop that. */
static gboolean
is_turn_taken (CulvertBusService *self, GPtrArray *members, CulvertTunnel *tunnel)
{
  const char *group = culvert_tunnel_get_profile (tunnel)->group;

  if (!culvert_profile_store_is_exclusive (culvert_tunnel_manager_get_store (self->manager), group))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      CulvertTunnel *other = culvert_bus_tunnel_get_tunnel (g_ptr_array_index (members, i));

      if (other != tunnel && culvert_tunnel_is_wanted (other) &&
          g_str_equal (culvert_tunnel_get_profile (other)->group, group))
        return TRUE;
    }
  return FALSE;
}

static guint
start_members (CulvertBusService *self, GPtrArray *members)
{
  guint n_started = 0;

  for (guint i = 0; i < members->len; i++)
    {
      CulvertBusTunnel *shown = g_ptr_array_index (members, i);
      CulvertTunnel    *tunnel = culvert_bus_tunnel_get_tunnel (shown);

      if (!culvert_tunnel_state_is_on (culvert_tunnel_get_state (tunnel)) &&
          !is_turn_taken (self, members, tunnel) && culvert_bus_tunnel_start (shown, NULL))
        n_started++;
    }
  return n_started;
}

static guint
stop_members (GPtrArray *members)
{
  guint n_stopped = 0;

  for (guint i = 0; i < members->len; i++)
    {
      CulvertTunnel *tunnel = culvert_bus_tunnel_get_tunnel (g_ptr_array_index (members, i));

      n_stopped += culvert_tunnel_is_wanted (tunnel) ? 1 : 0;
      culvert_tunnel_stop (tunnel);
    }
  return n_stopped;
}

/* @group: (nullable): NULL for all tunnels */
static void
answer_start (CulvertBusService *self, const char *group, GDBusMethodInvocation *invocation)
{
  g_autoptr (GPtrArray) members = get_members (self, group);
  GError               *error = NULL;

  if (may_start (self, &error))
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(u)", start_members (self, members)));
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static void
answer_stop (CulvertBusService *self, const char *group, GDBusMethodInvocation *invocation)
{
  g_autoptr (GPtrArray) members = get_members (self, group);

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", stop_members (members)));
}

static void
answer_group (CulvertBusService     *self,
              const char            *method,
              GVariant              *arguments,
              GDBusMethodInvocation *invocation)
{
  const char           *group;
  g_autoptr (GPtrArray) members = NULL;

  g_variant_get (arguments, "(&s)", &group);
  members = get_members (self, group);
  if (group[0] == '\0' || members->len == 0)
    g_dbus_method_invocation_return_error_literal (invocation, CULVERT_BUS_ERROR,
                                                   CULVERT_BUS_ERROR_NO_SUCH_GROUP,
                                                   _ ("There is no group of this name."));
  else if (g_str_equal (method, "StartGroup"))
    answer_start (self, group, invocation);
  else
    answer_stop (self, group, invocation);
}

static void
call (const char            *method,
      GVariant              *arguments,
      GDBusMethodInvocation *invocation,
      gpointer               user_data)
{
  CulvertBusService *self = user_data;
  const char        *sender = g_dbus_method_invocation_get_sender (invocation);

  self->funcs->used (self->user_data);
  if (g_str_equal (method, "Find"))
    {
      answer_find (self, arguments, invocation);
    }
  else if (g_str_equal (method, "StartAll"))
    {
      answer_start (self, NULL, invocation);
    }
  else if (g_str_equal (method, "StopAll"))
    {
      answer_stop (self, NULL, invocation);
    }
  else if (g_str_equal (method, "StartGroup") || g_str_equal (method, "StopGroup"))
    {
      answer_group (self, method, arguments, invocation);
    }
  else if (g_str_equal (method, "Watch"))
    {
      culvert_bus_watchers_add (self->watchers, sender);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (g_str_equal (method, "Unwatch"))
    {
      culvert_bus_watchers_remove (self->watchers, sender);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      self->funcs->quit (self->user_data);
    }
}

static GVariant *
get (const char *property, gpointer user_data)
{
  CulvertBusService *self = user_data;

  if (g_str_equal (property, "Version"))
    return g_variant_new_string (CULVERT_VERSION);
  return g_variant_new_uint32 (
    self->manager != NULL ? culvert_tunnel_manager_get_n_on (self->manager) : 0);
}

static const CulvertBusInterfaceFuncs funcs_of_manager = { .call = call, .get = get };

CulvertBusService *
culvert_bus_service_new (GDBusConnection              *connection,
                         const CulvertBusServiceFuncs *funcs,
                         gpointer                      user_data,
                         GError                      **error)
{
  g_autoptr (CulvertBusService) self = g_new0 (CulvertBusService, 1);

  self->funcs = funcs;
  self->user_data = user_data;
  self->tunnels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify)culvert_bus_tunnel_free);
  self->watchers = culvert_bus_watchers_new (connection, watched_cb, self);
  self->interface =
    culvert_bus_interface_new (&culvert_bus_manager_interface, &funcs_of_manager, self);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->interface), connection,
                                         CULVERT_BUS_PATH, error))
    return NULL;
  self->server = g_dbus_object_manager_server_new (CULVERT_BUS_TUNNELS_PATH);
  g_dbus_object_manager_server_set_connection (self->server, connection);
  return g_steal_pointer (&self);
}

void
culvert_bus_service_free (CulvertBusService *self)
{
  GHashTableIter iter;
  const char    *id;

  if (self == NULL)
    return;
  culvert_source_clear (&self->follow_source);
  culvert_bus_watchers_free (self->watchers);
  /* First: the tunnels are saved as before, and nobody shall hear that they are gone. */
  if (self->server != NULL)
    g_dbus_object_manager_server_set_connection (self->server, NULL);
  g_hash_table_iter_init (&iter, self->tunnels);
  while (g_hash_table_iter_next (&iter, (gpointer *)&id, NULL))
    unexport_tunnel (self, id);
  g_hash_table_unref (self->tunnels);
  g_clear_object (&self->server);
  culvert_bus_interface_detach (self->interface);
  g_object_unref (self->interface);
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_object (&self->manager);
  g_free (self);
}

void
culvert_bus_service_set_manager (CulvertBusService *self, CulvertTunnelManager *manager)
{
  g_return_if_fail (self->manager == NULL);

  self->manager = g_object_ref (manager);
  g_signal_connect_swapped (manager, "items-changed", G_CALLBACK (list_changed_cb), self);
  g_signal_connect_swapped (manager, "notify::n-on", G_CALLBACK (n_on_changed_cb), self);
  culvert_bus_interface_tell_changes (self->interface, NULL);
  follow (self);
}

void
culvert_bus_service_end (CulvertBusService *self)
{
  self->is_ending = TRUE;
}
