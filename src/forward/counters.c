/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/counters.h"

CulvertCounters *
culvert_counters_new (void)
{
  CulvertCounters *self = g_new0 (CulvertCounters, 1);

  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

CulvertCounters *
culvert_counters_ref (CulvertCounters *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
culvert_counters_unref (CulvertCounters *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}
