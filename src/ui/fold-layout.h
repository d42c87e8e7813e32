/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Lays its children out in a row while the row has room for all of them at their natural width, and
 * below each other otherwise.  In the row the first child gets what the others leave, if it
 * expands.  Property "spacing" (pixels, both ways). */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_FOLD_LAYOUT (culvert_fold_layout_get_type ())
G_DECLARE_FINAL_TYPE (CulvertFoldLayout,
                      culvert_fold_layout,
                      CULVERT,
                      FOLD_LAYOUT,
                      GtkLayoutManager)

GtkLayoutManager *culvert_fold_layout_new (void);

G_END_DECLS
