/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sleep-clock.h"

#include <time.h>

#ifdef CLOCK_BOOTTIME
static gint64
read_clock (clockid_t clock)
{
  struct timespec now = { 0 };

  clock_gettime (clock, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}
#endif

gint64
culvert_sleep_clock_get_us (void)
{
#ifdef CLOCK_BOOTTIME
  /* In this order, so that a pause between the two calls does not look like time awake. */
  gint64 awake_us = read_clock (CLOCK_MONOTONIC);

  return read_clock (CLOCK_BOOTTIME) - awake_us;
#else
  return 0;
#endif
}
