/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tells the rows of a long list which of them can be seen where it is scrolled to: a GtkListBox keeps all of
 * them mapped, and those far away need not draw graphs that nobody sees. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @rows: of CulvertTunnelRow and others, in a GtkScrolledWindow; @model: what it is bound to, already */
void culvert_rows_in_sight_follow (GtkListBox *rows, GListModel *model);

G_END_DECLS
