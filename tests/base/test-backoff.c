/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/backoff.h"

#define N_SAMPLES 20000

static void
test_doubles_up_to_the_limit (void)
{
  const guint expected_ms[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };

  for (guint i = 0; i < G_N_ELEMENTS (expected_ms); i++)
    g_assert_cmpuint (culvert_backoff_delay_ms (i, NULL), ==, expected_ms[i]);

  g_assert_cmpuint (culvert_backoff_delay_ms (31, NULL), ==, CULVERT_BACKOFF_MAX_MS);
  g_assert_cmpuint (culvert_backoff_delay_ms (32, NULL), ==, CULVERT_BACKOFF_MAX_MS);
  g_assert_cmpuint (culvert_backoff_delay_ms (G_MAXUINT, NULL), ==, CULVERT_BACKOFF_MAX_MS);
}

static void
test_jitter_fills_a_fifth_each_way (void)
{
  GRand *random = g_rand_new_with_seed (20240317);

  for (guint attempt = 0; attempt < 8; attempt++)
    {
      guint plain_ms = culvert_backoff_delay_ms (attempt, NULL);
      guint shortest_ms = G_MAXUINT;
      guint longest_ms = 0;

      for (guint i = 0; i < N_SAMPLES; i++)
        {
          guint delay_ms = culvert_backoff_delay_ms (attempt, random);

          shortest_ms = MIN (shortest_ms, delay_ms);
          longest_ms = MAX (longest_ms, delay_ms);
        }

      g_assert_cmpuint (shortest_ms, >=, plain_ms * 8 / 10);
      g_assert_cmpuint (shortest_ms, <=, plain_ms * 81 / 100);
      g_assert_cmpuint (longest_ms, <=, plain_ms * 12 / 10);
      g_assert_cmpuint (longest_ms, >=, plain_ms * 119 / 100);
    }

  g_rand_free (random);
}

static void
test_same_seed_same_delays (void)
{
  GRand *first = g_rand_new_with_seed (7);
  GRand *second = g_rand_new_with_seed (7);

  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (culvert_backoff_delay_ms (i, first), ==,
                      culvert_backoff_delay_ms (i, second));

  g_rand_free (first);
  g_rand_free (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backoff/doubles-up-to-the-limit", test_doubles_up_to_the_limit);
  g_test_add_func ("/backoff/jitter-fills-a-fifth-each-way", test_jitter_fills_a_fifth_each_way);
  g_test_add_func ("/backoff/same-seed-same-delays", test_same_seed_same_delays);

  return g_test_run ();
}
