/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-group.h"

#include "engine/list-change.h"

struct _CulvertTunnelGroup
{
  GObject    parent_instance;
  char      *name;
  GPtrArray *tunnels; /* of CulvertTunnel */
  guint      n_wanted;
  gboolean   is_exclusive;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_N_TUNNELS,
  PROP_N_WANTED,
  PROP_IS_EXCLUSIVE,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ENUM_TYPE (CulvertGroupState,
                    culvert_group_state,
                    G_DEFINE_ENUM_VALUE (CULVERT_GROUP_OFF, "off"),
                    G_DEFINE_ENUM_VALUE (CULVERT_GROUP_MIXED, "mixed"),
                    G_DEFINE_ENUM_VALUE (CULVERT_GROUP_ON, "on"))

static GType
get_item_type (GListModel *model)
{
  return CULVERT_TYPE_TUNNEL;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_TUNNEL_GROUP (model)->tunnels->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *tunnels = CULVERT_TUNNEL_GROUP (model)->tunnels;

  return position < tunnels->len ? g_object_ref (g_ptr_array_index (tunnels, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertTunnelGroup,
                               culvert_tunnel_group,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
notify (CulvertTunnelGroup *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
count_wanted (CulvertTunnelGroup *self)
{
  guint n_wanted = 0;

  for (guint i = 0; i < self->tunnels->len; i++)
    n_wanted += culvert_tunnel_is_wanted (g_ptr_array_index (self->tunnels, i)) ? 1 : 0;
  if (n_wanted == self->n_wanted)
    return;
  self->n_wanted = n_wanted;
  notify (self, PROP_N_WANTED);
  notify (self, PROP_STATE);
}

static gpointer
copy_tunnel (gconstpointer tunnel, gpointer user_data)
{
  return g_object_ref ((gpointer)tunnel);
}

static void
forget_tunnel (gpointer data, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (data, count_wanted, user_data);
}

static void
culvert_tunnel_group_finalize (GObject *object)
{
  CulvertTunnelGroup *self = CULVERT_TUNNEL_GROUP (object);

  g_ptr_array_foreach (self->tunnels, forget_tunnel, self);
  g_ptr_array_unref (self->tunnels);
  g_free (self->name);
  G_OBJECT_CLASS (culvert_tunnel_group_parent_class)->finalize (object);
}

static void
culvert_tunnel_group_get_property (GObject    *object,
                                   guint       property,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  CulvertTunnelGroup *self = CULVERT_TUNNEL_GROUP (object);

  switch (property)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_N_TUNNELS:
      g_value_set_uint (value, self->tunnels->len);
      break;
    case PROP_N_WANTED:
      g_value_set_uint (value, self->n_wanted);
      break;
    case PROP_IS_EXCLUSIVE:
      g_value_set_boolean (value, self->is_exclusive);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int)culvert_tunnel_group_get_state (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
culvert_tunnel_group_class_init (CulvertTunnelGroupClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = culvert_tunnel_group_finalize;
  object_class->get_property = culvert_tunnel_group_get_property;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_N_TUNNELS] = g_param_spec_uint ("n-tunnels", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_WANTED] = g_param_spec_uint ("n-wanted", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_IS_EXCLUSIVE] = g_param_spec_boolean ("is-exclusive", NULL, NULL, FALSE, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CULVERT_TYPE_GROUP_STATE, CULVERT_GROUP_OFF, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_tunnel_group_init (CulvertTunnelGroup *self)
{
  self->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
}

CulvertTunnelGroup *
culvert_tunnel_group_new (const char *name)
{
  CulvertTunnelGroup *self = g_object_new (CULVERT_TYPE_TUNNEL_GROUP, NULL);

  self->name = g_strdup (name);
  return self;
}

void
culvert_tunnel_group_set_tunnels (CulvertTunnelGroup *self, GPtrArray *tunnels)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->tunnels);

  self->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tunnels->len; i++)
    g_ptr_array_add (self->tunnels, g_object_ref (g_ptr_array_index (tunnels, i)));
  g_ptr_array_foreach (before, forget_tunnel, self);
  for (guint i = 0; i < self->tunnels->len; i++)
    g_signal_connect_swapped (g_ptr_array_index (self->tunnels, i), "notify::is-wanted",
                              G_CALLBACK (count_wanted), self);

  g_object_freeze_notify (G_OBJECT (self));
  culvert_list_tell_change (G_LIST_MODEL (self), before, self->tunnels);
  if (before->len != self->tunnels->len)
    {
      notify (self, PROP_N_TUNNELS);
      notify (self, PROP_STATE);
    }
  count_wanted (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_tunnel_group_set_exclusive (CulvertTunnelGroup *self, gboolean is_exclusive)
{
  if (self->is_exclusive == is_exclusive)
    return;
  self->is_exclusive = is_exclusive;
  notify (self, PROP_IS_EXCLUSIVE);
  notify (self, PROP_STATE);
}

const char *
culvert_tunnel_group_get_name (CulvertTunnelGroup *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_GROUP (self), NULL);
  return self->name;
}

guint
culvert_tunnel_group_get_n_wanted (CulvertTunnelGroup *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_GROUP (self), 0);
  return self->n_wanted;
}

gboolean
culvert_tunnel_group_is_exclusive (CulvertTunnelGroup *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_GROUP (self), FALSE);
  return self->is_exclusive;
}

CulvertGroupState
culvert_tunnel_group_get_state (CulvertTunnelGroup *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_GROUP (self), CULVERT_GROUP_OFF);

  if (self->n_wanted == 0)
    return CULVERT_GROUP_OFF;
  return self->is_exclusive || self->n_wanted == self->tunnels->len ? CULVERT_GROUP_ON
                                                                    : CULVERT_GROUP_MIXED;
}

void
culvert_tunnel_group_set_wanted (CulvertTunnelGroup *self, gboolean is_wanted)
{
  g_autoptr (GPtrArray) tunnels = NULL;

  g_return_if_fail (CULVERT_IS_TUNNEL_GROUP (self));

  if (is_wanted && self->is_exclusive && self->n_wanted > 0)
    return;
  /* Whoever hears of one may change the group. */
  g_object_ref (self);
  tunnels = g_ptr_array_copy (self->tunnels, copy_tunnel, NULL);
  for (guint i = 0; i < tunnels->len; i++)
    {
      CulvertTunnel *tunnel = g_ptr_array_index (tunnels, i);

      if (!is_wanted)
        culvert_tunnel_stop (tunnel);
      else if (!culvert_tunnel_is_wanted (tunnel))
        culvert_tunnel_start (tunnel);
      if (is_wanted && self->is_exclusive)
        break;
    }
  g_object_unref (self);
}
