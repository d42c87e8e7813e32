/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/session-private.h"

/* Reaching the server: the socket that a dial finds is then the gate's. */

static void
ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);

  /* The rest happens in the turn, after every watch was served. */
  culvert_gate_ready (&self->gate, ready);
}

static void
describe_address (CulvertSession *self)
{
  g_autoptr (GSocketAddress) address = culvert_socket_get_remote_address (self->socket);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return;
  {
    g_autofree char *text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

    self->info.server_address = g_strdup_printf (
      "%s port %u", text, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
    culvert_log_write (self->log, CULVERT_LOG_INFO, "connected to %s", self->info.server_address);
  }
}

static void
take_socket (CulvertSession *self, CulvertSocket socket)
{
  self->socket = socket;
  culvert_socket_tune_session (socket);
  describe_address (self);
  culvert_gate_init (&self->gate, self->io, socket, ready_cb, self);
  culvert_session_begin_handshake (self);
}

static void
resolved_cb (gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);

  if (!self->is_stopping)
    culvert_session_set_state (self, CULVERT_SESSION_CONNECTING);
}

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertSession *self = CULVERT_SESSION (user_data);

  g_clear_pointer (&self->dial, culvert_dial_free);
  if (self->is_stopping || self->failure != NULL)
    culvert_socket_close (&socket);
  else if (error != NULL)
    culvert_session_fail (self, g_error_copy (error));
  else
    take_socket (self, socket);
}

static const CulvertDialEvents dial_events = {
  .resolved = resolved_cb,
  .done = dialled_cb,
};

void
culvert_session_connect (CulvertSession *self)
{
  const CulvertProfile *profile = self->profile;

  culvert_log_write (self->log, CULVERT_LOG_INFO, "connecting to %s port %u", profile->host,
                     profile->port);
  culvert_session_set_state (self, CULVERT_SESSION_RESOLVING);
  culvert_session_set_deadline (self, profile->connect_timeout_s);
  self->dial = culvert_dial_new (self->io, G_OBJECT (self), profile->host, profile->port,
                                 profile->address_family, &dial_events, self);
}
