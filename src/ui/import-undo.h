/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What an import has changed, so that it can be taken back. */

#include "engine/tunnel-manager.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_IMPORT_UNDO (culvert_import_undo_get_type ())
G_DECLARE_FINAL_TYPE (CulvertImportUndo, culvert_import_undo, CULVERT, IMPORT_UNDO, GObject)

CulvertImportUndo *culvert_import_undo_new (void);

/* @before: (nullable): NULL for one that was added; @after: as it was saved */
void
culvert_import_undo_add (CulvertImportUndo *self, CulvertProfile *before, CulvertProfile *after);

guint culvert_import_undo_get_n (CulvertImportUndo *self);

/* (nullable): the first that was saved */
const char *culvert_import_undo_get_first_id (CulvertImportUndo *self);

/* Takes everything back but what was changed again meanwhile. Errors: of the last that could not be, as of
 * culvert_tunnel_manager_save(). */
gboolean
culvert_import_undo_apply (CulvertImportUndo *self, CulvertTunnelManager *manager, GError **error);

G_END_DECLS
