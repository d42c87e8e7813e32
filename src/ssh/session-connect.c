/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/session-private.h"

/* Reaching the server: GIO resolves the name and tries its addresses as RFC 8305 advises; the
 * socket it finds is then the gate's. */

static GError *
explain (CulvertSession *self, const GError *error)
{
  const char *host = self->profile->host;
  int         code = CULVERT_SSH_ERROR_UNREACHABLE;

  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    code = CULVERT_SSH_ERROR_NO_NAME_SERVICE;
  else if (error->domain == G_RESOLVER_ERROR)
    code = CULVERT_SSH_ERROR_NAME_UNKNOWN;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    code = CULVERT_SSH_ERROR_REFUSED;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = CULVERT_SSH_ERROR_TIMED_OUT;
  return g_error_new (CULVERT_SSH_ERROR, code, "%s:%u: %s", host, self->profile->port,
                      error->message);
}

static gboolean
is_over (CulvertSession *self)
{
  return self->state == CULVERT_SESSION_ENDED || self->is_stopping || self->failure != NULL;
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertSession) self = CULVERT_SESSION (user_data);
  g_autoptr (GError)         error = NULL;
  GList      *found = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  const char *host = self->profile->host;
  gboolean    has_other_address = found != NULL;

  g_resolver_free_addresses (found);
  if (is_over (self))
    return;
  if (!has_other_address)
    culvert_session_fail (self, explain (self, error));
  else if (self->profile->address_family == CULVERT_ADDRESS_FAMILY_ANY)
    culvert_session_fail (self,
                          g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NAME_UNKNOWN,
                                       "%s: looking up the name failed, but works now", host));
  else
    culvert_session_fail (self, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_ADDRESS,
                                             "%s: the name has no address of the family asked for",
                                             host));
}

/* What was asked for each family on its own says "unknown" also where nobody could be asked: with no
 * network there are no addresses of this computer's either, and GIO names the first reason it meets. */
static void
look_up_again (CulvertSession *self)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  g_resolver_lookup_by_name_async (resolver, self->profile->host, self->cancellable, looked_up_cb,
                                   g_object_ref (self));
}

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
  g_autoptr (GSocketAddress) address =
    g_socket_connection_get_remote_address (self->connection, NULL);

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
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertSession)    self = CULVERT_SESSION (user_data);
  g_autoptr (GError)            error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  GSocket *socket;

  if (self->state == CULVERT_SESSION_ENDED || self->is_stopping)
    return;
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) && !is_over (self))
    {
      look_up_again (self);
      return;
    }
  if (connection == NULL)
    {
      culvert_session_fail (self, explain (self, error));
      return;
    }
  self->connection = g_steal_pointer (&connection);
  socket = g_socket_connection_get_socket (self->connection);
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_timeout (socket, 0);
  culvert_socket_tune_session ((CulvertSocket)g_socket_get_fd (socket));
  describe_address (self);
  culvert_gate_init (&self->gate, self->io, (CulvertSocket)g_socket_get_fd (socket), ready_cb,
                     self);
  culvert_session_begin_handshake (self);
}

static void
event_cb (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *connection,
          CulvertSession     *self)
{
  if (event == G_SOCKET_CLIENT_CONNECTING && self->state == CULVERT_SESSION_RESOLVING &&
      !self->is_stopping)
    culvert_session_set_state (self, CULVERT_SESSION_CONNECTING);
}

static GSocketFamily
wanted_family (const CulvertProfile *profile)
{
  switch (profile->address_family)
    {
    case CULVERT_ADDRESS_FAMILY_IPV4:
      return G_SOCKET_FAMILY_IPV4;
    case CULVERT_ADDRESS_FAMILY_IPV6:
      return G_SOCKET_FAMILY_IPV6;
    case CULVERT_ADDRESS_FAMILY_ANY:
    default:
      return G_SOCKET_FAMILY_INVALID;
    }
}

void
culvert_session_connect (CulvertSession *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  /* Brackets and all, so that an IPv6 address is not taken for host and port. */
  g_autofree char *host = strchr (self->profile->host, ':') != NULL
                            ? g_strdup_printf ("[%s]", self->profile->host)
                            : g_strdup (self->profile->host);

  culvert_log_write (self->log, CULVERT_LOG_INFO, "connecting to %s port %u", self->profile->host,
                     self->profile->port);
  /* Proxies are a choice of their own; an environment variable must not make one. */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_family (client, wanted_family (self->profile));
  g_signal_connect_object (client, "event", G_CALLBACK (event_cb), self, 0);
  culvert_session_set_state (self, CULVERT_SESSION_RESOLVING);
  culvert_session_set_deadline (self, self->profile->connect_timeout_s);
  g_socket_client_connect_to_host_async (client, host, self->profile->port, self->cancellable,
                                         connected_cb, g_object_ref (self));
}
