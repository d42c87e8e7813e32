/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/counters.h"

#include <stdatomic.h>

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

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_pointer (&self->whole, culvert_counters_unref);
  g_free (self);
}

void
culvert_counters_set_bell (CulvertCounters *self,
                           void (*bell) (gpointer user_data),
                           gpointer       user_data,
                           GDestroyNotify destroy)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->bell == NULL && bell != NULL);

  self->bell = bell;
  self->user_data = user_data;
  self->destroy = destroy;
}

void
culvert_counters_set_whole (CulvertCounters *self, CulvertCounters *whole)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->whole == NULL);

  self->whole = culvert_counters_ref (whole);
}

/* Counting, then looking at is_awaited; setting that, then reading what was counted: one of the two sees the
 * other, because all four are in one order for all threads. */
void
culvert_counters_await (CulvertCounters *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->bell != NULL);

  atomic_store (&self->is_awaited, TRUE);
}

void
culvert_counters_ring (CulvertCounters *self)
{
  CulvertCounters *owner = self->whole != NULL ? self->whole : self;

  if (atomic_load (&owner->is_awaited) && atomic_exchange (&owner->is_awaited, FALSE))
    owner->bell (owner->user_data);
}
