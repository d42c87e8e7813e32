/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/runner.h"

#include "core/errors.h"
#include "engine/forward-set.h"
#include "engine/reasons.h"
#include "engine/retry.h"

/* Without a way out nobody need look at the clock, but a watch on the network may also be wrong. */
#define NO_NETWORK_RETRY_MS 60000

/* Whoever dials so long and has no answer may be in the pauses that the system makes between its
 * tries, the longer the more of them failed. */
#define REDIAL_AFTER_US (1 * G_USEC_PER_SEC)

typedef enum
{
  SESSION_NONE,
  SESSION_LIVE,
  SESSION_LEAVING, /* asked to end */
  SESSION_ENDED,   /* work_source will see to it */
} SessionLife;

/* What is to be done when the session has ended. */
typedef enum
{
  AFTER_DECIDE,    /* it ended by itself: wait and try again, or fail */
  AFTER_RECONNECT, /* we ended it for a new one */
  AFTER_FINISH,    /* we ended it for good */
} After;

struct _CulvertRunner
{
  const CulvertSessionMaker *maker;
  CulvertRunnerEvents        events;
  gpointer                   user_data;
  GMainContext              *context;
  CulvertIoSource           *io;
  CulvertLog                *log;
  CulvertProfile            *profile;
  gboolean                   single_try;
  gboolean                   has_asker;
  gboolean                   has_network; /* as far as is known */

  CulvertTunnelState state;
  CulvertForwardSet *forwards;
  gboolean           is_listening; /* from the first time it is up until it finishes */

  GMutex              session_lock; /* held while session changes, and by abort() */
  gpointer            session;      /* nullable */
  SessionLife         session_life;
  CulvertSessionState session_state;
  guint               n_lingering; /* sessions that were dropped and are not gone yet */
  guint               turn_id;     /* looks at the round trip while up */
  GError             *session_error;
  gint64              started_us; /* this session */
  gint64              up_us;      /* 0 unless it came up */
  gint64              round_trip_us;
  CulvertTunnelFacts  facts;

  After    after;
  GError  *failure;     /* what AFTER_FINISH ends in; NULL is a stop */
  GSource *work_source; /* nullable */
  GSource *wait_source; /* nullable: until the next try */
  GError  *wait_error;  /* why there is a next try; nullable */

  CulvertRetry retry;
  GRand       *random;
};

static void connect_session (CulvertRunner *self);
static void finish (CulvertRunner *self);

static gboolean
is_finished (CulvertRunner *self)
{
  return self->state == CULVERT_TUNNEL_STOPPED || self->state == CULVERT_TUNNEL_FAILED;
}

static void
set_state (CulvertRunner     *self,
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
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

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

static gboolean
wait_over_cb (gpointer user_data)
{
  CulvertRunner   *self = user_data;
  g_autofree char *reason = g_strdup_printf ("try %u", self->retry.n_failures + 1);

  clear_source (&self->wait_source);
  set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, self->log, reason);
  connect_session (self);

  return G_SOURCE_REMOVE;
}

static void
set_wait_source (CulvertRunner *self, guint delay_ms)
{
  clear_source (&self->wait_source);
  self->wait_source = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->wait_source, wait_over_cb, self, NULL);
  g_source_attach (self->wait_source, self->context);
}

/* Waits for the network instead of a time, be it that it waits already. */
static void
wait_for_network (CulvertRunner *self)
{
  g_autoptr (GError) error = culvert_reason_no_network (self->wait_error);

  set_wait_source (self, NO_NETWORK_RETRY_MS);
  if (self->state == CULVERT_TUNNEL_WAITING)
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "waits for the network now: %s",
                         error->message);
      self->events.state_changed (self->state, error, 0, self->user_data);
      return;
    }
  set_state (self, CULVERT_TUNNEL_WAITING, error, 0, self->log, error->message);
}

static void
wait_and_retry (CulvertRunner *self, const GError *error, gint64 up_for_us, guint delay_ms)
{
  gint64           delay_us = (gint64)delay_ms * 1000;
  g_autofree char *delay = culvert_reason_describe_span (delay_us);
  g_autofree char *lasted = culvert_reason_describe_span (up_for_us);
  g_autofree char *reason =
    up_for_us > 0
      ? g_strdup_printf ("lost after %s: %s; next try in %s", lasted, error->message, delay)
      : g_strdup_printf ("%s; next try in %s", error->message, delay);

  g_clear_error (&self->wait_error);
  self->wait_error = g_error_copy (error);
  if (!self->has_network && culvert_reason_may_be_network (error))
    {
      wait_for_network (self);
      return;
    }

  set_wait_source (self, delay_ms);
  set_state (self, CULVERT_TUNNEL_WAITING, error, g_get_monotonic_time () + delay_us, self->log,
             reason);
}

static void
decide (CulvertRunner *self, const GError *error, gint64 up_for_us)
{
  guint delay_ms;

  if (!self->single_try && self->profile->reconnect &&
      culvert_retry_next (&self->retry, error, up_for_us, self->random, &delay_ms))
    {
      wait_and_retry (self, error, up_for_us, delay_ms);
      return;
    }

  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  finish (self);
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
      finish (self);
      break;
    case AFTER_RECONNECT:
      connect_session (self);
      break;
    case AFTER_DECIDE:
      if (ended == NULL)
        ended = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "the session ended");
      error = culvert_reason_of_refusal (ended, self->profile, self->has_asker);
      decide (self, error, up_for_us);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Gives the session up.  What follows comes from work_cb(). */
static void
end_session (CulvertRunner *self, After after)
{
  self->after = after;
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
  end_session (self, AFTER_FINISH);
}

static gboolean
work_cb (gpointer user_data)
{
  CulvertRunner *self = user_data;

  clear_source (&self->work_source);
  if (self->session_life == SESSION_ENDED)
    after_session (self);
  else if (self->single_try)
    give_up_for_forward (self);

  return G_SOURCE_REMOVE;
}

static void
schedule_work (CulvertRunner *self)
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
  };

  set_facts (self, &facts);
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
  if (!self->is_listening)
    {
      self->is_listening = TRUE;
      culvert_forward_set_apply (self->forwards, self->profile->forwards);
    }
  if (self->single_try && culvert_forward_set_get_failure (self->forwards) != NULL)
    {
      schedule_work (self);
      return;
    }

  span = culvert_reason_describe_span (self->up_us - self->started_us);
  reason = g_strdup_printf ("after %s", span);
  set_state (self, CULVERT_TUNNEL_UP, NULL, 0, self->log, reason);
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
      set_state (self, CULVERT_TUNNEL_SIGNING_IN, NULL, 0, self->log, "the server is proven");
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

  culvert_forward_set_set_transport (self->forwards, NULL);
  g_clear_error (&self->session_error);
  self->session_error = error != NULL ? g_error_copy (error) : NULL;
  self->session_life = SESSION_ENDED;
  schedule_work (self);
}

static const CulvertSessionEvents session_events = {
  .state_changed = session_state_changed_cb,
  .prompt = session_prompt_cb,
  .prompt_result = session_prompt_result_cb,
  .ended = session_ended_cb,
};

static void
connect_session (CulvertRunner *self)
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

static void
finish (CulvertRunner *self)
{
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  clear_source (&self->wait_source);
  clear_source (&self->work_source);
  culvert_forward_set_stop_all (self->forwards);
  self->is_listening = FALSE;

  if (failure != NULL)
    set_state (self, CULVERT_TUNNEL_FAILED, failure, 0, self->log, failure->message);
  else
    set_state (self, CULVERT_TUNNEL_STOPPED, NULL, 0, NULL, "switched off");
  self->events.finished (self->user_data);
}

static void
report_forward (const CulvertForwardReport *report, gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (report->state == CULVERT_FORWARD_FAILED && self->single_try)
    schedule_work (self);
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
  self->state = CULVERT_TUNNEL_STOPPED;
  self->forwards =
    culvert_forward_set_new (self->io, config->counters, self->log, report_forward, self);
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
  culvert_forward_set_free (self->forwards);
  culvert_io_source_free (self->io);
  culvert_tunnel_facts_clear (&self->facts);
  culvert_profile_unref (self->profile);
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

  set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, NULL, "switched on");
  connect_session (self);
}

void
culvert_runner_stop (CulvertRunner *self)
{
  if (is_finished (self) || self->state == CULVERT_TUNNEL_STOPPING)
    return;

  set_state (self, CULVERT_TUNNEL_STOPPING, NULL, 0, NULL, "switched off");
  g_clear_error (&self->failure);
  culvert_forward_set_stop_all (self->forwards);
  self->is_listening = FALSE;

  if (self->session_life != SESSION_NONE)
    end_session (self, AFTER_FINISH);
  else
    finish (self);
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

static void
try_now (CulvertRunner *self, const char *reason)
{
  clear_source (&self->wait_source);
  set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, self->log, reason);
  connect_session (self);
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

  if (!must_reconnect)
    return;

  culvert_retry_reset (&self->retry);
  if (self->state == CULVERT_TUNNEL_WAITING)
    {
      try_now (self, "the settings changed");
    }
  else if (self->after == AFTER_DECIDE)
    {
      set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, self->log, "the settings changed");
      end_session (self, AFTER_RECONNECT);
    }
}

void
culvert_runner_retry_forward (CulvertRunner *self, const char *forward_id)
{
  culvert_forward_set_retry (self->forwards, forward_id);
}

void
culvert_runner_retry_now (CulvertRunner *self)
{
  if (self->state == CULVERT_TUNNEL_WAITING)
    try_now (self, "asked to try now");
}

/* Is it still on its way to the server, without an answer? */
static gboolean
is_dialling (CulvertRunner *self)
{
  return self->session_life == SESSION_LIVE && self->after == AFTER_DECIDE &&
         self->session_state <= CULVERT_SESSION_HANDSHAKE &&
         g_get_monotonic_time () - self->started_us >= REDIAL_AFTER_US;
}

static void
network_is_there (CulvertRunner *self, const char *reason, gboolean is_new)
{
  /* Something has changed for the better; a change alone may also be the next of many. */
  if (is_new)
    culvert_retry_reset (&self->retry);

  if (self->state == CULVERT_TUNNEL_WAITING)
    {
      try_now (self, reason);
    }
  else if (self->state == CULVERT_TUNNEL_UP && self->session_life == SESSION_LIVE)
    {
      self->maker->probe (self->session);
    }
  else if (is_dialling (self))
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "dialling anew: %s", reason);
      end_session (self, AFTER_RECONNECT);
    }
}

void
culvert_runner_network_changed (CulvertRunner *self, CulvertNetworkEvent event)
{
  gboolean had_network = self->has_network;

  /* After waking what was known is old; the next event says what is the case. */
  self->has_network = event != CULVERT_NETWORK_GONE;
  switch (event)
    {
    case CULVERT_NETWORK_GONE:
      if (had_network && self->state == CULVERT_TUNNEL_WAITING &&
          culvert_reason_may_be_network (self->wait_error))
        wait_for_network (self);
      break;
    case CULVERT_NETWORK_BACK:
      network_is_there (self, "the network is back", TRUE);
      break;
    case CULVERT_NETWORK_CHANGED:
      network_is_there (self, "the network changed", FALSE);
      break;
    case CULVERT_NETWORK_WOKE:
      network_is_there (self, "the computer woke", TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
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
