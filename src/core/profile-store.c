/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-entry-private.h"
#include "base/source.h"
#include "core/profile-file.h"
#include "core/profile-store-private.h"

#include <string.h>

#define DIR_VARIABLE "CULVERT_CONFIG_DIR"
/* Long enough for an editor that moves the old file away before it writes the new one. */
#define WATCH_DELAY_MS 150

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertProfileStore,
                               culvert_profile_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  BAD_FILES_CHANGED,
  GROUPS_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void
record_free (gpointer data)
{
  CulvertStoreRecord *self = data;

  g_clear_pointer (&self->file, culvert_folder_file_free);
  g_clear_object (&self->entry);
  g_hash_table_unref (self->ancestors);
  g_free (self);
}

CulvertStoreRecord *
culvert_store_record_new (void)
{
  CulvertStoreRecord *self = g_new0 (CulvertStoreRecord, 1);

  self->ancestors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/* @file: (transfer full): what somebody else wrote; returns whether the entry's profile changed */
static gboolean
record_take_file (CulvertStoreRecord *self, CulvertFolderFile *file)
{
  gboolean is_changed = FALSE;

  g_clear_pointer (&self->file, culvert_folder_file_free);
  self->file = file;
  g_hash_table_remove_all (self->ancestors);
  if (file->profile == NULL)
    return FALSE;
  g_hash_table_add (self->ancestors, g_strdup (file->revision));
  if (self->entry == NULL)
    self->entry = culvert_profile_entry_new (file->profile);
  else
    {
      is_changed =
        !culvert_profile_equal (culvert_profile_entry_get_profile (self->entry), file->profile);
      culvert_profile_entry_set_profile (self->entry, file->profile);
    }
  return is_changed;
}

CulvertStoreRecord *
culvert_profile_store_find_record (CulvertProfileStore *self, const char *id)
{
  g_autofree char *name = g_strconcat (id, CULVERT_PROFILE_SUFFIX, NULL);

  return g_hash_table_lookup (self->records, name);
}

/* The list ---------------------------------------------------------------------------------- */

typedef struct
{
  CulvertProfileEntry *entry;
  guint                rank; /* place in the order file; G_MAXUINT when not named there */
  char                *title_key;
} SortItem;

static void
sort_item_clear (gpointer data)
{
  SortItem *item = data;

  g_free (item->title_key);
}

static int
compare_sort_items (gconstpointer first, gconstpointer second)
{
  const SortItem *a = first;
  const SortItem *b = second;
  int             result;

  if (a->rank != b->rank)
    return a->rank < b->rank ? -1 : 1;
  result = strcmp (a->title_key, b->title_key);
  return result != 0 ? result
                     : strcmp (culvert_profile_entry_get_id (a->entry),
                               culvert_profile_entry_get_id (b->entry));
}

static const char *
get_group (gconstpointer entry)
{
  return culvert_profile_entry_get_profile ((CulvertProfileEntry *)entry)->group;
}

/* (transfer container): @sorted, which is taken, with what has no group first and each group in one
 * piece, where its first tunnel is */
static GPtrArray *
gather_groups (GPtrArray *sorted)
{
  GPtrArray             *gathered = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < sorted->len; i++)
    if (get_group (sorted->pdata[i])[0] == '\0')
      g_ptr_array_add (gathered, sorted->pdata[i]);
  for (guint i = 0; i < sorted->len; i++)
    {
      const char *group = get_group (sorted->pdata[i]);

      if (group[0] == '\0' || !g_hash_table_add (seen, (gpointer)group))
        continue;
      for (guint j = i; j < sorted->len; j++)
        if (strcmp (get_group (sorted->pdata[j]), group) == 0)
          g_ptr_array_add (gathered, sorted->pdata[j]);
    }
  g_ptr_array_unref (sorted);
  return gathered;
}

/* (transfer container): all entries as they should be listed */
static GPtrArray *
sorted_entries (CulvertProfileStore *self)
{
  g_autoptr (GArray)     items = g_array_new (FALSE, FALSE, sizeof (SortItem));
  g_autoptr (GHashTable) ranks = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray             *sorted = g_ptr_array_new ();
  GHashTableIter         iter;
  gpointer               value;

  g_array_set_clear_func (items, sort_item_clear);
  for (guint i = 0; self->order[i] != NULL; i++)
    if (!g_hash_table_contains (ranks, self->order[i]))
      g_hash_table_insert (ranks, self->order[i], GUINT_TO_POINTER (i));

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const CulvertStoreRecord *record = value;
      g_autofree char          *title = NULL;
      g_autofree char          *folded = NULL;
      gpointer                  rank;
      SortItem                  item = { .entry = record->entry, .rank = G_MAXUINT };

      if (record->entry == NULL)
        continue;
      if (g_hash_table_lookup_extended (ranks, culvert_profile_entry_get_id (record->entry), NULL,
                                        &rank))
        item.rank = GPOINTER_TO_UINT (rank);
      title = culvert_profile_dup_title (culvert_profile_entry_get_profile (record->entry));
      folded = g_utf8_casefold (title, -1);
      item.title_key = g_utf8_collate_key (folded, -1);
      g_array_append_val (items, item);
    }
  g_array_sort (items, compare_sort_items);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (sorted, g_array_index (items, SortItem, i).entry);
  return gather_groups (sorted);
}

static gboolean
remove_gone (CulvertProfileStore *self, GPtrArray *target, guint sync)
{
  for (guint i = self->entries->len; i-- > 0;)
    {
      if (g_ptr_array_find (target, g_ptr_array_index (self->entries, i), NULL))
        continue;
      g_ptr_array_remove_index (self->entries, i);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
      if (self->n_syncs != sync)
        return FALSE;
    }
  return TRUE;
}

/* Puts the entries that are in both into the order of @target, with one change that covers no more
 * than what moved. */
static void
reorder (CulvertProfileStore *self, GPtrArray *target)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();
  guint                 first = 0;
  guint                 end = self->entries->len;

  for (guint i = 0; i < target->len; i++)
    if (g_ptr_array_find (self->entries, g_ptr_array_index (target, i), NULL))
      g_ptr_array_add (wanted, g_ptr_array_index (target, i));
  g_assert (wanted->len == end);
  while (first < end &&
         g_ptr_array_index (wanted, first) == g_ptr_array_index (self->entries, first))
    first++;
  while (end > first &&
         g_ptr_array_index (wanted, end - 1) == g_ptr_array_index (self->entries, end - 1))
    end--;
  if (first == end)
    return;
  /* The same references in another order. */
  for (guint i = first; i < end; i++)
    g_ptr_array_index (self->entries, i) = g_ptr_array_index (wanted, i);
  g_list_model_items_changed (G_LIST_MODEL (self), first, end - first, end - first);
}

static void
insert_new (CulvertProfileStore *self, GPtrArray *target, guint sync)
{
  for (guint i = 0; i < target->len && self->n_syncs == sync; i++)
    {
      CulvertProfileEntry *entry = g_ptr_array_index (target, i);

      if (i < self->entries->len && g_ptr_array_index (self->entries, i) == entry)
        continue;
      g_ptr_array_insert (self->entries, (int)i, g_object_ref (entry));
      g_list_model_items_changed (G_LIST_MODEL (self), i, 0, 1);
    }
}

/* A handler of a signal may call the store again, which then does the whole of this itself: the
 * interrupted call sees that and stops. */
void
culvert_profile_store_sync_list (CulvertProfileStore *self)
{
  g_autoptr (GPtrArray) target = sorted_entries (self);
  guint                 sync = ++self->n_syncs;

  if (!remove_gone (self, target, sync))
    return;
  reorder (self, target);
  insert_new (self, target, sync);
}

void
culvert_profile_store_take_exclusive (CulvertProfileStore *self, GStrv exclusive)
{
  gboolean is_news =
    !g_strv_equal ((const char *const *)self->exclusive, (const char *const *)exclusive);

  g_strfreev (self->exclusive);
  self->exclusive = exclusive;
  if (is_news)
    g_signal_emit (self, signals[GROUPS_CHANGED], 0);
}

/* The bad files ----------------------------------------------------------------------------- */

static void
bad_file_free (gpointer data)
{
  CulvertBadFile *self = data;

  g_free (self->path);
  g_clear_error (&self->error);
  g_free (self);
}

static void
add_bad_file (GPtrArray *bad_files, const char *path, const GError *error)
{
  CulvertBadFile *bad = g_new (CulvertBadFile, 1);

  bad->path = g_strdup (path);
  bad->error = g_error_copy (error);
  g_ptr_array_add (bad_files, bad);
}

static int
compare_bad_files (gconstpointer a, gconstpointer b)
{
  const CulvertBadFile *first = *(CulvertBadFile *const *)a;
  const CulvertBadFile *second = *(CulvertBadFile *const *)b;

  return strcmp (first->path, second->path);
}

static gboolean
bad_files_equal (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const CulvertBadFile *first = g_ptr_array_index (a, i);
      const CulvertBadFile *second = g_ptr_array_index (b, i);

      if (strcmp (first->path, second->path) != 0 || first->error->code != second->error->code ||
          strcmp (first->error->message, second->error->message) != 0)
        return FALSE;
    }
  return TRUE;
}

/* @dir_error: (nullable): why the folder itself cannot be read */
static void
sync_bad_files (CulvertProfileStore *self, const GError *dir_error)
{
  g_autoptr (GPtrArray) bad_files = g_ptr_array_new_with_free_func (bad_file_free);
  GHashTableIter        iter;
  gpointer              value;

  if (dir_error != NULL)
    add_bad_file (bad_files, self->dir, dir_error);
  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const CulvertStoreRecord *record = value;

      if (record->file->error != NULL)
        add_bad_file (bad_files, record->file->path, record->file->error);
    }
  g_ptr_array_sort (bad_files, compare_bad_files);
  if (bad_files_equal (bad_files, self->bad_files))
    return;
  g_ptr_array_unref (self->bad_files);
  self->bad_files = g_steal_pointer (&bad_files);
  g_signal_emit (self, signals[BAD_FILES_CHANGED], 0);
}

/* The watch --------------------------------------------------------------------------------- */

static gboolean
refresh_cb (gpointer user_data)
{
  CulvertProfileStore *self = user_data;

  g_clear_pointer (&self->refresh_source, g_source_unref);
  culvert_profile_store_refresh (self);
  return G_SOURCE_REMOVE;
}

void
culvert_profile_store_schedule_refresh (CulvertProfileStore *self)
{
  if (self->refresh_source != NULL)
    return;
  self->refresh_source = g_timeout_source_new (WATCH_DELAY_MS);
  g_source_set_static_name (self->refresh_source, "[culvert] profile store refresh");
  g_source_set_callback (self->refresh_source, refresh_cb, self, NULL);
  g_source_attach (self->refresh_source, self->context);
}

static void
monitor_changed_cb (GFileMonitor        *monitor,
                    GFile               *file,
                    GFile               *other_file,
                    GFileMonitorEvent    event,
                    CulvertProfileStore *self)
{
  culvert_profile_store_schedule_refresh (self);
}

void
culvert_profile_store_watch (CulvertProfileStore *self)
{
  g_autoptr (GFile)  folder = g_file_new_for_path (self->dir);
  g_autoptr (GError) error = NULL;

  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
      g_clear_object (&self->monitor);
    }
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->monitor == NULL)
    {
      g_info ("%s: cannot be watched: %s", self->dir, error->message);
      return;
    }
  g_file_monitor_set_rate_limit (self->monitor, WATCH_DELAY_MS);
  g_signal_connect (self->monitor, "changed", G_CALLBACK (monitor_changed_cb), self);
}

/* The object -------------------------------------------------------------------------------- */

static void
culvert_profile_store_dispose (GObject *object)
{
  CulvertProfileStore *self = CULVERT_PROFILE_STORE (object);

  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
      g_clear_object (&self->monitor);
    }
  culvert_source_clear (&self->refresh_source);

  G_OBJECT_CLASS (culvert_profile_store_parent_class)->dispose (object);
}

static void
culvert_profile_store_finalize (GObject *object)
{
  CulvertProfileStore *self = CULVERT_PROFILE_STORE (object);

  g_hash_table_unref (self->records);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->bad_files);
  g_strfreev (self->order);
  g_strfreev (self->exclusive);
  g_ptr_array_unref (self->removed);
  g_main_context_unref (self->context);
  g_free (self->dir);

  G_OBJECT_CLASS (culvert_profile_store_parent_class)->finalize (object);
}

static void
culvert_profile_store_class_init (CulvertProfileStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_profile_store_dispose;
  object_class->finalize = culvert_profile_store_finalize;

  signals[BAD_FILES_CHANGED] =
    g_signal_new ("bad-files-changed", CULVERT_TYPE_PROFILE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
  signals[GROUPS_CHANGED] = g_signal_new ("groups-changed", CULVERT_TYPE_PROFILE_STORE,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
removed_place_free (gpointer data)
{
  CulvertRemovedPlace *self = data;

  g_free (self->id);
  g_free (self->after);
  g_free (self->before);
  g_free (self->last);
  g_free (self);
}

static void
culvert_profile_store_init (CulvertProfileStore *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, record_free);
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
  self->bad_files = g_ptr_array_new_with_free_func (bad_file_free);
  self->order = g_new0 (char *, 1);
  self->exclusive = g_new0 (char *, 1);
  self->removed = g_ptr_array_new_with_free_func (removed_place_free);
}

static GType
get_item_type (GListModel *model)
{
  return CULVERT_TYPE_PROFILE_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_PROFILE_STORE (model)->entries->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  CulvertProfileStore *self = CULVERT_PROFILE_STORE (model);

  return position < self->entries->len ? g_object_ref (g_ptr_array_index (self->entries, position))
                                       : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

char *
culvert_profile_store_default_dir (void)
{
  const char *dir = g_getenv (DIR_VARIABLE);

  if (dir != NULL && dir[0] != '\0')
    return g_strdup (dir);
  return g_build_filename (g_get_user_config_dir (), "culvert", "tunnels", NULL);
}

CulvertProfileStore *
culvert_profile_store_new (const char *dir)
{
  CulvertProfileStore *self;

  g_return_val_if_fail (dir != NULL, NULL);

  self = g_object_new (CULVERT_TYPE_PROFILE_STORE, NULL);
  self->dir = g_strdup (dir);
  /* First the watch, so that no edit falls between. */
  culvert_profile_store_watch (self);
  culvert_profile_store_refresh (self);
  return self;
}

const char *
culvert_profile_store_get_dir (CulvertProfileStore *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), NULL);

  return self->dir;
}

CulvertProfileEntry *
culvert_profile_store_find (CulvertProfileStore *self, const char *id)
{
  const CulvertStoreRecord *record;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  record = culvert_profile_store_find_record (self, id);
  return record != NULL ? record->entry : NULL;
}

/* @found: (out) (transfer none) (nullable): the last of them. Returns: how many have it */
static guint
find_title (CulvertProfileStore *self, const char *name, CulvertProfileEntry **found)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  guint            n_found = 0;

  *found = NULL;
  for (guint i = 0; i < self->entries->len; i++)
    {
      CulvertProfileEntry *entry = g_ptr_array_index (self->entries, i);
      g_autofree char     *title =
        culvert_profile_dup_title (culvert_profile_entry_get_profile (entry));
      g_autofree char *folded_title = g_utf8_casefold (title, -1);

      if (strcmp (folded, folded_title) != 0)
        continue;
      *found = entry;
      n_found++;
    }
  return n_found;
}

CulvertProfileEntry *
culvert_profile_store_find_by_name (CulvertProfileStore *self, const char *name)
{
  CulvertProfileEntry *entry;
  guint                n_found;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  entry = culvert_profile_store_find (self, name);
  if (entry != NULL || name[0] == '\0')
    return entry;
  n_found = find_title (self, name, &entry);
  return n_found == 1 ? entry : NULL;
}

guint
culvert_profile_store_count_name (CulvertProfileStore *self, const char *name)
{
  CulvertProfileEntry *last;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  return name[0] != '\0' ? find_title (self, name, &last) : 0;
}

GPtrArray *
culvert_profile_store_get_bad_files (CulvertProfileStore *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), NULL);

  return self->bad_files;
}

void
culvert_profile_store_refresh (CulvertProfileStore *self)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError)    error = NULL;
  g_auto (GStrv)        names = NULL;
  GStrv                 exclusive = NULL;
  GHashTableIter        iter;
  gpointer              name;

  g_return_if_fail (CULVERT_IS_PROFILE_STORE (self));

  g_object_ref (self);
  names = culvert_folder_list (self->dir, &error);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      CulvertStoreRecord *record = g_hash_table_lookup (self->records, names[i]);
      CulvertFolderFile  *file =
        culvert_folder_read (self->dir, names[i], record != NULL ? record->file : NULL);

      if (file == NULL)
        continue;
      if (record == NULL)
        {
          record = culvert_store_record_new ();
          g_hash_table_insert (self->records, g_strdup (names[i]), record);
        }
      if (record_take_file (record, file))
        g_ptr_array_add (changed, g_object_ref (record->entry));
    }
  if (names != NULL)
    {
      g_hash_table_iter_init (&iter, self->records);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        if (!g_strv_contains ((const char *const *)names, name))
          g_hash_table_iter_remove (&iter);
      g_strfreev (self->order);
      self->order = culvert_folder_read_order (self->dir);
      exclusive = culvert_folder_read_exclusive (self->dir);
    }

  for (guint i = 0; i < changed->len; i++)
    culvert_profile_entry_notify (g_ptr_array_index (changed, i));
  culvert_profile_store_sync_list (self);
  if (exclusive != NULL)
    culvert_profile_store_take_exclusive (self, exclusive);
  sync_bad_files (self, error);
  g_object_unref (self);
}
