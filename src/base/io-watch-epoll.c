/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-watch-private.h"

#include <sys/epoll.h>
#include <unistd.h>

/* The kernel keeps the list of what is wanted: the context polls one descriptor, however many
 * watches there are. */
typedef struct
{
  GSource            *source; /* borrowed: it owns this */
  int                 epoll_fd;
  gpointer            tag;
  guint               n_wanted;
  struct epoll_event *events;
  guint               n_events; /* room in events: never less than n_wanted */
} Epoll;

static guint32
to_epoll (CulvertIoCondition want)
{
  return (want & CULVERT_IO_IN ? (guint32)EPOLLIN : 0) |
         (want & CULVERT_IO_OUT ? (guint32)EPOLLOUT : 0);
}

static CulvertIoCondition
from_epoll (guint32 events)
{
  return (events & EPOLLIN ? CULVERT_IO_IN : 0) | (events & EPOLLOUT ? CULVERT_IO_OUT : 0) |
         (events & (EPOLLHUP | EPOLLERR) ? CULVERT_IO_HUP : 0);
}

static gpointer
epoll_open (CulvertIoSource *source)
{
  Epoll *self;
  int    epoll_fd = epoll_create1 (EPOLL_CLOEXEC);

  if (epoll_fd < 0)
    return NULL;

  self = g_new0 (Epoll, 1);
  self->source = (GSource *)source;
  self->epoll_fd = epoll_fd;
  self->tag = g_source_add_unix_fd (self->source, epoll_fd, G_IO_IN);

  return self;
}

static void
epoll_close (gpointer data)
{
  Epoll *self = data;

  (void)close (self->epoll_fd);
  g_free (self->events);
  g_free (self);
}

/* The kernel reports HUP and ERR even to whom wants nothing, so such a watch must not be there. */
static gboolean
epoll_set_want (gpointer data, CulvertIoWatch *watch, CulvertIoCondition want)
{
  Epoll             *self = data;
  struct epoll_event event = { .events = to_epoll (want), .data.ptr = watch };
  int                operation;
  gboolean           is_done;

  if (watch->tag == NULL && want == 0)
    return TRUE;
  if (watch->tag == NULL)
    operation = EPOLL_CTL_ADD;
  else if (want != 0)
    operation = EPOLL_CTL_MOD;
  else
    operation = EPOLL_CTL_DEL;

  is_done = epoll_ctl (self->epoll_fd, operation, watch->socket, &event) == 0;

  if (is_done && operation == EPOLL_CTL_ADD)
    {
      watch->tag = self;
      self->n_wanted++;
    }
  else if (operation == EPOLL_CTL_DEL || (!is_done && operation == EPOLL_CTL_MOD))
    {
      watch->tag = NULL;
      self->n_wanted--;
    }

  /* The only reason not to be able to leave is not to be there. */
  return is_done || operation == EPOLL_CTL_DEL;
}

static gboolean
epoll_check (gpointer data)
{
  Epoll *self = data;

  return g_source_query_unix_fd (self->source, self->tag) != 0;
}

static void
epoll_collect (gpointer data, CulvertIoSource *source)
{
  Epoll *self = data;
  int    n_ready;

  if (self->n_wanted == 0 || !epoll_check (data))
    return;

  /* Room for all: a turn serves everything that is ready. */
  if (self->n_events < self->n_wanted)
    {
      self->n_events = MAX (16, self->n_wanted * 2);
      self->events = g_renew (struct epoll_event, self->events, self->n_events);
    }

  n_ready = epoll_wait (self->epoll_fd, self->events, (int)self->n_events, 0);
  for (int i = 0; i < n_ready; i++)
    culvert_io_source_add_ready (source, self->events[i].data.ptr,
                                 from_epoll (self->events[i].events));
}

const CulvertIoBackend culvert_io_backend_epoll = {
  .open = epoll_open,
  .close = epoll_close,
  .set_want = epoll_set_want,
  .check = epoll_check,
  .collect = epoll_collect,
};
