/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/graph-series.h"

#define LEAST_CEILING 1000.0

static double
get_value (CulvertRateHistory *history, CulvertDirection direction, guint age)
{
  CulvertRate rate;

  if (age >= culvert_rate_history_get_n_samples (history))
    return 0;
  rate = culvert_rate_history_get_sample (history, age);
  return direction == CULVERT_DIRECTION_RECEIVED ? rate.received : rate.sent;
}

double
culvert_graph_series (CulvertRateHistory *history,
                      CulvertDirection    direction,
                      guint               n_samples,
                      double             *values)
{
  double sum = 0;
  double largest = 0;

  g_return_val_if_fail (history != NULL, 0);

  /* The window of one second slides from the oldest sample to the newest. */
  for (guint before = 1; before < CULVERT_RATE_SAMPLES_PER_S; before++)
    sum += get_value (history, direction, n_samples - 1 + before);
  for (guint i = 0; i < n_samples; i++)
    {
      guint age = n_samples - 1 - i;

      sum += get_value (history, direction, age);
      /* Adding and taking away leaves crumbs of rounding, never real bytes. */
      values[i] = sum < 0.001 ? 0 : sum / CULVERT_RATE_SAMPLES_PER_S;
      largest = MAX (largest, values[i]);
      sum -= get_value (history, direction, age + CULVERT_RATE_SAMPLES_PER_S - 1);
    }
  return largest;
}

double
culvert_graph_ceiling (double largest)
{
  double ceiling = LEAST_CEILING;

  while (ceiling < largest)
    {
      if (2 * ceiling >= largest)
        return 2 * ceiling;
      if (5 * ceiling >= largest)
        return 5 * ceiling;
      ceiling *= 10;
    }
  return ceiling;
}
