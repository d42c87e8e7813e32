/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notifier.h"

#include "base/source.h"
#include "ui/format.h"
#include "ui/notice-limit.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define NEEDS_YOU  "needs-you"
#define CONNECTION "connection" /* lost or back */

/* Of either: more are told as one. */
#define MAX_SINGLE      3
#define MANY_NEED_YOU   "many-need-you"
#define MANY_LOST       "many-lost"
#define QUESTION_GAP_MS (30 * 1000) /* at least, between two questions of a tunnel that are told */

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
  CulvertNoticeLimit   *questions;
  CulvertNoticeLimit   *losses;
};

/* One tunnel. */
typedef struct
{
  CulvertNotifier *notifier;
  CulvertTunnel   *tunnel;
  CulvertOutage   *outage;
  CulvertPrompt   *told;     /* nullable: the question that was told last */
  gint64           asked_us; /* when a question was told last; 0: never */
  GSource         *asks;     /* nullable: tells a question that came too soon after another */
} Watch;

/* A button of a notification. */
typedef struct
{
  const char *label;
  const char *action; /* whose target is the tunnel's id */
} Button;

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
send (CulvertNotifier *self, const char *id, GNotification *notification)
{
  self->notify (id, notification, self->user_data);
  g_hash_table_add (self->shown, g_strdup (id));
}

static void
show (CulvertNotifier      *self,
      CulvertTunnel        *tunnel,
      const char           *kind,
      const char           *body,
      GNotificationPriority priority,
      const Button         *buttons)
{
  g_autofree char          *id = dup_notification_id (tunnel, kind);
  const char               *tunnel_id = culvert_tunnel_get_id (tunnel);
  g_autoptr (GNotification) notification = g_notification_new (culvert_tunnel_get_title (tunnel));

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, priority);
  g_notification_set_default_action_and_target (notification, "app.answer", "s", tunnel_id);
  for (; buttons != NULL && buttons->label != NULL; buttons++)
    g_notification_add_button_with_target (notification, _ (buttons->label), buttons->action, "s",
                                           tunnel_id);
  send (self, id, notification);
}

/* Many at once; there is nothing that could be done for all of them but to look. */
static void
show_many (CulvertNotifier *self, const char *id, const char *body)
{
  g_autoptr (GNotification) notification = g_notification_new ("Culvert");

  g_notification_set_body (notification, body);
  g_notification_set_default_action (notification, "app.open");
  send (self, id, notification);
}

static void
take_back (CulvertNotifier *self, const char *id)
{
  if (g_hash_table_remove (self->shown, id))
    self->notify (id, NULL, self->user_data);
}

static void
many_ask_cb (guint n_more, gpointer user_data)
{
  g_autofree char *body = g_strdup_printf (
    ngettext ("%u more tunnel needs you", "%u more tunnels need you", n_more), n_more);

  if (n_more > 0)
    show_many (user_data, MANY_NEED_YOU, body);
  else
    take_back (user_data, MANY_NEED_YOU);
}

static void
many_lost_cb (guint n_more, gpointer user_data)
{
  g_autofree char *body =
    g_strdup_printf (ngettext ("%u more tunnel lost its connection",
                               "%u more tunnels lost their connections", n_more),
                     n_more);

  if (n_more > 0)
    show_many (user_data, MANY_LOST, body);
  else
    take_back (user_data, MANY_LOST);
}

static void
hide (CulvertNotifier *self, CulvertTunnel *tunnel, const char *kind)
{
  g_autofree char *id = dup_notification_id (tunnel, kind);

  take_back (self, id);
}

static void
show_prompt (Watch *watch)
{
  static const Button buttons[] = {
    { N_ ("Answer"), "app.answer" },
    { N_ ("Stop"), "app.stop" },
    { NULL },
  };
  CulvertTunnel   *tunnel = watch->tunnel;
  g_autofree char *body = g_strdup_printf (
    _ ("Needs you: %s"), culvert_format_prompt (culvert_tunnel_get_prompt (tunnel)));

  g_set_object (&watch->told, culvert_tunnel_get_prompt (tunnel));
  watch->asked_us = g_get_monotonic_time ();
  if (culvert_notice_limit_enter (watch->notifier->questions, tunnel))
    show (watch->notifier, tunnel, NEEDS_YOU, body, G_NOTIFICATION_PRIORITY_HIGH, buttons);
}

static gboolean
asks_cb (gpointer user_data)
{
  Watch *watch = user_data;

  culvert_source_clear (&watch->asks);
  if (may_notify (watch->notifier, watch->tunnel))
    show_prompt (watch);
  return G_SOURCE_REMOVE;
}

static void
forget_prompt (Watch *watch)
{
  culvert_source_clear (&watch->asks);
  g_clear_object (&watch->told);
  culvert_notice_limit_leave (watch->notifier->questions, watch->tunnel);
  hide (watch->notifier, watch->tunnel, NEEDS_YOU);
}

/* A server that asks, hangs up and asks again is told of once in a while. */
static void
tell_prompt (Watch *watch)
{
  g_autofree char *id = dup_notification_id (watch->tunnel, NEEDS_YOU);
  gint64           gap_us = MIN (QUESTION_GAP_MS, watch->notifier->times.pause_ms) * (gint64)1000;

  if (watch->asked_us == 0 || g_hash_table_contains (watch->notifier->shown, id) ||
      g_get_monotonic_time () >= watch->asked_us + gap_us)
    {
      show_prompt (watch);
      return;
    }
  if (watch->asks != NULL)
    return;
  watch->asks = g_timeout_source_new (0);
  g_source_set_static_name (watch->asks, "culvert question");
  g_source_set_ready_time (watch->asks, watch->asked_us + gap_us);
  g_source_set_callback (watch->asks, asks_cb, watch, NULL);
  g_source_attach (watch->asks, g_main_context_get_thread_default ());
}

/* Also for the next question of one that needs the person all the while. */
static void
tunnel_changed_cb (Watch *watch)
{
  if (culvert_tunnel_get_state (watch->tunnel) != CULVERT_TUNNEL_NEEDS_YOU ||
      culvert_tunnel_get_prompt (watch->tunnel) == NULL)
    forget_prompt (watch);
  else if (watch->told != culvert_tunnel_get_prompt (watch->tunnel) &&
           may_notify (watch->notifier, watch->tunnel))
    tell_prompt (watch);
}

static void
forget_outage (Watch *watch)
{
  culvert_notice_limit_leave (watch->notifier->losses, watch->tunnel);
  hide (watch->notifier, watch->tunnel, CONNECTION);
}

static void
show_loss (Watch *watch)
{
  static const Button buttons[] = {
    { N_ ("Try Again Now"), "app.retry" },
    { N_ ("Stop"), "app.stop" },
    { NULL },
  };
  CulvertTunnel   *tunnel = watch->tunnel;
  g_autofree char *body =
    culvert_words_for_loss (culvert_tunnel_get_error (tunnel), culvert_tunnel_get_profile (tunnel));

  if (culvert_notice_limit_enter (watch->notifier->losses, tunnel))
    show (watch->notifier, tunnel, CONNECTION, body, G_NOTIFICATION_PRIORITY_NORMAL, buttons);
}

static gboolean
outage_cb (CulvertTunnel *tunnel, CulvertOutageNews news, gint64 away_us, gpointer user_data)
{
  Watch           *watch = user_data;
  CulvertNotifier *self = watch->notifier;
  g_autofree char *body = NULL;

  if (news == CULVERT_OUTAGE_OVER || !may_notify (self, tunnel))
    {
      forget_outage (watch);
      return FALSE;
    }
  if (news == CULVERT_OUTAGE_LOST)
    {
      show_loss (watch);
      return TRUE;
    }
  /* One of many is no news when it is back: their number goes down. */
  if (culvert_notice_limit_leave (self->losses, tunnel))
    return FALSE;
  body = culvert_words_for_return (culvert_tunnel_get_profile (tunnel), away_us);
  show (self, tunnel, CONNECTION, body, G_NOTIFICATION_PRIORITY_LOW, NULL);
  return TRUE;
}

static void
profile_changed_cb (Watch *watch)
{
  if (culvert_tunnel_get_profile (watch->tunnel)->notify)
    return;
  forget_prompt (watch);
  forget_outage (watch);
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
  forget_prompt (self);
  forget_outage (self);
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
  self->questions = culvert_notice_limit_new (MAX_SINGLE, many_ask_cb, self);
  self->losses = culvert_notice_limit_new (MAX_SINGLE, many_lost_cb, self);
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
  culvert_notice_limit_free (self->questions);
  culvert_notice_limit_free (self->losses);
  g_hash_table_unref (self->shown);
  g_object_unref (self->manager);
  g_free (self);
}
