/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The saved tunnels: a folder with one file each, watched for outside edits.
 *
 * A GListModel of CulvertProfileEntry in the person's order (file `order` in the folder; what is
 * not named there follows by title): first those without a group, then each group in one piece, where
 * its first tunnel is.  More about groups is in core/profile-groups.h.  Belongs to one thread, the one whose default context was
 * current at construction.
 *
 * Writing is atomic (temporary file, flush, rename, mode 0600) and serialised between programs by a
 * lock on the folder.  A save that would overwrite what another program wrote since the profile was
 * read, or since the profile that it was edited from was read, fails with
 * CULVERT_PROFILE_ERROR_CONFLICT and changes nothing.
 *
 * A file that cannot be read or parsed is kept as it is and listed among the bad files.  When it was
 * good before, its entry stays as it was last read, so that a slip in an editor stops no tunnel; it
 * cannot be saved or removed until the file is good again. */

#include "core/profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One saved tunnel: the same object through every edit of it. */
#define CULVERT_TYPE_PROFILE_ENTRY (culvert_profile_entry_get_type ())
G_DECLARE_FINAL_TYPE (CulvertProfileEntry, culvert_profile_entry, CULVERT, PROFILE_ENTRY, GObject)

/* Property "profile" (boxed CulvertProfile), notified when saved or edited outside; "id". */
CulvertProfile *culvert_profile_entry_get_profile (CulvertProfileEntry *self);
const char     *culvert_profile_entry_get_id (CulvertProfileEntry *self);

typedef struct
{
  char   *path;
  GError *error; /* CULVERT_PROFILE_ERROR */
} CulvertBadFile;

#define CULVERT_TYPE_PROFILE_STORE (culvert_profile_store_get_type ())
G_DECLARE_FINAL_TYPE (CulvertProfileStore, culvert_profile_store, CULVERT, PROFILE_STORE, GObject)

/* (transfer full): $CULVERT_CONFIG_DIR, or culvert/tunnels in the person's config folder */
char *culvert_profile_store_default_dir (void);

/**
 * culvert_profile_store_new:
 * @dir: the folder; made (mode 0700) at the first save
 *
 * Reads all files at once; they are small and local.  Signals "bad-files-changed" and
 * "groups-changed" (of which groups one tunnel is on at a time).
 */
CulvertProfileStore *culvert_profile_store_new (const char *dir);

const char *culvert_profile_store_get_dir (CulvertProfileStore *self);
/* (transfer none) (nullable) */
CulvertProfileEntry *culvert_profile_store_find (CulvertProfileStore *self, const char *id);
/* By id, else by name (by title when it has none) without regard to case; an ambiguous name finds
 * nothing. (transfer none) (nullable) */
CulvertProfileEntry *culvert_profile_store_find_by_name (CulvertProfileStore *self,
                                                         const char          *name);
/* How many are called @name, by name or title, without regard to case. */
guint culvert_profile_store_count_name (CulvertProfileStore *self, const char *name);
/* (transfer none) (element-type CulvertBadFile): by path; valid until "bad-files-changed" */
GPtrArray *culvert_profile_store_get_bad_files (CulvertProfileStore *self);

/**
 * culvert_profile_store_save:
 * @profile: what to write under its id: a new entry, or the next state of one; the entry then holds
 *   an equal copy
 *
 * Errors: `CULVERT_PROFILE_ERROR_UNWRITABLE` (disk full, denied), `…_CONFLICT`, `…_INVALID` (a
 * draft that would not read back; culvert_profile_check() says why); the store and the file are then
 * as before.
 */
gboolean
culvert_profile_store_save (CulvertProfileStore *self, CulvertProfile *profile, GError **error);

/* Removes the file and the entry.  The caller keeps the profile for undo and saves it again: it
 * returns to its place in the order.  Errors: `…_NOT_FOUND`, `…_CONFLICT`, `…_UNWRITABLE`. */
gboolean culvert_profile_store_remove (CulvertProfileStore *self, const char *id, GError **error);

/* Moves an entry to @position in the list and remembers the order; it does not leave its group. */
gboolean culvert_profile_store_move (CulvertProfileStore *self,
                                     const char          *id,
                                     guint                position,
                                     GError             **error);

/* Looks at the folder now, as the watch does by itself. */
void culvert_profile_store_refresh (CulvertProfileStore *self);

G_END_DECLS
