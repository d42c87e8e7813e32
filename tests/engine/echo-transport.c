/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/echo-transport.h"

#define STREAM_WINDOW 65536

struct _EchoTransport
{
  CulvertTransport transport; /* first */
  GMainContext    *context;
  GPtrArray       *streams; /* of EchoStream */
  GSource         *pump_source;
};

typedef struct
{
  CulvertStream  stream; /* first */
  EchoTransport *transport;
  GByteArray    *echo;
  gboolean       is_open;
  gboolean       has_finished; /* the client's side will send no more */
} EchoStream;

static gboolean pump_cb (gpointer user_data);

static void
clear_pump (EchoTransport *self)
{
  if (self->pump_source != NULL)
    g_source_destroy (self->pump_source);
  g_clear_pointer (&self->pump_source, g_source_unref);
}

static void
schedule (EchoTransport *self)
{
  if (self->pump_source != NULL)
    return;

  self->pump_source = g_idle_source_new ();
  g_source_set_priority (self->pump_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->pump_source, pump_cb, self, NULL);
  g_source_attach (self->pump_source, self->context);
}

static void
stream_free (gpointer data)
{
  EchoStream *self = data;

  g_byte_array_unref (self->echo);
  g_free (self);
}

static void
pump_stream (EchoStream *self)
{
  if (!self->is_open)
    {
      self->is_open = TRUE;
      self->stream.events->opened (&self->stream, self->stream.user_data);
      return;
    }

  if (self->echo->len > 0)
    {
      g_autoptr (GByteArray) bytes = g_steal_pointer (&self->echo);

      self->echo = g_byte_array_new ();
      self->stream.events->received (&self->stream, bytes->data, bytes->len,
                                     self->stream.user_data);
      return;
    }

  if (self->has_finished)
    {
      self->has_finished = FALSE;
      self->stream.events->finished (&self->stream, self->stream.user_data);
    }
}

static gboolean
pump_cb (gpointer user_data)
{
  EchoTransport        *self = user_data;
  g_autoptr (GPtrArray) streams = g_ptr_array_new ();

  clear_pump (self);
  for (guint i = 0; i < self->streams->len; i++)
    g_ptr_array_add (streams, g_ptr_array_index (self->streams, i));
  for (guint i = 0; i < streams->len; i++)
    if (g_ptr_array_find (self->streams, g_ptr_array_index (streams, i), NULL))
      pump_stream (g_ptr_array_index (streams, i));
  for (guint i = 0; i < self->streams->len; i++)
    {
      EchoStream *stream = g_ptr_array_index (self->streams, i);

      if (stream->echo->len > 0 || stream->has_finished)
        schedule (self);
    }

  return G_SOURCE_REMOVE;
}

static gsize
stream_get_writable (CulvertStream *stream)
{
  EchoStream *self = (EchoStream *)stream;

  return self->is_open && !self->has_finished ? STREAM_WINDOW - self->echo->len : 0;
}

static void
stream_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  EchoStream *self = (EchoStream *)stream;

  g_assert_cmpuint (n_bytes, <=, stream_get_writable (stream));
  g_byte_array_append (self->echo, bytes, (guint)n_bytes);
  schedule (self->transport);
}

static void
stream_finish (CulvertStream *stream)
{
  EchoStream *self = (EchoStream *)stream;

  self->has_finished = TRUE;
  schedule (self->transport);
}

static void
stream_consumed (CulvertStream *stream, gsize n_bytes)
{
}

static void
stream_close (CulvertStream *stream)
{
  EchoStream *self = (EchoStream *)stream;

  g_assert_true (g_ptr_array_remove (self->transport->streams, self));
}

static const CulvertStreamClass stream_class = {
  .get_writable = stream_get_writable,
  .write = stream_write,
  .finish = stream_finish,
  .consumed = stream_consumed,
  .close = stream_close,
};

static CulvertStream *
open_stream (CulvertTransport          *transport,
             const CulvertEndpoint     *target,
             const CulvertEndpoint     *originator,
             const CulvertStreamEvents *events,
             gpointer                   user_data)
{
  EchoTransport *self = (EchoTransport *)transport;
  EchoStream    *stream = g_new0 (EchoStream, 1);

  stream->stream.klass = &stream_class;
  stream->stream.events = events;
  stream->stream.user_data = user_data;
  stream->transport = self;
  stream->echo = g_byte_array_new ();
  g_ptr_array_add (self->streams, stream);
  schedule (self);

  return &stream->stream;
}

static const CulvertTransportClass transport_class = { .open = open_stream };

EchoTransport *
echo_transport_new (void)
{
  EchoTransport *self = g_new0 (EchoTransport, 1);

  self->transport.klass = &transport_class;
  self->context = g_main_context_ref_thread_default ();
  self->streams = g_ptr_array_new_with_free_func (stream_free);

  return self;
}

void
echo_transport_free (EchoTransport *self)
{
  clear_pump (self);
  g_ptr_array_unref (self->streams);
  g_main_context_unref (self->context);
  g_free (self);
}

CulvertTransport *
echo_transport_get (EchoTransport *self)
{
  return &self->transport;
}

void
echo_transport_close (EchoTransport *self, const GError *error)
{
  clear_pump (self);
  while (self->streams->len > 0)
    {
      EchoStream *stream = g_ptr_array_steal_index (self->streams, 0);

      stream->stream.events->closed (&stream->stream, error, stream->stream.user_data);
      stream_free (stream);
    }
}
