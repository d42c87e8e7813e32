/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/describe-libraries.h"

#include "ssh/lib.h"

const char *
culvert_describe_libraries (void)
{
  return culvert_lib_describe ();
}
