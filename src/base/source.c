/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/source.h"

void
culvert_source_clear (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
