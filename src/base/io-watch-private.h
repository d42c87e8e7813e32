/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The seam between the one source (base/io-watch.c) and the ways in which systems poll
 * (base/io-watch-epoll.c, base/io-watch-poll.c). */

#include "base/io-watch.h"

G_BEGIN_DECLS

struct _CulvertIoWatch
{
  CulvertIoSource   *source;
  CulvertSocket      socket;
  CulvertIoCondition want;
  CulvertIoCondition waited_for; /* what the backend knows of it */
  gboolean           is_stale;   /* the two differ, and a turn is under way */
  CulvertIoFunc      func;
  gpointer           user_data;
  gsize              ready_position; /* 1 + its place among the ready of this turn, 0: not there */
  gboolean           is_unpollable;  /* the system refused to watch the socket */
  gpointer           tag;            /* the backend's */
  gsize              index;          /* the backend's */
};

/* Called by a backend's collect for each ready watch.  @ready may hold more than is wanted. */
void culvert_io_source_add_ready (CulvertIoSource   *self,
                                  CulvertIoWatch    *watch,
                                  CulvertIoCondition ready);

typedef struct
{
  /* Returns: the backend's own data, given to all the others, or NULL when it cannot work now */
  gpointer (*open) (CulvertIoSource *source);
  void (*close) (gpointer data);

  /* Makes the system wait for @want instead of @watch->waited_for.  Called only when they differ; 0
   * is "not at all".  Returns: FALSE when the system refuses; the watch is then not waited for */
  gboolean (*set_want) (gpointer data, CulvertIoWatch *watch, CulvertIoCondition want);

  /* After the context has polled: is any watch ready? */
  gboolean (*check) (gpointer data);

  /* Hands every ready watch to culvert_io_source_add_ready(), each at most once. */
  void (*collect) (gpointer data, CulvertIoSource *source);
} CulvertIoBackend;

extern const CulvertIoBackend culvert_io_backend_epoll;
extern const CulvertIoBackend culvert_io_backend_poll;

G_END_DECLS
