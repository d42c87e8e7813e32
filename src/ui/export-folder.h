/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Several tunnels as files of a folder, one each, without secrets. */

#include "core/profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): "Production database.culvert": what any file system takes */
char *culvert_export_name (const CulvertProfile *profile);

/**
 * culvert_export_folder_start:
 * @profiles: (element-type CulvertProfile): kept
 *
 * Writes in a thread of its own.  No file is overwritten: another name is found.  Ends at the first that cannot
 * be written.
 */
void culvert_export_folder_start (GFile              *folder,
                                  GPtrArray          *profiles,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/* Errors: those of g_file_create(), of the first that could not be written.  Returns: FALSE with @error */
gboolean culvert_export_folder_finish (GAsyncResult *result, GError **error);

G_END_DECLS
