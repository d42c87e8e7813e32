/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/counters.h"

#define N_ROUNDS 20000

static void
bell_cb (gpointer user_data)
{
  g_atomic_int_inc ((gint *)user_data);
}

static void
gone_cb (gpointer user_data)
{
  *(gint *)user_data = -1;
}

static void
test_rings_once (void)
{
  g_autoptr (CulvertCounters) whole = culvert_counters_new ();
  g_autoptr (CulvertCounters) part = culvert_counters_new ();
  gint                        n_rung = 0;

  culvert_counters_set_bell (whole, bell_cb, &n_rung, gone_cb);
  culvert_counters_set_whole (part, whole);
  culvert_counters_ring (whole);
  g_assert_cmpint (n_rung, ==, 0);

  culvert_counters_await (whole);
  culvert_counters_ring (part);
  culvert_counters_ring (whole);
  g_assert_cmpint (n_rung, ==, 1);
  culvert_counters_await (whole);
  culvert_counters_ring (whole);
  g_assert_cmpint (n_rung, ==, 2);

  g_clear_pointer (&whole, culvert_counters_unref);
  g_assert_cmpint (n_rung, ==, 2);
  g_clear_pointer (&part, culvert_counters_unref);
  g_assert_cmpint (n_rung, ==, -1);
}

static void
test_without_a_bell (void)
{
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();

  culvert_counters_ring (counters);
}

static gpointer
count_cb (gpointer user_data)
{
  CulvertCounters *counters = user_data;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      counters->n_sent++;
      culvert_counters_ring (counters);
    }
  return NULL;
}

/* What one thread counts, the other has seen or hears of: nobody sleeps over it. */
static void
test_nothing_is_missed (void)
{
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();
  gint                        n_rung = 0;
  guint64                     n_seen = 0;
  GThread                    *thread;

  culvert_counters_set_bell (counters, bell_cb, &n_rung, NULL);
  thread = g_thread_new ("counts", count_cb, counters);
  while (n_seen < N_ROUNDS)
    {
      gint n_before = g_atomic_int_get (&n_rung);

      culvert_counters_await (counters);
      n_seen = counters->n_sent;
      while (n_seen < N_ROUNDS && g_atomic_int_get (&n_rung) == n_before)
        g_thread_yield ();
    }
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forward/counters/rings-once", test_rings_once);
  g_test_add_func ("/forward/counters/without-a-bell", test_without_a_bell);
  g_test_add_func ("/forward/counters/nothing-is-missed", test_nothing_is_missed);
  return g_test_run ();
}
