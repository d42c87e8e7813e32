/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sanitizer/lsan_interface.h>

/* For builds that look for losses: what the libraries' constructors allocate is none of ours.  GLib gives up
 * its first table of quarks once there are more than 2048. */

__attribute__ ((section (".preinit_array"),
                used)) static void (*const before_libraries) (void) = __lsan_disable;

__attribute__ ((constructor)) static void
after_libraries (void)
{
  __lsan_enable ();
}
