/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How long to wait before the next attempt.  Pure: time and chance are arguments. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_BACKOFF_FIRST_MS 1000
#define CULVERT_BACKOFF_MAX_MS   60000

/**
 * culvert_backoff_delay_ms:
 * @attempt: 0 for the first retry
 * @random: (nullable): gives the jitter of plus or minus a fifth; none when NULL
 *
 * Returns: 1 s, 2 s, 4 s … up to 60 s, with jitter, in milliseconds
 */
guint culvert_backoff_delay_ms (guint attempt, GRand *random);

G_END_DECLS
