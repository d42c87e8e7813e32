/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files that make up the store share: profile-store.c reads, lists and watches,
 * profile-store-edit.c writes. */

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

struct _CulvertProfileStore
{
  GObject parent_instance;

  char         *dir;
  GMainContext *context;
  GHashTable   *records; /* file name to CulvertStoreRecord */
  GPtrArray    *entries; /* of CulvertProfileEntry, in order */
  GPtrArray    *bad_files;
  GStrv         order; /* ids as the order file has them */
  guint         n_syncs;

  GFileMonitor *monitor;
  GSource      *refresh_source; /* NULL unless the watch saw something */
};

CulvertStoreRecord *culvert_store_record_new (void);

CulvertStoreRecord *culvert_profile_store_find_record (CulvertProfileStore *self, const char *id);

/* Brings the list in line with the records and the order; emits "items-changed". */
void culvert_profile_store_sync_list (CulvertProfileStore *self);

/* Refreshes soon. */
void culvert_profile_store_schedule_refresh (CulvertProfileStore *self);

/* Begins to watch the folder, once more after it was made. */
void culvert_profile_store_watch (CulvertProfileStore *self);

G_END_DECLS
