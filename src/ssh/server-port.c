/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/server-port.h"

#include "ssh/session-private.h"

/* What OpenSSH's server remarks before it refuses; without a remark the port could not be bound. */
#define REMARK_DISABLED      "Server has disabled port forwarding"
#define REMARK_NOT_PERMITTED "port forwarding refused"
/* And before it listens on all addresses in the place of the one it was asked for. */
#define REMARK_OVERRIDDEN "overridden by server GatewayPorts"

void
culvert_server_ports_init (CulvertServerPorts *self)
{
  g_queue_init (&self->ports);
  g_queue_init (&self->offered);
}

static void
port_free (CulvertServerPort *self)
{
  g_queue_unlink (&self->session->server_ports.ports, &self->link);
  g_free (self->address);
  g_free (self);
}

static void
end (CulvertServerPort *self, const GError *error)
{
  const CulvertFarListenerEvents *events = g_steal_pointer (&self->listener.events);
  gpointer                        user_data = self->listener.user_data;

  if (events != NULL)
    events->ended (&self->listener, error, user_data);
}

void
culvert_server_ports_lose (CulvertSession *session, const GError *error)
{
  CulvertServerPorts *self = &session->server_ports;
  CulvertChannel     *channel;
  CulvertServerPort  *port;

  self->is_over = TRUE;
  while ((channel = g_queue_peek_head (&self->offered)) != NULL)
    {
      g_queue_unlink (&self->offered, &channel->open_link);
      culvert_channel_lose (channel, error);
      culvert_channel_free (channel);
    }
  /* The carrier may still point to them. */
  for (GList *l = self->ports.head; l != NULL; l = l->next)
    end (l->data, error);
  if (session->carrier == NULL)
    while ((port = g_queue_peek_head (&self->ports)) != NULL)
      port_free (port);
}

/* What is abandoned is given back only once the server has said that it listens there. */
static gboolean
may_be_taken (CulvertServerPort *self)
{
  for (GList *l = self->session->server_ports.ports.head; l != NULL; l = l->next)
    {
      CulvertServerPort *port = l->data;

      if (port->state == CULVERT_SERVER_PORT_ABANDONED && port->wanted == self->wanted &&
          port->wanted != 0)
        return TRUE;
    }
  return FALSE;
}

static void
ask_unless_taken (CulvertServerPort *self)
{
  if (may_be_taken (self))
    return;
  self->state = CULVERT_SERVER_PORT_ASKED;
  culvert_carrier_listen (self->session, self);
  culvert_io_source_wake (self->session->io);
}

static void
ask_waiting (CulvertSession *session)
{
  for (GList *l = session->server_ports.ports.head; l != NULL; l = l->next)
    {
      CulvertServerPort *port = l->data;

      if (port->state == CULVERT_SERVER_PORT_WAITING)
        ask_unless_taken (port);
    }
}

static void
port_close (CulvertFarListener *listener)
{
  CulvertServerPort *self = (CulvertServerPort *)listener;

  self->listener.events = NULL;
  switch (self->state)
    {
    case CULVERT_SERVER_PORT_WAITING:
      port_free (self);
      break;
    case CULVERT_SERVER_PORT_ASKED:
      self->state = CULVERT_SERVER_PORT_ABANDONED;
      break;
    case CULVERT_SERVER_PORT_LISTENING:
      self->state = CULVERT_SERVER_PORT_LEAVING;
      if (!self->session->server_ports.is_over)
        culvert_carrier_unlisten (self->session, self);
      culvert_io_source_wake (self->session->io);
      break;
    case CULVERT_SERVER_PORT_ABANDONED:
    case CULVERT_SERVER_PORT_LEAVING:
    default:
      break;
    }
}

static const CulvertFarListenerClass port_class = { port_close };

/* Empty is loopback with us, and everywhere on the wire. */
static char *
dup_wire_address (const CulvertEndpoint *address)
{
  const char *host = culvert_endpoint_get_host (address);

  if (host == NULL || *host == '\0')
    return g_strdup ("localhost");
  return g_strdup (g_str_equal (host, "*") ? "" : host);
}

/* The session ended before it could be asked.  The port is in no queue. */
static gboolean
refuse_cb (gpointer user_data)
{
  CulvertServerPort *self = user_data;
  g_autoptr (GError) error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "there is no session");

  end (self, error);
  g_free (self->address);
  g_free (self);
  return G_SOURCE_REMOVE;
}

static void
refuse_soon (CulvertServerPort *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, refuse_cb, self, NULL);
  g_source_attach (source, self->session->context);
}

CulvertFarListener *
culvert_server_port_new (CulvertSession                 *session,
                         const CulvertEndpoint          *address,
                         const CulvertFarListenerEvents *events,
                         gpointer                        user_data)
{
  CulvertServerPort *self = g_new0 (CulvertServerPort, 1);

  self->listener = (CulvertFarListener){ &port_class, events, user_data };
  self->session = session;
  self->link.data = self;
  self->address = dup_wire_address (address);
  self->wanted = culvert_endpoint_get_port (address);
  self->state = CULVERT_SERVER_PORT_WAITING;
  if (session->state != CULVERT_SESSION_UP || session->server_ports.is_over)
    {
      refuse_soon (self);
      return &self->listener;
    }
  g_queue_push_tail_link (&session->server_ports.ports, &self->link);
  ask_unless_taken (self);
  return &self->listener;
}

static int
get_refusal_code (const char *remark)
{
  if (remark != NULL && strstr (remark, REMARK_DISABLED) != NULL)
    return CULVERT_SSH_ERROR_LISTEN_PROHIBITED;
  if (remark != NULL && strstr (remark, REMARK_NOT_PERMITTED) != NULL)
    return CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED;
  return CULVERT_SSH_ERROR_LISTEN_REFUSED;
}

/* @remark: nullable */
static void
refuse (CulvertServerPort *self, const char *remark)
{
  CulvertSession    *session = self->session;
  g_autoptr (GError) error = g_error_new (
    CULVERT_SSH_ERROR, get_refusal_code (remark), "the server does not listen on %s:%u%s%s",
    *self->address != '\0' ? self->address : "*", self->wanted, remark != NULL ? ": " : "",
    remark != NULL ? remark : "");

  culvert_error_set_fact (&error, CULVERT_FACT_SOFTWARE, session->info.server_version);
  culvert_error_set_fact (&error, CULVERT_FACT_KEY_OPTIONS, session->grant.options);
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, session->grant.file);
  culvert_error_set_fact (&error, CULVERT_FACT_LINE, session->grant.line);
  end (self, error);
  port_free (self);
}

void
culvert_server_port_answered (CulvertServerPort *self, gboolean is_listening, guint16 number)
{
  CulvertSession  *session = self->session;
  g_autofree char *remark = g_steal_pointer (&session->remark);

  if (!is_listening)
    {
      refuse (self, remark);
      ask_waiting (session);
      return;
    }
  self->number = number;
  if (self->state == CULVERT_SERVER_PORT_ABANDONED)
    {
      self->state = CULVERT_SERVER_PORT_LEAVING;
      culvert_carrier_unlisten (session, self);
      ask_waiting (session);
      return;
    }
  self->state = CULVERT_SERVER_PORT_LISTENING;
  self->listener.events->listening (&self->listener, number,
                                    remark != NULL && strstr (remark, REMARK_OVERRIDDEN) != NULL,
                                    self->listener.user_data);
}

void
culvert_server_port_forgotten (CulvertServerPort *self)
{
  CulvertSession *session = self->session;

  port_free (self);
  if (!session->server_ports.is_over)
    ask_waiting (session);
}

/* A server may name the address in its own way, as long as the port leaves no doubt. */
CulvertServerPort *
culvert_server_port_find (CulvertSession *session, const char *address, guint32 number)
{
  CulvertServerPort *found = NULL;
  guint              n_found = 0;

  for (GList *l = session->server_ports.ports.head; l != NULL; l = l->next)
    {
      CulvertServerPort *port = l->data;

      if (port->state != CULVERT_SERVER_PORT_LISTENING || port->number != number)
        continue;
      if (g_str_equal (port->address, address))
        return port;
      found = port;
      n_found++;
    }
  return n_found == 1 ? found : NULL;
}

void
culvert_server_port_offer (CulvertServerPort     *self,
                           CulvertChannel        *channel,
                           const CulvertEndpoint *originator)
{
  channel->state = CULVERT_CHANNEL_OFFERED;
  g_queue_push_tail_link (&self->session->server_ports.offered, &channel->open_link);
  self->listener.events->offered (&self->listener, &channel->stream, originator,
                                  self->listener.user_data);
}

static void
settle (CulvertChannel *channel)
{
  CulvertSession *session = channel->session;

  g_queue_unlink (&session->server_ports.offered, &channel->open_link);
  channel->index = session->channels->len;
  g_ptr_array_add (session->channels, channel);
  culvert_channel_mark_due (channel);
}

void
culvert_server_port_note_accepted (CulvertChannel *channel)
{
  channel->state = CULVERT_CHANNEL_OPEN;
  channel->was_blocked = TRUE;
  culvert_line_accept (channel->session, &channel->line, CULVERT_WINDOW_FIRST);
  settle (channel);
}

void
culvert_server_port_note_refused (CulvertChannel *channel, CulvertRefusal reason)
{
  channel->state = CULVERT_CHANNEL_ENDED;
  channel->stream.events = NULL;
  culvert_line_refuse (channel->session, &channel->line, reason);
  settle (channel);
}
