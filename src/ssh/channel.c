/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/channel.h"

#include "ssh/session-private.h"

/* One SSH packet holds this much: offering more than one at a time only lengthens the turn. */
#define WRITE_MAX 32700

/* Bytes of window granted beyond CULVERT_CHANNEL_WINDOW_FIRST in the whole process. */
static gint64 extra_window;

static gsize
channel_get_writable (CulvertStream *stream)
{
  CulvertChannel *self = (CulvertChannel *)stream;
  gsize           n_bytes = 0;

  if (self->state == CULVERT_CHANNEL_OPEN && !self->finish_wanted && self->stuck.length == 0 &&
      !self->session->gate.is_congested && self->session->failure == NULL)
    n_bytes = MIN (libssh2_channel_window_write_ex (self->channel, NULL), WRITE_MAX);
  self->was_blocked = n_bytes == 0;
  return n_bytes;
}

static guint32
digest (const guint8 *bytes, gsize n_bytes)
{
  guint32 hash = 2166136261u; /* FNV-1a */

  for (gsize i = 0; i < n_bytes; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

/* libssh2 keeps no copy of a packet that a rekey holds up, only its length: a retry with other bytes
 * would send those, and with fewer would read past their end.  A mistake here corrupts data
 * silently, so it is checked. */
static void
check_retry (CulvertChannel *self, const guint8 *bytes, gsize n_bytes)
{
  if (self->refused_length == 0)
    return;
  g_assert (n_bytes >= self->refused_length);
  g_assert (self->refused_digest == digest (bytes, self->refused_length));
  self->refused_length = 0;
}

static void
note_refused (CulvertChannel *self, const guint8 *bytes, gsize n_bytes)
{
  self->refused_length = (guint32)MIN (n_bytes, WRITE_MAX);
  self->refused_digest = digest (bytes, self->refused_length);
}

/* Returns how many bytes libssh2 took. */
static gsize
write_some (CulvertChannel *self, const guint8 *bytes, gsize n_bytes)
{
  gsize n_written = 0;

  check_retry (self, bytes, n_bytes);
  while (n_written < n_bytes)
    {
      gssize rc = libssh2_channel_write_ex (self->channel, 0, (const char *)bytes + n_written,
                                            n_bytes - n_written);

      if (rc <= 0)
        {
          if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
            culvert_session_fail_lib (self->session, (int)rc, "sending data");
          else
            note_refused (self, bytes + n_written, n_bytes - n_written);
          break;
        }
      n_written += (gsize)rc;
    }
  return n_written;
}

static void
channel_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  CulvertChannel *self = (CulvertChannel *)stream;
  gsize           n_written;

  g_return_if_fail (self->state == CULVERT_CHANNEL_OPEN && self->stuck.length == 0);
  n_written = write_some (self, bytes, n_bytes);
  if (n_written < n_bytes)
    culvert_byte_queue_append (&self->stuck, bytes + n_written, n_bytes - n_written);
}

static void
send_stuck (CulvertChannel *self)
{
  gsize         n_bytes;
  const guint8 *bytes;

  if (self->stuck.length > 0)
    {
      bytes = culvert_byte_queue_peek (&self->stuck, &n_bytes);
      culvert_byte_queue_consume (&self->stuck, write_some (self, bytes, n_bytes));
    }
  if (self->stuck.length == 0 && self->finish_wanted && !self->finish_sent)
    {
      int rc = libssh2_channel_send_eof (self->channel);

      if (rc == LIBSSH2_ERROR_EAGAIN)
        return;
      self->finish_sent = TRUE;
      if (rc != 0)
        culvert_session_fail_lib (self->session, rc, "sending EOF");
    }
}

static void
channel_finish (CulvertStream *stream)
{
  CulvertChannel *self = (CulvertChannel *)stream;

  self->finish_wanted = TRUE;
  self->session->is_sweep_due = TRUE;
  culvert_io_source_wake (self->session->io);
}

/* Called when half of the target was missing: twice the target if the whole exchange took less
 * than a round trip, because then the server stood waiting for us. */
static void
tune_window (CulvertChannel *self)
{
  gint64  now_us = g_get_monotonic_time ();
  gint64  round_trip_us = self->session->info.round_trip_us;
  gint64  pause_us = now_us - self->adjusted_at_us;
  guint32 target = self->window_target;

  self->adjusted_at_us = now_us;
  if (round_trip_us < 0 || pause_us * 4 > round_trip_us * 3 || self->unused > 0)
    return;
  if (target >= CULVERT_CHANNEL_WINDOW_MAX ||
      __atomic_load_n (&extra_window, __ATOMIC_RELAXED) + target > CULVERT_CHANNEL_WINDOW_TOTAL)
    return;
  __atomic_add_fetch (&extra_window, target, __ATOMIC_RELAXED);
  self->window_target = target * 2;
}

static void
open_window (CulvertChannel *self)
{
  guint32 window, missing;
  int     rc;

  if (self->channel == NULL)
    return;
  if (self->adjusting == 0)
    {
      window = (guint32)libssh2_channel_window_read_ex (self->channel, NULL, NULL);
      if (window + self->unused + self->window_target / 2 > self->window_target)
        return;
      if (self->adjusted_at_us != 0)
        tune_window (self);
      else
        self->adjusted_at_us = g_get_monotonic_time ();
      missing = self->window_target - window - self->unused;
      self->adjusting = missing;
    }
  rc = libssh2_channel_receive_window_adjust2 (self->channel, self->adjusting, 1, NULL);
  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  self->adjusting = 0;
  if (rc != 0)
    culvert_session_fail_lib (self->session, rc, "opening the window");
}

static void
channel_consumed (CulvertStream *stream, gsize n_bytes)
{
  CulvertChannel *self = (CulvertChannel *)stream;

  g_return_if_fail (n_bytes <= self->unused);
  self->unused -= (guint32)n_bytes;
  if (self->state != CULVERT_CHANNEL_OPEN || n_bytes == 0)
    return;
  open_window (self);
  /* What was left below the reserve can be read now, without a packet having come. */
  if (self->is_starved)
    self->session->is_sweep_due = TRUE;
}

static void
channel_close (CulvertStream *stream)
{
  CulvertChannel *self = (CulvertChannel *)stream;

  self->stream.events = NULL;
  self->state =
    self->state == CULVERT_CHANNEL_OPENING ? CULVERT_CHANNEL_ABANDONED : CULVERT_CHANNEL_ENDED;
  self->session->is_sweep_due = TRUE;
  culvert_io_source_wake (self->session->io);
}

const CulvertStreamClass culvert_channel_stream_class = {
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

  self->stream = (CulvertStream){ &culvert_channel_stream_class, events, user_data };
  self->session = session;
  self->target = culvert_endpoint_ref ((CulvertEndpoint *)target);
  if (originator != NULL)
    self->originator = culvert_endpoint_ref ((CulvertEndpoint *)originator);
  self->window_target = CULVERT_CHANNEL_WINDOW_FIRST;
  self->queued_at_us = g_get_monotonic_time ();
  return self;
}

void
culvert_channel_free (CulvertChannel *self)
{
  __atomic_sub_fetch (&extra_window, self->window_target - CULVERT_CHANNEL_WINDOW_FIRST,
                      __ATOMIC_RELAXED);
  culvert_byte_queue_clear (&self->stuck);
  g_clear_pointer (&self->target, culvert_endpoint_unref);
  g_clear_pointer (&self->originator, culvert_endpoint_unref);
  g_free (self);
}

void
culvert_channel_opened (CulvertChannel *self, LIBSSH2_CHANNEL *channel)
{
  self->channel = channel;
  /* An idle connection needs neither any more. */
  g_clear_pointer (&self->target, culvert_endpoint_unref);
  g_clear_pointer (&self->originator, culvert_endpoint_unref);
  if (self->state == CULVERT_CHANNEL_ABANDONED)
    {
      self->state = CULVERT_CHANNEL_ENDED;
      return;
    }
  self->state = CULVERT_CHANNEL_OPEN;
  open_window (self);
  self->was_blocked = TRUE;
  self->stream.events->opened (&self->stream, self->stream.user_data);
}

void
culvert_channel_refuse (CulvertChannel *self, const GError *error)
{
  const CulvertStreamEvents *events = g_steal_pointer (&self->stream.events);

  self->state = CULVERT_CHANNEL_ENDED;
  if (events != NULL)
    events->refused (&self->stream, error, self->stream.user_data);
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

/* How much may be read in one call without libssh2 touching the window.  @is_last: the socket has
 * ended, so the window no longer matters and everything is read. */
static gsize
read_size (CulvertChannel *self, gboolean is_last)
{
  gsize window;

  if (is_last)
    return CULVERT_IO_SCRATCH_SIZE;
  window = libssh2_channel_window_read_ex (self->channel, NULL, NULL);
  if (window <= CULVERT_LIB_WINDOW_RESERVE)
    return 0;
  return MIN (window - CULVERT_LIB_WINDOW_RESERVE, CULVERT_IO_SCRATCH_SIZE);
}

static gsize
receive (CulvertChannel *self, gsize max_bytes, gboolean is_last)
{
  guint8 *scratch = culvert_io_source_get_scratch (self->session->io);
  gsize   n_received = 0;

  while (self->state == CULVERT_CHANNEL_OPEN && n_received < max_bytes)
    {
      gsize  size = read_size (self, is_last);
      gssize rc;

      self->is_starved = size == 0;
      if (self->is_starved)
        break;
      rc = libssh2_channel_read_ex (self->channel, 0, (char *)scratch, size);
      if (rc > 0)
        {
          n_received += (gsize)rc;
          self->unused += (guint32)rc;
          self->stream.events->received (&self->stream, scratch, (gsize)rc, self->stream.user_data);
          continue;
        }
      if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
        culvert_session_fail_lib (self->session, (int)rc, "receiving data");
      break;
    }
  return n_received;
}

/* libssh2 says 0 bytes for "nothing now" as well as for EOF; only its flag tells. */
static void
note_end (CulvertChannel *self)
{
  if (self->state != CULVERT_CHANNEL_OPEN || !libssh2_channel_eof (self->channel))
    return;
  if (!self->got_finish)
    {
      self->got_finish = TRUE;
      self->stream.events->finished (&self->stream, self->stream.user_data);
    }
  if (self->state == CULVERT_CHANNEL_OPEN && libssh2_channel_wait_closed (self->channel) == 0)
    end_orderly (self);
}

gsize
culvert_channel_pump (CulvertChannel *self, gsize max_bytes, gboolean is_last)
{
  gsize n_received = receive (self, max_bytes, is_last);

  if (n_received < max_bytes && self->session->failure == NULL)
    note_end (self);
  if (self->state == CULVERT_CHANNEL_OPEN && self->session->failure == NULL)
    {
      if (self->adjusting != 0)
        open_window (self);
      send_stuck (self);
      if (self->was_blocked && channel_get_writable (&self->stream) > 0)
        self->stream.events->writable (&self->stream, self->stream.user_data);
    }
  return n_received;
}

gboolean
culvert_channel_try_free (CulvertChannel *self)
{
  if (self->channel == NULL)
    return TRUE;
  /* What was written before the close still goes out; a rekey may hold it up. */
  if (self->stuck.length > 0)
    send_stuck (self);
  if (self->stuck.length > 0 && self->session->failure == NULL)
    return FALSE;
  if (libssh2_channel_free (self->channel) == LIBSSH2_ERROR_EAGAIN)
    return FALSE;
  self->channel = NULL;
  return TRUE;
}
