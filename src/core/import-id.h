/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Ids that are made of the name, or place, that something has elsewhere: the same each time, so that a second
 * import finds what the first made.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

/* (transfer full): @prefix and @name if that can be an id, else what comes near it, with a digest */
char *culvert_import_id (const char *prefix, const char *name);

/* Gives the forwards ids by their place, so that a second import does not look like a change. */
void culvert_import_number_forwards (CulvertProfile *profile);

G_END_DECLS
