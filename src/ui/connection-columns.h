/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The columns of the table of connections: what is in their cells, and in which order it sorts.  A cell
 * follows its connection by itself; its size never depends on what it says, so thousands of changes a
 * second only draw. */

#include "ui/clock.h"
#include "ui/tunnel-part.h"

G_BEGIN_DECLS

/* Width in pixels of a table: what is shown of it. */
typedef enum
{
  CULVERT_COLUMNS_FEW,  /* who, where to, how fast */
  CULVERT_COLUMNS_SOME, /* and the state and age */
  CULVERT_COLUMNS_ALL,
} CulvertColumns;

/**
 * culvert_connection_columns_add:
 * @part: (transfer none): the part of the page that the table is in: its tunnel is the connections', and
 *   its action "connections.close-one" closes one by its id; outlives the table
 */
void culvert_connection_columns_add (GtkColumnView *table, CulvertTunnelPart *part);

/* As many as fit. */
CulvertColumns culvert_connection_columns_for_width (int width);
void           culvert_connection_columns_show (GtkColumnView *table, CulvertColumns columns);

G_END_DECLS
