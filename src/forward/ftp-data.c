/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-data-private.h"

#include "base/source.h"
#include "forward/address.h"
#include "forward/far-forward.h"
#include "forward/forward-private.h"
#include "forward/ftp-line.h"
#include "forward/relay.h"

/* How long a server may take to say that it listens. */
#define ASK_MS (20 * 1000)

static void
stop_listening (CulvertFtpData *self)
{
  culvert_source_clear (&self->timer);
  g_clear_pointer (&self->listener, culvert_listener_free);
  if (self->far_listener != NULL)
    culvert_far_listener_close (g_steal_pointer (&self->far_listener));
}

void
culvert_ftp_data_free (CulvertFtpData *self)
{
  culvert_ftp_data_settle (self);
  stop_listening (self);
  g_clear_pointer (&self->dial, culvert_target_dial_free);
  if (self->offered != NULL)
    culvert_stream_refuse (g_steal_pointer (&self->offered), CULVERT_REFUSAL_CONNECT_FAILED);
  culvert_relay_group_clear (&self->relays);
  g_queue_unlink (&self->set->all, &self->link);
  culvert_endpoint_unref (self->target);
  g_free (self->expected);
  g_free (self->client);
  g_free (self);
}

void
culvert_ftp_data_settle (CulvertFtpData *self)
{
  const CulvertFtpDataEvents *events = g_steal_pointer (&self->events);

  if (events != NULL)
    events->settled (self->user_data);
}

static void
fail (CulvertFtpData *self, const GError *error)
{
  const CulvertFtpDataEvents *events = g_steal_pointer (&self->events);
  gpointer                    user_data = self->user_data;

  culvert_ftp_data_free (self);
  if (events != NULL)
    events->failed (error, user_data);
}

static gboolean
timer_cb (gpointer user_data)
{
  CulvertFtpData    *self = user_data;
  CulvertForward    *forward = self->set->forward;
  g_autofree char   *target = culvert_endpoint_to_string (self->target);
  g_autoptr (GError) error = NULL;

  if (self->state == CULVERT_FTP_DATA_ASKING)
    {
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer in time");
      fail (self, error);
      return G_SOURCE_REMOVE;
    }
  culvert_ftp_data_free (self);
  culvert_forward_log (forward, CULVERT_LOG_INFO,
                       "nobody came for the FTP data connection to %s: no longer waited for",
                       target);
  return G_SOURCE_REMOVE;
}

static void
set_timer (CulvertFtpData *self, guint limit_ms)
{
  culvert_source_clear (&self->timer);
  self->timer = g_timeout_source_new (limit_ms);
  g_source_set_static_name (self->timer, "culvert ftp data");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

/* @what: "" or a reason with what goes before it */
static void
log_connection (CulvertForward        *forward,
                CulvertLogLevel        level,
                const char            *client,
                const CulvertEndpoint *target,
                const char            *what)
{
  g_autofree char *name = culvert_endpoint_to_string (target);

  culvert_forward_log (forward, level, "FTP data connection from %s to %s%s",
                       client != NULL && *client != '\0' ? client : "a local program", name, what);
}

static void
relay_answered_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertFtpData *self = user_data;

  culvert_ftp_data_settle (self);
  log_connection (self->set->forward, CULVERT_LOG_DEBUG, culvert_relay_get_client (relay),
                  self->target, "");
}

static void
relay_refused_cb (CulvertRelay *relay, const GError *error, gpointer user_data)
{
  CulvertFtpData             *self = user_data;
  CulvertForward             *forward = self->set->forward;
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_ref (self->target);
  g_autofree char            *client = g_strdup (culvert_relay_get_client (relay));
  g_autofree char            *what = g_strdup_printf (" refused: %s", error->message);

  culvert_relay_group_count_refused (&self->relays);
  culvert_ftp_data_free (self);
  log_connection (forward, CULVERT_LOG_WARNING, client, target, what);
}

static void
relay_ended_cb (CulvertRelay *relay, gpointer user_data)
{
  CulvertFtpData             *self = user_data;
  CulvertForward             *forward = self->set->forward;
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_ref (self->target);
  g_autofree char            *what =
    g_strdup_printf (" ended: %" G_GUINT64_FORMAT " bytes received, %" G_GUINT64_FORMAT " sent",
                     culvert_relay_get_n_received (relay), culvert_relay_get_n_sent (relay));

  culvert_ftp_data_free (self);
  log_connection (forward, CULVERT_LOG_DEBUG, culvert_relay_get_client (relay), target, what);
}

static const CulvertRelayEvents relay_events = {
  .answered = relay_answered_cb,
  .refused = relay_refused_cb,
  .ended = relay_ended_cb,
};

static CulvertFtpData *
data_new (CulvertFtpDataSet          *set,
          guint64                     parent_id,
          const CulvertEndpoint      *target,
          const CulvertFtpDataEvents *events,
          gpointer                    user_data)
{
  CulvertFtpData *self = g_new0 (CulvertFtpData, 1);
  CulvertForward *forward = set->forward;

  self->set = set;
  self->link.data = self;
  self->parent_id = parent_id;
  self->events = events;
  self->user_data = user_data;
  self->target = culvert_endpoint_ref ((CulvertEndpoint *)target);
  culvert_relay_group_init (&self->relays, culvert_forward_get_io (forward),
                            culvert_forward_get_counters (forward),
                            culvert_forward_get_tunnel_counters (forward), &relay_events, self);
  g_queue_push_tail_link (&set->all, &self->link);
  return self;
}

/* What is one machine's loopback at the server has several addresses, and a server may use any. */
static gboolean
is_expected (CulvertFtpData *self, const CulvertEndpoint *client)
{
  const char *host = client != NULL ? culvert_endpoint_get_host (client) : NULL;

  /* The system's libssh2 does not tell who comes to the server. */
  if (self->expected == NULL || (self->far_listener != NULL && client == NULL))
    return TRUE;
  return host != NULL &&
         (culvert_ftp_is_same_host (self->expected, host) ||
          (self->far_listener != NULL && culvert_host_is_loopback (self->expected) &&
           culvert_host_is_loopback (host)));
}

static void
refuse_stranger (CulvertFtpData *self, const CulvertEndpoint *client)
{
  g_autofree char *name = client != NULL ? culvert_endpoint_to_string (client) : NULL;

  culvert_relay_group_count_unserved (&self->relays);
  log_connection (self->set->forward, CULVERT_LOG_WARNING, name, self->target,
                  " refused: it belongs to somebody else");
}

/* A listener here */

static void
accepted_cb (CulvertListener *listener, CulvertSocket client, gpointer user_data)
{
  CulvertFtpData             *self = user_data;
  CulvertTransport           *transport = culvert_forward_get_transport (self->set->forward);
  g_autoptr (GSocketAddress)  address = culvert_socket_get_remote_address (client);
  g_autoptr (CulvertEndpoint) endpoint = culvert_address_to_endpoint (address);
  CulvertRelay               *relay;

  if (!is_expected (self, endpoint) || transport == NULL)
    {
      culvert_socket_reset (&client);
      refuse_stranger (self, endpoint);
      return;
    }
  stop_listening (self);
  self->state = CULVERT_FTP_DATA_CARRYING;
  relay = culvert_relay_new (&self->relays, client);
  culvert_relay_set_target (relay, self->target);
  culvert_relay_open (relay, transport);
}

static void
warned_cb (CulvertListener *listener, const char *text, gpointer user_data)
{
  CulvertFtpData *self = user_data;

  culvert_forward_log (self->set->forward, CULVERT_LOG_WARNING, "FTP data connection: %s", text);
}

static const CulvertListenerEvents listener_events = {
  .accepted = accepted_cb,
  .warned = warned_cb,
};

CulvertFtpData *
culvert_ftp_data_listen_here (CulvertFtpDataSet          *set,
                              guint64                     parent_id,
                              const char                 *host,
                              const char                 *client,
                              const CulvertEndpoint      *target,
                              const CulvertFtpDataEvents *events,
                              gpointer                    user_data,
                              guint16                    *port,
                              GError                    **error)
{
  g_autoptr (CulvertEndpoint) where = culvert_endpoint_new_tcp (host, 0);
  g_autoptr (CulvertEndpoint) bound = NULL;
  CulvertFtpData             *self = data_new (set, parent_id, target, events, user_data);

  self->expected = g_strdup (client);
  self->listener = culvert_listener_new (where, culvert_forward_get_io (set->forward),
                                         &listener_events, self, error);
  if (self->listener == NULL)
    {
      culvert_ftp_data_free (self);
      return NULL;
    }
  culvert_listener_set_guard (self->listener, set->guard);
  self->state = CULVERT_FTP_DATA_LISTENING;
  bound = culvert_listener_dup_bound (self->listener);
  *port = culvert_endpoint_get_port (bound);
  culvert_listener_set_accepting (self->listener, TRUE);
  set_timer (self, set->idle_ms);
  return self;
}

/* A listener there */

static void
listening_cb (CulvertFarListener *listener,
              guint16             port,
              gboolean            is_everywhere,
              gpointer            user_data)
{
  CulvertFtpData *self = user_data;

  self->state = CULVERT_FTP_DATA_LISTENING;
  set_timer (self, self->set->idle_ms);
  self->events->ready (port, self->user_data);
}

static void
gone_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertFtpData *self = user_data;

  self->offered = NULL;
  culvert_ftp_data_free (self);
}

static const CulvertStreamEvents offered_events = { .refused = gone_cb };

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertFtpData *self = user_data;
  CulvertForward *forward = self->set->forward;
  CulvertRelay   *relay;

  if (error != NULL)
    {
      g_autoptr (CulvertEndpoint) target = culvert_endpoint_ref (self->target);
      g_autofree char            *client = g_strdup (self->client);
      g_autofree char            *what = g_strdup_printf (" refused: %s", error->message);

      culvert_relay_group_count_unserved (&self->relays);
      culvert_ftp_data_free (self);
      log_connection (forward, CULVERT_LOG_WARNING, client, target, what);
      return;
    }
  g_clear_pointer (&self->dial, culvert_target_dial_free);
  self->state = CULVERT_FTP_DATA_CARRYING;
  relay = culvert_relay_new (&self->relays, socket);
  culvert_relay_set_target (relay, self->target);
  culvert_relay_join (relay, g_steal_pointer (&self->offered), self->client);
  culvert_ftp_data_settle (self);
  log_connection (forward, CULVERT_LOG_DEBUG, self->client, self->target, "");
}

static void
offered_cb (CulvertFarListener    *listener,
            CulvertStream         *stream,
            const CulvertEndpoint *originator,
            gpointer               user_data)
{
  CulvertFtpData *self = user_data;
  CulvertForward *forward = self->set->forward;

  if (!is_expected (self, originator))
    {
      culvert_stream_refuse (stream, CULVERT_REFUSAL_PROHIBITED);
      refuse_stranger (self, originator);
      return;
    }
  stop_listening (self);
  self->state = CULVERT_FTP_DATA_DIALLING;
  self->client = culvert_far_forward_name_client (originator);
  self->offered = stream;
  stream->events = &offered_events;
  stream->user_data = self;
  self->dial = culvert_target_dial_new (culvert_forward_get_io (forward), G_OBJECT (forward),
                                        self->target, dialled_cb, self);
}

static void
ended_cb (CulvertFarListener *listener, const GError *error, gpointer user_data)
{
  CulvertFtpData *self = user_data;

  self->far_listener = NULL;
  if (self->state == CULVERT_FTP_DATA_ASKING)
    {
      fail (self, error);
      return;
    }
  culvert_ftp_data_free (self);
}

static const CulvertFarListenerEvents far_listener_events = {
  .listening = listening_cb,
  .offered = offered_cb,
  .ended = ended_cb,
};

CulvertFtpData *
culvert_ftp_data_listen_there (CulvertFtpDataSet          *set,
                               guint64                     parent_id,
                               CulvertTransport           *transport,
                               const char                 *host,
                               const char                 *client,
                               const CulvertEndpoint      *target,
                               const CulvertFtpDataEvents *events,
                               gpointer                    user_data)
{
  g_autoptr (CulvertEndpoint) where = culvert_endpoint_new_tcp (host, 0);
  CulvertFtpData             *self = data_new (set, parent_id, target, events, user_data);

  self->state = CULVERT_FTP_DATA_ASKING;
  self->expected = g_strdup (client);
  set_timer (self, ASK_MS);
  self->far_listener = culvert_transport_listen (transport, where, &far_listener_events, self);
  return self;
}

void
culvert_ftp_data_abandon (CulvertFtpData *self)
{
  self->events = NULL;
  if (self->state == CULVERT_FTP_DATA_ASKING || self->state == CULVERT_FTP_DATA_LISTENING)
    culvert_ftp_data_free (self);
}
