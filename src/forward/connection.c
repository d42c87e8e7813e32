/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/connection.h"

char *
culvert_connection_dup_target (const CulvertConnection *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->target != NULL ? culvert_endpoint_to_string (self->target)
                              : g_strdup (self->target_text);
}
