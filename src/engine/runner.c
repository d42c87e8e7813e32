/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/runner-private.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/reasons.h"

static gboolean
is_finished (CulvertRunner *self)
{
  return self->state == CULVERT_TUNNEL_STOPPED || self->state == CULVERT_TUNNEL_FAILED;
}

void
culvert_runner_set_state (CulvertRunner     *self,
                          CulvertTunnelState state,
                          const GError      *error,
                          gint64             retry_at_us,
                          CulvertLog        *log,
                          const char        *reason)
{
  if (culvert_tunnel_state_change (&self->state, state, reason, log))
    self->events.state_changed (state, error, retry_at_us, self->user_data);
}

/* Work: what must not be done from inside a call of the session or of a forward */

static void
set_facts (CulvertRunner *self, const CulvertTunnelFacts *facts)
{
  if (culvert_tunnel_facts_equal (&self->facts, facts))
    return;

  culvert_tunnel_facts_copy (&self->facts, facts);
  self->events.facts_changed (&self->facts, self->user_data);
}

static void
set_round_trip (CulvertRunner *self, gint64 round_trip_us)
{
  if (self->round_trip_us == round_trip_us)
    return;

  self->round_trip_us = round_trip_us;
  self->events.round_trip_changed (round_trip_us, self->user_data);
}

static void
session_gone_cb (gpointer user_data)
{
  CulvertRunner *self = user_data;

  self->n_lingering--;
}

static void
drop_session (CulvertRunner *self)
{
  const CulvertTunnelFacts nothing = { NULL };
  gpointer                 session = self->session;

  if (self->turn_id != 0)
    culvert_io_source_remove_turn (self->io, self->turn_id);
  self->turn_id = 0;

  g_mutex_lock (&self->session_lock);
  self->session = NULL;
  g_mutex_unlock (&self->session_lock);
  self->session_life = SESSION_NONE;
  self->n_lingering++;
  self->maker->drop (session, session_gone_cb, self);

  set_facts (self, &nothing);
  set_round_trip (self, -1);
}

static void
after_session (CulvertRunner *self)
{
  gint64             up_for_us = self->up_us > 0 ? g_get_monotonic_time () - self->up_us : 0;
  g_autoptr (GError) ended = g_steal_pointer (&self->session_error);
  g_autoptr (GError) error = NULL;

  drop_session (self);

  switch (self->after)
    {
    case AFTER_FINISH:
      culvert_runner_finish (self);
      break;
    case AFTER_RECONNECT:
      culvert_runner_try_now (self, "a new session in its place");
      break;
    case AFTER_HOLD_BACK:
      culvert_runner_go_on (self);
      break;
    case AFTER_IDLE:
      culvert_runner_go_idle (self, "nobody uses it");
      break;
    case AFTER_DECIDE:
      if (ended == NULL)
        ended = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "the session ended");
      error = culvert_reason_of_refusal (ended, self->profile, self->has_asker);
      culvert_runner_decide (self, error, up_for_us);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Gives the session up.  What follows comes from work_cb(). */
void
culvert_runner_end_session (CulvertRunner *self, After after)
{
  self->after = after;
  culvert_idle_watch_stop (&self->idle_watch);
  culvert_forward_set_set_transport (self->forwards, NULL);
  if (self->session_life == SESSION_LIVE)
    {
      self->session_life = SESSION_LEAVING;
      self->maker->stop (self->session);
    }
}

/* --once: a forward that does not listen ends the tunnel. */
static void
give_up_for_forward (CulvertRunner *self)
{
  const GError *failure = culvert_forward_set_get_failure (self->forwards);

  if (failure == NULL || self->after == AFTER_FINISH || self->session_life == SESSION_NONE)
    return;

  self->failure = g_error_copy (failure);
  culvert_runner_end_session (self, AFTER_FINISH);
}

static gboolean
work_cb (gpointer user_data)
{
  CulvertRunner *self = user_data;

  culvert_source_clear (&self->work_source);
  if (self->session_life == SESSION_ENDED)
    after_session (self);
  else if (self->state == CULVERT_TUNNEL_IDLE)
    culvert_runner_look_for_clients (self);
  else if (self->single_try)
    give_up_for_forward (self);

  return G_SOURCE_REMOVE;
}

void
culvert_runner_schedule_work (CulvertRunner *self)
{
  if (self->work_source != NULL)
    return;

  self->work_source = g_idle_source_new ();
  g_source_set_priority (self->work_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->work_source, work_cb, self, NULL);
  g_source_attach (self->work_source, self->context);
}

/* What the session tells */

static gboolean
look_at_round_trip_cb (gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (self->session_life == SESSION_LIVE)
    set_round_trip (self, self->maker->get_info (self->session)->round_trip_us);

  return FALSE;
}

static void
note_facts (CulvertRunner *self)
{
  const CulvertSessionInfo *info = self->maker->get_info (self->session);
  CulvertTunnelFacts        facts = {
           .server_address = info->server_address,
           .server_version = info->server_version,
           .host_key_type = info->host_key_type,
           .host_key_fingerprint = info->host_key_fingerprint,
           .algorithms = info->algorithms,
           .auth_method = info->auth_method,
           .banner = info->banner,
  };

  set_facts (self, &facts);
}

void
culvert_runner_listen (CulvertRunner *self)
{
  if (self->is_listening)
    return;

  self->is_listening = TRUE;
  culvert_forward_set_apply (self->forwards, self->profile->forwards);
}

/* The listeners are there before the tunnel says that it is up: who sees that may connect. */
static void
come_up (CulvertRunner *self)
{
  g_autofree char *span = NULL;
  g_autofree char *reason = NULL;

  self->up_us = g_get_monotonic_time ();
  /* Added now, so that it runs after the session's own turn. */
  self->turn_id = culvert_io_source_add_turn (self->io, look_at_round_trip_cb, self);

  culvert_forward_set_set_transport (self->forwards, self->maker->get_transport (self->session));
  culvert_runner_listen (self);
  if (self->single_try && culvert_forward_set_get_failure (self->forwards) != NULL)
    {
      culvert_runner_schedule_work (self);
      return;
    }

  span = culvert_reason_describe_span (self->up_us - self->started_us);
  reason = g_strdup_printf ("after %s", span);
  culvert_runner_set_state (self, CULVERT_TUNNEL_UP, NULL, 0, self->log, reason);
  culvert_runner_watch_idle (self);
}

static void
session_state_changed_cb (CulvertSession *session, CulvertSessionState state, gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (self->session_life != SESSION_LIVE)
    return;

  self->session_state = state;
  note_facts (self);
  switch (state)
    {
    case CULVERT_SESSION_SIGNING_IN:
      culvert_runner_set_state (self, CULVERT_TUNNEL_SIGNING_IN, NULL, 0, self->log,
                                "the server is proven");
      break;
    case CULVERT_SESSION_UP:
      come_up (self);
      break;
    case CULVERT_SESSION_NEW:
    case CULVERT_SESSION_RESOLVING:
    case CULVERT_SESSION_CONNECTING:
    case CULVERT_SESSION_HANDSHAKE:
    case CULVERT_SESSION_HOST_KEY:
    case CULVERT_SESSION_ENDED:
    default:
      break;
    }
}

static void
session_prompt_cb (CulvertSession *session, CulvertPrompt *prompt, gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (self->session_life != SESSION_LIVE)
    culvert_prompt_withdraw (prompt);
  else
    self->events.prompt (prompt, self->user_data);
}

static void
session_prompt_result_cb (CulvertSession *session,
                          CulvertPrompt  *prompt,
                          gboolean        accepted,
                          gpointer        user_data)
{
  CulvertRunner *self = user_data;

  self->events.prompt_result (prompt, accepted, self->user_data);
}

static void
session_ended_cb (CulvertSession *session, const GError *error, gpointer user_data)
{
  CulvertRunner *self = user_data;

  culvert_idle_watch_stop (&self->idle_watch);
  culvert_forward_set_set_transport (self->forwards, NULL);
  g_clear_error (&self->session_error);
  self->session_error = error != NULL ? g_error_copy (error) : NULL;
  self->session_life = SESSION_ENDED;
  culvert_runner_schedule_work (self);
}

static const CulvertSessionEvents session_events = {
  .state_changed = session_state_changed_cb,
  .prompt = session_prompt_cb,
  .prompt_result = session_prompt_result_cb,
  .ended = session_ended_cb,
};

void
culvert_runner_connect_session (CulvertRunner *self)
{
  gpointer session;

  g_return_if_fail (self->session == NULL);

  self->after = AFTER_DECIDE;
  self->started_us = g_get_monotonic_time ();
  self->up_us = 0;
  session =
    self->maker->make (self->maker, self->profile, self->io, self->log, &session_events, self);
  g_mutex_lock (&self->session_lock);
  self->session = session;
  g_mutex_unlock (&self->session_lock);
  self->session_life = SESSION_LIVE;
  self->session_state = CULVERT_SESSION_NEW;

  self->maker->start (session);
}

void
culvert_runner_finish (CulvertRunner *self)
{
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  culvert_idle_watch_stop (&self->idle_watch);
  culvert_source_clear (&self->wait_source);
  culvert_source_clear (&self->work_source);
  culvert_forward_set_stop_all (self->forwards);
  self->is_listening = FALSE;

  if (failure != NULL)
    culvert_runner_set_state (self, CULVERT_TUNNEL_FAILED, failure, 0, self->log, failure->message);
  else
    culvert_runner_set_state (self, CULVERT_TUNNEL_STOPPED, NULL, 0, NULL, "switched off");
  self->events.finished (self->user_data);
}

/* A client of a forward begins to wait for a session. */
static void
client_waits_cb (gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (self->state == CULVERT_TUNNEL_IDLE)
    culvert_runner_schedule_work (self);
}

static void
report_forward (const CulvertForwardReport *report, gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (report->state == CULVERT_FORWARD_FAILED && self->single_try)
    culvert_runner_schedule_work (self);
  self->events.forward_changed (report, self->user_data);
}

/* What the owner says */

CulvertRunner *
culvert_runner_new (const CulvertRunnerConfig *config,
                    const CulvertRunnerEvents *events,
                    gpointer                   user_data)
{
  CulvertRunner *self = g_new0 (CulvertRunner, 1);

  self->maker = config->maker;
  self->events = *events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->io = culvert_io_source_new ();
  self->log = g_object_ref (config->log);
  self->profile = culvert_profile_ref (config->profile);
  self->single_try = config->single_try;
  self->has_asker = config->has_asker;
  self->has_network = !config->has_no_network;
  self->network_names =
    config->network_names != NULL ? culvert_network_names_ref (config->network_names) : NULL;
  self->state = CULVERT_TUNNEL_STOPPED;
  self->counters = culvert_counters_ref (config->counters);
  self->forwards = culvert_forward_set_new (self->io, config->counters, self->log, report_forward,
                                            client_waits_cb, self);
  self->round_trip_us = -1;
  self->random = g_rand_new ();
  g_mutex_init (&self->session_lock);

  return self;
}

void
culvert_runner_free (CulvertRunner *self)
{
  if (self == NULL)
    return;

  g_return_if_fail (is_finished (self));
  g_return_if_fail (self->session == NULL);

  g_clear_error (&self->wait_error);
  culvert_connection_watch_free (self->connection_watch);
  culvert_forward_set_free (self->forwards);
  culvert_counters_unref (self->counters);
  culvert_io_source_free (self->io);
  culvert_tunnel_facts_clear (&self->facts);
  culvert_profile_unref (self->profile);
  g_clear_pointer (&self->network_names, culvert_network_names_unref);
  g_object_unref (self->log);
  g_rand_free (self->random);
  g_mutex_clear (&self->session_lock);
  g_main_context_unref (self->context);
  g_free (self);
}

void
culvert_runner_start (CulvertRunner *self)
{
  g_return_if_fail (self->state == CULVERT_TUNNEL_STOPPED);

  culvert_runner_set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, NULL, "switched on");
  /* --once wants to know whether it works. */
  if (culvert_runner_is_on_demand (self))
    {
      culvert_runner_listen (self);
      culvert_runner_go_idle (self, "it connects for the first client");
      return;
    }
  culvert_runner_try_now (self, "switched on");
}

void
culvert_runner_stop (CulvertRunner *self)
{
  if (is_finished (self) || self->state == CULVERT_TUNNEL_STOPPING)
    return;

  culvert_runner_set_state (self, CULVERT_TUNNEL_STOPPING, NULL, 0, NULL, "switched off");
  g_clear_error (&self->failure);
  culvert_forward_set_stop_all (self->forwards);
  self->is_listening = FALSE;

  if (self->session_life != SESSION_NONE)
    culvert_runner_end_session (self, AFTER_FINISH);
  else
    culvert_runner_finish (self);
}

void
culvert_runner_abort (CulvertRunner *self)
{
  g_mutex_lock (&self->session_lock);
  if (self->session != NULL)
    self->maker->abort (self->session);
  g_mutex_unlock (&self->session_lock);
}

gboolean
culvert_runner_must_reconnect (const CulvertProfile *before, const CulvertProfile *now)
{
  return !g_str_equal (before->host, now->host) || before->port != now->port ||
         !g_str_equal (before->user, now->user) || before->address_family != now->address_family ||
         !culvert_profile_has_same_way (before, now) ||
         !g_strv_equal ((const char *const *)before->known_hosts_files,
                        (const char *const *)now->known_hosts_files) ||
         !g_str_equal (before->host_key_alias, now->host_key_alias) ||
         before->methods->len != now->methods->len ||
         memcmp (before->methods->data, now->methods->data,
                 now->methods->len * sizeof (CulvertAuthMethod)) != 0 ||
         !g_strv_equal ((const char *const *)before->key_files,
                        (const char *const *)now->key_files) ||
         !g_strv_equal ((const char *const *)before->certificate_files,
                        (const char *const *)now->certificate_files) ||
         !g_str_equal (before->agent_socket, now->agent_socket) ||
         before->only_listed_keys != now->only_listed_keys ||
         before->legacy_algorithms != now->legacy_algorithms ||
         before->quick_replies != now->quick_replies;
}

void
culvert_runner_set_profile (CulvertRunner *self, CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) before = g_steal_pointer (&self->profile);
  gboolean                   must_reconnect = culvert_runner_must_reconnect (before, profile);

  self->profile = culvert_profile_ref (profile);
  if (is_finished (self) || self->after == AFTER_FINISH)
    return;

  if (self->is_listening)
    culvert_forward_set_apply (self->forwards, profile->forwards);
  culvert_runner_watch_idle (self);
  if (before->network_rule != profile->network_rule ||
      !g_strv_equal ((const char *const *)before->networks, (const char *const *)profile->networks))
    {
      self->is_overruled = FALSE;
      culvert_runner_follow_rule (self);
    }
  if (self->state == CULVERT_TUNNEL_IDLE)
    {
      if (!culvert_runner_is_on_demand (self))
        culvert_runner_try_now (self, "the settings changed");
      return;
    }
  if (!must_reconnect || is_finished (self))
    return;

  culvert_retry_reset (&self->retry);
  if (self->state == CULVERT_TUNNEL_WAITING)
    {
      culvert_runner_try_now (self, "the settings changed");
    }
  else if (self->after == AFTER_DECIDE && self->session_life != SESSION_NONE)
    {
      culvert_runner_set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, self->log,
                                "the settings changed");
      culvert_runner_end_session (self, AFTER_RECONNECT);
    }
}

void
culvert_runner_retry_forward (CulvertRunner *self, const char *forward_id)
{
  culvert_forward_set_retry (self->forwards, forward_id);
}

void
culvert_runner_test_forward (CulvertRunner *self, const char *forward_id)
{
  if (self->session_life == SESSION_LIVE)
    culvert_forward_set_test (self->forwards, forward_id,
                              self->maker->get_info (self->session)->server_host);
}

void
culvert_runner_list_connections (CulvertRunner *self, guint serial)
{
  if (serial != self->watch_serial)
    g_clear_pointer (&self->connection_watch, culvert_connection_watch_free);
  self->watch_serial = serial;
  if (serial == 0)
    return;

  if (self->connection_watch == NULL)
    self->connection_watch = culvert_connection_watch_new ();
  self->events.connections_listed (
    serial, culvert_connection_watch_list (self->connection_watch, self->forwards),
    self->user_data);
}

void
culvert_runner_close_connection (CulvertRunner *self, guint64 connection_id)
{
  culvert_forward_set_close_connection (self->forwards, connection_id);
}

CulvertTunnelState
culvert_runner_get_state (CulvertRunner *self)
{
  return self->state;
}

gboolean
culvert_runner_is_quiet (CulvertRunner *self)
{
  return self->session_life == SESSION_NONE && self->n_lingering == 0;
}
