/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How far ahead the server may send on one channel.
 *
 * Too narrow a window makes the server wait for us on a long link; too wide a one fills the buffers
 * on the way, and everybody else on the session waits behind them.  So the window follows what the
 * connection really carries: bandwidth × delay, measured each time half of it was used up, with room
 * to grow while it still gets faster.  All windows of the process together are bounded.
 *
 * Spec: RFC 4254 section 5.2 */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_WINDOW_FIRST (256 * 1024)
#define CULVERT_WINDOW_MIN   (64 * 1024)
#define CULVERT_WINDOW_MAX   (32 * 1024 * 1024)
/* What all channels of the process together may have beyond their first window. */
#define CULVERT_WINDOW_TOTAL (256 * 1024 * 1024)

typedef struct
{
  guint32  target;      /* bytes */
  guint32  n_measured;  /* bytes consumed since … */
  gint64   measured_us; /* … then; 0: not yet */
  guint64  best_rate;   /* bytes a second, of all measurements so far */
  gboolean was_slow;    /* the receiver set the pace in this measurement */
} CulvertWindow;

void culvert_window_init (CulvertWindow *self);
/* Gives its share of the total back. */
void culvert_window_clear (CulvertWindow *self);

/* @is_slow: the receiver still has some of what it was given, so that it sets the pace */
void culvert_window_note_consumed (CulvertWindow *self, gsize n_bytes, gboolean is_slow);

/**
 * culvert_window_get_target:
 * @round_trip_us: of the session while it is idle; -1 when not known yet
 * @now_us: monotonic
 *
 * Returns: how many bytes the server may be ahead now
 */
guint32 culvert_window_get_target (CulvertWindow *self, gint64 round_trip_us, gint64 now_us);

G_END_DECLS
