/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* From a history of rates to what a graph draws.  Pure. */

#include "engine/rate-history.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_DIRECTION_RECEIVED,
  CULVERT_DIRECTION_SENT,
} CulvertDirection;

/**
 * culvert_graph_series:
 * @n_samples: how far back to look; samples before the history began are 0
 * @values: (out caller-allocates) (array length=n_samples): oldest first, in bytes per second,
 *   each the mean of one second, as the figures that people read are
 *
 * Returns: the largest of @values
 */
double culvert_graph_series (CulvertRateHistory *history,
                             CulvertDirection    direction,
                             guint               n_samples,
                             double             *values);

/* The end of the scale for values up to @largest: 1, 2 or 5 times a power of ten, at least 1000
 * (so that a keepalive does not fill the graph). */
double culvert_graph_ceiling (double largest);

G_END_DECLS
