/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Notices that nobody has had a connection for a while. */

#include "forward/counters.h"

G_BEGIN_DECLS

typedef void (*CulvertIdleFunc) (gpointer user_data);

/* Belongs to the thread whose default context is current at the start; all zero while it rests. */
typedef struct
{
  CulvertCounters *counters; /* borrowed */
  CulvertIdleFunc  func;
  gpointer         user_data;
  gint64           limit_us;
  gint64           busy_at_us; /* when somebody was last seen */
  guint64          n_accepted; /* as of then */
  GSource         *timer;      /* nullable */
} CulvertIdleWatch;

/**
 * culvert_idle_watch_start:
 * @counters: where connections are counted; outlives the watch
 * @limit_s: from now, or from the end of the last connection; noticed up to a quarter later, and never
 *   more than 15 seconds
 * @func: called once, from the context, when it has rested by itself already
 */
void culvert_idle_watch_start (CulvertIdleWatch *self,
                               CulvertCounters  *counters,
                               guint             limit_s,
                               CulvertIdleFunc   func,
                               gpointer          user_data);
void culvert_idle_watch_stop (CulvertIdleWatch *self);

G_END_DECLS
