/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session.h"

#include "base/source.h"
#include "core/errors.h"
#include "ssh/channel.h"
#include "ssh/no-delay.h"
#include "ssh/session-private.h"

#define DISCONNECT_BY_APPLICATION 11 /* RFC 4253 section 11.1 */

G_DEFINE_FINAL_TYPE (CulvertSession, culvert_session, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (CulvertSessionState,
                    culvert_session_state,
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_NEW, "new"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_RESOLVING, "resolving"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_HANDSHAKE, "handshake"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_HOST_KEY, "host-key"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_SIGNING_IN, "signing-in"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_UP, "up"),
                    G_DEFINE_ENUM_VALUE (CULVERT_SESSION_ENDED, "ended"))

void
culvert_session_fail (CulvertSession *self, GError *error)
{
  if (self->failure != NULL || self->state == CULVERT_SESSION_ENDED)
    {
      g_error_free (error);
      return;
    }
  culvert_error_set_fact (&error, CULVERT_FACT_SAID, self->disconnect_text);
  if (self->way != NULL && self->gate.n_received == 0)
    error = culvert_way_explain (self->way, error);
  self->failure = error;
  culvert_io_source_wake (self->io);
}

void
culvert_session_fail_lib (CulvertSession *self, int rc, const char *what)
{
  int code = CULVERT_SSH_ERROR_PROTOCOL;

  if (self->disconnect_text != NULL)
    {
      culvert_session_fail (self, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED,
                                               "the server closed the connection: %s",
                                               self->disconnect_text));
      return;
    }
  if (self->gate.error != NULL)
    {
      culvert_session_fail (self, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST,
                                               "the connection broke while %s: %s", what,
                                               self->gate.error->message));
      return;
    }
  if (rc == LIBSSH2_ERROR_SOCKET_DISCONNECT || self->gate.saw_end)
    code = self->state == CULVERT_SESSION_SIGNING_IN ? CULVERT_SSH_ERROR_AUTH_CLOSED
                                                     : CULVERT_SSH_ERROR_CLOSED;
  culvert_session_fail (self, g_error_new (CULVERT_SSH_ERROR, code, "%s failed: %s (%d)", what,
                                           culvert_lib_get_error_text (self->ssh), rc));
}

static int
get_slow_code (CulvertSessionState state)
{
  switch (state)
    {
    case CULVERT_SESSION_RESOLVING:
      return CULVERT_SSH_ERROR_NO_NAME_SERVICE;
    case CULVERT_SESSION_HOST_KEY:
      return CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED;
    case CULVERT_SESSION_SIGNING_IN:
      return CULVERT_SSH_ERROR_AUTH_TIMED_OUT;
    case CULVERT_SESSION_NEW:
    case CULVERT_SESSION_CONNECTING:
    case CULVERT_SESSION_HANDSHAKE:
    case CULVERT_SESSION_UP:
    case CULVERT_SESSION_ENDED:
    default:
      return CULVERT_SSH_ERROR_TIMED_OUT;
    }
}

static const char *
get_nick (CulvertSessionState state)
{
  return g_enum_get_value (g_type_class_peek (CULVERT_TYPE_SESSION_STATE), (int)state)->value_nick;
}

static gboolean
deadline_cb (gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);

  if (self->is_stopping)
    {
      culvert_gate_clear (&self->gate);
      culvert_io_source_wake (self->io);
      return G_SOURCE_REMOVE;
    }
  if (self->state == CULVERT_SESSION_HANDSHAKE)
    culvert_session_fail_slow_handshake (self);
  else
    culvert_session_fail (self, g_error_new (CULVERT_SSH_ERROR, get_slow_code (self->state),
                                             "%s:%u: no answer in time (%s)", self->profile->host,
                                             self->profile->port, get_nick (self->state)));
  return G_SOURCE_REMOVE;
}

static void
set_deadline_ms (CulvertSession *self, guint ms)
{
  culvert_source_clear (&self->deadline);
  if (ms == 0)
    return;
  self->deadline = g_timeout_source_new (ms);
  g_source_set_static_name (self->deadline, "culvert session deadline");
  g_source_set_callback (self->deadline, deadline_cb, self, NULL);
  g_source_attach (self->deadline, self->context);
}

void
culvert_session_set_deadline (CulvertSession *self, guint seconds)
{
  set_deadline_ms (self, seconds * 1000);
}

void
culvert_session_set_state (CulvertSession *self, CulvertSessionState state)
{
  if (self->state == state)
    return;
  self->state = state;
  if (state == CULVERT_SESSION_UP)
    {
      self->memory.wipe_all = FALSE;
      culvert_carrier_start (self);
      culvert_heartbeat_start (self);
      culvert_no_delay_ask (self);
    }
  if (state != CULVERT_SESSION_ENDED)
    self->events->state_changed (self, state, self->user_data);
}

void
culvert_session_tell_stage (CulvertSession *self, const CulvertStageEvent *event)
{
  CulvertStageEvent timed = *event;

  self->stage = event->kind;
  if (self->events->stage == NULL)
    return;
  timed.time_us = g_get_monotonic_time ();
  self->events->stage (self, &timed, self->user_data);
}

void
culvert_session_tell (CulvertSession   *self,
                      CulvertStageKind  kind,
                      CulvertStageState state,
                      CulvertStageNote  note,
                      const char       *detail)
{
  culvert_session_tell_stage (
    self,
    &(CulvertStageEvent){ .kind = kind, .state = state, .note = note, .detail = (char *)detail });
}

void
culvert_session_stop_peer_check (CulvertSession *self)
{
  culvert_source_clear (&self->peer_check);
}

static void
lose_streams (CulvertSession *self, const GError *error)
{
  culvert_open_queue_lose (self, error);
  culvert_server_ports_lose (self, error);
  for (guint i = 0; i < self->channels->len; i++)
    culvert_channel_lose (g_ptr_array_index (self->channels, i), error);
}

static void
free_channels (CulvertSession *self)
{
  g_ptr_array_set_size (self->due, 0);
  g_ptr_array_set_size (self->held, 0);
  for (guint i = 0; i < self->channels->len; i++)
    culvert_channel_free (g_ptr_array_index (self->channels, i));
  g_ptr_array_set_size (self->channels, 0);
}

/* Everything that the session holds in the outside world goes; nothing here waits for the peer,
 * because the gate is dead and fails every call of libssh2 at once. */
static void
tear_down (CulvertSession *self)
{
  set_deadline_ms (self, 0);
  culvert_session_stop_peer_check (self);
  g_clear_pointer (&self->way, culvert_way_free);
  if (self->prompt != NULL)
    culvert_prompt_withdraw (self->prompt);
  g_clear_object (&self->prompt);
  g_clear_pointer (&self->sign_in, culvert_sign_in_free);
  culvert_heartbeat_clear (&self->heartbeat);
  culvert_carrier_clear (self);
  self->gate.is_dead = TRUE;
  self->memory.wipe_all = TRUE;
  if (self->ssh != NULL)
    libssh2_session_free (self->ssh);
  self->ssh = NULL;
  culvert_session_memory_clear (&self->memory);
  free_channels (self);
  culvert_open_queue_clear (&self->open_queue);
  culvert_server_ports_lose (self, NULL);
  if (self->gate.watch != NULL)
    culvert_gate_clear (&self->gate);
  culvert_socket_close (&self->socket);
  if (self->turn_id != 0)
    culvert_io_source_remove_turn (self->io, self->turn_id);
  self->turn_id = 0;
}

static void
end (CulvertSession *self, GError *error)
{
  g_autoptr (CulvertSession)  keep = g_object_ref (self);
  g_autoptr (GError)          reason = error;
  const CulvertSessionEvents *events = self->events;

  lose_streams (self, reason);
  tear_down (self);
  culvert_session_set_state (self, CULVERT_SESSION_ENDED);
  events->ended (self, reason, self->user_data);
}

/* Says goodbye once; then waits until it is written, or until the deadline cleared the gate. */
static void
step_stop (CulvertSession *self)
{
  if (self->gate.watch != NULL && !self->gate.saw_end)
    {
      culvert_gate_flush (&self->gate);
      culvert_gate_rearm (&self->gate, FALSE);
      if (self->gate.queue.length > 0 && !self->gate.saw_end)
        return;
    }
  end (self, NULL);
}

static gboolean
turn_cb (gpointer user_data)
{
  CulvertSession            *self = CULVERT_SESSION (user_data);
  g_autoptr (CulvertSession) keep = g_object_ref (self);
  gboolean                   has_more = FALSE;

  if (self->is_stopping)
    {
      step_stop (self);
      return FALSE;
    }
  if (self->failure == NULL)
    switch (self->state)
      {
      case CULVERT_SESSION_HANDSHAKE:
        culvert_session_step_handshake (self);
        break;
      case CULVERT_SESSION_SIGNING_IN:
        has_more = culvert_sign_in_step (self->sign_in);
        break;
      case CULVERT_SESSION_UP:
        has_more = culvert_session_pump (self);
        break;
      case CULVERT_SESSION_NEW:
      case CULVERT_SESSION_RESOLVING:
      case CULVERT_SESSION_CONNECTING:
      case CULVERT_SESSION_HOST_KEY:
      case CULVERT_SESSION_ENDED:
      default:
        break;
      }
  if (self->is_stopping)
    {
      culvert_io_source_wake (self->io);
      return TRUE;
    }
  if (self->failure != NULL)
    {
      end (self, g_steal_pointer (&self->failure));
      return FALSE;
    }
  return has_more;
}

static void
culvert_session_dispose (GObject *object)
{
  CulvertSession *self = CULVERT_SESSION (object);

  if (self->turn_id != 0)
    {
      lose_streams (self, NULL);
      tear_down (self);
    }
  G_OBJECT_CLASS (culvert_session_parent_class)->dispose (object);
}

static void
culvert_session_finalize (GObject *object)
{
  CulvertSession *self = CULVERT_SESSION (object);

  culvert_socket_close (&self->given_socket);
  g_clear_pointer (&self->profile, culvert_profile_unref);
  g_clear_object (&self->log);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->host_key, g_bytes_unref);
  g_clear_pointer (&self->disconnect_text, g_free);
  g_clear_pointer (&self->remark, g_free);
  culvert_key_grant_clear (&self->grant);
  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      g_strfreev (self->offered[i]);
      g_strfreev (self->legacy[i]);
    }
  g_free (self->info.server_address);
  g_free (self->info.server_host);
  g_free (self->info.server_version);
  g_free (self->info.host_key_type);
  g_free (self->info.host_key_fingerprint);
  g_free (self->info.algorithms);
  g_free (self->info.auth_method);
  g_free (self->info.banner);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->due);
  g_ptr_array_unref (self->held);
  G_OBJECT_CLASS (culvert_session_parent_class)->finalize (object);
}

static void
culvert_session_class_init (CulvertSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_session_dispose;
  object_class->finalize = culvert_session_finalize;
  g_type_ensure (CULVERT_TYPE_SESSION_STATE);
  g_type_class_ref (CULVERT_TYPE_SESSION_STATE);
}

static void
culvert_session_init (CulvertSession *self)
{
  self->socket = CULVERT_SOCKET_NONE;
  self->given_socket = CULVERT_SOCKET_NONE;
  self->channels = g_ptr_array_new ();
  self->due = g_ptr_array_new ();
  self->held = g_ptr_array_new ();
  self->info.round_trip_us = -1;
  self->transport.klass = &culvert_session_transport_class;
}

CulvertSession *
culvert_session_new (CulvertProfile             *profile,
                     CulvertIoSource            *io,
                     CulvertLog                 *log,
                     const CulvertSessionEvents *events,
                     gpointer                    user_data)
{
  CulvertSession *self = g_object_new (CULVERT_TYPE_SESSION, NULL);

  self->profile = culvert_profile_ref (profile);
  self->io = io;
  self->log = g_object_ref (log);
  self->events = events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

void
culvert_session_set_socket (CulvertSession *self, CulvertSocket socket)
{
  g_return_if_fail (self->state == CULVERT_SESSION_NEW);

  culvert_socket_close (&self->given_socket);
  self->given_socket = socket;
}

void
culvert_session_set_asked_by (CulvertSession *self, CulvertAskedBy asked_by)
{
  self->asked_by = asked_by;
}

CulvertAskedBy
culvert_session_get_asked_by (CulvertSession *self)
{
  return self->asked_by;
}

void
culvert_session_start (CulvertSession *self)
{
  g_return_if_fail (self->state == CULVERT_SESSION_NEW);

  culvert_open_queue_init (&self->open_queue);
  culvert_server_ports_init (&self->server_ports);
  self->turn_id = culvert_io_source_add_turn (self->io, turn_cb, self);
  if (!culvert_lib_init ())
    {
      culvert_session_fail (self,
                            g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL,
                                                 "libssh2 cannot work on this computer"));
      return;
    }
  culvert_session_connect (self);
}

void
culvert_session_stop (CulvertSession *self)
{
  if (self->is_stopping || self->turn_id == 0)
    return;
  self->is_stopping = TRUE;
  culvert_session_abort (self);
  set_deadline_ms (self, CULVERT_STOP_TIMEOUT_MS);
  if (self->way != NULL)
    culvert_way_cancel (self->way);
  lose_streams (self, NULL);
  /* In the middle of a rekey the goodbye cannot be said; it is a courtesy. */
  if (self->state == CULVERT_SESSION_UP && self->failure == NULL)
    libssh2_session_disconnect_ex (self->ssh, DISCONNECT_BY_APPLICATION, "closed by the user", "");
  culvert_io_source_wake (self->io);
}

void
culvert_session_abort (CulvertSession *self)
{
  g_atomic_int_set (&self->is_aborted, TRUE);
}

void
culvert_session_probe (CulvertSession *self)
{
  if (self->state == CULVERT_SESSION_UP && !self->is_stopping)
    culvert_heartbeat_probe (self);
}

void
culvert_session_set_rekey_bytes (CulvertSession *self, guint64 n_bytes)
{
  self->rekey_bytes = n_bytes;
}

CulvertSessionState
culvert_session_get_state (CulvertSession *self)
{
  return self->state;
}

const CulvertSessionInfo *
culvert_session_get_info (CulvertSession *self)
{
  return &self->info;
}

CulvertTransport *
culvert_session_get_transport (CulvertSession *self)
{
  return &self->transport;
}
