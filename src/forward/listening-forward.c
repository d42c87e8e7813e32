/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/listening-forward.h"

#include "core/errors.h"
#include "forward/forward-private.h"
#include "forward/hold.h"
#include "forward/listener.h"

/* Clients that wait for an answer; more of them wait in the system's queue, where they cost no
 * descriptor: a target that never answers may not use up what the others need. */
#define MAX_UNANSWERED 256

/* All set from start to stop. */
typedef struct
{
  CulvertListener  *listener;
  CulvertGuard     *guard; /* nullable: anybody may connect */
  CulvertRelayGroup relays;
  CulvertHold       hold;
} CulvertListeningForwardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CulvertListeningForward,
                                     culvert_listening_forward,
                                     CULVERT_TYPE_FORWARD)

static CulvertListeningForwardPrivate *
get_private (gpointer self)
{
  return culvert_listening_forward_get_instance_private (self);
}

static const char *
name_client (CulvertRelay *relay)
{
  const char *client = culvert_relay_get_client (relay);

  return *client != '\0' ? client : "a local program";
}

static void
update_accepting (CulvertListeningForward *self)
{
  CulvertListeningForwardPrivate *private = get_private (self);

  culvert_listener_set_accepting (private->listener,
                                  culvert_forward_get_transport (CULVERT_FORWARD (self)) == NULL ||
                                    private->relays.n_unanswered < MAX_UNANSWERED);
}

static void
log_cb (CulvertLogLevel level, const char *text, gpointer user_data)
{
  CulvertForward  *forward = user_data;
  g_autofree char *name = culvert_forward_spec_to_argument (culvert_forward_get_spec (forward));

  culvert_forward_log (forward, level, "forward %s: %s", name, text);
}

static void
hold_client (CulvertListeningForward *self, CulvertRelay *relay)
{
  CulvertForward *forward = CULVERT_FORWARD (self);

  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_DEBUG,
                       "connection from %s is held: there is no session", name_client (relay));
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_hold_note (&get_private (self)->hold);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_forward_note_waiting (forward);
  g_object_unref (forward);
}

static void
accepted_cb (CulvertListener *listener, CulvertSocket client, gpointer user_data)
{
  CULVERT_LISTENING_FORWARD_GET_CLASS (user_data)->accepted (user_data, client);
}

static void
warned_cb (CulvertListener *listener, const char *text, gpointer user_data)
{
  log_cb (CULVERT_LOG_WARNING, text, user_data);
}

static void
guard_log_cb (CulvertLogLevel level, const char *text, gpointer user_data)
{
  CulvertForward *forward = user_data;

  g_object_ref (forward);
  log_cb (level, text, forward);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_forward_note_counts (forward);
  g_object_unref (forward);
}

static const CulvertListenerEvents listener_events = {
  .accepted = accepted_cb,
  .warned = warned_cb,
};

static void
answered_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertListeningForwardClass *klass = CULVERT_LISTENING_FORWARD_GET_CLASS (user_data);

  if (klass->answered != NULL)
    klass->answered (user_data, relay);
  update_accepting (user_data);
  culvert_forward_set_target (user_data, CULVERT_TARGET_ANSWERED, NULL);
}

/* Or has the session ended before there was an answer? */
static gboolean
is_about_target (const GError *error)
{
  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_SHORTAGE) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_UNKNOWN) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_TIMED_OUT);
}

static void
tell_refusal (CulvertListeningForward *self, CulvertRelay *relay, const GError *error)
{
  CulvertListeningForwardClass *klass = CULVERT_LISTENING_FORWARD_GET_CLASS (self);

  culvert_relay_group_count_refused (&get_private (self)->relays);
  if (klass->refused != NULL)
    klass->refused (self, relay, error);
  else
    culvert_relay_drop (relay);
  update_accepting (self);
}

static void
refused_cb (CulvertRelay *relay, const GError *error, gpointer user_data)
{
  CulvertListeningForward *self = user_data;
  CulvertForward          *forward = user_data;
  g_autofree char         *target = NULL;
  g_autofree char         *text = NULL;

  /* The client has lost nothing yet: it waits for the next session. */
  if (!is_about_target (error))
    {
      culvert_hold_note (&get_private (self)->hold);
      return;
    }

  target = culvert_endpoint_to_string (culvert_relay_get_target (relay));
  text = g_strdup_printf ("connection from %s to %s refused: %s", name_client (relay), target,
                          error->message);
  tell_refusal (self, relay, error);

  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_WARNING, "%s", text);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_forward_set_target (forward, CULVERT_TARGET_REFUSED, error);
  g_object_unref (forward);
}

static void
ended_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertListeningForward *self = user_data;
  g_autofree char         *target = NULL;

  update_accepting (self);
  if (culvert_relay_get_target (relay) == NULL)
    return;
  target = culvert_endpoint_to_string (culvert_relay_get_target (relay));
  culvert_forward_log (CULVERT_FORWARD (self), CULVERT_LOG_DEBUG,
                       "connection from %s to %s ended: %" G_GUINT64_FORMAT
                       " bytes received, %" G_GUINT64_FORMAT " sent",
                       name_client (relay), target, culvert_relay_get_n_received (relay),
                       culvert_relay_get_n_sent (relay));
}

static const CulvertRelayEvents relay_events = {
  .answered = answered_cb,
  .refused = refused_cb,
  .ended = ended_cb,
};

static gboolean
culvert_listening_forward_start (CulvertForward *forward, GError **error)
{
  CulvertListeningForward *self = CULVERT_LISTENING_FORWARD (forward);
  CulvertListeningForwardPrivate *private = get_private (self);
  CulvertForwardSpec *spec = culvert_forward_get_spec (forward);
  CulvertIoSource    *io = culvert_forward_get_io (forward);

  private->listener = culvert_listener_new (culvert_forward_spec_get_listen (spec), io,
                                            &listener_events, self, error);
  if (private->listener == NULL)
    return FALSE;

  culvert_relay_group_init (&private->relays, io, culvert_forward_get_counters (forward),
                            culvert_forward_get_tunnel_counters (forward), &relay_events, self);
  culvert_hold_init (&private->hold, &private->relays, log_cb, self);
  if (culvert_forward_spec_is_for_my_user (spec))
  private->guard = culvert_guard_new (culvert_forward_get_counters (forward), guard_log_cb, self);
  culvert_listener_set_guard (private->listener, private->guard);
  update_accepting (self);

  return TRUE;
}

static void
culvert_listening_forward_stop (CulvertForward *forward)
{
  CulvertListeningForwardPrivate *private = get_private (forward);

  g_clear_pointer (&private->listener, culvert_listener_free);
  g_clear_pointer (&private->guard, culvert_guard_free);
  culvert_hold_clear (&private->hold);
  culvert_relay_group_clear (&private->relays);
}

static void
open_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertListeningForwardClass *klass = CULVERT_LISTENING_FORWARD_GET_CLASS (user_data);

  if (klass->open != NULL)
    klass->open (user_data, relay);
  else
    culvert_relay_open (relay, culvert_forward_get_transport (user_data));
}

static void
culvert_listening_forward_transport_changed (CulvertForward *forward)
{
  CulvertListeningForward *self = CULVERT_LISTENING_FORWARD (forward);
  CulvertListeningForwardPrivate *private = get_private (self);
  CulvertTransport *transport = culvert_forward_get_transport (forward);

  update_accepting (self);
  if (transport == NULL)
    return;

  g_object_ref (forward);
  culvert_hold_end (&private->hold);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_relay_group_for_each_waiting (&private->relays, open_cb, self);
  g_object_unref (forward);
}

static CulvertEndpoint *
culvert_listening_forward_dup_bound (CulvertForward *forward)
{
  return culvert_listener_dup_bound (get_private (forward)->listener);
}

static void
culvert_listening_forward_visit_connections (CulvertForward       *forward,
                                             CulvertConnectionFunc func,
                                             gpointer              user_data)
{
  culvert_relay_group_visit (&get_private (forward)->relays, NULL, func, user_data);
}

static gboolean
culvert_listening_forward_close_connection (CulvertForward *forward, guint64 id)
{
  CulvertListeningForward *self = CULVERT_LISTENING_FORWARD (forward);
  gboolean                 was_there = culvert_relay_group_drop (&get_private (self)->relays, id);

  update_accepting (self);

  return was_there;
}

static void
culvert_listening_forward_class_init (CulvertListeningForwardClass *klass)
{
  CulvertForwardClass *forward_class = CULVERT_FORWARD_CLASS (klass);

  forward_class->start = culvert_listening_forward_start;
  forward_class->stop = culvert_listening_forward_stop;
  forward_class->transport_changed = culvert_listening_forward_transport_changed;
  forward_class->dup_bound = culvert_listening_forward_dup_bound;
  forward_class->visit_connections = culvert_listening_forward_visit_connections;
  forward_class->close_connection = culvert_listening_forward_close_connection;
}

static void
culvert_listening_forward_init (CulvertListeningForward *self)
{
}

CulvertRelayGroup *
culvert_listening_forward_get_relays (CulvertListeningForward *self)
{
  g_return_val_if_fail (CULVERT_IS_LISTENING_FORWARD (self), NULL);

  return &get_private (self)->relays;
}

CulvertGuard *
culvert_listening_forward_get_guard (CulvertListeningForward *self)
{
  g_return_val_if_fail (CULVERT_IS_LISTENING_FORWARD (self), NULL);

  return get_private (self)->guard;
}

void
culvert_listening_forward_serve (CulvertListeningForward *self, CulvertRelay *relay)
{
  CulvertForward  *forward = CULVERT_FORWARD (self);
  g_autofree char *target = NULL;

  g_return_if_fail (CULVERT_IS_LISTENING_FORWARD (self));
  g_return_if_fail (culvert_relay_get_target (relay) != NULL);

  if (culvert_forward_get_transport (forward) == NULL)
    {
      hold_client (self, relay);
      return;
    }
  open_cb (relay, self);
  update_accepting (self);
  target = culvert_endpoint_to_string (culvert_relay_get_target (relay));
  culvert_forward_log (forward, CULVERT_LOG_DEBUG, "connection from %s to %s", name_client (relay),
                       target);
}

void
culvert_listening_forward_set_hold_limit_ms (CulvertListeningForward *self, guint limit_ms)
{
  g_return_if_fail (CULVERT_IS_LISTENING_FORWARD (self));

  get_private (self)->hold.limit_ms = limit_ms;
}
