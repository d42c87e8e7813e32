/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/clock.h"

#include "support/culvert-test.h"

static void
count_cb (guint *n_ticks)
{
  (*n_ticks)++;
}

static void
test_ticks_only_while_held (void)
{
  CulvertClock *clock = culvert_clock_get_default ();
  gboolean      a = FALSE;
  gboolean      b = FALSE;

  g_assert_false (culvert_clock_is_ticking (clock));
  culvert_clock_set_held (clock, &a, TRUE);
  g_assert_true (culvert_clock_is_ticking (clock));
  culvert_clock_set_held (clock, &a, TRUE);
  culvert_clock_set_held (clock, &b, TRUE);

  culvert_clock_set_held (clock, &a, FALSE);
  g_assert_true (culvert_clock_is_ticking (clock));
  culvert_clock_set_held (clock, &a, FALSE);
  g_assert_true (culvert_clock_is_ticking (clock));
  culvert_clock_set_held (clock, &b, FALSE);
  g_assert_false (culvert_clock_is_ticking (clock));
}

static void
test_first_holder_sees_the_present (void)
{
  CulvertClock *clock = culvert_clock_get_default ();
  gboolean      is_held = FALSE;
  gint64        before_us = culvert_clock_get_now_us (clock);

  culvert_test_spend (20);
  g_assert_cmpint (culvert_clock_get_now_us (clock), ==, before_us);
  culvert_clock_set_held (clock, &is_held, TRUE);
  g_assert_cmpint (culvert_clock_get_now_us (clock), >=, before_us + 20000);
  culvert_clock_set_held (clock, &is_held, FALSE);
}

static void
test_ticks_once_a_second (void)
{
  CulvertClock *clock = culvert_clock_get_default ();
  gboolean      is_held = FALSE;
  guint         n_ticks = 0;
  gulong        handler;

  culvert_clock_set_held (clock, &is_held, TRUE);
  handler = g_signal_connect_swapped (clock, "notify::now-us", G_CALLBACK (count_cb), &n_ticks);
  culvert_test_wait_until (n_ticks == 2, 5000);
  culvert_clock_set_held (clock, &is_held, FALSE);
  culvert_test_spend (1200);
  g_assert_cmpuint (n_ticks, ==, 2);
  g_signal_handler_disconnect (clock, handler);
}

/* Who counts minutes does not hurry it, and is not hurried for longer than others count seconds. */
static void
test_paces (void)
{
  CulvertClock    *clock = culvert_clock_get_default ();
  CulvertClockPace slow = CULVERT_CLOCK_RESTS;
  CulvertClockPace fast = CULVERT_CLOCK_RESTS;
  guint            n_ticks = 0;
  gulong           handler;

  culvert_clock_set_pace (clock, &slow, CULVERT_CLOCK_MINUTES);
  g_assert_cmpint (culvert_clock_get_pace (clock), ==, CULVERT_CLOCK_MINUTES);
  handler = g_signal_connect_swapped (clock, "notify::now-us", G_CALLBACK (count_cb), &n_ticks);
  culvert_clock_set_pace (clock, &fast, CULVERT_CLOCK_SECONDS);
  g_assert_cmpint (culvert_clock_get_pace (clock), ==, CULVERT_CLOCK_SECONDS);
  culvert_test_wait_until (n_ticks == 2, 5000);
  culvert_clock_set_pace (clock, &fast, CULVERT_CLOCK_MINUTES);
  g_assert_cmpint (culvert_clock_get_pace (clock), ==, CULVERT_CLOCK_MINUTES);
  culvert_test_spend (1500);
  g_assert_cmpuint (n_ticks, ==, 2);
  culvert_clock_set_pace (clock, &fast, CULVERT_CLOCK_RESTS);
  culvert_clock_set_pace (clock, &slow, CULVERT_CLOCK_RESTS);
  g_assert_false (culvert_clock_is_ticking (clock));
  g_signal_handler_disconnect (clock, handler);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/clock/ticks-only-while-held", test_ticks_only_while_held);
  g_test_add_func ("/ui/clock/first-holder-sees-the-present", test_first_holder_sees_the_present);
  g_test_add_func ("/ui/clock/ticks-once-a-second", test_ticks_once_a_second);
  g_test_add_func ("/ui/clock/paces", test_paces);
  return g_test_run ();
}
