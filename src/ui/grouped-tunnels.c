/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/grouped-tunnels.h"

#include "engine/list-change.h"
#include "ui/tunnel-search.h"

struct _CulvertGroupedTunnels
{
  GObject               parent_instance;
  CulvertTunnelManager *manager;
  GPtrArray            *items;   /* of CulvertTunnel and CulvertTunnelGroup */
  GPtrArray            *watched; /* of CulvertTunnelGroup, whose lists are watched */
  char                 *query;
  GStrv                 collapsed;
};

enum
{
  PROP_0,
  PROP_COLLAPSED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_GROUPED_TUNNELS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *items = CULVERT_GROUPED_TUNNELS (model)->items;

  return position < items->len ? g_object_ref (g_ptr_array_index (items, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertGroupedTunnels,
                               culvert_grouped_tunnels,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
matches (CulvertGroupedTunnels *self, CulvertTunnel *tunnel)
{
  return *self->query == '\0' ||
         culvert_tunnel_search_matches (culvert_tunnel_get_profile (tunnel), self->query);
}

static void
add_ungrouped (CulvertGroupedTunnels *self, GPtrArray *items)
{
  GListModel *tunnels = G_LIST_MODEL (self->manager);

  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (culvert_tunnel_get_profile (tunnel)->group[0] == '\0' && matches (self, tunnel))
        g_ptr_array_add (items, g_steal_pointer (&tunnel));
    }
}

static void
add_group (CulvertGroupedTunnels *self, GPtrArray *items, CulvertTunnelGroup *group)
{
  gboolean is_searching = *self->query != '\0';
  guint    n_before = items->len;

  g_ptr_array_add (items, g_object_ref (group));
  if (!is_searching &&
      culvert_grouped_tunnels_is_collapsed (self, culvert_tunnel_group_get_name (group)))
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (group)); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (G_LIST_MODEL (group), i);

      if (matches (self, tunnel))
        g_ptr_array_add (items, g_steal_pointer (&tunnel));
    }
  /* Nothing was found in it. */
  if (items->len == n_before + 1)
    g_ptr_array_remove_index (items, n_before);
}

static void
update (CulvertGroupedTunnels *self)
{
  GListModel           *groups = G_LIST_MODEL (culvert_tunnel_manager_get_groups (self->manager));
  g_autoptr (GPtrArray) before = self->items;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  add_ungrouped (self, items);
  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (CulvertTunnelGroup) group = g_list_model_get_item (groups, i);

      add_group (self, items, group);
    }
  self->items = g_ptr_array_ref (items);
  culvert_list_tell_change (G_LIST_MODEL (self), before, items);
}

static void
unwatch_all (CulvertGroupedTunnels *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (self->watched, i), update, self);
  g_ptr_array_set_size (self->watched, 0);
}

static void
groups_changed_cb (CulvertGroupedTunnels *self)
{
  GListModel *groups = G_LIST_MODEL (culvert_tunnel_manager_get_groups (self->manager));

  unwatch_all (self);
  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      CulvertTunnelGroup *group = g_list_model_get_item (groups, i);

      g_ptr_array_add (self->watched, group);
      g_signal_connect_swapped (group, "items-changed", G_CALLBACK (update), self);
    }
  update (self);
}

static void
culvert_grouped_tunnels_dispose (GObject *object)
{
  CulvertGroupedTunnels *self = CULVERT_GROUPED_TUNNELS (object);

  unwatch_all (self);
  if (self->manager != NULL)
    {
      CulvertTunnelGroups *groups = culvert_tunnel_manager_get_groups (self->manager);

      g_signal_handlers_disconnect_by_data (self->manager, self);
      if (groups != NULL)
        g_signal_handlers_disconnect_by_data (groups, self);
    }
  g_clear_object (&self->manager);
  G_OBJECT_CLASS (culvert_grouped_tunnels_parent_class)->dispose (object);
}

static void
culvert_grouped_tunnels_finalize (GObject *object)
{
  CulvertGroupedTunnels *self = CULVERT_GROUPED_TUNNELS (object);

  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->watched);
  g_strfreev (self->collapsed);
  g_free (self->query);
  G_OBJECT_CLASS (culvert_grouped_tunnels_parent_class)->finalize (object);
}

static void
culvert_grouped_tunnels_get_property (GObject    *object,
                                      guint       property,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  CulvertGroupedTunnels *self = CULVERT_GROUPED_TUNNELS (object);

  switch (property)
    {
    case PROP_COLLAPSED:
      g_value_set_boxed (value, self->collapsed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
take_collapsed (CulvertGroupedTunnels *self, GStrv collapsed)
{
  g_strfreev (self->collapsed);
  self->collapsed = collapsed;
  if (self->manager != NULL)
    update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
}

static void
culvert_grouped_tunnels_set_property (GObject      *object,
                                      guint         property,
                                      const GValue *value,
                                      GParamSpec   *pspec)
{
  CulvertGroupedTunnels *self = CULVERT_GROUPED_TUNNELS (object);
  GStrv                  collapsed;

  switch (property)
    {
    case PROP_COLLAPSED:
      collapsed = g_value_get_boxed (value);
      take_collapsed (self, collapsed != NULL ? g_strdupv (collapsed) : g_new0 (char *, 1));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
culvert_grouped_tunnels_class_init (CulvertGroupedTunnelsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_grouped_tunnels_dispose;
  object_class->finalize = culvert_grouped_tunnels_finalize;
  object_class->get_property = culvert_grouped_tunnels_get_property;
  object_class->set_property = culvert_grouped_tunnels_set_property;
  properties[PROP_COLLAPSED] =
    g_param_spec_boxed ("collapsed", NULL, NULL, G_TYPE_STRV,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_grouped_tunnels_init (CulvertGroupedTunnels *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->query = g_strdup ("");
  self->collapsed = g_new0 (char *, 1);
}

CulvertGroupedTunnels *
culvert_grouped_tunnels_new (CulvertTunnelManager *manager)
{
  CulvertGroupedTunnels *self = g_object_new (CULVERT_TYPE_GROUPED_TUNNELS, NULL);

  self->manager = g_object_ref (manager);
  g_signal_connect_swapped (manager, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (culvert_tunnel_manager_get_groups (manager), "items-changed",
                            G_CALLBACK (groups_changed_cb), self);
  groups_changed_cb (self);
  return self;
}

void
culvert_grouped_tunnels_set_query (CulvertGroupedTunnels *self, const char *query)
{
  g_return_if_fail (CULVERT_IS_GROUPED_TUNNELS (self));
  g_return_if_fail (query != NULL);

  g_free (self->query);
  self->query = g_strstrip (g_strdup (query));
  update (self);
}

gboolean
culvert_grouped_tunnels_is_collapsed (CulvertGroupedTunnels *self, const char *group)
{
  g_return_val_if_fail (CULVERT_IS_GROUPED_TUNNELS (self), FALSE);
  return g_strv_contains ((const char *const *)self->collapsed, group);
}

void
culvert_grouped_tunnels_set_collapsed (CulvertGroupedTunnels *self,
                                       const char            *group,
                                       gboolean               is_collapsed)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_if_fail (CULVERT_IS_GROUPED_TUNNELS (self));
  if (culvert_grouped_tunnels_is_collapsed (self, group) == is_collapsed)
    return;
  /* What is no group any more is forgotten on this occasion. */
  for (guint i = 0; self->collapsed[i] != NULL; i++)
    if (!g_str_equal (self->collapsed[i], group) &&
        culvert_tunnel_groups_find (culvert_tunnel_manager_get_groups (self->manager),
                                    self->collapsed[i]) != NULL)
      g_strv_builder_add (builder, self->collapsed[i]);
  if (is_collapsed)
    g_strv_builder_add (builder, group);
  take_collapsed (self, g_strv_builder_end (builder));
}

guint
culvert_grouped_tunnels_get_n_tunnels (CulvertGroupedTunnels *self)
{
  guint n_tunnels = 0;

  g_return_val_if_fail (CULVERT_IS_GROUPED_TUNNELS (self), 0);
  for (guint i = 0; i < self->items->len; i++)
    n_tunnels += CULVERT_IS_TUNNEL (g_ptr_array_index (self->items, i)) ? 1 : 0;
  return n_tunnels;
}
