/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/port-holder.h"

/* Systems that we know no way to ask. */

void
culvert_port_holder_find (const char *const *addresses, guint16 port, CulvertPortHolder *holder)
{
  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
}

void
culvert_port_holder_find_path (const char *path, CulvertPortHolder *holder)
{
  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
}
