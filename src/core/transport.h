/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What carries a connection: the seam between ssh/ and forward/, which do not know each other.
 *
 * A transport gives streams to endpoints as the server sees them, and listens at the server for
 * others that come the opposite way.  The ssh session implements it
 * with channels; tests implement it by dialling directly.  Everything here belongs to one thread.
 *
 * Data is pushed: a transport hands over what arrived at once and keeps none of it.  The receiver
 * says how much it has got rid of (culvert_stream_consumed()); the sender may send only so much
 * ahead of that.  That is the back-pressure, end to end, and why an idle stream owns no buffer. */

#include "core/endpoint.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertTransport   CulvertTransport;
typedef struct _CulvertStream      CulvertStream;
typedef struct _CulvertFarListener CulvertFarListener;

/* What happens to a stream.  All are called from the transport's thread, never from inside a call
 * on the same stream.  After refused() or closed() the stream is gone: no further call, and the
 * pointer is dead. */
typedef struct
{
  /* The far end answered: data may flow. */
  void (*opened) (CulvertStream *stream, gpointer user_data);
  /* No stream: CULVERT_SSH_ERROR_OPEN_… or …_CLOSED. */
  void (*refused) (CulvertStream *stream, const GError *error, gpointer user_data);
  /* Bytes arrived; @bytes is valid during the call. */
  void (*received) (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data);
  /* The far end will send no more; sending to it still works. */
  void (*finished) (CulvertStream *stream, gpointer user_data);
  /* culvert_stream_get_writable() has become greater than 0. */
  void (*writable) (CulvertStream *stream, gpointer user_data);
  /* Over in both directions; @error is NULL for an orderly close. */
  void (*closed) (CulvertStream *stream, const GError *error, gpointer user_data);
} CulvertStreamEvents;

/* Why a stream that was offered is not taken: the codes of RFC 4254 section 5.1. */
typedef enum
{
  CULVERT_REFUSAL_PROHIBITED = 1,
  CULVERT_REFUSAL_CONNECT_FAILED = 2,
  CULVERT_REFUSAL_SHORTAGE = 4,
} CulvertRefusal;

typedef struct
{
  void (*accept) (CulvertStream *stream);
  void (*refuse) (CulvertStream *stream, CulvertRefusal reason);
  gsize (*get_writable) (CulvertStream *stream);
  void (*write) (CulvertStream *stream, const guint8 *bytes, gsize n_bytes);
  void (*finish) (CulvertStream *stream);
  void (*consumed) (CulvertStream *stream, gsize n_bytes);
  void (*close) (CulvertStream *stream);
} CulvertStreamClass;

/* Implementations embed it as their first member. */
struct _CulvertStream
{
  const CulvertStreamClass  *klass;
  const CulvertStreamEvents *events;
  gpointer                   user_data;
};

/* Takes a stream that was offered (CulvertFarListenerEvents): data may flow from now on, and there is
 * no opened(). */
static inline void
culvert_stream_accept (CulvertStream *stream)
{
  stream->klass->accept (stream);
}

/* Turns down a stream that was offered.  No event follows; the pointer is dead. */
static inline void
culvert_stream_refuse (CulvertStream *stream, CulvertRefusal reason)
{
  stream->klass->refuse (stream, reason);
}

/* How many bytes the stream takes now: 0 before opened(), while the far end's window is used up,
 * while the transport has much to send already, and after culvert_stream_finish(). */
static inline gsize
culvert_stream_get_writable (CulvertStream *stream)
{
  return stream->klass->get_writable (stream);
}

/* Takes all of @bytes; @n_bytes is at most what get_writable() said. */
static inline void
culvert_stream_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  stream->klass->write (stream, bytes, n_bytes);
}

/* Half-close: the far end reads EOF after what was written. */
static inline void
culvert_stream_finish (CulvertStream *stream)
{
  stream->klass->finish (stream);
}

/* @n_bytes of what received() brought have left our memory. */
static inline void
culvert_stream_consumed (CulvertStream *stream, gsize n_bytes)
{
  stream->klass->consumed (stream, n_bytes);
}

/* Drops the stream, whatever its state, an unanswered open included.  What was written before still
 * goes out.  May be called from the stream's own events.  No event follows; the pointer is dead. */
static inline void
culvert_stream_close (CulvertStream *stream)
{
  stream->klass->close (stream);
}

/* What happens to a listener at the server.  Never called from inside a call on the listener.  After
 * ended() it is gone: no further call, and the pointer is dead. */
typedef struct
{
  /* The server listens; @port is the one it picked where 0 was asked for.  @is_everywhere: it said
   * that it does so on all its addresses, not on the one it was asked for.  Without that nothing is
   * known: OpenSSH does not say that it listens on loopback alone (sshd_config(5) GatewayPorts). */
  void (*listening) (CulvertFarListener *listener,
                     guint16             port,
                     gboolean            is_everywhere,
                     gpointer            user_data);
  /* Somebody connected there.  The receiver puts its own events and user data into @stream during
   * the call, and then, during it or later, accepts, refuses or closes it.  Until then refused()
   * may come: nobody waits any more.  @originator: (nullable): the client as the server names it. */
  void (*offered) (CulvertFarListener    *listener,
                   CulvertStream         *stream,
                   const CulvertEndpoint *originator,
                   gpointer               user_data);
  /* The server does not listen: CULVERT_SSH_ERROR_LISTEN_…, or …_CLOSED when the session ended. */
  void (*ended) (CulvertFarListener *listener, const GError *error, gpointer user_data);
} CulvertFarListenerEvents;

typedef struct
{
  void (*close) (CulvertFarListener *listener);
} CulvertFarListenerClass;

/* Implementations embed it as their first member. */
struct _CulvertFarListener
{
  const CulvertFarListenerClass  *klass;
  const CulvertFarListenerEvents *events;
  gpointer                        user_data;
};

/* Asks the server to stop listening.  Streams live on.  No event follows; the pointer is dead. */
static inline void
culvert_far_listener_close (CulvertFarListener *listener)
{
  listener->klass->close (listener);
}

typedef struct
{
  CulvertStream *(*open) (CulvertTransport          *self,
                          const CulvertEndpoint     *target,
                          const CulvertEndpoint     *originator,
                          const CulvertStreamEvents *events,
                          gpointer                   user_data);
  CulvertFarListener *(*listen) (CulvertTransport               *self,
                                 const CulvertEndpoint          *address,
                                 const CulvertFarListenerEvents *events,
                                 gpointer                        user_data);
} CulvertTransportClass;

struct _CulvertTransport
{
  const CulvertTransportClass *klass;
};

/**
 * culvert_transport_open:
 * @target: the endpoint as the server should resolve it
 * @originator: (nullable): the client's address, told to the server
 *
 * Asks for a stream.  Never fails at once: the answer is opened() or refused(), after this call
 * returned, within the transport's own time limit.
 *
 * Spec: RFC 4254 section 7.2; for a socket path OpenSSH PROTOCOL section 2.4.
 *
 * Returns: (transfer none): the stream; the transport owns it until refused(), closed() or
 *   culvert_stream_close()
 */
static inline CulvertStream *
culvert_transport_open (CulvertTransport          *self,
                        const CulvertEndpoint     *target,
                        const CulvertEndpoint     *originator,
                        const CulvertStreamEvents *events,
                        gpointer                   user_data)
{
  return self->klass->open (self, target, originator, events, user_data);
}

/**
 * culvert_transport_listen:
 * @address: TCP, as for any listening endpoint; port 0: the server picks one
 *
 * Asks the server to listen.  Never fails at once: the answer is listening() or ended(), after this
 * call returned.
 *
 * Spec: RFC 4254 section 7.1.
 *
 * Returns: (transfer none): the listener; the transport owns it until ended() or
 *   culvert_far_listener_close()
 */
static inline CulvertFarListener *
culvert_transport_listen (CulvertTransport               *self,
                          const CulvertEndpoint          *address,
                          const CulvertFarListenerEvents *events,
                          gpointer                        user_data)
{
  return self->klass->listen (self, address, events, user_data);
}

G_END_DECLS
