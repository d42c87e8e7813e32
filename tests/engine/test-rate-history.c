/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rate-history.h"

#define STEP_US (G_USEC_PER_SEC / CULVERT_RATE_SAMPLES_PER_S)

#define assert_rate(rate, is_received, is_sent)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    CulvertRate is = (rate);                                                                       \
    g_assert_cmpfloat_with_epsilon (is.received, is_received, 0.001);                              \
    g_assert_cmpfloat_with_epsilon (is.sent, is_sent, 0.001);                                      \
  }                                                                                                \
  G_STMT_END

static void
test_empty (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();

  g_assert_cmpuint (culvert_rate_history_get_n_samples (history), ==, 0);
  assert_rate (culvert_rate_history_get_current (history), 0, 0);
}

/* What was carried before the first look has no duration and so no rate. */
static void
test_first_sample_is_zero (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();

  culvert_rate_history_add (history, 5000000, 7000, 123456);
  g_assert_cmpuint (culvert_rate_history_get_n_samples (history), ==, 1);
  assert_rate (culvert_rate_history_get_sample (history, 0), 0, 0);
  assert_rate (culvert_rate_history_get_current (history), 0, 0);
}

static void
test_rates_are_per_second (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();

  culvert_rate_history_add (history, 100, 10, 0);
  culvert_rate_history_add (history, 350, 10, STEP_US);
  assert_rate (culvert_rate_history_get_sample (history, 0), 1000, 0);
  /* A late tick is longer, not faster. */
  culvert_rate_history_add (history, 850, 60, 3 * STEP_US);
  assert_rate (culvert_rate_history_get_sample (history, 0), 1000, 100);
  assert_rate (culvert_rate_history_get_sample (history, 1), 1000, 0);
}

static void
test_current_is_the_last_second (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();
  gint64                         now_us = 0;
  guint64                        total = 0;

  culvert_rate_history_add (history, total, 0, now_us);
  for (int i = 0; i < 20; i++)
    culvert_rate_history_add (history, total += 400, 0, now_us += STEP_US);
  assert_rate (culvert_rate_history_get_current (history), 1600, 0);

  /* It fades within the second and not at once. */
  culvert_rate_history_add (history, total, 0, now_us += STEP_US);
  assert_rate (culvert_rate_history_get_current (history), 1200, 0);
  for (int i = 0; i < 3; i++)
    culvert_rate_history_add (history, total, 0, now_us += STEP_US);
  assert_rate (culvert_rate_history_get_current (history), 0, 0);

  /* One long sample outweighs short ones by its length. */
  culvert_rate_history_add (history, total += 1000, 0, now_us += 9 * STEP_US);
  assert_rate (culvert_rate_history_get_current (history), 1000.0 * 4 / 12, 0);
}

static void
test_keeps_two_minutes (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();
  guint64                        total = 0;

  culvert_rate_history_add (history, 0, 0, 0);
  for (guint i = 1; i <= CULVERT_RATE_MAX_SAMPLES + 5; i++)
    culvert_rate_history_add (history, total += i, 0, (gint64)i * STEP_US);

  g_assert_cmpuint (culvert_rate_history_get_n_samples (history), ==, CULVERT_RATE_MAX_SAMPLES);
  assert_rate (culvert_rate_history_get_sample (history, 0), (CULVERT_RATE_MAX_SAMPLES + 5) * 4, 0);
  assert_rate (culvert_rate_history_get_sample (history, CULVERT_RATE_MAX_SAMPLES - 1), 6 * 4, 0);
}

static void
test_restart (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();

  culvert_rate_history_add (history, 0, 0, 0);
  culvert_rate_history_add (history, 1000, 500, STEP_US);
  culvert_rate_history_restart (history);
  assert_rate (culvert_rate_history_get_current (history), 0, 0);
  assert_rate (culvert_rate_history_get_sample (history, 0), 4000, 2000);

  /* Neither the smaller totals nor the time between count. */
  culvert_rate_history_add (history, 200, 100, 100 * STEP_US);
  assert_rate (culvert_rate_history_get_current (history), 0, 0);
  culvert_rate_history_add (history, 300, 100, 101 * STEP_US);
  assert_rate (culvert_rate_history_get_current (history), 200, 0);
  g_assert_cmpuint (culvert_rate_history_get_n_samples (history), ==, 4);
}

static void
test_same_moment_twice (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();

  culvert_rate_history_add (history, 0, 0, 1000);
  culvert_rate_history_add (history, 100, 0, 1000);
  g_assert_cmpuint (culvert_rate_history_get_n_samples (history), ==, 1);
  culvert_rate_history_add (history, 100, 0, 1000 + STEP_US);
  assert_rate (culvert_rate_history_get_sample (history, 0), 400, 0);
}

/* A rest is no part of the rate after it. */
static void
test_rest (void)
{
  g_autoptr (CulvertRateHistory) history = culvert_rate_history_new ();

  g_assert_true (culvert_rate_history_is_still (history));
  culvert_rate_history_add (history, 0, 0, 0);
  culvert_rate_history_add (history, 0, 0, STEP_US);
  g_assert_true (culvert_rate_history_is_still (history));
  culvert_rate_history_skip_to (history, 1000 * STEP_US);
  culvert_rate_history_add (history, 250, 0, 1001 * STEP_US);
  assert_rate (culvert_rate_history_get_sample (history, 0), 1000, 0);
  /* Two zeros and a thousand, of the same length. */
  assert_rate (culvert_rate_history_get_current (history), 1000.0 / 3, 0);
  g_assert_false (culvert_rate_history_is_still (history));

  /* Never back. */
  culvert_rate_history_skip_to (history, 0);
  for (int i = 1; i <= CULVERT_RATE_MAX_SAMPLES; i++)
    {
      g_assert_false (culvert_rate_history_is_still (history));
      culvert_rate_history_add (history, 250, 0, (1001 + i) * STEP_US);
    }
  g_assert_true (culvert_rate_history_is_still (history));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/rate-history/empty", test_empty);
  g_test_add_func ("/engine/rate-history/first-sample-is-zero", test_first_sample_is_zero);
  g_test_add_func ("/engine/rate-history/rates-are-per-second", test_rates_are_per_second);
  g_test_add_func ("/engine/rate-history/current-is-the-last-second",
                   test_current_is_the_last_second);
  g_test_add_func ("/engine/rate-history/keeps-two-minutes", test_keeps_two_minutes);
  g_test_add_func ("/engine/rate-history/restart", test_restart);
  g_test_add_func ("/engine/rate-history/same-moment-twice", test_same_moment_twice);

  g_test_add_func ("/engine/rate-history/rest", test_rest);

  return g_test_run ();
}
