/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/local-forward.h"

#include "core/errors.h"
#include "forward/forward-private.h"
#include "forward/hold.h"
#include "forward/listener.h"
#include "forward/relay.h"

/* Clients that wait for an answer; more of them wait in the system's queue, where they cost no
 * descriptor: a target that never answers may not use up what the others need. */
#define MAX_UNANSWERED 256

struct _CulvertLocalForward
{
  CulvertForward parent_instance;

  /* All set from start to stop. */
  CulvertListener  *listener;
  CulvertRelayGroup relays;
  CulvertHold       hold;
  char             *target_text;
};

G_DEFINE_FINAL_TYPE (CulvertLocalForward, culvert_local_forward, CULVERT_TYPE_FORWARD)

static const CulvertEndpoint *
get_target (CulvertLocalForward *self)
{
  return culvert_forward_spec_get_target (culvert_forward_get_spec (CULVERT_FORWARD (self)));
}

static const char *
name_client (CulvertRelay *relay)
{
  const char *client = culvert_relay_get_client (relay);

  return *client != '\0' ? client : "a local program";
}

static void
update_accepting (CulvertLocalForward *self)
{
  culvert_listener_set_accepting (self->listener,
                                  culvert_forward_get_transport (CULVERT_FORWARD (self)) == NULL ||
                                    self->relays.n_unanswered < MAX_UNANSWERED);
}

static void
log_cb (CulvertLogLevel level, const char *text, gpointer user_data)
{
  CulvertForward  *forward = user_data;
  g_autofree char *name = culvert_forward_spec_to_argument (culvert_forward_get_spec (forward));

  culvert_forward_log (forward, level, "forward %s: %s", name, text);
}

static void
hold_client (CulvertLocalForward *self, CulvertRelay *relay)
{
  CulvertForward *forward = CULVERT_FORWARD (self);

  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_DEBUG,
                       "connection from %s is held: there is no session", name_client (relay));
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_hold_note (&self->hold);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_forward_note_waiting (forward);
  g_object_unref (forward);
}

static void
accepted_cb (CulvertListener *listener, CulvertSocket client, gpointer user_data)
{
  CulvertLocalForward *self = user_data;
  CulvertForward      *forward = user_data;
  CulvertRelay        *relay = culvert_relay_new (&self->relays, client);

  if (culvert_forward_get_transport (forward) == NULL)
    {
      hold_client (self, relay);
      return;
    }
  culvert_relay_open (relay, culvert_forward_get_transport (forward), get_target (self));
  update_accepting (self);
  culvert_forward_log (forward, CULVERT_LOG_DEBUG, "connection from %s to %s", name_client (relay),
                       self->target_text);
}

static void
warned_cb (CulvertListener *listener, const char *text, gpointer user_data)
{
  log_cb (CULVERT_LOG_WARNING, text, user_data);
}

static const CulvertListenerEvents listener_events = {
  .accepted = accepted_cb,
  .warned = warned_cb,
};

static void
answered_cb (CulvertRelay *relay, gpointer user_data)
{
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
refused_cb (CulvertRelay *relay, const GError *error, gpointer user_data)
{
  CulvertLocalForward *self = user_data;
  CulvertForward      *forward = user_data;
  g_autofree char     *text = NULL;

  /* The client has lost nothing yet: it waits for the next session. */
  if (!is_about_target (error))
    {
      culvert_hold_note (&self->hold);
      return;
    }

  text = g_strdup_printf ("connection from %s to %s refused: %s", name_client (relay),
                          self->target_text, error->message);
  culvert_relay_group_count_refused (&self->relays);
  culvert_relay_drop (relay);
  update_accepting (self);

  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_WARNING, "%s", text);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_forward_set_target (forward, CULVERT_TARGET_REFUSED, error);
  g_object_unref (forward);
}

static void
ended_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertLocalForward *self = user_data;

  update_accepting (self);
  culvert_forward_log (CULVERT_FORWARD (self), CULVERT_LOG_DEBUG,
                       "connection from %s to %s ended: %" G_GUINT64_FORMAT
                       " bytes received, %" G_GUINT64_FORMAT " sent",
                       name_client (relay), self->target_text, culvert_relay_get_n_received (relay),
                       culvert_relay_get_n_sent (relay));
}

static const CulvertRelayEvents relay_events = {
  .answered = answered_cb,
  .refused = refused_cb,
  .ended = ended_cb,
};

static gboolean
culvert_local_forward_start (CulvertForward *forward, GError **error)
{
  CulvertLocalForward *self = CULVERT_LOCAL_FORWARD (forward);
  CulvertForwardSpec  *spec = culvert_forward_get_spec (forward);
  CulvertIoSource     *io = culvert_forward_get_io (forward);

  self->listener = culvert_listener_new (culvert_forward_spec_get_listen (spec), io,
                                         &listener_events, self, error);
  if (self->listener == NULL)
    return FALSE;

  culvert_relay_group_init (&self->relays, io, culvert_forward_get_counters (forward),
                            culvert_forward_get_tunnel_counters (forward), &relay_events, self);
  culvert_hold_init (&self->hold, &self->relays, log_cb, self);
  self->target_text = culvert_endpoint_to_string (get_target (self));
  update_accepting (self);

  return TRUE;
}

static void
culvert_local_forward_stop (CulvertForward *forward)
{
  CulvertLocalForward *self = CULVERT_LOCAL_FORWARD (forward);

  g_clear_pointer (&self->listener, culvert_listener_free);
  culvert_hold_clear (&self->hold);
  culvert_relay_group_clear (&self->relays);
  g_clear_pointer (&self->target_text, g_free);
}

static void
culvert_local_forward_transport_changed (CulvertForward *forward)
{
  CulvertLocalForward *self = CULVERT_LOCAL_FORWARD (forward);
  CulvertTransport    *transport = culvert_forward_get_transport (forward);

  update_accepting (self);
  if (transport == NULL)
    return;

  g_object_ref (forward);
  culvert_hold_end (&self->hold);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_relay_group_open_waiting (&self->relays, transport, get_target (self));
  g_object_unref (forward);
}

static CulvertEndpoint *
culvert_local_forward_dup_bound (CulvertForward *forward)
{
  return culvert_listener_dup_bound (CULVERT_LOCAL_FORWARD (forward)->listener);
}

static GPtrArray *
culvert_local_forward_list_connections (CulvertForward *forward)
{
  CulvertLocalForward *self = CULVERT_LOCAL_FORWARD (forward);

  return culvert_relay_group_list (&self->relays, self->target_text);
}

static gboolean
culvert_local_forward_close_connection (CulvertForward *forward, guint64 id)
{
  CulvertLocalForward *self = CULVERT_LOCAL_FORWARD (forward);
  gboolean             was_there = culvert_relay_group_drop (&self->relays, id);

  update_accepting (self);

  return was_there;
}

static void
culvert_local_forward_class_init (CulvertLocalForwardClass *klass)
{
  CulvertForwardClass *forward_class = CULVERT_FORWARD_CLASS (klass);

  forward_class->start = culvert_local_forward_start;
  forward_class->stop = culvert_local_forward_stop;
  forward_class->transport_changed = culvert_local_forward_transport_changed;
  forward_class->dup_bound = culvert_local_forward_dup_bound;
  forward_class->list_connections = culvert_local_forward_list_connections;
  forward_class->close_connection = culvert_local_forward_close_connection;
}

static void
culvert_local_forward_init (CulvertLocalForward *self)
{
}

void
culvert_local_forward_set_hold_limit_ms (CulvertLocalForward *self, guint limit_ms)
{
  g_return_if_fail (CULVERT_IS_LOCAL_FORWARD (self));

  self->hold.limit_ms = limit_ms;
}
