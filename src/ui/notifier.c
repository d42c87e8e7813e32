/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notifier.h"

#include "ui/format.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define NEEDS_YOU  "needs-you"
#define CONNECTION "connection" /* lost or back */

/* Whoever moves from one Wi-Fi to the next need not hear of it. */
static const CulvertOutageTimes usual_times = {
  .away_ms = 10 * 1000,
  .pause_ms = 5 * 60 * 1000,
  .shown_ms = 60 * 1000,
};

struct _CulvertNotifier
{
  CulvertTunnelManager *manager;
  CulvertOutageTimes    times;
  CulvertAttentionFunc  has_attention;
  CulvertNotifyFunc     notify;
  gpointer              user_data;
  GHashTable           *watches; /* CulvertTunnel to Watch */
  GHashTable           *shown;   /* a set of notification ids */
};

/* One tunnel. */
typedef struct
{
  CulvertNotifier *notifier;
  CulvertTunnel   *tunnel;
  CulvertOutage   *outage;
} Watch;

/* (transfer full) */
static char *
dup_notification_id (CulvertTunnel *tunnel, const char *kind)
{
  return g_strconcat (kind, "-", culvert_tunnel_get_id (tunnel), NULL);
}

static gboolean
may_notify (CulvertNotifier *self, CulvertTunnel *tunnel)
{
  return culvert_tunnel_get_profile (tunnel)->notify && !self->has_attention (self->user_data);
}

static void
show (CulvertNotifier      *self,
      CulvertTunnel        *tunnel,
      const char           *kind,
      const char           *body,
      GNotificationPriority priority)
{
  g_autofree char          *id = dup_notification_id (tunnel, kind);
  g_autoptr (GNotification) notification = g_notification_new (culvert_tunnel_get_title (tunnel));

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, priority);
  g_notification_set_default_action_and_target (notification, "app.answer", "s",
                                                culvert_tunnel_get_id (tunnel));
  self->notify (id, notification, self->user_data);
  g_hash_table_add (self->shown, g_steal_pointer (&id));
}

static void
hide (CulvertNotifier *self, CulvertTunnel *tunnel, const char *kind)
{
  g_autofree char *id = dup_notification_id (tunnel, kind);

  if (g_hash_table_remove (self->shown, id))
    self->notify (id, NULL, self->user_data);
}

static void
show_prompt (CulvertNotifier *self, CulvertTunnel *tunnel)
{
  g_autofree char *body = g_strdup_printf (
    _ ("Needs you: %s"), culvert_format_prompt (culvert_tunnel_get_prompt (tunnel)));

  show (self, tunnel, NEEDS_YOU, body, G_NOTIFICATION_PRIORITY_HIGH);
}

/* Also for the next question of one that needs the person all the while. */
static void
tunnel_changed_cb (Watch *watch)
{
  CulvertNotifier *self = watch->notifier;
  CulvertTunnel   *tunnel = watch->tunnel;

  if (culvert_tunnel_get_state (tunnel) != CULVERT_TUNNEL_NEEDS_YOU ||
      culvert_tunnel_get_prompt (tunnel) == NULL)
    hide (self, tunnel, NEEDS_YOU);
  else if (may_notify (self, tunnel))
    show_prompt (self, tunnel);
}

static gboolean
outage_cb (CulvertTunnel *tunnel, CulvertOutageNews news, gint64 away_us, gpointer user_data)
{
  CulvertNotifier *self = ((Watch *)user_data)->notifier;
  CulvertProfile  *profile = culvert_tunnel_get_profile (tunnel);
  g_autofree char *body = NULL;

  if (news == CULVERT_OUTAGE_OVER || !may_notify (self, tunnel))
    {
      hide (self, tunnel, CONNECTION);
      return FALSE;
    }

  body = news == CULVERT_OUTAGE_LOST
           ? culvert_words_for_loss (culvert_tunnel_get_error (tunnel), profile)
           : culvert_words_for_return (profile, away_us);
  show (self, tunnel, CONNECTION, body,
        news == CULVERT_OUTAGE_LOST ? G_NOTIFICATION_PRIORITY_NORMAL : G_NOTIFICATION_PRIORITY_LOW);
  return TRUE;
}

static void
profile_changed_cb (Watch *watch)
{
  if (culvert_tunnel_get_profile (watch->tunnel)->notify)
    return;
  hide (watch->notifier, watch->tunnel, NEEDS_YOU);
  hide (watch->notifier, watch->tunnel, CONNECTION);
}

static Watch *
watch_new (CulvertNotifier *notifier, CulvertTunnel *tunnel)
{
  Watch *self = g_new0 (Watch, 1);

  self->notifier = notifier;
  self->tunnel = g_object_ref (tunnel);
  self->outage = culvert_outage_new (tunnel, &notifier->times, outage_cb, self);
  g_signal_connect_swapped (tunnel, "notify::state", G_CALLBACK (tunnel_changed_cb), self);
  g_signal_connect_swapped (tunnel, "notify::prompt", G_CALLBACK (tunnel_changed_cb), self);
  g_signal_connect_swapped (tunnel, "notify::profile", G_CALLBACK (profile_changed_cb), self);
  return self;
}

static void
watch_free (gpointer data)
{
  Watch *self = data;

  culvert_outage_free (self->outage);
  g_signal_handlers_disconnect_by_data (self->tunnel, self);
  hide (self->notifier, self->tunnel, NEEDS_YOU);
  hide (self->notifier, self->tunnel, CONNECTION);
  g_object_unref (self->tunnel);
  g_free (self);
}

static gboolean
is_gone (gpointer key, gpointer value, gpointer user_data)
{
  CulvertNotifier *self = user_data;

  return culvert_tunnel_manager_find (self->manager, culvert_tunnel_get_id (key)) != key;
}

/* What has been removed has nothing to say any more; what stays is watched as before. */
static void
items_changed_cb (CulvertNotifier *self)
{
  GListModel *model = G_LIST_MODEL (self->manager);

  g_hash_table_foreach_remove (self->watches, is_gone, self);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (model, i);

      if (!g_hash_table_contains (self->watches, tunnel))
        g_hash_table_insert (self->watches, tunnel, watch_new (self, tunnel));
    }
}

CulvertNotifier *
culvert_notifier_new (CulvertTunnelManager     *manager,
                      const CulvertOutageTimes *times,
                      CulvertAttentionFunc      has_attention,
                      CulvertNotifyFunc         notify,
                      gpointer                  user_data)
{
  CulvertNotifier *self = g_new0 (CulvertNotifier, 1);

  self->manager = g_object_ref (manager);
  self->times = times != NULL ? *times : usual_times;
  self->has_attention = has_attention;
  self->notify = notify;
  self->user_data = user_data;
  self->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect_swapped (manager, "items-changed", G_CALLBACK (items_changed_cb), self);
  items_changed_cb (self);

  return self;
}

void
culvert_notifier_free (CulvertNotifier *self)
{
  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_hash_table_unref (self->watches);
  g_hash_table_unref (self->shown);
  g_object_unref (self->manager);
  g_free (self);
}
