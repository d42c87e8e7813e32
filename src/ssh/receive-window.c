/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/receive-window.h"

#define STEP (32 * 1024)

/* The window is topped up when a quarter is missing, and the answer to that takes a round trip, so
 * twice the product keeps the server going; three times lets a rate grow that still does. */
#define PRODUCTS_STEADY  2
#define PRODUCTS_GROWING 3
/* More than this share above the best rate so far is growth. */
#define GROWTH_PERCENT 15

/* A shorter time measures how fast the memory is: what had gathered in some buffer comes at once. */
#define SHORTEST_US 2000

/* What may wait at the server on top of it, so that a short pause of ours is not one of the data's. */
#define SLACK_MS  10
#define SLACK_MAX (256 * 1024)

/* Bytes of window granted beyond CULVERT_WINDOW_FIRST in the whole process. */
static gint64 extra_total;

void
culvert_window_init (CulvertWindow *self)
{
  *self = (CulvertWindow){ .target = CULVERT_WINDOW_FIRST };
}

static guint32
get_extra (guint32 target)
{
  return target > CULVERT_WINDOW_FIRST ? target - CULVERT_WINDOW_FIRST : 0;
}

/* Growing beyond the common bound is refused; the window then stays what it was. */
static void
set_target (CulvertWindow *self, guint32 target)
{
  gint64 change = (gint64)get_extra (target) - get_extra (self->target);

  if (change > 0 &&
      __atomic_load_n (&extra_total, __ATOMIC_RELAXED) + change > CULVERT_WINDOW_TOTAL)
    return;
  __atomic_add_fetch (&extra_total, change, __ATOMIC_RELAXED);
  self->target = target;
}

void
culvert_window_clear (CulvertWindow *self)
{
  set_target (self, CULVERT_WINDOW_FIRST);
}

static void
restart (CulvertWindow *self, gint64 now_us)
{
  self->measured_us = now_us;
  self->n_measured = 0;
  self->was_slow = FALSE;
}

void
culvert_window_note_consumed (CulvertWindow *self, gsize n_bytes, gboolean is_slow)
{
  self->n_measured += (guint32)n_bytes;
  self->was_slow |= is_slow;
}

static guint32
get_wanted (guint64 rate, gint64 round_trip_us, guint products)
{
  guint64 slack = MIN (rate * SLACK_MS / 1000, SLACK_MAX);
  guint64 wanted = rate * (guint64)round_trip_us / G_USEC_PER_SEC * products + slack;

  wanted = (wanted + STEP - 1) / STEP * STEP;
  return (guint32)CLAMP (wanted, CULVERT_WINDOW_MIN, CULVERT_WINDOW_MAX);
}

guint32
culvert_window_get_target (CulvertWindow *self, gint64 round_trip_us, gint64 now_us)
{
  gint64  elapsed_us = now_us - self->measured_us;
  guint64 rate;
  guint   products = PRODUCTS_STEADY;

  if (self->measured_us == 0)
    restart (self, now_us);
  else if (self->n_measured >= self->target / 2 && elapsed_us >= MAX (round_trip_us, SHORTEST_US))
    {
      rate = (guint64)self->n_measured * G_USEC_PER_SEC / (guint64)elapsed_us;
      if (rate > self->best_rate + self->best_rate * GROWTH_PERCENT / 100)
        products = PRODUCTS_GROWING;
      self->best_rate = MAX (self->best_rate, rate);
      if (!self->was_slow && round_trip_us >= 0)
        set_target (self, get_wanted (rate, round_trip_us, products));
      restart (self, now_us);
    }
  return self->target;
}
