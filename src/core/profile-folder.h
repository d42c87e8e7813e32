/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The folder of a store on disk: reading, writing and naming its files.  Knows nothing of entries;
 * the store decides what may be overwritten. */

#include "core/profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file as it was last read.  Either @profile or @error is set. */
typedef struct
{
  char           *path;
  char           *id;       /* NULL when the name is no id */
  char           *revision; /* hash of the content; NULL when it could not be read */
  CulvertProfile *profile;
  GError         *error; /* CULVERT_PROFILE_ERROR */
} CulvertFolderFile;

void culvert_folder_file_free (CulvertFolderFile *self);

/* (transfer full): where the tunnel @id is kept */
char *culvert_folder_path (const char *dir, const char *id);

/**
 * culvert_folder_list:
 * @dir: the folder; one that does not exist is empty
 *
 * Errors: `CULVERT_PROFILE_ERROR_UNREADABLE`
 *
 * Returns: (transfer full) (nullable): names of the files that should be tunnels, sorted
 */
GStrv culvert_folder_list (const char *dir, GError **error);

/**
 * culvert_folder_read:
 * @known: (nullable): what the file was before
 *
 * Returns: (transfer full) (nullable): what @dir/@name holds now; NULL when it is the same as @known
 */
CulvertFolderFile *
culvert_folder_read (const char *dir, const char *name, const CulvertFolderFile *known);

/**
 * culvert_folder_get_revision:
 * @revision: (out) (transfer full) (nullable): hash of the content; NULL when there is no such file
 *
 * Errors: `CULVERT_PROFILE_ERROR_UNREADABLE`, `…_TOO_LARGE`
 */
gboolean culvert_folder_get_revision (const char *path, char **revision, GError **error);

/* Makes @dir with mode 0700. Errors: `CULVERT_PROFILE_ERROR_UNWRITABLE` */
gboolean culvert_folder_make (const char *dir, GError **error);

/**
 * culvert_folder_write:
 *
 * Replaces @path by @text: all of it or nothing, on the disk when this returns, mode 0600.
 *
 * Errors: `CULVERT_PROFILE_ERROR_UNWRITABLE`
 *
 * Returns: (transfer full) (nullable): the new revision
 */
char *culvert_folder_write (const char *path, const char *text, GError **error);

/* (transfer full): ids in the person's order; empty when there is no such file */
GStrv    culvert_folder_read_order (const char *dir);
gboolean culvert_folder_write_order (const char *dir, const char *const *ids, GError **error);

/* (transfer full): the groups of which one tunnel is on at a time; empty when there is no such file */
GStrv culvert_folder_read_exclusive (const char *dir);
gboolean
culvert_folder_write_exclusive (const char *dir, const char *const *groups, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFolderFile, culvert_folder_file_free)

G_END_DECLS
