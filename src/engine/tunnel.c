/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-private.h"

#include "base/source.h"

G_DEFINE_FINAL_TYPE (CulvertTunnel, culvert_tunnel, G_TYPE_OBJECT)

enum
{
  SAMPLED,
  N_SIGNALS
};

static GParamSpec *properties[CULVERT_TUNNEL_N_PROPS];
static guint       signals[N_SIGNALS];

void
culvert_tunnel_emit_sampled (CulvertTunnel *self)
{
  g_signal_emit (self, signals[SAMPLED], 0);
}

void
culvert_tunnel_notify (CulvertTunnel *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
ask_connections_cb (guint serial, gpointer user_data)
{
  CulvertTunnel *self = user_data;

  if (self->link != NULL)
    culvert_link_thread_list_connections (self->link, serial);
  if (self->link != NULL && serial != 0)
    culvert_tunnel_wake_figures (self);
}

static void
shown_changed_cb (gpointer user_data)
{
  culvert_tunnel_life_prompt_changed (user_data);
}

static void
culvert_tunnel_dispose (GObject *object)
{
  CulvertTunnel *self = CULVERT_TUNNEL (object);

  culvert_tunnel_life_leave (self);
  culvert_prompt_broker_forget (self->broker);
  culvert_tunnel_leave_figures (self);

  G_OBJECT_CLASS (culvert_tunnel_parent_class)->dispose (object);
}

static void
culvert_tunnel_finalize (GObject *object)
{
  CulvertTunnel *self = CULVERT_TUNNEL (object);

  culvert_prompt_broker_free (self->broker);
  culvert_forward_items_free (self->forwards);
  g_object_unref (self->connections);
  culvert_rate_history_free (self->history);
  g_object_unref (self->drops);
  g_clear_pointer (&self->counters, culvert_counters_unref);
  culvert_profile_unref (self->profile);
  culvert_tunnel_facts_clear (&self->facts);
  g_clear_pointer (&self->network_names, culvert_network_names_unref);
  g_clear_error (&self->error);
  g_object_unref (self->log);
  g_main_context_unref (self->context);
  g_free (self->title);

  G_OBJECT_CLASS (culvert_tunnel_parent_class)->finalize (object);
}

static void
culvert_tunnel_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  CulvertTunnel *self = CULVERT_TUNNEL (object);

  switch (property)
    {
    case CULVERT_TUNNEL_PROP_PROFILE:
      g_value_set_boxed (value, self->profile);
      break;
    case CULVERT_TUNNEL_PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case CULVERT_TUNNEL_PROP_IS_WANTED:
      g_value_set_boolean (value, self->is_wanted);
      break;
    case CULVERT_TUNNEL_PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case CULVERT_TUNNEL_PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case CULVERT_TUNNEL_PROP_PROMPT:
      g_value_set_object (value, culvert_tunnel_get_prompt (self));
      break;
    case CULVERT_TUNNEL_PROP_RETRY_AT_US:
      g_value_set_int64 (value, self->retry_at_us);
      break;
    case CULVERT_TUNNEL_PROP_UP_SINCE_US:
      g_value_set_int64 (value, self->up_since_us);
      break;
    case CULVERT_TUNNEL_PROP_ROUND_TRIP_US:
      g_value_set_int64 (value, self->round_trip_us);
      break;
    case CULVERT_TUNNEL_PROP_N_OPEN:
      g_value_set_uint (value, self->n_open);
      break;
    case CULVERT_TUNNEL_PROP_N_HELD:
      g_value_set_uint (value, self->n_held);
      break;
    case CULVERT_TUNNEL_PROP_N_RECEIVED:
      g_value_set_uint64 (value, self->n_received);
      break;
    case CULVERT_TUNNEL_PROP_N_SENT:
      g_value_set_uint64 (value, self->n_sent);
      break;
    case CULVERT_TUNNEL_PROP_RECEIVED_RATE:
      g_value_set_double (value, self->rate.received);
      break;
    case CULVERT_TUNNEL_PROP_SENT_RATE:
      g_value_set_double (value, self->rate.sent);
      break;
    case CULVERT_TUNNEL_PROP_DROPS:
      g_value_set_object (value, self->drops);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
install_figures (GParamFlags flags)
{
  properties[CULVERT_TUNNEL_PROP_N_OPEN] =
    g_param_spec_uint ("n-open", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[CULVERT_TUNNEL_PROP_N_HELD] =
    g_param_spec_uint ("n-held", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[CULVERT_TUNNEL_PROP_N_RECEIVED] =
    g_param_spec_uint64 ("n-received", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[CULVERT_TUNNEL_PROP_N_SENT] =
    g_param_spec_uint64 ("n-sent", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[CULVERT_TUNNEL_PROP_RECEIVED_RATE] =
    g_param_spec_double ("received-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[CULVERT_TUNNEL_PROP_SENT_RATE] =
    g_param_spec_double ("sent-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
}

static void
culvert_tunnel_class_init (CulvertTunnelClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = culvert_tunnel_dispose;
  object_class->finalize = culvert_tunnel_finalize;
  object_class->get_property = culvert_tunnel_get_property;

  properties[CULVERT_TUNNEL_PROP_PROFILE] =
    g_param_spec_boxed ("profile", NULL, NULL, CULVERT_TYPE_PROFILE, flags);
  properties[CULVERT_TUNNEL_PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[CULVERT_TUNNEL_PROP_IS_WANTED] =
    g_param_spec_boolean ("is-wanted", NULL, NULL, FALSE, flags);
  properties[CULVERT_TUNNEL_PROP_STATE] = g_param_spec_enum (
    "state", NULL, NULL, CULVERT_TYPE_TUNNEL_STATE, CULVERT_TUNNEL_STOPPED, flags);
  properties[CULVERT_TUNNEL_PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[CULVERT_TUNNEL_PROP_PROMPT] =
    g_param_spec_object ("prompt", NULL, NULL, CULVERT_TYPE_PROMPT, flags);
  properties[CULVERT_TUNNEL_PROP_RETRY_AT_US] =
    g_param_spec_int64 ("retry-at-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[CULVERT_TUNNEL_PROP_UP_SINCE_US] =
    g_param_spec_int64 ("up-since-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[CULVERT_TUNNEL_PROP_ROUND_TRIP_US] =
    g_param_spec_int64 ("round-trip-us", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[CULVERT_TUNNEL_PROP_DROPS] =
    g_param_spec_object ("drops", NULL, NULL, CULVERT_TYPE_DROP_HISTORY, flags);
  install_figures (flags);
  g_object_class_install_properties (object_class, CULVERT_TUNNEL_N_PROPS, properties);

  signals[SAMPLED] = g_signal_new ("sampled", CULVERT_TYPE_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
culvert_tunnel_init (CulvertTunnel *self)
{
  self->state = CULVERT_TUNNEL_STOPPED;
  self->link_state = CULVERT_TUNNEL_STOPPED;
  self->round_trip_us = -1;
  self->maker = &culvert_session_maker_ssh;
  self->context = g_main_context_ref_thread_default ();
  self->log = culvert_log_new (CULVERT_TUNNEL_LOG_LINES);
  self->forwards = culvert_forward_items_new ();
  self->connections = culvert_connections_new (ask_connections_cb, self);
  self->history = culvert_rate_history_new ();
  self->drops = culvert_drop_history_new ();
}

CulvertTunnel *
culvert_tunnel_new (CulvertProfile *profile, CulvertPrompter *prompter, CulvertSecretStore *secrets)
{
  CulvertTunnel *self;

  g_return_val_if_fail (profile != NULL, NULL);
  g_return_val_if_fail (prompter == NULL || CULVERT_IS_PROMPTER (prompter), NULL);
  g_return_val_if_fail (secrets == NULL || CULVERT_IS_SECRET_STORE (secrets), NULL);

  self = g_object_new (CULVERT_TYPE_TUNNEL, NULL);
  self->profile = culvert_profile_ref (profile);
  self->title = culvert_profile_dup_title (profile);
  self->broker = culvert_prompt_broker_new (prompter, secrets, self->log, shown_changed_cb, self);
  culvert_forward_items_set_profile (self->forwards, profile);

  return self;
}

static void
set_wanted (CulvertTunnel *self, gboolean is_wanted)
{
  if (self->is_wanted == is_wanted)
    return;

  self->is_wanted = is_wanted;
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_IS_WANTED);
}

void
culvert_tunnel_start (CulvertTunnel *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  set_wanted (self, TRUE);
  if (self->state == CULVERT_TUNNEL_STOPPED || self->state == CULVERT_TUNNEL_FAILED)
    culvert_tunnel_life_start (self);
}

void
culvert_tunnel_stop (CulvertTunnel *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  set_wanted (self, FALSE);
  culvert_tunnel_life_stop (self);
}

/* The person wants it on all the while; what stops finds that and starts again. */
void
culvert_tunnel_restart (CulvertTunnel *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  if (culvert_tunnel_state_is_on (self->state))
    {
      set_wanted (self, TRUE);
      culvert_tunnel_life_stop (self);
    }
  else
    {
      culvert_tunnel_start (self);
    }
}

void
culvert_tunnel_retry_now (CulvertTunnel *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  if (self->link != NULL)
    culvert_link_thread_retry_now (self->link);
}

void
culvert_tunnel_set_profile (CulvertTunnel *self, CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) before = NULL;
  g_autofree char           *title = NULL;

  g_return_if_fail (CULVERT_IS_TUNNEL (self));
  g_return_if_fail (profile != NULL);
  g_return_if_fail (g_str_equal (profile->id, self->profile->id));

  if (culvert_profile_equal (self->profile, profile))
    return;

  g_object_freeze_notify (G_OBJECT (self));
  before = g_steal_pointer (&self->profile);
  self->profile = culvert_profile_ref (profile);
  culvert_drop_history_take_profile (self->drops, before, profile);
  culvert_forward_items_set_profile (self->forwards, profile);
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_PROFILE);
  title = culvert_profile_dup_title (profile);
  if (!g_str_equal (self->title, title))
    {
      g_free (self->title);
      self->title = g_steal_pointer (&title);
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_TITLE);
    }

  if (self->link != NULL)
    {
      culvert_link_thread_set_profile (self->link, profile);
      /* A thread that waits for an answer cannot hear; the question is about the former server. */
      if (culvert_runner_must_reconnect (before, profile))
        culvert_prompt_broker_withdraw (self->broker);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_tunnel_set_forward_enabled (CulvertTunnel *self,
                                    const char    *forward_id,
                                    gboolean       is_enabled)
{
  CulvertForwardSpec *spec;

  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  spec = culvert_profile_find_forward (self->profile, forward_id);
  if (spec != NULL && culvert_forward_spec_is_enabled (spec) != is_enabled)
    {
      g_autoptr (CulvertProfile)     profile = culvert_profile_edit (self->profile);
      g_autoptr (CulvertForwardSpec) switched =
        culvert_forward_spec_with_enabled (spec, is_enabled);

      culvert_profile_put_forward (profile, switched);
      culvert_tunnel_set_profile (self, profile);
    }
}

void
culvert_tunnel_retry_forward (CulvertTunnel *self, const char *forward_id)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));
  g_return_if_fail (forward_id != NULL);

  if (self->link != NULL)
    culvert_link_thread_retry_forward (self->link, forward_id);
}

void
culvert_tunnel_test_forward (CulvertTunnel *self, const char *forward_id)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));
  g_return_if_fail (forward_id != NULL);

  if (self->link != NULL)
    culvert_link_thread_test_forward (self->link, forward_id);
}

void
culvert_tunnel_close_connection (CulvertTunnel *self, guint64 connection_id)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  if (self->link != NULL)
    culvert_link_thread_close_connection (self->link, connection_id);
}

void
culvert_tunnel_set_single_try (CulvertTunnel *self, gboolean single_try)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  self->single_try = single_try;
}

void
culvert_tunnel_set_start_guard (CulvertTunnel    *self,
                                CulvertStartGuard may_start,
                                gpointer          user_data)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  self->may_start = may_start;
  self->guard_data = user_data;
}

void
culvert_tunnel_set_session_maker (CulvertTunnel *self, const CulvertSessionMaker *maker)
{
  self->maker = maker;
}

void
culvert_tunnel_network_changed (CulvertTunnel *self, CulvertNetworkEvent event)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  self->has_no_network = event == CULVERT_NETWORK_GONE;
  if (self->link != NULL)
    culvert_link_thread_network_changed (self->link, event);
}

void
culvert_tunnel_set_network_names (CulvertTunnel *self, CulvertNetworkNames *names)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));
  g_return_if_fail (names != NULL);

  g_clear_pointer (&self->network_names, culvert_network_names_unref);
  self->network_names = culvert_network_names_ref (names);
  if (self->link != NULL)
    culvert_link_thread_set_network_names (self->link, names);
}

CulvertProfile *
culvert_tunnel_get_profile (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->profile;
}

const char *
culvert_tunnel_get_id (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->profile->id;
}

const char *
culvert_tunnel_get_title (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->title;
}

gboolean
culvert_tunnel_is_wanted (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), FALSE);

  return self->is_wanted;
}

CulvertTunnelState
culvert_tunnel_get_state (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), CULVERT_TUNNEL_STOPPED);

  return self->state;
}

const GError *
culvert_tunnel_get_error (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->error;
}

CulvertPrompt *
culvert_tunnel_get_prompt (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return culvert_prompt_broker_get_shown (self->broker);
}

gint64
culvert_tunnel_get_retry_at_us (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), 0);

  return self->retry_at_us;
}

gint64
culvert_tunnel_get_up_since_us (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), 0);

  return self->up_since_us;
}

gint64
culvert_tunnel_get_round_trip_us (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), -1);

  return self->round_trip_us;
}

guint64
culvert_tunnel_get_n_received (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), 0);

  return self->n_received;
}

guint64
culvert_tunnel_get_n_sent (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), 0);

  return self->n_sent;
}

guint
culvert_tunnel_get_n_held (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), 0);

  return self->n_held;
}

guint
culvert_tunnel_get_n_open (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), 0);

  return self->n_open;
}

const CulvertTunnelFacts *
culvert_tunnel_get_facts (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return &self->facts;
}

GListModel *
culvert_tunnel_get_forwards (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return culvert_forward_items_get_model (self->forwards);
}

CulvertForwardItem *
culvert_tunnel_find_forward (CulvertTunnel *self, const char *id)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return culvert_forward_items_find (self->forwards, id);
}

CulvertConnections *
culvert_tunnel_get_connections (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->connections;
}

CulvertRateHistory *
culvert_tunnel_get_history (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->history;
}

CulvertDropHistory *
culvert_tunnel_get_drops (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->drops;
}

CulvertLog *
culvert_tunnel_get_log (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), NULL);

  return self->log;
}

gboolean
culvert_tunnel_is_ready (CulvertTunnel *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL (self), FALSE);

  return (self->state == CULVERT_TUNNEL_UP || self->state == CULVERT_TUNNEL_IDLE) &&
         culvert_forward_items_all_listen (self->forwards);
}
