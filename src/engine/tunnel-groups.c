/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-groups.h"

#include "core/profile-groups.h"
#include "engine/list-change.h"

struct _CulvertTunnelGroups
{
  GObject              parent_instance;
  GListModel          *tunnels; /* not held: it owns this */
  CulvertProfileStore *store;
  GPtrArray           *groups;  /* of CulvertTunnelGroup */
  GPtrArray           *watched; /* of CulvertTunnel, whose profiles are watched */
};

static GType
get_item_type (GListModel *model)
{
  return CULVERT_TYPE_TUNNEL_GROUP;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_TUNNEL_GROUPS (model)->groups->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *groups = CULVERT_TUNNEL_GROUPS (model)->groups;

  return position < groups->len ? g_object_ref (g_ptr_array_index (groups, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertTunnelGroups,
                               culvert_tunnel_groups,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static CulvertTunnelGroup *
find (GPtrArray *groups, const char *name)
{
  for (guint i = 0; i < groups->len; i++)
    {
      CulvertTunnelGroup *group = g_ptr_array_index (groups, i);

      if (g_str_equal (culvert_tunnel_group_get_name (group), name))
        return group;
    }
  return NULL;
}

/* While a profile has its new group and the list not yet its new order, a group is not in one piece. */
static void
gather (CulvertTunnelGroups *self, GPtrArray *groups, GHashTable *members)
{
  for (guint i = 0; i < self->watched->len; i++)
    {
      CulvertTunnel      *tunnel = g_ptr_array_index (self->watched, i);
      const char         *name = culvert_tunnel_get_profile (tunnel)->group;
      CulvertTunnelGroup *group;

      if (*name == '\0')
        continue;
      group = find (groups, name);
      if (group == NULL)
        {
          group = find (self->groups, name);
          group = group != NULL ? g_object_ref (group) : culvert_tunnel_group_new (name);
          g_ptr_array_add (groups, group);
          g_hash_table_insert (members, group, g_ptr_array_new ());
        }
      g_ptr_array_add (g_hash_table_lookup (members, group), tunnel);
    }
}

/* Whoever still holds one that is none any more finds it empty. */
static void
end_groups (GPtrArray *before, GPtrArray *groups)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  for (guint i = 0; i < before->len; i++)
    if (!g_ptr_array_find (groups, g_ptr_array_index (before, i), NULL))
      culvert_tunnel_group_set_tunnels (g_ptr_array_index (before, i), none);
}

static void
update (CulvertTunnelGroups *self)
{
  GPtrArray             *groups = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray)  before = g_steal_pointer (&self->groups);
  g_autoptr (GHashTable) members =
    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

  self->groups = before;
  gather (self, groups, members);
  self->groups = g_ptr_array_ref (groups);
  for (guint i = 0; i < groups->len; i++)
    {
      CulvertTunnelGroup *group = g_ptr_array_index (groups, i);

      culvert_tunnel_group_set_exclusive (
        group,
        culvert_profile_store_is_exclusive (self->store, culvert_tunnel_group_get_name (group)));
      culvert_tunnel_group_set_tunnels (group, g_hash_table_lookup (members, group));
    }
  end_groups (before, groups);
  culvert_list_tell_change (G_LIST_MODEL (self), before, groups);
  g_ptr_array_unref (groups);
}

static void
unwatch_all (CulvertTunnelGroups *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (self->watched, i), update, self);
  g_ptr_array_set_size (self->watched, 0);
}

static void
tunnels_changed_cb (CulvertTunnelGroups *self)
{
  unwatch_all (self);
  for (guint i = 0; i < g_list_model_get_n_items (self->tunnels); i++)
    {
      CulvertTunnel *tunnel = g_list_model_get_item (self->tunnels, i);

      g_ptr_array_add (self->watched, tunnel);
      g_signal_connect_swapped (tunnel, "notify::profile", G_CALLBACK (update), self);
    }
  update (self);
}

static void
culvert_tunnel_groups_dispose (GObject *object)
{
  CulvertTunnelGroups *self = CULVERT_TUNNEL_GROUPS (object);

  unwatch_all (self);
  if (self->tunnels != NULL)
    g_signal_handlers_disconnect_by_func (self->tunnels, tunnels_changed_cb, self);
  self->tunnels = NULL;
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_func (self->store, update, self);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (culvert_tunnel_groups_parent_class)->dispose (object);
}

static void
culvert_tunnel_groups_finalize (GObject *object)
{
  CulvertTunnelGroups *self = CULVERT_TUNNEL_GROUPS (object);

  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->watched);
  G_OBJECT_CLASS (culvert_tunnel_groups_parent_class)->finalize (object);
}

static void
culvert_tunnel_groups_class_init (CulvertTunnelGroupsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_tunnel_groups_dispose;
  object_class->finalize = culvert_tunnel_groups_finalize;
}

static void
culvert_tunnel_groups_init (CulvertTunnelGroups *self)
{
  self->groups = g_ptr_array_new_with_free_func (g_object_unref);
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
}

CulvertTunnelGroups *
culvert_tunnel_groups_new (GListModel *tunnels, CulvertProfileStore *store)
{
  CulvertTunnelGroups *self = g_object_new (CULVERT_TYPE_TUNNEL_GROUPS, NULL);

  self->tunnels = tunnels;
  self->store = g_object_ref (store);
  g_signal_connect_swapped (tunnels, "items-changed", G_CALLBACK (tunnels_changed_cb), self);
  g_signal_connect_swapped (store, "groups-changed", G_CALLBACK (update), self);
  tunnels_changed_cb (self);
  return self;
}

CulvertTunnelGroup *
culvert_tunnel_groups_find (CulvertTunnelGroups *self, const char *name)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_GROUPS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  return find (self->groups, name);
}
