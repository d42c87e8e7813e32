/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/backoff.h"

#define JITTER 0.2

guint
culvert_backoff_delay_ms (guint attempt, GRand *random)
{
  guint delay_ms = CULVERT_BACKOFF_FIRST_MS;

  for (guint i = 0; i < attempt && delay_ms < CULVERT_BACKOFF_MAX_MS; i++)
    delay_ms = MIN (delay_ms * 2, CULVERT_BACKOFF_MAX_MS);

  /* After the cap, not before it: a thousand programs that lost the same server stay spread out
     for as long as it is away. */
  if (random != NULL)
    delay_ms = (guint)(delay_ms * g_rand_double_range (random, 1 - JITTER, 1 + JITTER));

  return delay_ms;
}
