/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/proxy-client.h"

#include "base/source.h"
#include "forward/address.h"

/* How much of what it says is read at a time; more waits in the socket, for the relay. */
#define READ_MAX (4 * 1024)

struct _CulvertProxyClient
{
  CulvertIoSource        *io;     /* borrowed */
  CulvertSocket           socket; /* CULVERT_SOCKET_NONE: taken */
  CulvertIoWatch         *watch;
  GSource                *timer;
  CulvertProxyAsking     *asking; /* NULL: taken */
  CulvertProxyAskingState state;
  CulvertProxyClientFunc  func;
  gpointer                user_data;
};

static void
stop_listening (CulvertProxyClient *self)
{
  culvert_io_watch_clear (&self->watch);
  culvert_source_clear (&self->timer);
}

static void
end (CulvertProxyClient *self, CulvertProxyClientEnd how)
{
  stop_listening (self);
  self->func (self, how, self->user_data);
}

/* Few bytes, to a client that was told next to nothing before: whoever does not take them at once reads
 * nothing. */
static gboolean
send_output (CulvertProxyClient *self)
{
  g_autoptr (GBytes) output = culvert_proxy_asking_take_output (self->asking);
  const guint8      *bytes;
  gsize              n_bytes, n_sent;

  if (output == NULL)
    return TRUE;
  bytes = g_bytes_get_data (output, &n_bytes);
  return culvert_socket_send (self->socket, bytes, n_bytes, &n_sent, NULL) == CULVERT_IO_OK &&
         n_sent == n_bytes;
}

static void
hear (CulvertProxyClient *self, const guint8 *bytes, gsize n_bytes)
{
  gboolean is_last;

  self->state = culvert_proxy_asking_received (self->asking, bytes, n_bytes);
  is_last = self->state == CULVERT_PROXY_ASKING_PAGE || self->state == CULVERT_PROXY_ASKING_REFUSED;
  if (!is_last && !send_output (self))
    end (self, CULVERT_PROXY_CLIENT_LEFT);
  else if (self->state != CULVERT_PROXY_ASKING_MORE)
    end (self, CULVERT_PROXY_CLIENT_ASKED);
}

static void
ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  CulvertProxyClient *self = user_data;
  guint8             *scratch = culvert_io_source_get_scratch (self->io);
  gsize               n_bytes;

  switch (culvert_socket_receive (self->socket, scratch, READ_MAX, &n_bytes, NULL))
    {
    case CULVERT_IO_OK:
      hear (self, scratch, n_bytes);
      break;
    case CULVERT_IO_AGAIN:
      if ((ready & CULVERT_IO_HUP) != 0)
        end (self, CULVERT_PROXY_CLIENT_LEFT);
      break;
    case CULVERT_IO_EOF:
    case CULVERT_IO_FAILED:
    default:
      end (self, CULVERT_PROXY_CLIENT_LEFT);
      break;
    }
}

static gboolean
limit_cb (gpointer user_data)
{
  end (user_data, CULVERT_PROXY_CLIENT_SILENT);
  return G_SOURCE_REMOVE;
}

CulvertProxyClient *
culvert_proxy_client_new (CulvertIoSource       *io,
                          CulvertSocket          socket,
                          guint                  limit_ms,
                          CulvertProxyClientFunc func,
                          gpointer               user_data)
{
  CulvertProxyClient         *self = g_new0 (CulvertProxyClient, 1);
  g_autoptr (GSocketAddress)  address = culvert_socket_get_local_address (socket);
  g_autoptr (CulvertEndpoint) here = culvert_address_to_endpoint (address);

  self->io = io;
  self->socket = socket;
  self->asking = culvert_proxy_asking_new (here);
  self->state = CULVERT_PROXY_ASKING_MORE;
  self->func = func;
  self->user_data = user_data;
  culvert_socket_set_no_delay (socket);
  self->watch = culvert_io_source_add (io, socket, CULVERT_IO_IN | CULVERT_IO_HUP, ready_cb, self);
  self->timer = g_timeout_source_new (limit_ms);
  g_source_set_static_name (self->timer, "culvert proxy client");
  g_source_set_callback (self->timer, limit_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return self;
}

void
culvert_proxy_client_free (CulvertProxyClient *self)
{
  g_return_if_fail (self != NULL);

  stop_listening (self);
  culvert_socket_reset (&self->socket);
  g_clear_pointer (&self->asking, culvert_proxy_asking_free);
  g_free (self);
}

CulvertProxyAskingState
culvert_proxy_client_get_state (CulvertProxyClient *self)
{
  g_return_val_if_fail (self != NULL, CULVERT_PROXY_ASKING_MORE);

  return self->state;
}

CulvertSocket
culvert_proxy_client_take_socket (CulvertProxyClient *self)
{
  CulvertSocket socket;

  g_return_val_if_fail (self != NULL, CULVERT_SOCKET_NONE);
  g_return_val_if_fail (self->watch == NULL, CULVERT_SOCKET_NONE);

  socket = self->socket;
  self->socket = CULVERT_SOCKET_NONE;
  return socket;
}

CulvertProxyAsking *
culvert_proxy_client_take_asking (CulvertProxyClient *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_steal_pointer (&self->asking);
}

char *
culvert_proxy_client_dup_name (CulvertProxyClient *self)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char           *name = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  address = culvert_socket_get_remote_address (self->socket);
  name = culvert_address_to_string (address);
  return *name != '\0' ? g_steal_pointer (&name) : g_strdup ("a local program");
}
