/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/low-ports-private.h"

static int first_for_tests; /* atomic; 0: ask the system */

guint16
culvert_low_ports_get_first (void)
{
  int first = g_atomic_int_get (&first_for_tests);

  return first != 0 ? (guint16)first : culvert_low_ports_ask_system ();
}

void
culvert_low_ports_set_first (guint16 port)
{
  g_atomic_int_set (&first_for_tests, port);
}
