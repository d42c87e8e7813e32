/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A lock on a folder that several programs write to: held from the look at what is there to the
 * end of the write.  Advisory; the system drops it when a program dies. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertFolderLock CulvertFolderLock;

/**
 * culvert_folder_lock_new:
 * @dir: an existing folder
 * @timeout_ms: how long to wait for another program
 *
 * Errors: `G_IO_ERROR_BUSY`; what opening the folder failed with.  Where the file system knows no
 * locks, a lock that guards nothing is returned.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertFolderLock *culvert_folder_lock_new (const char *dir, guint timeout_ms, GError **error);

void culvert_folder_lock_free (CulvertFolderLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFolderLock, culvert_folder_lock_free)

G_END_DECLS
