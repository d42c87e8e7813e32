/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The connections through a tunnel, for whoever looks: a GListModel of CulvertConnectionItem in the
 * order in which they were first seen.
 *
 * While somebody looks and the tunnel is on, a list of them is asked for twice a second, and never
 * while another is under way; items stay the same objects from list to list.  While nobody looks
 * nothing is asked for, and the model keeps what it had.  A tunnel that is off has none.
 *
 * Which program is behind a client on this computer is looked for once, in a worker thread, for many at
 * a time and at most once a second.
 *
 * Belongs to the tunnel's thread.  Signal "sampled": a list has been taken in, after all changes. */

#include "engine/connection-item.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_CONNECTIONS (culvert_connections_get_type ())
G_DECLARE_FINAL_TYPE (CulvertConnections, culvert_connections, CULVERT, CONNECTIONS, GObject)

/**
 * culvert_connections_set_watched:
 * @is_held: (inout): the caller's field, FALSE at first
 * @hold: whether the caller looks from now on
 *
 * Does nothing when @is_held is @hold already.
 */
void culvert_connections_set_watched (CulvertConnections *self, gboolean *is_held, gboolean hold);

/* (transfer none) (nullable) */
CulvertConnectionItem *culvert_connections_find (CulvertConnections *self, guint64 id);

G_END_DECLS
