/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files that make up the store share: profile-store.c reads, lists and watches,
 * profile-store-edit.c writes. */

#include "base/folder-lock.h"
#include "core/profile-folder.h"
#include "core/profile-store.h"

G_BEGIN_DECLS

/* What the store knows of one file name. */
typedef struct
{
  CulvertFolderFile   *file;  /* as last read or written; its error says why it is bad */
  CulvertProfileEntry *entry; /* NULL when the file was never good */
  /* Set of revisions that led to the present one by our own saves alone: a profile edited from one
   * of them overwrites nobody else's work. */
  GHashTable *ancestors;
} CulvertStoreRecord;

/* Where a tunnel was that this store removed, for the time that it may be saved again. */
typedef struct
{
  char *id;
  char *after;  /* the id in front of it in its group; NULL when it was the first */
  char *before; /* the id behind it in its group; NULL when it was the last */
  char *last;   /* the id in front of it in any group; NULL when it was the first of all */
} CulvertRemovedPlace;

struct _CulvertProfileStore
{
  GObject parent_instance;

  char         *dir;
  GMainContext *context;
  GHashTable   *records; /* file name to CulvertStoreRecord */
  GPtrArray    *entries; /* of CulvertProfileEntry, in order */
  GPtrArray    *bad_files;
  GStrv         order;     /* ids as the order file has them */
  GStrv         exclusive; /* groups as the file of them has them */
  GPtrArray    *removed;   /* of CulvertRemovedPlace, the latest last */
  guint         n_syncs;

  GFileMonitor *monitor;
  GSource      *refresh_source; /* NULL unless the watch saw something */
};

CulvertStoreRecord *culvert_store_record_new (void);

CulvertStoreRecord *culvert_profile_store_find_record (CulvertProfileStore *self, const char *id);

/* Brings the list in line with the records and the order; emits "items-changed". */
void culvert_profile_store_sync_list (CulvertProfileStore *self);

/* (transfer full) (nullable) (element-type utf8): all ids of the list in their new order */
typedef GPtrArray *(*CulvertOrderFunc) (CulvertProfileStore *self,
                                        gconstpointer        wish,
                                        GError             **error);

/**
 * culvert_profile_store_reorder:
 * @get_order: makes the new order of what lies in the folder; asked again when another program wrote one
 *   meanwhile, so that nothing of that is lost
 *
 * Errors: of @get_order; `CULVERT_PROFILE_ERROR_UNWRITABLE`
 */
gboolean culvert_profile_store_reorder (CulvertProfileStore *self,
                                        CulvertOrderFunc     get_order,
                                        gconstpointer        wish,
                                        GError             **error);

/* (transfer full) (nullable): the lock of the folder, without which nothing is written */
CulvertFolderLock *culvert_profile_store_lock (CulvertProfileStore *self, GError **error);

/* Takes what the folder says of groups; tells when that is news. */
void culvert_profile_store_take_exclusive (CulvertProfileStore *self, GStrv exclusive);

/* Refreshes soon. */
void culvert_profile_store_schedule_refresh (CulvertProfileStore *self);

/* Begins to watch the folder, once more after it was made. */
void culvert_profile_store_watch (CulvertProfileStore *self);

G_END_DECLS
