/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Importing tunnels: where from, then what is there beside what is saved, with a choice for each.
 *
 * Signal "imported" (CulvertImportUndo): some were saved; may come more than once while it is open. */

#include "ui/import-undo.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_IMPORT_DIALOG (culvert_import_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CulvertImportDialog, culvert_import_dialog, CULVERT, IMPORT_DIALOG, AdwWindow)

/* @paths: (nullable): what to read; NULL asks where from */
GtkWidget *culvert_import_dialog_new (GtkWindow            *parent,
                                      CulvertTunnelManager *manager,
                                      const char *const    *paths);

G_END_DECLS
