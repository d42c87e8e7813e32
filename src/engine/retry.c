/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/retry.h"

#include "base/backoff.h"
#include "engine/tunnel-state.h"

gboolean
culvert_retry_next (CulvertRetry *self,
                    const GError *error,
                    gint64        up_for_us,
                    GRand        *random,
                    guint        *delay_ms)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error != NULL, FALSE);
  g_return_val_if_fail (delay_ms != NULL, FALSE);

  if (!culvert_error_is_transient (error))
    return FALSE;

  if (up_for_us >= CULVERT_RETRY_GOOD_US)
    culvert_retry_reset (self);

  *delay_ms = culvert_backoff_delay_ms (self->n_failures, random);
  if (self->n_failures < G_MAXUINT)
    self->n_failures++;

  return TRUE;
}

void
culvert_retry_reset (CulvertRetry *self)
{
  g_return_if_fail (self != NULL);

  self->n_failures = 0;
}
