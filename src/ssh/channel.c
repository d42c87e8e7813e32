/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/channel.h"

#include "ssh/server-port.h"
#include "ssh/session-private.h"

void
culvert_channel_mark_due (CulvertChannel *self)
{
  if (self->is_due)
    return;
  self->is_due = TRUE;
  g_ptr_array_add (self->session->due, self);
  if (!self->session->is_pumping)
    culvert_io_source_wake (self->session->io);
}

/* A channel that says little need not wait for those that say much. */
#define LITTLE_BYTES 4096
#define LATELY_US    100000

static gsize
get_little (CulvertChannel *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->lately_us > LATELY_US)
    {
      self->lately_us = now_us;
      self->n_lately = 0;
    }
  if (self->session->gate.queue.length > self->session->gate.high * 2)
    return 0;
  return self->n_lately < LITTLE_BYTES ? LITTLE_BYTES - self->n_lately : 0;
}

static void
channel_accept (CulvertStream *stream)
{
  culvert_server_port_note_accepted ((CulvertChannel *)stream);
}

static void
channel_refuse (CulvertStream *stream, CulvertRefusal reason)
{
  culvert_server_port_note_refused ((CulvertChannel *)stream, reason);
}

static gsize
channel_get_writable (CulvertStream *stream)
{
  CulvertChannel *self = (CulvertChannel *)stream;
  CulvertSession *session = self->session;
  gsize           n_bytes = 0;

  if (self->state == CULVERT_CHANNEL_OPEN && !self->finish_wanted && self->stuck.length == 0 &&
      session->failure == NULL)
    {
      if (!culvert_carrier_is_held (session))
        n_bytes = culvert_line_get_writable (session, &self->line);
      /* Whoever comes next waits for the whole packet. */
      n_bytes = MIN (n_bytes, session->gate.high / 4);
      if (session->gate.is_congested)
        n_bytes = MIN (n_bytes, get_little (self));
      if (n_bytes == 0 && (session->gate.is_congested || culvert_carrier_is_held (session)))
        culvert_session_hold (self);
    }
  self->was_blocked = n_bytes == 0;
  return n_bytes;
}

static void
send_stuck (CulvertChannel *self)
{
  CulvertSession *session = self->session;
  const guint8   *bytes;
  gsize           n_bytes, n_written;

  while (self->stuck.length > 0)
    {
      bytes = culvert_byte_queue_peek (&self->stuck, &n_bytes);
      n_written = culvert_line_write (session, &self->line, bytes, n_bytes);
      if (n_written == 0)
        break;
      culvert_byte_queue_consume (&self->stuck, n_written);
    }
  if (self->stuck.length == 0 && self->finish_wanted && !self->finish_sent)
    self->finish_sent = culvert_line_finish (session, &self->line);
  if (self->stuck.length > 0 || self->finish_wanted != self->finish_sent)
    culvert_session_hold (self);
}

static void
channel_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  CulvertChannel *self = (CulvertChannel *)stream;
  gsize           n_written;

  g_return_if_fail (self->state == CULVERT_CHANNEL_OPEN && self->stuck.length == 0);
  self->n_lately += (guint32)n_bytes;
  n_written = culvert_line_write (self->session, &self->line, bytes, n_bytes);
  if (n_written < n_bytes)
    {
      culvert_byte_queue_append (&self->stuck, bytes + n_written, n_bytes - n_written);
      culvert_session_hold (self);
    }
}

static void
channel_finish (CulvertStream *stream)
{
  CulvertChannel *self = (CulvertChannel *)stream;

  self->finish_wanted = TRUE;
  if (self->state == CULVERT_CHANNEL_OPEN)
    culvert_channel_mark_due (self);
}

static void
open_window (CulvertChannel *self)
{
  guint32 ahead = self->line.window + self->unused;

  if (self->granting == 0)
    {
      guint32 target = culvert_window_get_target (&self->window, self->session->info.round_trip_us,
                                                  g_get_monotonic_time ());

      if (ahead + target / 4 > target)
        return;
      self->granting = target - ahead;
    }
  if (culvert_line_grant (self->session, &self->line, self->granting))
    self->granting = 0;
  else
    culvert_session_hold (self);
}

static void
channel_consumed (CulvertStream *stream, gsize n_bytes)
{
  CulvertChannel *self = (CulvertChannel *)stream;

  g_return_if_fail (n_bytes <= self->unused);
  self->unused -= (guint32)n_bytes;
  if (self->state == CULVERT_CHANNEL_OPEN && n_bytes > 0)
    {
      culvert_window_note_consumed (&self->window, n_bytes, self->unused > 0);
      open_window (self);
    }
}

static void
channel_close (CulvertStream *stream)
{
  CulvertChannel *self = (CulvertChannel *)stream;

  self->stream.events = NULL;
  switch (self->state)
    {
    case CULVERT_CHANNEL_QUEUED:
      self->state = CULVERT_CHANNEL_ENDED;
      break;
    case CULVERT_CHANNEL_OPENING:
      self->state = CULVERT_CHANNEL_ABANDONED;
      break;
    case CULVERT_CHANNEL_OFFERED:
      culvert_server_port_note_refused (self, CULVERT_REFUSAL_PROHIBITED);
      break;
    case CULVERT_CHANNEL_OPEN:
      self->state = CULVERT_CHANNEL_ENDED;
      culvert_channel_mark_due (self);
      break;
    case CULVERT_CHANNEL_ABANDONED:
    case CULVERT_CHANNEL_ENDED:
    default:
      break;
    }
}

static const CulvertStreamClass channel_stream_class = {
  .accept = channel_accept,
  .refuse = channel_refuse,
  .get_writable = channel_get_writable,
  .write = channel_write,
  .finish = channel_finish,
  .consumed = channel_consumed,
  .close = channel_close,
};

CulvertChannel *
culvert_channel_new (CulvertSession            *session,
                     const CulvertEndpoint     *target,
                     const CulvertEndpoint     *originator,
                     const CulvertStreamEvents *events,
                     gpointer                   user_data)
{
  CulvertChannel *self = g_new0 (CulvertChannel, 1);

  self->stream = (CulvertStream){ &channel_stream_class, events, user_data };
  self->session = session;
  self->open_link.data = self;
  if (target != NULL)
    self->target = culvert_endpoint_ref ((CulvertEndpoint *)target);
  if (originator != NULL)
    self->originator = culvert_endpoint_ref ((CulvertEndpoint *)originator);
  culvert_window_init (&self->window);
  self->queued_at_us = g_get_monotonic_time ();
  return self;
}

static void
forget_target (CulvertChannel *self)
{
  g_clear_pointer (&self->target, culvert_endpoint_unref);
  g_clear_pointer (&self->originator, culvert_endpoint_unref);
}

void
culvert_channel_free (CulvertChannel *self)
{
  culvert_window_clear (&self->window);
  culvert_byte_queue_clear (&self->stuck);
  forget_target (self);
  g_free (self);
}

void
culvert_channel_opened (CulvertChannel *self)
{
  /* An idle connection needs neither any more. */
  forget_target (self);
  if (self->state == CULVERT_CHANNEL_ABANDONED)
    {
      self->state = CULVERT_CHANNEL_ENDED;
      culvert_channel_mark_due (self);
      return;
    }
  self->state = CULVERT_CHANNEL_OPEN;
  self->was_blocked = TRUE;
  self->stream.events->opened (&self->stream, self->stream.user_data);
  culvert_channel_mark_due (self);
}

void
culvert_channel_refuse (CulvertChannel *self, const GError *error)
{
  const CulvertStreamEvents *events = g_steal_pointer (&self->stream.events);

  self->state = CULVERT_CHANNEL_ENDED;
  if (events != NULL)
    events->refused (&self->stream, error, self->stream.user_data);
}

void
culvert_channel_received (CulvertChannel *self, const guint8 *bytes, gsize n_bytes)
{
  if (self->state != CULVERT_CHANNEL_OPEN)
    return;
  self->unused += (guint32)n_bytes;
  self->stream.events->received (&self->stream, bytes, n_bytes, self->stream.user_data);
}

static void
end_orderly (CulvertChannel *self)
{
  const CulvertStreamEvents *events = g_steal_pointer (&self->stream.events);

  self->state = CULVERT_CHANNEL_ENDED;
  events->closed (&self->stream, NULL, self->stream.user_data);
}

void
culvert_channel_lose (CulvertChannel *self, const GError *error)
{
  const CulvertStreamEvents *events = g_steal_pointer (&self->stream.events);
  gboolean                   was_open = self->state == CULVERT_CHANNEL_OPEN;

  self->state = CULVERT_CHANNEL_ENDED;
  if (events == NULL)
    return;
  if (was_open)
    events->closed (&self->stream, error, self->stream.user_data);
  else
    events->refused (&self->stream, error, self->stream.user_data);
}

static void
note_end (CulvertChannel *self)
{
  if (self->line.theirs != CULVERT_LINE_FLOWING && !self->got_finish)
    {
      self->got_finish = TRUE;
      self->stream.events->finished (&self->stream, self->stream.user_data);
    }
  if (self->state == CULVERT_CHANNEL_OPEN && self->line.theirs == CULVERT_LINE_CLOSED)
    end_orderly (self);
}

static void
serve (CulvertChannel *self)
{
  if (self->granting != 0)
    open_window (self);
  send_stuck (self);
  note_end (self);
  if (self->state == CULVERT_CHANNEL_OPEN && self->was_blocked &&
      channel_get_writable (&self->stream) > 0)
    self->stream.events->writable (&self->stream, self->stream.user_data);
}

gboolean
culvert_channel_attend (CulvertChannel *self)
{
  if (self->state == CULVERT_CHANNEL_OPEN)
    serve (self);
  if (self->state != CULVERT_CHANNEL_ENDED || self->session->failure != NULL)
    return TRUE;
  /* What was written before the close still goes out; a key exchange may hold it up. */
  if (self->stuck.length > 0)
    send_stuck (self);
  return self->stuck.length > 0 || !culvert_line_close (self->session, &self->line);
}
