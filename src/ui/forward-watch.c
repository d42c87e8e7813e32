/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-watch.h"

struct _CulvertForwardWatch
{
  GObject        parent_instance;
  CulvertTunnel *tunnel;
  GSignalGroup  *model_signals;
  GPtrArray     *items; /* of CulvertForwardItem whose "notify::state" is connected */
  guint          n_failed;
};

G_DEFINE_FINAL_TYPE (CulvertForwardWatch, culvert_forward_watch, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TUNNEL,
  PROP_N_FAILED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
count (CulvertForwardWatch *self)
{
  guint n_failed = 0;

  for (guint i = 0; i < self->items->len; i++)
    if (culvert_forward_item_get_state (self->items->pdata[i]) == CULVERT_FORWARD_FAILED)
      n_failed++;
  if (n_failed == self->n_failed)
    return;
  self->n_failed = n_failed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FAILED]);
}

static void
state_changed_cb (CulvertForwardWatch *self)
{
  count (self);
}

static void
forget_items (CulvertForwardWatch *self)
{
  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_func (self->items->pdata[i], state_changed_cb, self);
  g_ptr_array_set_size (self->items, 0);
}

static void
items_changed_cb (CulvertForwardWatch *self)
{
  GListModel *model = self->tunnel != NULL ? culvert_tunnel_get_forwards (self->tunnel) : NULL;
  guint       n_items = model != NULL ? g_list_model_get_n_items (model) : 0;

  forget_items (self);
  for (guint i = 0; i < n_items; i++)
    {
      CulvertForwardItem *item = g_list_model_get_item (model, i);

      g_signal_connect_swapped (item, "notify::state", G_CALLBACK (state_changed_cb), self);
      g_ptr_array_add (self->items, item);
    }
  count (self);
}

static void
culvert_forward_watch_dispose (GObject *object)
{
  CulvertForwardWatch *self = CULVERT_FORWARD_WATCH (object);

  forget_items (self);
  g_signal_group_set_target (self->model_signals, NULL);
  g_clear_object (&self->tunnel);
  G_OBJECT_CLASS (culvert_forward_watch_parent_class)->dispose (object);
}

static void
culvert_forward_watch_finalize (GObject *object)
{
  CulvertForwardWatch *self = CULVERT_FORWARD_WATCH (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_object (&self->model_signals);
  G_OBJECT_CLASS (culvert_forward_watch_parent_class)->finalize (object);
}

static void
culvert_forward_watch_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  CulvertForwardWatch *self = CULVERT_FORWARD_WATCH (object);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      g_value_set_object (value, self->tunnel);
      break;
    case PROP_N_FAILED:
      g_value_set_uint (value, self->n_failed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_forward_watch_set_property (GObject      *object,
                                    guint         prop_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  CulvertForwardWatch *self = CULVERT_FORWARD_WATCH (object);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      culvert_forward_watch_set_tunnel (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_forward_watch_class_init (CulvertForwardWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_forward_watch_dispose;
  object_class->finalize = culvert_forward_watch_finalize;
  object_class->get_property = culvert_forward_watch_get_property;
  object_class->set_property = culvert_forward_watch_set_property;
  properties[PROP_TUNNEL] =
    g_param_spec_object ("tunnel", NULL, NULL, CULVERT_TYPE_TUNNEL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_FAILED] = g_param_spec_uint ("n-failed", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_forward_watch_init (CulvertForwardWatch *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->model_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->model_signals, "items-changed",
                                  G_CALLBACK (items_changed_cb), self);
}

CulvertForwardWatch *
culvert_forward_watch_new (void)
{
  return g_object_new (CULVERT_TYPE_FORWARD_WATCH, NULL);
}

void
culvert_forward_watch_set_tunnel (CulvertForwardWatch *self, CulvertTunnel *tunnel)
{
  g_return_if_fail (CULVERT_IS_FORWARD_WATCH (self));

  if (!g_set_object (&self->tunnel, tunnel))
    return;
  g_signal_group_set_target (self->model_signals,
                             tunnel != NULL ? culvert_tunnel_get_forwards (tunnel) : NULL);
  items_changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TUNNEL]);
}

guint
culvert_forward_watch_get_n_failed (CulvertForwardWatch *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_WATCH (self), 0);
  return self->n_failed;
}
