/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row of the import's list: whether to import it, what it is, and what there is to say about it. */

#include "ui/import-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_IMPORT_ROW (culvert_import_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertImportRow, culvert_import_row, CULVERT, IMPORT_ROW, GtkBox)

GtkWidget *culvert_import_row_new (void);

/* @item: (nullable) */
void culvert_import_row_set_item (CulvertImportRow *self, CulvertImportItem *item);

G_END_DECLS
