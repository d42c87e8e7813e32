/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The time for sentences that count: one tick a second while somebody visible counts seconds, one in ten
 * while they all count minutes, and none otherwise.
 *
 * Property "now-us" (monotonic), notified at each tick.  Belongs to the main thread. */

#include <glib-object.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CLOCK (culvert_clock_get_type ())
G_DECLARE_FINAL_TYPE (CulvertClock, culvert_clock, CULVERT, CLOCK, GObject)

typedef enum
{
  CULVERT_CLOCK_RESTS,
  CULVERT_CLOCK_MINUTES,
  CULVERT_CLOCK_SECONDS,
} CulvertClockPace;

/* (transfer none): the one of this program; lives until it ends */
CulvertClock *culvert_clock_get_default (void);

gint64 culvert_clock_get_now_us (CulvertClock *self);

/**
 * culvert_clock_set_pace:
 * @held: (inout): the caller's field, CULVERT_CLOCK_RESTS at first
 * @pace: what the caller counts from now on
 *
 * Starts, stops and hurries the ticking as holders come and go; one that hurries it also brings "now-us" up
 * to date.  Does nothing when @held is @pace already.
 */
void culvert_clock_set_pace (CulvertClock *self, CulvertClockPace *held, CulvertClockPace pace);

/* The same for who counts seconds or nothing. @is_held: FALSE at first */
void culvert_clock_set_held (CulvertClock *self, gboolean *is_held, gboolean hold);

/* For tests: does it tick, and how? */
gboolean         culvert_clock_is_ticking (CulvertClock *self);
CulvertClockPace culvert_clock_get_pace (CulvertClock *self);

G_END_DECLS
