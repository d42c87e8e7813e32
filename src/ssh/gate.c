/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/gate.h"

#include <errno.h>

/* How long the queue may be in time, and how often the pace is looked at. */
#define QUEUE_MS   10
#define PACE_US    50000
#define PACE_BYTES (64 * 1024)

void
culvert_gate_init (CulvertGate     *self,
                   CulvertIoSource *io,
                   CulvertSocket    socket,
                   CulvertIoFunc    func,
                   gpointer         user_data)
{
  *self = (CulvertGate){
    .socket = socket,
    .budget = CULVERT_GATE_BUDGET,
    .greeting = g_byte_array_new (),
    .queue.kept_capacity = CULVERT_GATE_QUEUE_KEPT,
    .high = CULVERT_GATE_QUEUE_HIGH,
    .last_received_us = g_get_monotonic_time (),
  };
  self->watch = culvert_io_source_add (io, socket, CULVERT_IO_IN, func, user_data);
}

void
culvert_gate_clear (CulvertGate *self)
{
  culvert_io_watch_clear (&self->watch);
  culvert_byte_queue_clear (&self->queue);
  g_clear_pointer (&self->greeting, g_byte_array_unref);
  g_clear_error (&self->error);
  self->socket = CULVERT_SOCKET_NONE;
  self->is_dead = TRUE;
}

void
culvert_gate_ready (CulvertGate *self, CulvertIoCondition ready)
{
  if (ready & (CULVERT_IO_IN | CULVERT_IO_HUP))
    self->is_dry = FALSE;
}

static void
take_error (CulvertGate *self, GError *error)
{
  self->saw_end = TRUE;
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

static void
set_high (CulvertGate *self, gsize high)
{
  high = CLAMP (high, CULVERT_GATE_QUEUE_NARROW, CULVERT_GATE_QUEUE_HIGH);
  if (high == self->high)
    return;
  self->high = high;
  culvert_socket_set_unsent_max (self->socket, high / 2);
}

/* Asked for now and then, and only while much is sent: nobody waits behind little. */
static void
note_pace (CulvertGate *self)
{
  gint64  now_us = g_get_monotonic_time ();
  guint64 bytes_per_s;

  if (self->n_sent - self->paced_from < PACE_BYTES || now_us - self->paced_us < PACE_US)
    return;
  if (culvert_socket_get_pace (self->socket, &bytes_per_s))
    set_high (self, (gsize)MIN (bytes_per_s * QUEUE_MS / 1000, CULVERT_GATE_QUEUE_HIGH));
  self->paced_us = now_us;
  self->paced_from = self->n_sent;
}

void
culvert_gate_flush (CulvertGate *self)
{
  while (self->queue.length > 0 && !self->is_dead)
    {
      gsize              n_bytes, n_sent = 0;
      const guint8      *bytes = culvert_byte_queue_peek (&self->queue, &n_bytes);
      g_autoptr (GError) error = NULL;
      CulvertIoStatus status = culvert_socket_send (self->socket, bytes, n_bytes, &n_sent, &error);

      if (status == CULVERT_IO_OK)
        {
          culvert_byte_queue_consume (&self->queue, n_sent);
          self->n_sent += n_sent;
          if (n_sent == n_bytes)
            continue;
        }
      else if (status != CULVERT_IO_AGAIN)
        {
          /* What the server sent before it went may still be in the socket: it is read first. */
          culvert_byte_queue_clear (&self->queue);
          take_error (self, g_steal_pointer (&error));
        }
      break;
    }
  note_pace (self);
  if (self->queue.length > self->high)
    self->is_congested = TRUE;
  else if (self->queue.length <= self->high / 3)
    self->is_congested = FALSE;
}

void
culvert_gate_rearm (CulvertGate *self, gboolean is_reading)
{
  CulvertIoCondition want = 0;

  if (self->owes_ack)
    culvert_socket_quick_ack (self->socket);
  self->owes_ack = FALSE;
  self->budget = CULVERT_GATE_BUDGET;
  if (is_reading && !self->saw_end)
    want |= CULVERT_IO_IN;
  if (self->queue.length > 0)
    want |= CULVERT_IO_OUT;
  culvert_io_watch_want (self->watch, want);
}

gboolean
culvert_gate_has_more (CulvertGate *self)
{
  return !self->is_dry && !self->saw_end && self->budget == 0;
}

void
culvert_gate_end_greeting (CulvertGate *self)
{
  g_clear_pointer (&self->greeting, g_byte_array_unref);
}

gssize
culvert_gate_send (CulvertGate *self, const void *bytes, gsize n_bytes)
{
  if (self->is_dead)
    return -ECONNRESET;
  /* A peer that makes us answer without ever reading the answers. */
  if (self->queue.length > CULVERT_GATE_QUEUE_MAX)
    {
      take_error (self, g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                                     "the server does not read what it asks for"));
      return -ECONNRESET;
    }
  /* After the end nobody reads; libssh2 may go on as if, and learns of the end when all is read. */
  if (self->saw_end)
    return (gssize)n_bytes;
  culvert_byte_queue_append (&self->queue, bytes, n_bytes);
  if (self->queue.length > self->high)
    self->is_congested = TRUE;
  return (gssize)n_bytes;
}

static void
keep_greeting (CulvertGate *self, const guint8 *bytes, gsize n_bytes)
{
  if (self->greeting == NULL || self->greeting->len >= CULVERT_GATE_GREETING_MAX)
    return;
  g_byte_array_append (self->greeting, bytes,
                       (guint)MIN (n_bytes, CULVERT_GATE_GREETING_MAX - self->greeting->len));
}

gssize
culvert_gate_receive (CulvertGate *self, void *buffer, gsize size)
{
  g_autoptr (GError) error = NULL;
  gsize              n_received = 0;

  if (self->is_dead)
    return -ECONNRESET;
  if (self->budget == 0 || self->is_dry || self->saw_end)
    return -EAGAIN;

  size = MIN (size, self->budget);
  switch (culvert_socket_receive (self->socket, buffer, size, &n_received, &error))
    {
    case CULVERT_IO_OK:
      break;
    case CULVERT_IO_AGAIN:
      self->is_dry = TRUE;
      return -EAGAIN;
    case CULVERT_IO_EOF:
      self->saw_end = TRUE;
      return -EAGAIN;
    case CULVERT_IO_FAILED:
    default:
      take_error (self, g_steal_pointer (&error));
      return -EAGAIN;
    }
  self->budget -= n_received;
  self->n_received += n_received;
  self->last_received_us = g_get_monotonic_time ();
  keep_greeting (self, buffer, n_received);
  /* The kernel has nothing more; without this every small answer of the server would wait for a
   * delayed acknowledgement, because sshd leaves Nagle's algorithm on.  What came is worth more than
   * saying so, and goes first. */
  if (n_received < size)
    {
      self->is_dry = TRUE;
      self->owes_ack = !self->sends_at_once;
    }
  return (gssize)n_received;
}
