/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/remote-forward.h"

#include "core/errors.h"
#include "forward/forward-private.h"
#include "forward/relay.h"
#include "forward/target-dial.h"

/* Clients whose target has not answered yet: each costs a descriptor and, with a name, a lookup. */
#define MAX_UNANSWERED 256

/* A server that gets no answer from the lost connection gives up after minutes at most. */
static const guint retry_delays_s[] = { 2, 4, 8, 15, 30, 30, 30, 30 };

struct _CulvertRemoteForward
{
  CulvertForward parent_instance;

  CulvertFarListener *listener;     /* nullable: not asked, or refused */
  guint16             picked;       /* that the server picked last; 0: none */
  guint16             number;       /* where it listens, while LISTENING */
  gboolean            has_listened; /* in this session or an earlier one */
  guint               n_retries;    /* since the session came up */
  GSource            *retry;        /* nullable */

  /* All set from start to stop. */
  GQueue            arrivals; /* of Arrival, which embed their links */
  CulvertRelayGroup relays;
  char             *target_text;
};

/* A client at the server whose target has not answered yet. */
typedef struct
{
  GList                 link;
  CulvertRemoteForward *forward;
  CulvertStream        *stream;
  CulvertTargetDial    *dial;
  char                 *client;
} Arrival;

G_DEFINE_FINAL_TYPE (CulvertRemoteForward, culvert_remote_forward, CULVERT_TYPE_FORWARD)

static void ask (CulvertRemoteForward *self);

static const CulvertEndpoint *
get_listen (CulvertRemoteForward *self)
{
  return culvert_forward_spec_get_listen (culvert_forward_get_spec (CULVERT_FORWARD (self)));
}

static const CulvertEndpoint *
get_target (CulvertRemoteForward *self)
{
  return culvert_forward_spec_get_target (culvert_forward_get_spec (CULVERT_FORWARD (self)));
}

/* The stream is the caller's from now on. */
static CulvertStream *
arrival_free (Arrival *arrival)
{
  CulvertStream *stream = arrival->stream;

  g_queue_unlink (&arrival->forward->arrivals, &arrival->link);
  culvert_target_dial_free (arrival->dial);
  g_free (arrival->client);
  g_free (arrival);
  return stream;
}

/* The session ended, or the client gave up. */
static void
arrival_gone_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  arrival_free (user_data);
}

static const CulvertStreamEvents arrival_events = { .refused = arrival_gone_cb };

static void
fail_arrival (CulvertRemoteForward *self, Arrival *arrival, const GError *error)
{
  CulvertForward  *forward = CULVERT_FORWARD (self);
  g_autofree char *client = g_strdup (arrival->client);

  culvert_stream_refuse (arrival_free (arrival), CULVERT_REFUSAL_CONNECT_FAILED);
  culvert_relay_group_count_unserved (&self->relays);
  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_WARNING, "connection from %s to %s refused: %s", client,
                       self->target_text, error->message);
  if (culvert_forward_get_state (forward) != CULVERT_FORWARD_OFF)
    culvert_forward_set_target (forward, CULVERT_TARGET_REFUSED, error);
  g_object_unref (forward);
}

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  Arrival              *arrival = user_data;
  CulvertRemoteForward *self = arrival->forward;
  CulvertForward       *forward = CULVERT_FORWARD (self);
  g_autofree char      *client = NULL;
  CulvertRelay         *relay;

  if (error != NULL)
    {
      fail_arrival (self, arrival, error);
      return;
    }
  client = g_strdup (arrival->client);
  relay = culvert_relay_new (&self->relays, socket);
  culvert_relay_join (relay, arrival_free (arrival), client);
  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_DEBUG, "connection from %s to %s", client,
                       self->target_text);
  if (culvert_forward_get_state (forward) != CULVERT_FORWARD_OFF)
    culvert_forward_set_target (forward, CULVERT_TARGET_ANSWERED, NULL);
  g_object_unref (forward);
}

static void
offered_cb (CulvertFarListener    *listener,
            CulvertStream         *stream,
            const CulvertEndpoint *originator,
            gpointer               user_data)
{
  CulvertRemoteForward *self = user_data;
  Arrival              *arrival;

  if (self->arrivals.length >= MAX_UNANSWERED)
    {
      culvert_stream_refuse (stream, CULVERT_REFUSAL_SHORTAGE);
      culvert_relay_group_count_unserved (&self->relays);
      return;
    }
  arrival = g_new0 (Arrival, 1);
  arrival->link.data = arrival;
  arrival->forward = self;
  arrival->stream = stream;
  arrival->client = originator != NULL ? culvert_endpoint_to_string (originator)
                                       : g_strdup ("a client at the server");
  stream->events = &arrival_events;
  stream->user_data = arrival;
  g_queue_push_tail_link (&self->arrivals, &arrival->link);
  arrival->dial = culvert_target_dial_new (culvert_forward_get_io (CULVERT_FORWARD (self)),
                                           G_OBJECT (self), get_target (self), dialled_cb, arrival);
}

static void
clear_retry (CulvertRemoteForward *self)
{
  if (self->retry != NULL)
    g_source_destroy (self->retry);
  g_clear_pointer (&self->retry, g_source_unref);
}

static void
listening_cb (CulvertFarListener *listener, guint16 port, gpointer user_data)
{
  CulvertRemoteForward *self = user_data;

  self->number = port;
  self->has_listened = TRUE;
  self->n_retries = 0;
  if (culvert_endpoint_get_port (get_listen (self)) == 0)
    self->picked = port;
  culvert_forward_change_state (CULVERT_FORWARD (self), CULVERT_FORWARD_LISTENING, NULL, 0);
}

static gboolean
retry_cb (gpointer user_data)
{
  CulvertRemoteForward *self = user_data;

  clear_retry (self);
  ask (self);
  return G_SOURCE_REMOVE;
}

/* @error: LISTEN_REFUSED, after the port had been ours */
static void
wait_for_port (CulvertRemoteForward *self, const GError *error)
{
  g_autoptr (GError) held = g_error_copy (error);
  guint              delay_s = retry_delays_s[self->n_retries++];

  held->code = CULVERT_SSH_ERROR_LISTEN_HELD;
  self->retry = g_timeout_source_new_seconds (delay_s);
  g_source_set_static_name (self->retry, "culvert remote forward");
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_attach (self->retry, g_main_context_get_thread_default ());
  culvert_forward_change_state (CULVERT_FORWARD (self), CULVERT_FORWARD_FAILED, held,
                                g_get_monotonic_time () + delay_s * G_USEC_PER_SEC);
}

static gboolean
is_about_port (const GError *error)
{
  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LISTEN_PROHIBITED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LISTEN_REFUSED);
}

static void
ended_cb (CulvertFarListener *listener, const GError *error, gpointer user_data)
{
  CulvertRemoteForward *self = user_data;
  CulvertForward       *forward = user_data;

  self->listener = NULL;
  if (error == NULL || !is_about_port (error))
    {
      culvert_forward_change_state (forward, CULVERT_FORWARD_STARTING, NULL, 0);
      return;
    }
  if (self->picked != 0)
    {
      /* Any port will do. */
      self->picked = 0;
      ask (self);
      return;
    }
  if (self->has_listened && error->code == CULVERT_SSH_ERROR_LISTEN_REFUSED &&
      culvert_endpoint_get_port (get_listen (self)) != 0 &&
      self->n_retries < G_N_ELEMENTS (retry_delays_s))
    wait_for_port (self, error);
  else
    culvert_forward_change_state (forward, CULVERT_FORWARD_FAILED, error, 0);
}

static const CulvertFarListenerEvents listener_events = {
  .listening = listening_cb,
  .offered = offered_cb,
  .ended = ended_cb,
};

static void
ask (CulvertRemoteForward *self)
{
  CulvertTransport           *transport = culvert_forward_get_transport (CULVERT_FORWARD (self));
  const CulvertEndpoint      *listen = get_listen (self);
  g_autoptr (CulvertEndpoint) again = NULL;

  if (transport == NULL)
    return;
  if (self->picked != 0)
    {
      again = culvert_endpoint_new_tcp (culvert_endpoint_get_host (listen), self->picked);
      listen = again;
    }
  self->listener = culvert_transport_listen (transport, listen, &listener_events, self);
}

static void
leave (CulvertRemoteForward *self)
{
  clear_retry (self);
  if (self->listener != NULL)
    culvert_far_listener_close (g_steal_pointer (&self->listener));
}

static void
relay_ended_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertRemoteForward *self = user_data;

  culvert_forward_log (CULVERT_FORWARD (self), CULVERT_LOG_DEBUG,
                       "connection from %s to %s ended: %" G_GUINT64_FORMAT
                       " bytes received, %" G_GUINT64_FORMAT " sent",
                       culvert_relay_get_client (relay), self->target_text,
                       culvert_relay_get_n_received (relay), culvert_relay_get_n_sent (relay));
}

/* A relay that was joined is neither answered nor refused. */
static const CulvertRelayEvents relay_events = { .ended = relay_ended_cb };

static gboolean
culvert_remote_forward_start (CulvertForward *forward, GError **error)
{
  CulvertRemoteForward *self = CULVERT_REMOTE_FORWARD (forward);

  if (culvert_endpoint_get_kind (get_listen (self)) != CULVERT_ENDPOINT_TCP)
    {
      g_set_error_literal (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_KIND,
                           "remote forwards cannot listen on a socket at the server");
      return FALSE;
    }
  g_queue_init (&self->arrivals);
  culvert_relay_group_init (&self->relays, culvert_forward_get_io (forward),
                            culvert_forward_get_counters (forward),
                            culvert_forward_get_tunnel_counters (forward), &relay_events, self);
  self->target_text = culvert_endpoint_to_string (get_target (self));
  self->n_retries = 0;
  ask (self);
  return TRUE;
}

static void
culvert_remote_forward_stop (CulvertForward *forward)
{
  CulvertRemoteForward *self = CULVERT_REMOTE_FORWARD (forward);

  leave (self);
  while (self->arrivals.head != NULL)
    culvert_stream_refuse (arrival_free (self->arrivals.head->data), CULVERT_REFUSAL_PROHIBITED);
  culvert_relay_group_clear (&self->relays);
  g_clear_pointer (&self->target_text, g_free);
}

static void
culvert_remote_forward_transport_changed (CulvertForward *forward)
{
  CulvertRemoteForward *self = CULVERT_REMOTE_FORWARD (forward);

  leave (self);
  self->n_retries = 0;
  ask (self);
  culvert_forward_change_state (forward, CULVERT_FORWARD_STARTING, NULL, 0);
}

static CulvertEndpoint *
culvert_remote_forward_dup_bound (CulvertForward *forward)
{
  CulvertRemoteForward *self = CULVERT_REMOTE_FORWARD (forward);

  return culvert_endpoint_new_tcp (culvert_endpoint_get_host (get_listen (self)), self->number);
}

static GPtrArray *
culvert_remote_forward_list_connections (CulvertForward *forward)
{
  CulvertRemoteForward *self = CULVERT_REMOTE_FORWARD (forward);

  return culvert_relay_group_list (&self->relays, self->target_text);
}

static gboolean
culvert_remote_forward_close_connection (CulvertForward *forward, guint64 id)
{
  return culvert_relay_group_drop (&CULVERT_REMOTE_FORWARD (forward)->relays, id);
}

static void
culvert_remote_forward_class_init (CulvertRemoteForwardClass *klass)
{
  CulvertForwardClass *forward_class = CULVERT_FORWARD_CLASS (klass);

  forward_class->first_state = CULVERT_FORWARD_STARTING;
  forward_class->start = culvert_remote_forward_start;
  forward_class->stop = culvert_remote_forward_stop;
  forward_class->transport_changed = culvert_remote_forward_transport_changed;
  forward_class->dup_bound = culvert_remote_forward_dup_bound;
  forward_class->list_connections = culvert_remote_forward_list_connections;
  forward_class->close_connection = culvert_remote_forward_close_connection;
}

static void
culvert_remote_forward_init (CulvertRemoteForward *self)
{
}
