/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/fake-transport.h"

#include "base/byte-queue.h"

#define WINDOW (256 * 1024)

typedef enum
{
  STREAM_ASKED,      /* delayed, or kept waiting */
  STREAM_OFFERED,    /* somebody connected to a port */
  STREAM_CONNECTING, /* to the target */
  STREAM_OPEN,
  STREAM_FLUSHING, /* closed by its user; what was written still goes out */
  STREAM_GONE,     /* to be freed by the next sweep */
} StreamState;

typedef struct
{
  CulvertStream         stream; /* first */
  CulvertFakeTransport *transport;
  StreamState           state;
  GSocketAddress       *address;
  GSource              *delay;
  CulvertSocket         socket;
  CulvertIoWatch       *watch;
  CulvertByteQueue      out;     /* written, not taken by the target yet */
  gsize                 offered; /* chopping: what get_writable() may say at most */
  gsize                 n_unconsumed;
  gboolean              was_blocked;
  gboolean              finish_wanted;
  gboolean              finish_sent;
  gboolean              got_finish; /* the target's EOF was told */
} Stream;

/* A port that it listens on, here in the place of the server. */
typedef struct
{
  CulvertFarListener    listener; /* first; without events once it is closed */
  CulvertFakeTransport *transport;
  CulvertEndpoint      *address;
  CulvertSocket         socket; /* CULVERT_SOCKET_NONE until it listens */
  CulvertIoWatch       *watch;
} Port;

struct _CulvertFakeTransport
{
  CulvertTransport           transport; /* first */
  CulvertFakeTransportConfig config;
  CulvertIoSource           *io;
  guint                      turn_id;
  GRand                     *random; /* NULL: no chopping */
  GPtrArray                 *streams;
  GPtrArray                 *ports;
  char                      *bind_address; /* nullable */
  guint16                    diverted_to;
  int                        refusal; /* a CULVERT_SSH_ERROR, or -1 */
  gboolean                   is_silent;
  gboolean                   is_stalled;
  guint                      n_asked;
  gsize                      most_unconsumed;
  char                      *originator;
};

static const CulvertStreamClass stream_class;

/* Short, middle and long pieces alike. */
static gsize
choose (CulvertFakeTransport *self, gsize most)
{
  gsize piece;

  if (self->random == NULL || most == 0)
    return most;

  piece = (gsize)1 << g_rand_int_range (self->random, 0, 17);
  piece += (gsize)g_rand_int_range (self->random, 0, (int)piece);

  return MIN (piece, most);
}

static void
stream_let_go (Stream *self)
{
  if (self->delay != NULL)
    g_source_destroy (self->delay);
  g_clear_pointer (&self->delay, g_source_unref);
  culvert_io_watch_clear (&self->watch);
  culvert_socket_close (&self->socket);
  culvert_byte_queue_clear (&self->out);
  g_clear_object (&self->address);
  self->state = STREAM_GONE;
  culvert_io_source_wake (self->transport->io);
}

static void
stream_free (gpointer data)
{
  stream_let_go (data);
  g_free (data);
}

static gboolean
is_in_use (Stream *self)
{
  return self->state == STREAM_ASKED || self->state == STREAM_OFFERED ||
         self->state == STREAM_CONNECTING || self->state == STREAM_OPEN;
}

static void
refuse (Stream *self, CulvertSshError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, (int)code, message);

  stream_let_go (self);
  self->stream.events->refused (&self->stream, error, self->stream.user_data);
}

static gsize
get_room (Stream *self)
{
  gsize room;

  if (self->state != STREAM_OPEN || self->finish_wanted || self->transport->is_stalled)
    return 0;

  room = self->transport->config.window - MIN (self->transport->config.window, self->out.length);

  return self->transport->random != NULL ? MIN (room, self->offered) : room;
}

static void
update_watch (Stream *self)
{
  gsize              window = self->transport->config.window;
  CulvertIoCondition want = 0;

  if (self->state == STREAM_CONNECTING)
    want = CULVERT_IO_OUT;
  if (self->state == STREAM_OPEN && !self->got_finish && self->n_unconsumed < window)
    want |= CULVERT_IO_IN;
  if ((self->state == STREAM_OPEN || self->state == STREAM_FLUSHING) && self->out.length > 0)
    want |= CULVERT_IO_OUT;

  if (self->watch != NULL)
    culvert_io_watch_want (self->watch, want);
}

/* As a server does when the target breaks. */
static void
close_stream (Stream *self, const GError *error)
{
  gboolean was_in_use = is_in_use (self);

  stream_let_go (self);
  if (was_in_use)
    self->stream.events->closed (&self->stream, error, self->stream.user_data);
}

static void
flush (Stream *self)
{
  while (self->out.length > 0)
    {
      gsize           n_bytes, n_sent;
      const guint8   *bytes = culvert_byte_queue_peek (&self->out, &n_bytes);
      CulvertIoStatus status =
        culvert_socket_send (self->socket, bytes, choose (self->transport, n_bytes), &n_sent, NULL);

      culvert_byte_queue_consume (&self->out, n_sent);
      if (status == CULVERT_IO_FAILED)
        {
          close_stream (self, NULL);
          return;
        }
      if (status == CULVERT_IO_AGAIN || self->transport->random != NULL)
        return;
    }
}

static void
read_target (Stream *self)
{
  guint8         *scratch = culvert_io_source_get_scratch (self->transport->io);
  gsize           most = self->transport->config.window - self->n_unconsumed;
  gsize           n_bytes;
  CulvertIoStatus status = culvert_socket_receive (
    self->socket, scratch, choose (self->transport, MIN (most, CULVERT_IO_SCRATCH_SIZE)), &n_bytes,
    NULL);

  switch (status)
    {
    case CULVERT_IO_OK:
      self->n_unconsumed += n_bytes;
      self->transport->most_unconsumed = MAX (self->transport->most_unconsumed, self->n_unconsumed);
      self->stream.events->received (&self->stream, scratch, n_bytes, self->stream.user_data);
      break;

    case CULVERT_IO_EOF:
      self->got_finish = TRUE;
      self->stream.events->finished (&self->stream, self->stream.user_data);
      break;

    case CULVERT_IO_FAILED:
      close_stream (self, NULL);
      break;

    case CULVERT_IO_AGAIN:
    default:
      break;
    }
}

static void
target_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  Stream            *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->state == STREAM_CONNECTING)
    {
      if (!culvert_socket_take_error (self->socket, &error))
        {
          refuse (self, CULVERT_SSH_ERROR_OPEN_FAILED, error->message);
          return;
        }
      self->state = STREAM_OPEN;
      self->was_blocked = TRUE;
      self->stream.events->opened (&self->stream, self->stream.user_data);
    }
  else
    {
      if ((ready & (CULVERT_IO_OUT | CULVERT_IO_HUP)) != 0)
        flush (self);
      if (self->state == STREAM_OPEN && (ready & (CULVERT_IO_IN | CULVERT_IO_HUP)) != 0 &&
          !self->got_finish && self->n_unconsumed < self->transport->config.window)
        read_target (self);
    }

  if (self->state != STREAM_GONE)
    update_watch (self);
  culvert_io_source_wake (self->transport->io);
}

static void
dial (Stream *self)
{
  g_autoptr (GError) error = NULL;
  gboolean           in_progress;

  self->socket = culvert_socket_connect (self->address, &in_progress, &error);
  if (self->socket == CULVERT_SOCKET_NONE)
    {
      refuse (self, CULVERT_SSH_ERROR_OPEN_FAILED, error->message);
      return;
    }

  self->state = STREAM_CONNECTING;
  culvert_socket_set_no_delay (self->socket);
  self->watch = culvert_io_source_add (self->transport->io, self->socket, 0, target_ready_cb, self);
  update_watch (self);
}

static void
answer (Stream *self)
{
  if (self->delay != NULL || self->transport->is_silent)
    return;

  if (self->transport->refusal >= 0)
    refuse (self, (CulvertSshError)self->transport->refusal, "refused by the fake transport");
  else
    dial (self);
}

/* The rest of what a turn has to do for one stream. */
static void
sweep_stream (Stream *self)
{
  if (self->state == STREAM_ASKED)
    answer (self);

  if (self->state == STREAM_FLUSHING && self->out.length == 0)
    stream_let_go (self);

  if (self->state != STREAM_OPEN)
    return;

  if (self->finish_wanted && !self->finish_sent && self->out.length == 0)
    {
      culvert_socket_shutdown_send (self->socket);
      self->finish_sent = TRUE;
    }

  if (self->finish_sent && self->got_finish)
    {
      close_stream (self, NULL);
      return;
    }

  if (self->transport->random != NULL && self->offered == 0)
    self->offered = choose (self->transport, self->transport->config.window);
  if (self->was_blocked && get_room (self) > 0)
    {
      self->was_blocked = FALSE;
      self->stream.events->writable (&self->stream, self->stream.user_data);
    }
}

static void
port_let_go (Port *self)
{
  culvert_io_watch_clear (&self->watch);
  culvert_socket_close (&self->socket);
  self->listener.events = NULL;
}

static void
port_free (gpointer data)
{
  Port *self = data;

  port_let_go (self);
  culvert_endpoint_unref (self->address);
  g_free (self);
}

static Stream *
stream_new (CulvertFakeTransport *self, StreamState state)
{
  Stream *stream = g_new0 (Stream, 1);

  stream->stream.klass = &stream_class;
  stream->transport = self;
  stream->state = state;
  stream->socket = CULVERT_SOCKET_NONE;
  g_ptr_array_add (self->streams, stream);
  culvert_io_source_wake (self->io);
  return stream;
}

static void
port_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  Port                       *self = user_data;
  g_autoptr (GSocketAddress)  peer = NULL;
  CulvertIoStatus             status;
  CulvertSocket               socket = culvert_socket_accept (self->socket, &status, &peer, NULL);
  g_autoptr (CulvertEndpoint) originator = NULL;
  g_autofree char            *host = NULL;
  Stream                     *stream;

  if (socket == CULVERT_SOCKET_NONE)
    return;
  host =
    g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)));
  originator =
    culvert_endpoint_new_tcp (host, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer)));
  stream = stream_new (self->transport, STREAM_OFFERED);
  stream->socket = socket;
  self->listener.events->offered (&self->listener, &stream->stream, originator,
                                  self->listener.user_data);
}

static void
sweep_port (Port *self)
{
  const char                *host = culvert_endpoint_get_host (self->address);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError)         error = NULL;

  if (self->listener.events == NULL || self->socket != CULVERT_SOCKET_NONE)
    return;
  if (self->transport->refusal >= 0)
    {
      const CulvertFarListenerEvents *events = g_steal_pointer (&self->listener.events);

      error = g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LISTEN_REFUSED,
                                   "refused by the fake transport");
      events->ended (&self->listener, error, self->listener.user_data);
      return;
    }
  if (self->transport->bind_address != NULL)
    host = self->transport->bind_address;
  else if (g_str_equal (host, "*"))
    host = "0.0.0.0";
  else if (*host == '\0' || g_str_equal (host, "localhost"))
    host = "127.0.0.1";
  address = g_inet_socket_address_new_from_string (host, culvert_endpoint_get_port (self->address));
  self->socket = culvert_socket_listen (address, 64, &error);
  g_assert_no_error (error);
  self->watch =
    culvert_io_source_add (self->transport->io, self->socket, CULVERT_IO_IN, port_ready_cb, self);
  bound = culvert_socket_get_local_address (self->socket);
  self->listener.events->listening (&self->listener,
                                    g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)),
                                    FALSE, self->listener.user_data);
}

static gboolean
sweep_cb (gpointer user_data)
{
  CulvertFakeTransport *self = user_data;

  for (guint i = 0; i < self->ports->len; i++)
    sweep_port (g_ptr_array_index (self->ports, i));
  for (guint i = self->ports->len; i > 0; i--)
    {
      Port *port = g_ptr_array_index (self->ports, i - 1);

      if (port->listener.events == NULL)
        g_ptr_array_remove_index_fast (self->ports, i - 1);
    }

  for (guint i = 0; i < self->streams->len; i++)
    sweep_stream (g_ptr_array_index (self->streams, i));

  for (guint i = self->streams->len; i > 0; i--)
    {
      Stream *stream = g_ptr_array_index (self->streams, i - 1);

      if (stream->state == STREAM_GONE)
        g_ptr_array_remove_index_fast (self->streams, i - 1);
    }

  return FALSE;
}

static void
stream_accept (CulvertStream *stream)
{
  Stream *self = (Stream *)stream;

  g_assert_cmpint (self->state, ==, STREAM_OFFERED);
  self->state = STREAM_OPEN;
  self->was_blocked = TRUE;
  self->watch = culvert_io_source_add (self->transport->io, self->socket, 0, target_ready_cb, self);
  update_watch (self);
  culvert_io_source_wake (self->transport->io);
}

static void
stream_refuse (CulvertStream *stream, CulvertRefusal reason)
{
  Stream *self = (Stream *)stream;

  g_assert_cmpint (self->state, ==, STREAM_OFFERED);
  stream_let_go (self);
}

static gsize
stream_get_writable (CulvertStream *stream)
{
  Stream *self = (Stream *)stream;
  gsize   room = get_room (self);

  g_assert_true (is_in_use (self));
  self->was_blocked = room == 0;

  return room;
}

static void
stream_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  Stream *self = (Stream *)stream;

  g_assert_true (is_in_use (self));
  g_assert_cmpuint (n_bytes, <=, get_room (self));
  culvert_byte_queue_append (&self->out, bytes, n_bytes);
  self->offered -= MIN (self->offered, n_bytes);
  update_watch (self);
  culvert_io_source_wake (self->transport->io);
}

static void
stream_finish (CulvertStream *stream)
{
  Stream *self = (Stream *)stream;

  g_assert_true (is_in_use (self));
  g_assert_false (self->finish_wanted);
  self->finish_wanted = TRUE;
  culvert_io_source_wake (self->transport->io);
}

static void
stream_consumed (CulvertStream *stream, gsize n_bytes)
{
  Stream *self = (Stream *)stream;

  g_assert_true (is_in_use (self));
  g_assert_cmpuint (n_bytes, <=, self->n_unconsumed);
  self->n_unconsumed -= n_bytes;
  update_watch (self);
}

static void
stream_close (CulvertStream *stream)
{
  Stream *self = (Stream *)stream;

  g_assert_true (is_in_use (self));
  if (self->state == STREAM_OPEN && self->out.length > 0)
    {
      self->state = STREAM_FLUSHING;
      update_watch (self);
      return;
    }

  stream_let_go (self);
}

static const CulvertStreamClass stream_class = {
  .accept = stream_accept,
  .refuse = stream_refuse,
  .get_writable = stream_get_writable,
  .write = stream_write,
  .finish = stream_finish,
  .consumed = stream_consumed,
  .close = stream_close,
};

static gboolean
delay_over_cb (gpointer user_data)
{
  Stream *self = user_data;

  g_clear_pointer (&self->delay, g_source_unref);
  culvert_io_source_wake (self->transport->io);

  return G_SOURCE_REMOVE;
}

static GSocketAddress *
to_address (const CulvertEndpoint *target)
{
  const char *host = culvert_endpoint_get_host (target);

  if (host == NULL)
    return g_unix_socket_address_new (culvert_endpoint_get_path (target));
  if (g_str_equal (host, "localhost"))
    host = "127.0.0.1";

  return g_inet_socket_address_new_from_string (host, culvert_endpoint_get_port (target));
}

static CulvertStream *
transport_open (CulvertTransport          *transport,
                const CulvertEndpoint     *target,
                const CulvertEndpoint     *originator,
                const CulvertStreamEvents *events,
                gpointer                   user_data)
{
  CulvertFakeTransport *self = (CulvertFakeTransport *)transport;
  Stream               *stream = stream_new (self, STREAM_ASKED);

  stream->stream.events = events;
  stream->stream.user_data = user_data;
  stream->address = self->diverted_to != 0
                      ? g_inet_socket_address_new_from_string ("127.0.0.1", self->diverted_to)
                      : to_address (target);
  g_assert_nonnull (stream->address);
  self->n_asked++;
  g_free (self->originator);
  self->originator = originator != NULL ? culvert_endpoint_to_string (originator) : g_strdup ("");

  if (self->config.delay_ms > 0)
    {
      stream->delay = g_timeout_source_new (self->config.delay_ms);
      g_source_set_callback (stream->delay, delay_over_cb, stream, NULL);
      g_source_attach (stream->delay, g_main_context_get_thread_default ());
    }

  return &stream->stream;
}

static void
port_close (CulvertFarListener *listener)
{
  Port *self = (Port *)listener;

  port_let_go (self);
  culvert_io_source_wake (self->transport->io);
}

static const CulvertFarListenerClass port_class = { port_close };

static CulvertFarListener *
transport_listen (CulvertTransport               *transport,
                  const CulvertEndpoint          *address,
                  const CulvertFarListenerEvents *events,
                  gpointer                        user_data)
{
  CulvertFakeTransport *self = (CulvertFakeTransport *)transport;
  Port                 *port = g_new0 (Port, 1);

  port->listener = (CulvertFarListener){ &port_class, events, user_data };
  port->transport = self;
  port->address = culvert_endpoint_ref ((CulvertEndpoint *)address);
  port->socket = CULVERT_SOCKET_NONE;
  g_ptr_array_add (self->ports, port);
  culvert_io_source_wake (self->io);
  return &port->listener;
}

static const CulvertTransportClass transport_class = {
  .open = transport_open,
  .listen = transport_listen,
};

CulvertFakeTransport *
culvert_fake_transport_new (CulvertIoSource *io, const CulvertFakeTransportConfig *config)
{
  CulvertFakeTransport *self = g_new0 (CulvertFakeTransport, 1);

  self->transport.klass = &transport_class;
  if (config != NULL)
    self->config = *config;
  if (self->config.window == 0)
    self->config.window = WINDOW;
  if (self->config.seed != 0)
    self->random = g_rand_new_with_seed ((guint32)self->config.seed);
  self->io = io;
  self->turn_id = culvert_io_source_add_turn (io, sweep_cb, self);
  self->streams = g_ptr_array_new_with_free_func (stream_free);
  self->ports = g_ptr_array_new_with_free_func (port_free);
  self->refusal = -1;
  self->originator = g_strdup ("");

  return self;
}

void
culvert_fake_transport_free (CulvertFakeTransport *self)
{
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (self), ==, 0);
  culvert_io_source_remove_turn (self->io, self->turn_id);
  g_ptr_array_unref (self->streams);
  for (guint i = 0; i < self->ports->len; i++)
    g_assert_null (((Port *)g_ptr_array_index (self->ports, i))->listener.events);
  g_ptr_array_unref (self->ports);
  g_free (self->bind_address);
  g_clear_pointer (&self->random, g_rand_free);
  g_free (self->originator);
  g_free (self);
}

CulvertTransport *
culvert_fake_transport_get (CulvertFakeTransport *self)
{
  return &self->transport;
}

void
culvert_fake_transport_set_refusing (CulvertFakeTransport *self, CulvertSshError code)
{
  self->refusal = (int)code;
}

void
culvert_fake_transport_set_silent (CulvertFakeTransport *self, gboolean is_silent)
{
  self->is_silent = is_silent;
  culvert_io_source_wake (self->io);
}

void
culvert_fake_transport_set_stalled (CulvertFakeTransport *self, gboolean is_stalled)
{
  self->is_stalled = is_stalled;
  culvert_io_source_wake (self->io);
}

void
culvert_fake_transport_set_bind (CulvertFakeTransport *self, const char *address)
{
  g_free (self->bind_address);
  self->bind_address = g_strdup (address);
}

void
culvert_fake_transport_divert (CulvertFakeTransport *self, guint16 port)
{
  self->diverted_to = port;
}

void
culvert_fake_transport_end (CulvertFakeTransport *self, const GError *error)
{
  for (guint i = 0; i < self->ports->len; i++)
    {
      Port                           *port = g_ptr_array_index (self->ports, i);
      const CulvertFarListenerEvents *events = port->listener.events;

      port_let_go (port);
      if (events != NULL)
        events->ended (&port->listener, error, port->listener.user_data);
    }
  for (guint i = 0; i < self->streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (self->streams, i);

      if (stream->state == STREAM_OPEN)
        close_stream (stream, error);
      else if (is_in_use (stream))
        refuse (stream, CULVERT_SSH_ERROR_CLOSED, "the session is over");
    }
}

guint
culvert_fake_transport_get_n_asked (CulvertFakeTransport *self)
{
  return self->n_asked;
}

static guint
count_streams (CulvertFakeTransport *self, gboolean open_alone)
{
  guint n = 0;

  for (guint i = 0; i < self->streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (self->streams, i);

      if (open_alone ? stream->state == STREAM_OPEN : is_in_use (stream))
        n++;
    }

  return n;
}

guint
culvert_fake_transport_get_n_streams (CulvertFakeTransport *self)
{
  return count_streams (self, FALSE);
}

guint
culvert_fake_transport_get_n_open (CulvertFakeTransport *self)
{
  return count_streams (self, TRUE);
}

gsize
culvert_fake_transport_get_most_unconsumed (CulvertFakeTransport *self)
{
  return self->most_unconsumed;
}

const char *
culvert_fake_transport_get_originator (CulvertFakeTransport *self)
{
  return self->originator;
}
