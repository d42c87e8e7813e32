/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/early-stream.h"

#include "base/source.h"
#include "core/errors.h"

typedef enum
{
  STATE_EARLY,   /* the events are those of whoever looks at it */
  STATE_OFFERED, /* anew, and not accepted yet */
  STATE_LIVE,    /* all goes through */
} State;

struct _CulvertEarlyStream
{
  CulvertStream             outer; /* first; for who gets it in the end */
  CulvertStream            *inner;
  State                     state;
  const CulvertEarlyEvents *events;
  gpointer                  user_data;
  GByteArray               *held;   /* nullable: came, and was neither taken nor handed on */
  GBytes                   *put;    /* nullable: handed on before what is held */
  gsize                     n_own;  /* so much of what was handed on has not come from the inner */
  guint64                   n_left; /* how much more is handed on */
  GByteArray               *unsaid; /* nullable: goes out before anything of the outer's */
  gboolean                  is_finished;   /* the far end's EOF was not handed on */
  gboolean                  finish_wanted; /* once nothing is unsaid */
  GSource                  *hand_on;       /* nullable: the outer was accepted just now */
  gboolean                  is_handing_on; /* frees it at the end, if … */
  gboolean                  is_dead;       /* … that was wanted meanwhile */
};

static void
early_stream_free (CulvertEarlyStream *self)
{
  culvert_source_clear (&self->hand_on);
  if (self->is_handing_on)
    {
      self->is_dead = TRUE;
      return;
    }
  g_clear_pointer (&self->held, g_byte_array_unref);
  g_clear_pointer (&self->unsaid, g_byte_array_unref);
  g_clear_pointer (&self->put, g_bytes_unref);
  g_free (self);
}

static void
close_inner (CulvertEarlyStream *self)
{
  CulvertStream *inner = self->inner;

  early_stream_free (self);
  culvert_stream_close (inner);
}

/* How much of @n_bytes goes on; the rest is thrown away. */
static gsize
limit (CulvertEarlyStream *self, gsize n_bytes)
{
  gsize n_on = (gsize)MIN (n_bytes, self->n_left);

  if (self->n_left != G_MAXUINT64)
    self->n_left -= n_on;
  if (n_on < n_bytes && self->inner != NULL)
    culvert_stream_consumed (self->inner, n_bytes - n_on);
  return n_on;
}

/* (transfer full) (nullable): all that waits for the new receiver */
static GByteArray *
gather (CulvertEarlyStream *self)
{
  g_autoptr (GBytes)     put = g_steal_pointer (&self->put);
  g_autoptr (GByteArray) held = g_steal_pointer (&self->held);
  GByteArray            *all = g_byte_array_new ();

  if (put != NULL)
    {
      self->n_own = g_bytes_get_size (put);
      g_byte_array_append (all, g_bytes_get_data (put, NULL), (guint)self->n_own);
    }
  if (held != NULL)
    g_byte_array_append (all, held->data, (guint)limit (self, held->len));
  return all;
}

/* Once the outer is accepted.  Returns FALSE when that was its end. */
static gboolean
hand_on (CulvertEarlyStream *self)
{
  g_autoptr (GByteArray) all = gather (self);
  gboolean               is_finished = self->is_finished;

  culvert_source_clear (&self->hand_on);
  self->is_finished = FALSE;
  self->is_handing_on = TRUE;
  if (all->len > 0)
    self->outer.events->received (&self->outer, all->data, all->len, self->outer.user_data);
  if (!self->is_dead && is_finished)
    self->outer.events->finished (&self->outer, self->outer.user_data);
  self->is_handing_on = FALSE;
  if (!self->is_dead)
    return TRUE;
  early_stream_free (self);
  return FALSE;
}

static gboolean
hand_on_cb (gpointer user_data)
{
  hand_on (user_data);
  return G_SOURCE_REMOVE;
}

static void
hold (CulvertEarlyStream *self, const guint8 *bytes, gsize n_bytes)
{
  if (self->held == NULL)
    self->held = g_byte_array_new ();
  g_byte_array_append (self->held, bytes, (guint)n_bytes);
}

/* The far end is gone, or is sent away. */
static void
tell_gone (CulvertEarlyStream *self)
{
  g_autoptr (GError) error = NULL;

  if (self->state == STATE_EARLY)
    {
      self->events->gone (self, self->user_data);
    }
  else
    {
      error =
        g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "the client has gone");
      self->outer.events->refused (&self->outer, error, self->outer.user_data);
    }
  early_stream_free (self);
}

static void
received_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
  CulvertEarlyStream *self = user_data;

  if (self->state == STATE_LIVE)
    {
      if (self->hand_on != NULL && !hand_on (self))
        return;
      n_bytes = limit (self, n_bytes);
      if (n_bytes > 0)
        self->outer.events->received (&self->outer, bytes, n_bytes, self->outer.user_data);
      return;
    }
  hold (self, bytes, n_bytes);
  if (self->held->len > CULVERT_EARLY_MAX)
    {
      CulvertStream *inner = self->inner;

      tell_gone (self);
      culvert_stream_close (inner);
    }
  else if (self->state == STATE_EARLY)
    {
      self->events->changed (self, self->user_data);
    }
}

static void
finished_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertEarlyStream *self = user_data;

  if (self->state == STATE_LIVE && self->hand_on == NULL)
    {
      self->outer.events->finished (&self->outer, self->outer.user_data);
      return;
    }
  self->is_finished = TRUE;
  if (self->state == STATE_EARLY)
    self->events->changed (self, self->user_data);
}

/* Returns: whether nothing waits any more */
static gboolean
send_unsaid (CulvertEarlyStream *self)
{
  gsize n_bytes;

  while (self->unsaid != NULL)
    {
      n_bytes = MIN (culvert_stream_get_writable (self->inner), self->unsaid->len);
      if (n_bytes == 0)
        return FALSE;
      culvert_stream_write (self->inner, self->unsaid->data, n_bytes);
      g_byte_array_remove_range (self->unsaid, 0, (guint)n_bytes);
      if (self->unsaid->len == 0)
        g_clear_pointer (&self->unsaid, g_byte_array_unref);
    }
  if (self->finish_wanted)
    culvert_stream_finish (self->inner);
  self->finish_wanted = FALSE;
  return TRUE;
}

static void
writable_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertEarlyStream *self = user_data;

  if (send_unsaid (self) && self->state == STATE_LIVE && culvert_stream_get_writable (stream) > 0)
    self->outer.events->writable (&self->outer, self->outer.user_data);
}

static void
closed_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertEarlyStream *self = user_data;

  if (self->state != STATE_LIVE)
    {
      tell_gone (self);
      return;
    }
  /* Its receiver may close the stream that has ended already. */
  self->inner = NULL;
  if (self->hand_on != NULL && !hand_on (self))
    return;
  self->outer.events->closed (&self->outer, error, self->outer.user_data);
  early_stream_free (self);
}

static const CulvertStreamEvents inner_events = {
  .received = received_cb,
  .finished = finished_cb,
  .writable = writable_cb,
  .closed = closed_cb,
};

/* What the new receiver calls */

static void
outer_accept (CulvertStream *stream)
{
  CulvertEarlyStream *self = (CulvertEarlyStream *)stream;

  self->state = STATE_LIVE;
  if (self->held == NULL && self->put == NULL && !self->is_finished)
    return;
  self->hand_on = g_idle_source_new ();
  g_source_set_priority (self->hand_on, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->hand_on, "culvert early stream");
  g_source_set_callback (self->hand_on, hand_on_cb, self, NULL);
  g_source_attach (self->hand_on, g_main_context_get_thread_default ());
}

static void
outer_refuse (CulvertStream *stream, CulvertRefusal reason)
{
  close_inner ((CulvertEarlyStream *)stream);
}

static gsize
outer_get_writable (CulvertStream *stream)
{
  CulvertEarlyStream *self = (CulvertEarlyStream *)stream;

  return self->inner != NULL && send_unsaid (self) ? culvert_stream_get_writable (self->inner) : 0;
}

static void
outer_write (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  culvert_stream_write (((CulvertEarlyStream *)stream)->inner, bytes, n_bytes);
}

static void
outer_finish (CulvertStream *stream)
{
  CulvertEarlyStream *self = (CulvertEarlyStream *)stream;

  if (self->inner != NULL)
    culvert_early_stream_finish (self);
}

static void
outer_consumed (CulvertStream *stream, gsize n_bytes)
{
  CulvertEarlyStream *self = (CulvertEarlyStream *)stream;

  gsize n_own = MIN (n_bytes, self->n_own);

  self->n_own -= n_own;
  if (self->inner != NULL && n_bytes > n_own)
    culvert_stream_consumed (self->inner, n_bytes - n_own);
}

static void
outer_close (CulvertStream *stream)
{
  CulvertEarlyStream *self = (CulvertEarlyStream *)stream;

  if (self->inner != NULL)
    close_inner (self);
  else
    early_stream_free (self);
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

CulvertEarlyStream *
culvert_early_stream_new (CulvertStream            *stream,
                          const CulvertEarlyEvents *events,
                          gpointer                  user_data)
{
  CulvertEarlyStream *self = g_new0 (CulvertEarlyStream, 1);

  self->outer.klass = &outer_class;
  self->inner = stream;
  self->state = STATE_EARLY;
  self->n_left = G_MAXUINT64;
  self->events = events;
  self->user_data = user_data;
  stream->events = &inner_events;
  stream->user_data = self;
  culvert_stream_accept (stream);
  return self;
}

const guint8 *
culvert_early_stream_get_held (CulvertEarlyStream *self, gsize *n_bytes)
{
  *n_bytes = self->held != NULL ? self->held->len : 0;
  return self->held != NULL ? self->held->data : NULL;
}

void
culvert_early_stream_take (CulvertEarlyStream *self, gsize n_bytes)
{
  if (n_bytes == 0)
    return;
  g_return_if_fail (self->held != NULL && n_bytes <= self->held->len);

  g_byte_array_remove_range (self->held, 0, (guint)n_bytes);
  if (self->held->len == 0)
    g_clear_pointer (&self->held, g_byte_array_unref);
  culvert_stream_consumed (self->inner, n_bytes);
}

gboolean
culvert_early_stream_is_finished (CulvertEarlyStream *self)
{
  return self->is_finished;
}

void
culvert_early_stream_say (CulvertEarlyStream *self, GBytes *bytes)
{
  gconstpointer data;
  gsize         n_bytes = 0;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &n_bytes);
  if (n_bytes == 0)
    return;
  if (self->unsaid == NULL)
    self->unsaid = g_byte_array_new ();
  g_byte_array_append (self->unsaid, data, (guint)n_bytes);
  send_unsaid (self);
}

void
culvert_early_stream_finish (CulvertEarlyStream *self)
{
  self->finish_wanted = TRUE;
  send_unsaid (self);
}

void
culvert_early_stream_put (CulvertEarlyStream *self, GBytes *bytes, guint64 n_more)
{
  g_clear_pointer (&self->put, g_bytes_unref);
  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    self->put = g_bytes_ref (bytes);
  self->n_left = n_more;
}

CulvertStream *
culvert_early_stream_offer (CulvertEarlyStream *self)
{
  self->state = STATE_OFFERED;
  self->events = NULL;
  return &self->outer;
}

void
culvert_early_stream_close (CulvertEarlyStream *self)
{
  close_inner (self);
}
