/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The eye on a tunnel's connections while somebody looks: knows what was told of which one already,
 * and asks the system whose process is behind each, once and a few at a time.  Lives in the link
 * thread. */

#include "engine/connection-list.h"
#include "engine/forward-set.h"

G_BEGIN_DECLS

/* How many clients one list asks the system about: a few microseconds each. */
#define CULVERT_CONNECTION_WATCH_ASKS 256

typedef struct _CulvertConnectionWatch CulvertConnectionWatch;

/* Has told nobody anything yet. */
CulvertConnectionWatch *culvert_connection_watch_new (void);
void                    culvert_connection_watch_free (CulvertConnectionWatch *self);

/* (transfer full): all connections of @forwards now, with the news that were not told before */
CulvertConnectionList *culvert_connection_watch_list (CulvertConnectionWatch *self,
                                                      CulvertForwardSet      *forwards);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertConnectionWatch, culvert_connection_watch_free)

G_END_DECLS
