/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-private.h"

#include "base/source.h"

/* A session ends within 2 s and a tunnel must within 3 s, whatever its thread is doing. */
#define STOP_LIMIT_MS 2800

/* `log`: NULL when the runner wrote the change down already */
static void
set_state (CulvertTunnel *self, CulvertTunnelState state, const char *reason, CulvertLog *log)
{
  if (!culvert_tunnel_state_change (&self->state, state, reason, log))
    return;

  if (state == CULVERT_TUNNEL_UP)
    {
      self->up_since_us = g_get_monotonic_time ();
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_UP_SINCE_US);
    }
  else if (self->up_since_us != 0)
    {
      self->up_since_us = 0;
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_UP_SINCE_US);
    }
  culvert_drop_history_take_state (self->drops, state, self->error);
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_STATE);
}

static void
set_error (CulvertTunnel *self, const GError *error)
{
  if (error == NULL && self->error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  culvert_drop_history_take_error (self->drops, self->error);
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_ERROR);
}

static void
set_retry_at (CulvertTunnel *self, gint64 retry_at_us)
{
  if (self->retry_at_us == retry_at_us)
    return;

  self->retry_at_us = retry_at_us;
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_RETRY_AT_US);
}

static void
set_round_trip (CulvertTunnel *self, gint64 round_trip_us)
{
  if (self->round_trip_us == round_trip_us)
    return;

  self->round_trip_us = round_trip_us;
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_ROUND_TRIP_US);
}

/* The switched-on life is over. */
static void
end_life (CulvertTunnel *self)
{
  culvert_source_clear (&self->stop_source);
  g_clear_pointer (&self->link, culvert_link_thread_leave);
  culvert_connections_set_running (self->connections, FALSE);
  culvert_prompt_broker_forget (self->broker);
  culvert_tunnel_stop_figures (self);
  culvert_tunnel_facts_clear (&self->facts);
  set_round_trip (self, -1);
  set_retry_at (self, 0);
}

static void
become_stopped (CulvertTunnel *self, const char *reason)
{
  /* Who hears that it has stopped may let it go. */
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  end_life (self);
  set_error (self, NULL);
  set_state (self, CULVERT_TUNNEL_STOPPED, reason, self->log);
  g_object_thaw_notify (G_OBJECT (self));

  /* Switched on again meanwhile. */
  if (self->is_wanted && self->state == CULVERT_TUNNEL_STOPPED)
    culvert_tunnel_life_start (self);
  g_object_unref (self);
}

/* What the link tells */

static void
state_changed_cb (CulvertTunnelState state,
                  const GError      *error,
                  gint64             retry_at_us,
                  gpointer           user_data)
{
  CulvertTunnel *self = user_data;

  /* It has not heard yet that it shall stop. */
  if (!culvert_tunnel_state_is_on (self->state))
    return;

  g_object_freeze_notify (G_OBJECT (self));
  self->link_state = state;
  if (error != NULL)
    set_error (self, error);
  set_retry_at (self, retry_at_us);
  if (state == CULVERT_TUNNEL_UP)
    culvert_prompt_broker_signed_in (self->broker);
  else if (state != CULVERT_TUNNEL_SIGNING_IN)
    culvert_prompt_broker_session_over (self->broker);
  if (state == CULVERT_TUNNEL_FAILED)
    end_life (self);
  if (culvert_prompt_broker_get_shown (self->broker) == NULL ||
      (state != CULVERT_TUNNEL_CONNECTING && state != CULVERT_TUNNEL_SIGNING_IN))
    set_state (self, state, "as the link says", NULL);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
facts_changed_cb (const CulvertTunnelFacts *facts, gpointer user_data)
{
  CulvertTunnel *self = user_data;

  culvert_tunnel_facts_copy (&self->facts, facts);
}

static void
round_trip_changed_cb (gint64 round_trip_us, gpointer user_data)
{
  set_round_trip (user_data, round_trip_us);
}

static void
forward_changed_cb (const CulvertForwardReport *report, gpointer user_data)
{
  CulvertTunnel *self = user_data;

  culvert_forward_items_set_report (self->forwards, report);
}

static void
prompt_cb (CulvertPrompt *prompt, gpointer user_data)
{
  CulvertTunnel *self = user_data;

  if (culvert_tunnel_state_is_on (self->state))
    culvert_prompt_broker_ask (self->broker, self->profile, prompt);
  else
    culvert_prompt_withdraw (prompt);
}

static void
prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data)
{
  CulvertTunnel *self = user_data;

  culvert_prompt_broker_set_result (self->broker, prompt, accepted);
}

static void
connections_listed_cb (guint serial, CulvertConnectionList *list, gpointer user_data)
{
  CulvertTunnel *self = user_data;

  culvert_connections_take (self->connections, serial, list);
  culvert_connection_list_free (list);
}

static void
finished_cb (gpointer user_data)
{
  CulvertTunnel *self = user_data;

  if (self->state == CULVERT_TUNNEL_STOPPING)
    become_stopped (self, "all of it has ended");
}

static const CulvertRunnerEvents link_events = {
  .state_changed = state_changed_cb,
  .facts_changed = facts_changed_cb,
  .round_trip_changed = round_trip_changed_cb,
  .forward_changed = forward_changed_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .connections_listed = connections_listed_cb,
  .finished = finished_cb,
};

static gboolean
stop_limit_cb (gpointer user_data)
{
  CulvertTunnel *self = user_data;

  culvert_log_write (self->log, CULVERT_LOG_WARNING,
                     "the session does not end in time and is left behind");
  become_stopped (self, "time is up");

  return G_SOURCE_REMOVE;
}

void
culvert_tunnel_life_start (CulvertTunnel *self)
{
  CulvertRunnerConfig config = {
    .profile = self->profile,
    .log = self->log,
    .maker = self->maker,
    .single_try = self->single_try,
    .has_no_network = self->has_no_network,
    .network_names = self->network_names,
    .has_asker = culvert_prompt_broker_has_prompter (self->broker),
  };
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self->link == NULL);

  if (self->may_start != NULL && !self->may_start (self, self->guard_data))
    return;

  g_object_freeze_notify (G_OBJECT (self));
  set_error (self, NULL);
  culvert_tunnel_start_figures (self);
  config.counters = self->counters;
  self->link_state = CULVERT_TUNNEL_CONNECTING;
  /* Before the thread has anything to say. */
  set_state (self, CULVERT_TUNNEL_CONNECTING, "switched on", self->log);
  self->link = culvert_link_thread_new (&config, &link_events, self, &error);
  if (self->link == NULL)
    {
      set_error (self, error);
      culvert_tunnel_stop_figures (self);
      set_state (self, CULVERT_TUNNEL_FAILED, error->message, self->log);
    }
  else
    {
      culvert_connections_set_running (self->connections, TRUE);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_tunnel_life_stop (CulvertTunnel *self)
{
  if (self->state == CULVERT_TUNNEL_FAILED)
    {
      become_stopped (self, "switched off");
      return;
    }
  if (!culvert_tunnel_state_is_on (self->state))
    return;

  self->stop_source = g_timeout_source_new (STOP_LIMIT_MS);
  g_source_set_callback (self->stop_source, stop_limit_cb, self, NULL);
  g_source_attach (self->stop_source, self->context);

  g_object_freeze_notify (G_OBJECT (self));
  set_state (self, CULVERT_TUNNEL_STOPPING, "switched off", self->log);
  set_retry_at (self, 0);
  /* In this order: what the session makes of the lost question must find the runner stopping. */
  culvert_link_thread_stop (self->link);
  culvert_prompt_broker_withdraw (self->broker);
  culvert_link_thread_abort (self->link);
  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_tunnel_life_prompt_changed (CulvertTunnel *self)
{
  gboolean is_shown = culvert_prompt_broker_get_shown (self->broker) != NULL;

  g_object_freeze_notify (G_OBJECT (self));
  culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_PROMPT);
  if (is_shown && culvert_tunnel_state_is_on (self->state))
    set_state (self, CULVERT_TUNNEL_NEEDS_YOU, "a question is open", self->log);
  else if (self->state == CULVERT_TUNNEL_NEEDS_YOU)
    set_state (self, self->link_state, "the question is closed", self->log);
  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_tunnel_life_leave (CulvertTunnel *self)
{
  culvert_source_clear (&self->stop_source);
  g_clear_pointer (&self->link, culvert_link_thread_leave);
  culvert_connections_set_running (self->connections, FALSE);
}
