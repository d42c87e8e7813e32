/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tells when the computer has woken from sleep.
 *
 * logind says it over the system bus (`PrepareForSleep`).  Where there is no logind to be heard, the
 * clock that counts sleep is compared with the one that does not, every few seconds. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* How often the clocks are compared, and so how late a wake-up may be told without logind. */
#define CULVERT_WAKE_WATCH_POLL_MS 5000

typedef struct _CulvertWakeWatch CulvertWakeWatch;

typedef void (*CulvertWakeFunc) (gpointer user_data);

/* Like culvert_sleep_clock_get_us(); in tests another. */
typedef gint64 (*CulvertSleepClockFunc) (void);

/**
 * culvert_wake_watch_new:
 * @clock: (nullable): NULL for the computer's own
 * @func: called in the default main context
 *
 * Returns at once; looks for logind meanwhile.
 */
CulvertWakeWatch      *
culvert_wake_watch_new (CulvertSleepClockFunc clock, CulvertWakeFunc func, gpointer user_data);
void culvert_wake_watch_free (CulvertWakeWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertWakeWatch, culvert_wake_watch_free)

G_END_DECLS
