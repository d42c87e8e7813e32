/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Whether a tunnel that lost or did not get its session tries again, and when.  Pure: time and
 * chance are arguments. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* A session that lasted so long was a good one: the waits begin anew with the shortest. */
#define CULVERT_RETRY_GOOD_US (60 * G_USEC_PER_SEC)

typedef struct
{
  guint n_failures; /* in a row: 0 in the beginning */
} CulvertRetry;

/**
 * culvert_retry_next:
 * @error: why the session ended
 * @up_for_us: how long it was up; 0 when it never was
 * @random: (nullable): gives the jitter; none when NULL
 * @delay_ms: (out): how long to wait before the next try
 *
 * Returns: FALSE when trying again does not help: see [func@culvert_error_is_transient]
 */
gboolean culvert_retry_next (CulvertRetry *self,
                             const GError *error,
                             gint64        up_for_us,
                             GRand        *random,
                             guint        *delay_ms);

/* Circumstances have changed: the next wait is the shortest again. */
void culvert_retry_reset (CulvertRetry *self);

G_END_DECLS
