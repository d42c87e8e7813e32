/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notifier.h"

#include "ui/format.h"

#include <glib/gi18n.h>

struct _CulvertNotifier
{
  CulvertTunnelManager *manager;
  CulvertAttentionFunc  has_attention;
  CulvertNotifyFunc     notify;
  gpointer              user_data;
  GPtrArray            *tunnels; /* of CulvertTunnel: those that are watched */
  GHashTable           *shown;   /* a set of their ids */
};

/* (transfer full) */
static char *
dup_notification_id (const char *tunnel_id)
{
  return g_strconcat ("needs-you-", tunnel_id, NULL);
}

static void
show (CulvertNotifier *self, CulvertTunnel *tunnel)
{
  const char               *id = culvert_tunnel_get_id (tunnel);
  g_autofree char          *notification_id = dup_notification_id (id);
  g_autoptr (GNotification) notification = g_notification_new (culvert_tunnel_get_title (tunnel));
  g_autofree char          *body = g_strdup_printf (
             _ ("Needs you: %s"), culvert_format_prompt (culvert_tunnel_get_prompt (tunnel)));

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.answer", "s", id);
  g_hash_table_add (self->shown, g_strdup (id));
  self->notify (notification_id, notification, self->user_data);
}

static void
hide (CulvertNotifier *self, const char *id)
{
  g_autofree char *notification_id = NULL;

  if (!g_hash_table_contains (self->shown, id))
    return;

  notification_id = dup_notification_id (id);
  g_hash_table_remove (self->shown, id);
  self->notify (notification_id, NULL, self->user_data);
}

/* Also for the next question of one that needs the person all the while. */
static void
tunnel_changed_cb (CulvertTunnel *tunnel, GParamSpec *pspec, CulvertNotifier *self)
{
  if (culvert_tunnel_get_state (tunnel) != CULVERT_TUNNEL_NEEDS_YOU ||
      culvert_tunnel_get_prompt (tunnel) == NULL)
    hide (self, culvert_tunnel_get_id (tunnel));
  else if (!self->has_attention (self->user_data))
    show (self, tunnel);
}

static void
unwatch (CulvertNotifier *self)
{
  for (guint i = 0; i < self->tunnels->len; i++)
    g_signal_handlers_disconnect_by_data (self->tunnels->pdata[i], self);
  g_ptr_array_set_size (self->tunnels, 0);
}

/* What has been removed asks nothing any more. */
static void
hide_strays (CulvertNotifier *self)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (self->shown);

  for (GList *l = ids; l != NULL; l = l->next)
    if (culvert_tunnel_manager_find (self->manager, l->data) == NULL)
      hide (self, l->data);
}

static void
items_changed_cb (CulvertNotifier *self)
{
  GListModel *model = G_LIST_MODEL (self->manager);

  unwatch (self);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      CulvertTunnel *tunnel = g_list_model_get_item (model, i);

      g_ptr_array_add (self->tunnels, tunnel);
      g_signal_connect (tunnel, "notify::state", G_CALLBACK (tunnel_changed_cb), self);
      g_signal_connect (tunnel, "notify::prompt", G_CALLBACK (tunnel_changed_cb), self);
    }
  hide_strays (self);
}

CulvertNotifier *
culvert_notifier_new (CulvertTunnelManager *manager,
                      CulvertAttentionFunc  has_attention,
                      CulvertNotifyFunc     notify,
                      gpointer              user_data)
{
  CulvertNotifier *self = g_new0 (CulvertNotifier, 1);

  self->manager = g_object_ref (manager);
  self->has_attention = has_attention;
  self->notify = notify;
  self->user_data = user_data;
  self->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect_swapped (manager, "items-changed", G_CALLBACK (items_changed_cb), self);
  items_changed_cb (self);

  return self;
}

void
culvert_notifier_free (CulvertNotifier *self)
{
  g_autoptr (GList) ids = NULL;

  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->manager, self);
  unwatch (self);
  ids = g_hash_table_get_keys (self->shown);
  for (GList *l = ids; l != NULL; l = l->next)
    {
      g_autofree char *id = g_strdup (l->data);

      hide (self, id);
    }
  g_hash_table_unref (self->shown);
  g_ptr_array_unref (self->tunnels);
  g_object_unref (self->manager);
  g_free (self);
}
