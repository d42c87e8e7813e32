/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One row of the import's list: a candidate and what the person wants of it, or a note about several of them.
 *
 * Properties "is-chosen" and "choice". */

#include "core/import.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_IMPORT_ITEM (culvert_import_item_get_type ())
G_DECLARE_FINAL_TYPE (CulvertImportItem, culvert_import_item, CULVERT, IMPORT_ITEM, GObject)

/* @candidate: of @import, which is kept with it. What is new and has forwards is chosen. */
CulvertImportItem *culvert_import_item_new (CulvertImport                *import,
                                            const CulvertImportCandidate *candidate);

/* @title, @text: in the person's language */
CulvertImportItem *culvert_import_item_new_note (const char *title, const char *text);

/* (nullable): NULL for a note */
const CulvertImportCandidate *culvert_import_item_get_candidate (CulvertImportItem *self);

gboolean culvert_import_item_is_usable (CulvertImportItem *self);
gboolean culvert_import_item_is_chosen (CulvertImportItem *self);
void     culvert_import_item_set_chosen (CulvertImportItem *self, gboolean is_chosen);

/* What happens with it once it is chosen: ADD, REPLACE or KEEP_BOTH */
CulvertImportChoice culvert_import_item_get_choice (CulvertImportItem *self);
void culvert_import_item_set_choice (CulvertImportItem *self, CulvertImportChoice choice);

/* What the row says, in the person's language. */
const char *culvert_import_item_get_title (CulvertImportItem *self);
const char *culvert_import_item_get_icon_name (CulvertImportItem *self); /* of what is not usable */
char       *culvert_import_item_dup_state (CulvertImportItem *self);     /* "New"; "" for a note */
char *culvert_import_item_dup_summary (CulvertImportItem *self); /* server and forwards, or "" */
char *culvert_import_item_dup_details (CulvertImportItem *self); /* lines, or "" */

/* Does a search for @text find it? */
gboolean culvert_import_item_matches (CulvertImportItem *self, const char *text);

/* Where it stands in the list: what can be imported first. */
guint culvert_import_item_get_rank (CulvertImportItem *self);

G_END_DECLS
