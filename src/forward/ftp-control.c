/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-control-private.h"

#include "base/source.h"
#include "forward/address.h"
#include "forward/forward-private.h"

/* How much may wait for either side.  People type, and servers say a page. */
#define LANE_MAX (16 * 1024)

/* Of one connection: the log is everybody's. */
#define MAX_NOTES 20

static CulvertFtpControl *
from_way (CulvertTransport *way)
{
  return (CulvertFtpControl *)(void *)((char *)way - G_STRUCT_OFFSET (CulvertFtpControl, way));
}

static void
control_unref (CulvertFtpControl *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  culvert_endpoint_unref (self->target);
  g_ptr_array_unref (self->notes);
  g_free (self->here);
  g_free (self->near_peer);
  g_free (self->far_client);
  g_free (self);
}

/* The stream is over: nothing of it is left. */
static void
reset (CulvertFtpControl *self)
{
  self->inner = NULL;
  self->is_open = FALSE;
  self->is_outer_blocked = FALSE;
  self->n_unconsumed = 0;
  self->n_owed = 0;
  culvert_source_clear (&self->later);
  culvert_ftp_lane_clear (&self->up);
  culvert_ftp_lane_clear (&self->down);
  culvert_ftp_control_reset_steps (self);
}

/* The relay's memory goes, and with it the right to any of the forward. */
static void
free_cb (gpointer data)
{
  CulvertFtpControl *self = data;

  reset (self);
  self->is_alive = FALSE;
  control_unref (self);
}

static gboolean
later_cb (gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  g_clear_pointer (&self->later, g_source_unref);
  culvert_ftp_control_run (self);
  return G_SOURCE_REMOVE;
}

void
culvert_ftp_control_run_later (CulvertFtpControl *self)
{
  if (self->later != NULL)
    return;
  self->later = g_timeout_source_new (0);
  g_source_set_static_name (self->later, "culvert ftp control");
  g_source_set_callback (self->later, later_cb, self, NULL);
  g_source_attach (self->later, g_main_context_get_thread_default ());
}

void
culvert_ftp_control_note (CulvertFtpControl *self, const char *format, ...)
{
  va_list arguments;

  if (++self->n_notes > MAX_NOTES)
    return;
  if (self->n_notes == MAX_NOTES)
    {
      g_ptr_array_add (self->notes, g_strdup ("nothing more of this connection is noted"));
      return;
    }
  va_start (arguments, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
flush_up (CulvertFtpControl *self)
{
  if (self->inner == NULL)
    return;
  while (self->is_open && self->up.out.length > 0)
    {
      gsize         n_bytes;
      const guint8 *bytes = culvert_byte_queue_peek (&self->up.out, &n_bytes);
      gsize         n_sent = MIN (n_bytes, culvert_stream_get_writable (self->inner));

      if (n_sent == 0)
        return;
      culvert_stream_write (self->inner, bytes, n_sent);
      culvert_byte_queue_consume (&self->up.out, n_sent);
    }
  if (self->is_open && culvert_ftp_lane_is_drained (&self->up))
    {
      self->up.has_told_end = TRUE;
      culvert_stream_finish (self->inner);
    }
}

/* What has left both us and the relay is no concern of the inner stream's any more. */
static void
settle_owed (CulvertFtpControl *self)
{
  gsize n_kept = self->down.in.length + self->down.out.length + self->n_unconsumed;

  if (self->inner == NULL || self->n_owed <= n_kept)
    return;
  culvert_stream_consumed (self->inner, self->n_owed - n_kept);
  self->n_owed = n_kept;
}

static void
hand_down (CulvertFtpControl *self)
{
  CulvertByteQueue bytes = self->down.out;
  gsize            n_bytes;
  const guint8    *start = culvert_byte_queue_peek (&bytes, &n_bytes);

  self->down.out = (CulvertByteQueue){ 0 };
  self->n_unconsumed += n_bytes;
  self->outer.events->received (&self->outer, start, n_bytes, self->outer.user_data);
  culvert_byte_queue_clear (&bytes);
}

static void
flush_down (CulvertFtpControl *self)
{
  if (self->is_open && self->down.out.length > 0 && self->n_unconsumed < LANE_MAX)
    hand_down (self);
  settle_owed (self);
  if (self->is_open && culvert_ftp_lane_is_drained (&self->down))
    {
      self->down.has_told_end = TRUE;
      self->outer.events->finished (&self->outer, self->outer.user_data);
    }
}

static gsize
get_room (CulvertFtpControl *self)
{
  gsize n_waiting = self->up.in.length + self->up.out.length;

  if (!self->is_open || self->up.is_over)
    return 0;
  return LANE_MAX - MIN (LANE_MAX, n_waiting);
}

static void
tell_room (CulvertFtpControl *self)
{
  if (!self->is_outer_blocked || get_room (self) == 0)
    return;
  self->is_outer_blocked = FALSE;
  self->outer.events->writable (&self->outer, self->outer.user_data);
}

static const char *
name_client (CulvertFtpControl *self)
{
  const char *client = self->is_remote ? self->far_client : self->near_peer;

  return client != NULL && *client != '\0' ? client : "a local program";
}

/* The last thing that is done: whoever gets a line may stop the forward. */
static void
tell_notes (CulvertFtpControl *self)
{
  g_autoptr (GPtrArray)      notes = NULL;
  g_autoptr (CulvertForward) forward = NULL;
  g_autofree char           *target = NULL;

  if (self->notes->len == 0 || !self->is_alive)
    return;
  target = culvert_endpoint_to_string (self->target);
  notes = g_steal_pointer (&self->notes);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  forward = g_object_ref (self->forward);
  for (guint i = 0; i < notes->len; i++)
    culvert_forward_log (forward, CULVERT_LOG_WARNING, "FTP connection from %s to %s: %s",
                         name_client (self), target, (char *)g_ptr_array_index (notes, i));
}

void
culvert_ftp_control_run (CulvertFtpControl *self)
{
  CulvertIoSource *io = culvert_forward_get_io (self->forward);

  g_ref_count_inc (&self->ref_count);
  culvert_ftp_control_process (self);
  flush_up (self);
  flush_down (self);
  tell_room (self);
  tell_notes (self);
  control_unref (self);
  /* A timer's call is not followed by the session's turn, which sends what was written. */
  culvert_io_source_wake (io);
}

/* What the relay does.  Nothing may be told to it meanwhile. */

static void
run_from_relay (CulvertFtpControl *self)
{
  culvert_ftp_control_process (self);
  flush_up (self);
  if (self->down.out.length > 0 || self->notes->len > 0)
    culvert_ftp_control_run_later (self);
}

static gsize
outer_get_writable (CulvertStream *stream)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;
  gsize              room = get_room (self);

  self->is_outer_blocked = room == 0;
  return room;
}

static void
outer_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;

  culvert_byte_queue_append (&self->up.in, bytes, n_bytes);
  run_from_relay (self);
}

static void
outer_finish (CulvertStream *stream)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;

  self->up.is_over = TRUE;
  run_from_relay (self);
}

static void
outer_consumed (CulvertStream *stream, gsize n_bytes)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;

  self->n_unconsumed -= n_bytes;
  settle_owed (self);
  if (self->down.out.length > 0)
    culvert_ftp_control_run_later (self);
}

static void
outer_close (CulvertStream *stream)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;
  CulvertStream     *inner = self->inner;

  flush_up (self);
  reset (self);
  if (inner != NULL)
    culvert_stream_close (inner);
}

static void
outer_accept (CulvertStream *stream)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;

  self->is_open = TRUE;
  culvert_stream_accept (self->inner);
}

static void
outer_refuse (CulvertStream *stream, CulvertRefusal reason)
{
  CulvertFtpControl *self = (CulvertFtpControl *)stream;
  CulvertStream     *inner = self->inner;

  reset (self);
  culvert_stream_refuse (inner, reason);
}

static const CulvertStreamClass outer_class = {
  .accept = outer_accept,
  .refuse = outer_refuse,
  .get_writable = outer_get_writable,
  .write = outer_write,
  .finish = outer_finish,
  .consumed = outer_consumed,
  .close = outer_close,
};

/* What the inner stream does */

static void
opened_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  self->is_open = TRUE;
  self->outer.events->opened (&self->outer, self->outer.user_data);
}

static void
refused_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  reset (self);
  self->outer.events->refused (&self->outer, error, self->outer.user_data);
}

static void
received_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  culvert_byte_queue_append (&self->down.in, bytes, n_bytes);
  self->n_owed += n_bytes;
  culvert_ftp_control_run (self);
}

static void
finished_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  self->down.is_over = TRUE;
  culvert_ftp_control_run (self);
}

static void
writable_cb (CulvertStream *stream, gpointer user_data)
{
  culvert_ftp_control_run (user_data);
}

static void
closed_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  /* Lines that have come are delivered; nobody is there any more to ask for what they need. */
  g_ref_count_inc (&self->ref_count);
  self->inner = NULL;
  culvert_ftp_control_process (self);
  culvert_ftp_lane_pass (&self->down, self->down.in.length);
  if (self->down.out.length > 0)
    hand_down (self);
  if (self->is_open)
    {
      reset (self);
      self->outer.events->closed (&self->outer, error, self->outer.user_data);
    }
  tell_notes (self);
  control_unref (self);
}

static const CulvertStreamEvents inner_events = {
  .opened = opened_cb,
  .refused = refused_cb,
  .received = received_cb,
  .finished = finished_cb,
  .writable = writable_cb,
  .closed = closed_cb,
};

static CulvertStream *
way_open (CulvertTransport          *way,
          const CulvertEndpoint     *target,
          const CulvertEndpoint     *originator,
          const CulvertStreamEvents *events,
          gpointer                   user_data)
{
  CulvertFtpControl *self = from_way (way);

  self->outer.events = events;
  self->outer.user_data = user_data;
  culvert_ftp_talk_init (&self->talk);
  self->inner = culvert_transport_open (culvert_forward_get_transport (self->forward), target,
                                        originator, &inner_events, self);
  return &self->outer;
}

static const CulvertTransportClass way_class = { .open = way_open };

static char *
dup_host (GSocketAddress *address)
{
  g_autoptr (CulvertEndpoint) endpoint = culvert_address_to_endpoint (address);
  const char                 *host = endpoint != NULL ? culvert_endpoint_get_host (endpoint) : NULL;

  return g_strdup (host != NULL ? host : "");
}

CulvertFtpControl *
culvert_ftp_control_new (CulvertFtpDataSet *set, CulvertRelay *relay, const char *far_client)
{
  CulvertSocket              socket = culvert_relay_get_socket (relay);
  g_autoptr (GSocketAddress) here = culvert_socket_get_local_address (socket);
  g_autoptr (GSocketAddress) peer = culvert_socket_get_remote_address (socket);
  CulvertFtpControl         *self = g_new0 (CulvertFtpControl, 1);
  CulvertForwardSpec        *spec = culvert_forward_get_spec (set->forward);

  g_ref_count_init (&self->ref_count);
  self->outer.klass = &outer_class;
  self->way.klass = &way_class;
  self->set = set;
  self->forward = set->forward;
  self->is_alive = TRUE;
  self->is_remote = culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec));
  self->id = culvert_relay_get_id (relay);
  self->target = culvert_endpoint_ref ((CulvertEndpoint *)culvert_forward_spec_get_target (spec));
  self->here = dup_host (here);
  self->near_peer = dup_host (peer);
  self->far_client = g_strdup (far_client);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  culvert_ftp_talk_init (&self->talk);
  /* The mark that comes with ABOR is part of the command (RFC 959 4.1.3). */
  culvert_socket_set_urgent_inline (socket);
  culvert_relay_set_data (relay, self, free_cb);
  return self;
}

CulvertFtpControl *
culvert_ftp_control_from_relay (CulvertRelay *relay)
{
  return culvert_relay_get_data (relay);
}

CulvertTransport *
culvert_ftp_control_get_way (CulvertFtpControl *self)
{
  return &self->way;
}

CulvertStream *
culvert_ftp_control_wrap (CulvertFtpControl *self, CulvertStream *stream)
{
  self->inner = stream;
  stream->events = &inner_events;
  stream->user_data = self;
  return &self->outer;
}

gboolean
culvert_ftp_control_is_hidden (CulvertFtpControl *self)
{
  return self->talk.is_hidden;
}
