/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-watch-private.h"

/* Every wanted socket is one entry of the array that the context polls, which each turn walks: right
 * everywhere on Unix, slower than epoll with many watches. */
typedef struct
{
  GSource   *source; /* borrowed: it owns this */
  GPtrArray *wanted; /* of CulvertIoWatch: those that want something */
} Poll;

static GIOCondition
to_poll (CulvertIoCondition want)
{
  return (want & CULVERT_IO_IN ? G_IO_IN : 0) | (want & CULVERT_IO_OUT ? G_IO_OUT : 0) | G_IO_HUP |
         G_IO_ERR;
}

static CulvertIoCondition
from_poll (GIOCondition events)
{
  return (events & G_IO_IN ? CULVERT_IO_IN : 0) | (events & G_IO_OUT ? CULVERT_IO_OUT : 0) |
         (events & (G_IO_HUP | G_IO_ERR | G_IO_NVAL) ? CULVERT_IO_HUP : 0);
}

static gpointer
poll_open (CulvertIoSource *source)
{
  Poll *self = g_new0 (Poll, 1);

  self->source = (GSource *)source;
  self->wanted = g_ptr_array_new ();

  return self;
}

static void
poll_close (gpointer data)
{
  Poll *self = data;

  g_ptr_array_unref (self->wanted);
  g_free (self);
}

static void
forget (Poll *self, CulvertIoWatch *watch)
{
  CulvertIoWatch *last = g_ptr_array_index (self->wanted, self->wanted->len - 1);

  last->index = watch->index;
  self->wanted->pdata[watch->index] = last;
  g_ptr_array_set_size (self->wanted, (int)self->wanted->len - 1);
  watch->tag = NULL;
}

static gboolean
poll_set_want (gpointer data, CulvertIoWatch *watch, CulvertIoCondition want)
{
  Poll *self = data;

  if (watch->tag != NULL && want != 0)
    {
      g_source_modify_unix_fd (self->source, watch->tag, to_poll (want));
    }
  else if (watch->tag != NULL)
    {
      g_source_remove_unix_fd (self->source, watch->tag);
      forget (self, watch);
    }
  else if (want != 0)
    {
      watch->tag = g_source_add_unix_fd (self->source, watch->socket, to_poll (want));
      watch->index = self->wanted->len;
      g_ptr_array_add (self->wanted, watch);
    }

  return TRUE;
}

static gboolean
poll_check (gpointer data)
{
  Poll *self = data;

  for (guint i = 0; i < self->wanted->len; i++)
    {
      CulvertIoWatch *watch = g_ptr_array_index (self->wanted, i);

      if (g_source_query_unix_fd (self->source, watch->tag) != 0)
        return TRUE;
    }

  return FALSE;
}

static void
poll_collect (gpointer data, CulvertIoSource *source)
{
  Poll *self = data;

  for (guint i = 0; i < self->wanted->len; i++)
    {
      CulvertIoWatch *watch = g_ptr_array_index (self->wanted, i);
      GIOCondition    events = g_source_query_unix_fd (self->source, watch->tag);

      if (events != 0)
        culvert_io_source_add_ready (source, watch, from_poll (events));
    }
}

const CulvertIoBackend culvert_io_backend_poll = {
  .open = poll_open,
  .close = poll_close,
  .set_want = poll_set_want,
  .check = poll_check,
  .collect = poll_collect,
};
