/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How long this computer has slept.  The monotonic clock stands still meanwhile, and the wall clock
 * may be set to anything. */

#include <glib.h>

G_BEGIN_DECLS

/* Microseconds asleep since it was started; 0 for ever where the system does not tell. */
gint64 culvert_sleep_clock_get_us (void);

G_END_DECLS
