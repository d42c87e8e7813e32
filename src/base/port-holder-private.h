/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the systems' ways to find a port's holder share, and what tests put in the place of a system. */

#include "base/port-holder.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): @text on one line, printable, and not longer than a name is; NULL when
 * nothing of it is left */
char *culvert_port_holder_dup_name (const char *text);

/* (transfer full) (nullable): the last part of a path, the same way */
char *culvert_port_holder_dup_base_name (const char *path);

/* Where Linux shows itself. */
typedef struct
{
  const char *proc;         /* /proc */
  const char *sandbox_mark; /* a file that exists inside a sandbox alone */
  guint32     uid;          /* who we are */
} CulvertPortHolderPlace;

void culvert_port_holder_find_in (const CulvertPortHolderPlace *place,
                                  const char *const            *addresses,
                                  guint16                       port,
                                  CulvertPortHolder            *holder);

G_END_DECLS
