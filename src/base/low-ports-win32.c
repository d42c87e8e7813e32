/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/low-ports-private.h"

/* Windows keeps no port to administrators. */

guint16
culvert_low_ports_ask_system (void)
{
  return 1;
}

char *
culvert_low_ports_dup_command (guint16 port)
{
  return NULL;
}

char *
culvert_low_ports_dup_own_command (void)
{
  return NULL;
}
