/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-private.h"

/* Reaching the server: the socket that the way leads to, or that was given, is then the gate's. */

static void
ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);

  /* The rest happens in the turn, after every watch was served. */
  culvert_gate_ready (&self->gate, ready);
}

/* What is connected to is the server only where nothing stands between. */
static void
describe_address (CulvertSession *self)
{
  g_autoptr (GSocketAddress) address = culvert_socket_get_remote_address (self->socket);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return;
  {
    g_autofree char *text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
    guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

    culvert_log_write (self->log, CULVERT_LOG_INFO, "connected to %s port %u", text, port);
    if (self->profile->proxy[0] != '\0')
      return;
    self->info.server_address = g_strdup_printf ("%s port %u", text, port);
    self->info.server_host = g_steal_pointer (&text);
  }
}

void
culvert_session_reached (CulvertSession *self, CulvertSocket socket)
{
  self->socket = socket;
  culvert_socket_tune_session (socket);
  describe_address (self);
  culvert_gate_init (&self->gate, self->io, socket, ready_cb, self);
  culvert_session_begin_handshake (self);
}

void
culvert_session_connect (CulvertSession *self)
{
  CulvertSocket given = self->given_socket;

  culvert_log_write (self->log, CULVERT_LOG_INFO, "connecting to %s port %u", self->profile->host,
                     self->profile->port);
  culvert_session_set_state (self, CULVERT_SESSION_RESOLVING);
  if (given != CULVERT_SOCKET_NONE)
    {
      self->given_socket = CULVERT_SOCKET_NONE;
      culvert_session_reached (self, given);
      return;
    }
  culvert_session_set_deadline (self, self->profile->connect_timeout_s);
  self->way = culvert_way_new (self);
  culvert_way_begin (self->way);
}
