/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/profile-entry-private.h"
#include "core/profile-file.h"
#include "core/profile-store-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Another program holds the lock for the time of one small write. */
#define LOCK_TIMEOUT_MS 500
/* After so many other orders in a row ours counts. */
#define ORDER_TRIES_MAX 10

CulvertFolderLock *
culvert_profile_store_lock (CulvertProfileStore *self, GError **error)
{
  g_autoptr (GError) own = NULL;
  CulvertFolderLock *result = culvert_folder_lock_new (self->dir, LOCK_TIMEOUT_MS, &own);

  if (result == NULL)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE,
                   "%s: cannot be locked: %s", self->dir, own->message);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, self->dir);
      culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
    }
  return result;
}

static gboolean
make_dir (CulvertProfileStore *self, GError **error)
{
  if (g_file_test (self->dir, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!culvert_folder_make (self->dir, error))
    return FALSE;
  /* What watches a folder that is not there yet looks for it now and then only. */
  culvert_profile_store_watch (self);
  return TRUE;
}

/* Is what lies in the folder what @record says, and no other program's later work?  Called with the
 * lock held. */
static gboolean
check_conflict (CulvertProfileStore      *self,
                const CulvertStoreRecord *record,
                const char               *path,
                const char               *based_on,
                GError                  **error)
{
  g_autofree char *present = NULL;

  if (record != NULL && record->file->error != NULL)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT,
                   "%s: left as it is, since it is not a good tunnel file: %s", path,
                   record->file->error->message);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
      culvert_error_set_fact (error, CULVERT_FACT_REASON, record->file->error->message);
      return FALSE;
    }
  if (!culvert_folder_get_revision (path, &present, error))
    return FALSE;
  if (g_strcmp0 (present, record != NULL ? record->file->revision : NULL) == 0 &&
      (based_on == NULL || record == NULL || g_hash_table_contains (record->ancestors, based_on)))
    return TRUE;

  culvert_profile_store_schedule_refresh (self);
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT,
               "%s: another program changed it meanwhile", path);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
  return FALSE;
}

/* (transfer full): @profile as a reader of @text will see it */
static CulvertProfile *
read_back (CulvertProfile *profile, const char *text, GError **error)
{
  g_autoptr (CulvertProfile) copy = NULL;
  g_autoptr (GError)         own = NULL;

  if (!culvert_profile_id_is_valid (profile->id))
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID,
                   "\"%s\" cannot be a tunnel's id", profile->id);
      return NULL;
    }
  copy = culvert_profile_parse_own (profile->id, text, strlen (text), &own);
  if (copy == NULL || !culvert_profile_equal (copy, profile))
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID,
                   "%s: cannot be saved: %s", profile->id,
                   own != NULL ? own->message : "it would not read back as it is");
      return NULL;
    }
  return g_steal_pointer (&copy);
}

static CulvertFolderFile *
folder_file_new (const char *path, CulvertProfile *profile)
{
  CulvertFolderFile *file = g_new0 (CulvertFolderFile, 1);

  file->path = g_strdup (path);
  file->id = g_strdup (profile->id);
  file->revision = g_strdup (profile->revision);
  file->profile = culvert_profile_ref (profile);
  return file;
}

static CulvertStoreRecord *
add_record (CulvertProfileStore *self, CulvertProfile *profile)
{
  CulvertStoreRecord *record = culvert_store_record_new ();

  record->entry = culvert_profile_entry_new (profile);
  g_hash_table_insert (self->records, g_strconcat (profile->id, CULVERT_PROFILE_SUFFIX, NULL),
                       record);
  return record;
}

static void
note_removed (CulvertProfileStore *self, CulvertProfileEntry *entry)
{
  CulvertRemovedPlace *place = g_new0 (CulvertRemovedPlace, 1);
  const char          *group = culvert_profile_entry_get_profile (entry)->group;
  char               **neighbour = &place->after;
  gboolean             is_behind = FALSE;

  place->id = g_strdup (culvert_profile_entry_get_id (entry));
  for (guint i = 0; i < self->entries->len; i++)
    {
      CulvertProfileEntry *other = g_ptr_array_index (self->entries, i);
      const char          *id = culvert_profile_entry_get_id (other);

      if (other == entry)
        {
          is_behind = TRUE;
          neighbour = &place->before;
          continue;
        }
      if (!is_behind)
        culvert_profile_set_string (&place->last, id);
      if (strcmp (culvert_profile_entry_get_profile (other)->group, group) != 0)
        continue;
      culvert_profile_set_string (neighbour, id);
      if (is_behind)
        break;
    }
  g_ptr_array_add (self->removed, place);
}

static void
forget_removed (CulvertProfileStore *self, const char *id)
{
  for (guint i = self->removed->len; i-- > 0;)
    if (strcmp (((CulvertRemovedPlace *)g_ptr_array_index (self->removed, i))->id, id) == 0)
      g_ptr_array_remove_index (self->removed, i);
}

gboolean
culvert_profile_store_save (CulvertProfileStore *self, CulvertProfile *profile, GError **error)
{
  g_autoptr (CulvertFolderLock)   held = NULL;
  g_autoptr (CulvertProfile)      copy = NULL;
  g_autoptr (CulvertProfileEntry) entry = NULL;
  g_autofree char                *text = NULL;
  g_autofree char                *path = NULL;
  CulvertStoreRecord             *record;
  gboolean                        is_changed = FALSE;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (profile != NULL, FALSE);

  text = culvert_profile_to_text (profile);
  path = culvert_folder_path (self->dir, profile->id);
  copy = read_back (profile, text, error);
  if (copy == NULL || !make_dir (self, error))
    return FALSE;
  held = culvert_profile_store_lock (self, error);
  if (held == NULL)
    return FALSE;
  record = culvert_profile_store_find_record (self, profile->id);
  if (!check_conflict (self, record, path, profile->revision, error))
    return FALSE;
  copy->revision = culvert_folder_write (path, text, error);
  if (copy->revision == NULL)
    return FALSE;
  /* Handlers of what follows may save as well. */
  g_clear_pointer (&held, culvert_folder_lock_free);

  forget_removed (self, copy->id);
  if (record == NULL)
    record = add_record (self, copy);
  else
    {
      is_changed = !culvert_profile_equal (culvert_profile_entry_get_profile (record->entry), copy);
      culvert_profile_entry_set_profile (record->entry, copy);
    }
  g_clear_pointer (&record->file, culvert_folder_file_free);
  record->file = folder_file_new (path, copy);
  g_hash_table_add (record->ancestors, g_strdup (copy->revision));
  if (profile->revision != NULL)
    g_hash_table_add (record->ancestors, g_strdup (profile->revision));

  entry = g_object_ref (record->entry);
  if (is_changed)
    culvert_profile_entry_notify (entry);
  culvert_profile_store_sync_list (self);
  return TRUE;
}

static gboolean
not_found (const char *id, GError **error)
{
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND,
               "%s: there is no such tunnel", id);
  return FALSE;
}

gboolean
culvert_profile_store_remove (CulvertProfileStore *self, const char *id, GError **error)
{
  g_autoptr (CulvertFolderLock) held = NULL;
  g_autofree char              *name = NULL;
  CulvertStoreRecord           *record;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  record = culvert_profile_store_find_record (self, id);
  if (record == NULL || record->entry == NULL)
    return not_found (id, error);
  held = culvert_profile_store_lock (self, error);
  if (held == NULL || !check_conflict (self, record, record->file->path, NULL, error))
    return FALSE;
  if (g_remove (record->file->path) != 0)
    {
      const char *reason = g_strerror (errno);

      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE,
                   "%s: cannot be removed: %s", record->file->path, reason);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, record->file->path);
      culvert_error_set_fact (error, CULVERT_FACT_REASON, reason);
      return FALSE;
    }
  g_clear_pointer (&held, culvert_folder_lock_free);

  note_removed (self, record->entry);
  name = g_strconcat (id, CULVERT_PROFILE_SUFFIX, NULL);
  g_hash_table_remove (self->records, name);
  culvert_profile_store_sync_list (self);
  return TRUE;
}

static int
find_id (GPtrArray *ids, const char *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (strcmp (g_ptr_array_index (ids, i), id) == 0)
      return (int)i;
  return -1;
}

/* Beside those of its group, which may have moved. */
static int
find_place (GPtrArray *ids, const CulvertRemovedPlace *place)
{
  int after = place->after != NULL ? find_id (ids, place->after) : -1;
  int before = place->before != NULL ? find_id (ids, place->before) : -1;

  if (after >= 0)
    return after + 1;
  if (before >= 0)
    return before;
  return place->last != NULL ? find_id (ids, place->last) + 1 : 0;
}

/* (transfer full): @ids, and between them those that may come back, so that they find their places.
 * What one stood beside may have been removed after it, so the latest comes first. */
static GStrv
with_removed (CulvertProfileStore *self, GPtrArray *ids)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (all, g_strdup (g_ptr_array_index (ids, i)));
  for (guint i = self->removed->len; i-- > 0;)
    {
      const CulvertRemovedPlace *place = g_ptr_array_index (self->removed, i);

      if (find_id (all, place->id) < 0)
        g_ptr_array_insert (all, find_place (all, place), g_strdup (place->id));
    }
  g_ptr_array_add (all, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&all), FALSE);
}

static gboolean
is_order_known (CulvertProfileStore *self)
{
  g_auto (GStrv) present = culvert_folder_read_order (self->dir);

  return g_strv_equal ((const char *const *)present, (const char *const *)self->order);
}

gboolean
culvert_profile_store_reorder (CulvertProfileStore *self,
                               CulvertOrderFunc     get_order,
                               gconstpointer        wish,
                               GError             **error)
{
  for (guint n_tries = 1;; n_tries++)
    {
      g_autoptr (CulvertFolderLock) held = NULL;
      g_autoptr (GPtrArray)         ids = NULL;
      g_auto (GStrv)                order = NULL;

      culvert_profile_store_refresh (self);
      ids = get_order (self, wish, error);
      if (ids == NULL)
        return FALSE;
      order = with_removed (self, ids);
      held = culvert_profile_store_lock (self, error);
      if (held == NULL)
        return FALSE;
      if (n_tries < ORDER_TRIES_MAX && !is_order_known (self))
        continue;
      if (!culvert_folder_write_order (self->dir, (const char *const *)order, error))
        return FALSE;
      /* Handlers of what follows may save as well. */
      g_clear_pointer (&held, culvert_folder_lock_free);
      g_strfreev (self->order);
      self->order = g_steal_pointer (&order);
      culvert_profile_store_sync_list (self);
      return TRUE;
    }
}

typedef struct
{
  const char *id;
  guint       position;
} MoveWish;

/* The ids in the order of the list, but one at its position. */
static GPtrArray *
get_moved_order (CulvertProfileStore *self, gconstpointer data, GError **error)
{
  const MoveWish *wish = data;
  GPtrArray      *ids = NULL;

  if (culvert_profile_store_find (self, wish->id) == NULL)
    {
      not_found (wish->id, error);
      return NULL;
    }
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const char *id = culvert_profile_entry_get_id (g_ptr_array_index (self->entries, i));

      if (strcmp (id, wish->id) != 0)
        g_ptr_array_add (ids, g_strdup (id));
    }
  g_ptr_array_insert (ids, (int)MIN (wish->position, ids->len), g_strdup (wish->id));
  return ids;
}

gboolean
culvert_profile_store_move (CulvertProfileStore *self,
                            const char          *id,
                            guint                position,
                            GError             **error)
{
  const MoveWish wish = { id, position };

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return culvert_profile_store_reorder (self, get_moved_order, &wish, error);
}
