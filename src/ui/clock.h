/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The time for sentences that count: one tick a second, and only while somebody visible counts.
 *
 * Property "now-us" (monotonic), notified at each tick.  Belongs to the main thread. */

#include <glib-object.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CLOCK (culvert_clock_get_type ())
G_DECLARE_FINAL_TYPE (CulvertClock, culvert_clock, CULVERT, CLOCK, GObject)

/* (transfer none): the one of this program; lives until it ends */
CulvertClock *culvert_clock_get_default (void);

gint64 culvert_clock_get_now_us (CulvertClock *self);

/**
 * culvert_clock_set_held:
 * @is_held: (inout): the caller's field, FALSE at first
 * @hold: whether the caller needs ticks from now on
 *
 * Starts and stops the ticking as holders come and go; the first one also brings "now-us" up to
 * date.  Does nothing when @is_held is @hold already.
 */
void culvert_clock_set_held (CulvertClock *self, gboolean *is_held, gboolean hold);

/* For tests: does it tick? */
gboolean culvert_clock_is_ticking (CulvertClock *self);

G_END_DECLS
