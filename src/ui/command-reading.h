/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reads an ssh command line together with the ssh_config files it refers to, in a worker thread: files
 * may be on a disk that does not answer. */

#include "core/profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* @line: as it was pasted */
void culvert_command_reading_start (const char         *line,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);

/**
 * culvert_command_reading_finish:
 * @notices: (out) (transfer full) (element-type CulvertSshNotice): what of the files is left out
 *
 * Errors: `CULVERT_PROFILE_ERROR`; `G_IO_ERROR_CANCELLED` once @cancellable was cancelled.
 *
 * Returns: (transfer full) (nullable): a draft
 */
CulvertProfile *
culvert_command_reading_finish (GAsyncResult *result, GPtrArray **notices, GError **error);

G_END_DECLS
