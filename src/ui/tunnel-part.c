/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-part.h"

typedef struct
{
  CulvertTunnel        *tunnel;
  CulvertTunnelManager *manager;
} CulvertTunnelPartPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CulvertTunnelPart, culvert_tunnel_part, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_TUNNEL,
  PROP_MANAGER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static CulvertTunnelPartPrivate *
get_private (CulvertTunnelPart *self)
{
  return culvert_tunnel_part_get_instance_private (self);
}

static void
culvert_tunnel_part_tunnel_changed (CulvertTunnelPart *self)
{
}

static void
culvert_tunnel_part_dispose (GObject *object)
{
  CulvertTunnelPartPrivate *priv = get_private (CULVERT_TUNNEL_PART (object));

  g_clear_object (&priv->tunnel);
  g_clear_object (&priv->manager);
  G_OBJECT_CLASS (culvert_tunnel_part_parent_class)->dispose (object);
}

static void
culvert_tunnel_part_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertTunnelPartPrivate *priv = get_private (CULVERT_TUNNEL_PART (object));

  switch (prop_id)
    {
    case PROP_TUNNEL:
      g_value_set_object (value, priv->tunnel);
      break;
    case PROP_MANAGER:
      g_value_set_object (value, priv->manager);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_part_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  CulvertTunnelPart        *self = CULVERT_TUNNEL_PART (object);
  CulvertTunnelPartPrivate *priv = get_private (self);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      culvert_tunnel_part_set_tunnel (self, g_value_get_object (value));
      break;
    case PROP_MANAGER:
      if (g_set_object (&priv->manager, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_part_class_init (CulvertTunnelPartClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_tunnel_part_dispose;
  object_class->get_property = culvert_tunnel_part_get_property;
  object_class->set_property = culvert_tunnel_part_set_property;
  klass->tunnel_changed = culvert_tunnel_part_tunnel_changed;
  properties[PROP_TUNNEL] = g_param_spec_object ("tunnel", NULL, NULL, CULVERT_TYPE_TUNNEL, flags);
  properties[PROP_MANAGER] =
    g_param_spec_object ("manager", NULL, NULL, CULVERT_TYPE_TUNNEL_MANAGER, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_tunnel_part_init (CulvertTunnelPart *self)
{
}

CulvertTunnel *
culvert_tunnel_part_get_tunnel (CulvertTunnelPart *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_PART (self), NULL);
  return get_private (self)->tunnel;
}

void
culvert_tunnel_part_set_tunnel (CulvertTunnelPart *self, CulvertTunnel *tunnel)
{
  CulvertTunnelPartPrivate *priv = get_private (self);

  g_return_if_fail (CULVERT_IS_TUNNEL_PART (self));

  if (!g_set_object (&priv->tunnel, tunnel))
    return;
  CULVERT_TUNNEL_PART_GET_CLASS (self)->tunnel_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TUNNEL]);
}

CulvertTunnelManager *
culvert_tunnel_part_get_manager (CulvertTunnelPart *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_PART (self), NULL);
  return get_private (self)->manager;
}
