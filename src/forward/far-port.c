/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/far-port.h"

#include "base/source.h"
#include "core/errors.h"
#include "forward/forward-private.h"

/* A server that gets no answer from the lost connection gives up after minutes at most. */
static const guint retry_delays_s[] = { 2, 4, 8, 15, 30, 30, 30, 30 };

static void ask (CulvertFarPort *self);

static const CulvertEndpoint *
get_listen (CulvertFarPort *self)
{
  return culvert_forward_spec_get_listen (culvert_forward_get_spec (self->forward));
}

static void
offered_cb (CulvertFarListener    *listener,
            CulvertStream         *stream,
            const CulvertEndpoint *originator,
            gpointer               user_data)
{
  CulvertFarPort *self = user_data;

  self->offered (self->forward, stream, originator);
}

/* What is known of who can connect. */
static void
log_exposure (CulvertFarPort *self)
{
  const CulvertForwardSpec *spec = culvert_forward_get_spec (self->forward);
  const char               *host = culvert_endpoint_get_host (get_listen (self));
  g_autofree char          *name = culvert_forward_spec_to_argument (spec);

  if (self->is_everywhere)
    culvert_forward_log (
      self->forward, CULVERT_LOG_WARNING,
      "forward %s: the server listens on all its addresses, whatever it was asked "
      "for (GatewayPorts yes): other computers can connect",
      name);
  else if (!culvert_host_is_loopback (host))
    culvert_forward_log (self->forward, CULVERT_LOG_INFO,
                         "forward %s: whether other computers can connect is for the server's "
                         "GatewayPorts to say, and the server does not tell",
                         name);
}

static void
listening_cb (CulvertFarListener *listener,
              guint16             port,
              gboolean            is_everywhere,
              gpointer            user_data)
{
  CulvertFarPort *self = user_data;
  CulvertForward *forward = self->forward;

  self->number = port;
  self->is_everywhere = is_everywhere;
  self->has_listened = TRUE;
  self->n_retries = 0;
  if (culvert_endpoint_get_port (get_listen (self)) == 0)
    self->picked = port;
  g_object_ref (forward);
  culvert_forward_change_state (forward, CULVERT_FORWARD_LISTENING, NULL, 0);
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    log_exposure (self);
  g_object_unref (forward);
}

static gboolean
retry_cb (gpointer user_data)
{
  CulvertFarPort *self = user_data;

  culvert_source_clear (&self->retry);
  ask (self);
  return G_SOURCE_REMOVE;
}

/* @error: LISTEN_REFUSED, after the port had been ours */
static void
wait_for_port (CulvertFarPort *self, const GError *error)
{
  g_autoptr (GError) held = g_error_copy (error);
  guint              delay_s = retry_delays_s[self->n_retries++];

  held->code = CULVERT_SSH_ERROR_LISTEN_HELD;
  self->retry = g_timeout_source_new_seconds (delay_s);
  g_source_set_static_name (self->retry, "culvert far port");
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_attach (self->retry, g_main_context_get_thread_default ());
  culvert_forward_change_state (self->forward, CULVERT_FORWARD_FAILED, held,
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
  CulvertFarPort *self = user_data;

  self->listener = NULL;
  if (error == NULL || !is_about_port (error))
    {
      culvert_forward_change_state (self->forward, CULVERT_FORWARD_STARTING, NULL, 0);
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
    culvert_forward_change_state (self->forward, CULVERT_FORWARD_FAILED, error, 0);
}

static const CulvertFarListenerEvents listener_events = {
  .listening = listening_cb,
  .offered = offered_cb,
  .ended = ended_cb,
};

static void
ask (CulvertFarPort *self)
{
  CulvertTransport           *transport = culvert_forward_get_transport (self->forward);
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

void
culvert_far_port_init (CulvertFarPort *self, CulvertForward *forward, CulvertFarPortOffered offered)
{
  *self = (CulvertFarPort){ .forward = forward, .offered = offered };
}

gboolean
culvert_far_port_start (CulvertFarPort *self, GError **error)
{
  if (culvert_endpoint_get_kind (get_listen (self)) != CULVERT_ENDPOINT_TCP)
    {
      g_set_error_literal (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_FAR_SOCKET,
                           "remote forwards cannot listen on a socket at the server");
      return FALSE;
    }
  self->n_retries = 0;
  ask (self);
  return TRUE;
}

void
culvert_far_port_stop (CulvertFarPort *self)
{
  culvert_source_clear (&self->retry);
  if (self->listener != NULL)
    culvert_far_listener_close (g_steal_pointer (&self->listener));
}

void
culvert_far_port_transport_changed (CulvertFarPort *self)
{
  culvert_far_port_stop (self);
  self->n_retries = 0;
  ask (self);
  culvert_forward_change_state (self->forward, CULVERT_FORWARD_STARTING, NULL, 0);
}

CulvertEndpoint *
culvert_far_port_dup_bound (CulvertFarPort *self)
{
  return culvert_endpoint_new_tcp (
    self->is_everywhere ? "*" : culvert_endpoint_get_host (get_listen (self)), self->number);
}
