/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/graph-series.h"

#define SAMPLE_US (G_USEC_PER_SEC / CULVERT_RATE_SAMPLES_PER_S)

static void
test_empty_history_is_flat (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();
  double                         values[8];

  g_assert_cmpfloat (culvert_graph_series (history, CULVERT_DIRECTION_SENT, 8, values), ==, 0);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat (values[i], ==, 0);
}

static void
test_newest_is_last_and_smoothed (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();
  double                         values[8];

  /* Nothing for a while, then 1000 bytes received in the newest quarter of a second. */
  for (int i = 0; i < 10; i++)
    culvert_rate_history_add (history, 0, 0, i * SAMPLE_US);
  culvert_rate_history_add (history, 1000, 0, 10 * SAMPLE_US);

  g_assert_cmpfloat (culvert_graph_series (history, CULVERT_DIRECTION_RECEIVED, 8, values), ==,
                     1000);
  g_assert_cmpfloat (values[7], ==, 1000);
  g_assert_cmpfloat (values[6], ==, 0);
  g_assert_cmpfloat (culvert_graph_series (history, CULVERT_DIRECTION_SENT, 8, values), ==, 0);
}

static void
test_spike_lasts_a_second (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();
  double                         values[12];

  culvert_rate_history_add (history, 0, 0, 0);
  culvert_rate_history_add (history, 0, 500, SAMPLE_US);
  for (int i = 2; i < 10; i++)
    culvert_rate_history_add (history, 0, 500, i * SAMPLE_US);

  culvert_graph_series (history, CULVERT_DIRECTION_SENT, 12, values);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpfloat (values[i], ==, i >= 3 && i < 3 + CULVERT_RATE_SAMPLES_PER_S ? 500 : 0);
}

static void
test_end_of_the_scale (void)
{
  static const struct
  {
    double largest;
    double ceiling;
  } rows[] = {
    { 0, 1000 },     { 1000, 1000 }, { 1001, 2000 }, { 2000, 2000 }, { 2001, 5000 },
    { 5001, 10000 }, { 99999, 1e5 }, { 1.2e6, 2e6 }, { 4e8, 5e8 },   { 1.1e10, 2e10 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat (culvert_graph_ceiling (rows[i].largest), ==, rows[i].ceiling);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/graph-series/empty-history-is-flat", test_empty_history_is_flat);
  g_test_add_func ("/ui/graph-series/newest-is-last-and-smoothed",
                   test_newest_is_last_and_smoothed);
  g_test_add_func ("/ui/graph-series/spike-lasts-a-second", test_spike_lasts_a_second);
  g_test_add_func ("/ui/graph-series/end-of-the-scale", test_end_of_the_scale);
  return g_test_run ();
}
