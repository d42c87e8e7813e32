/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The order of connections in their table. */

#include "engine/connection-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For the columns: <0, 0 or >0.  Numbers in addresses count as numbers; a client whose program is known
 * comes before the others. */
int culvert_connection_compare_client (CulvertConnectionItem *a, CulvertConnectionItem *b);
int culvert_connection_compare_target (CulvertConnectionItem *a, CulvertConnectionItem *b);
int culvert_connection_compare_state (CulvertConnectionItem *a, CulvertConnectionItem *b);
int culvert_connection_compare_received (CulvertConnectionItem *a, CulvertConnectionItem *b);
int culvert_connection_compare_sent (CulvertConnectionItem *a, CulvertConnectionItem *b);
int culvert_connection_compare_rate (CulvertConnectionItem *a, CulvertConnectionItem *b);
/* The youngest first. */
int culvert_connection_compare_age (CulvertConnectionItem *a, CulvertConnectionItem *b);

/**
 * culvert_connection_order_new:
 * @columns: (transfer none): what the columns want, either way up; may want nothing
 *
 * Returns: (transfer full): sorts as @columns does, but leaves FTP data connections below their control
 *   connection, and what is equal in the order in which it came
 */
GtkSorter *culvert_connection_order_new (GtkSorter *columns);

G_END_DECLS
