/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-groups.h"

#include "core/errors.h"
#include "core/profile-store-private.h"

#include <string.h>

static CulvertProfileEntry *
nth (CulvertProfileStore *self, guint i)
{
  return g_ptr_array_index (self->entries, i);
}

static const char *
nth_group (CulvertProfileStore *self, guint i)
{
  return culvert_profile_entry_get_profile (nth (self, i))->group;
}

GStrv
culvert_profile_store_list_groups (CulvertProfileStore *self)
{
  g_autoptr (GStrvBuilder) groups = g_strv_builder_new ();
  const char              *last = "";

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), NULL);

  for (guint i = 0; i < self->entries->len; i++)
    {
      if (strcmp (nth_group (self, i), last) == 0)
        continue;
      last = nth_group (self, i);
      g_strv_builder_add (groups, last);
    }
  return g_strv_builder_end (groups);
}

static gboolean
has_group (CulvertProfileStore *self, const char *group)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (strcmp (nth_group (self, i), group) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
group_not_found (const char *group, GError **error)
{
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND,
               "there is no group \"%s\"", group);
  return FALSE;
}

/* Exclusive groups */

gboolean
culvert_profile_store_is_exclusive (CulvertProfileStore *self, const char *group)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (group != NULL, FALSE);

  return g_strv_contains ((const char *const *)self->exclusive, group);
}

/* What lies in the folder, without @group, and @group once more when it @is_exclusive.  What is no group
 * here may be one that another program has just made, or one whose last tunnel comes back. */
static gboolean
write_exclusive (CulvertProfileStore *self,
                 const char          *group,
                 gboolean             is_exclusive,
                 GError             **error)
{
  g_autoptr (CulvertFolderLock) held = culvert_profile_store_lock (self, error);
  g_autoptr (GStrvBuilder)      kept = g_strv_builder_new ();
  g_auto (GStrv)                present = NULL;
  g_auto (GStrv)                wanted = NULL;

  if (held == NULL)
    return FALSE;
  present = culvert_folder_read_exclusive (self->dir);
  for (guint i = 0; present[i] != NULL; i++)
    if (strcmp (present[i], group) != 0)
      g_strv_builder_add (kept, present[i]);
  if (is_exclusive)
    g_strv_builder_add (kept, group);
  wanted = g_strv_builder_end (kept);
  if (!culvert_folder_write_exclusive (self->dir, (const char *const *)wanted, error))
    return FALSE;
  g_clear_pointer (&held, culvert_folder_lock_free);

  culvert_profile_store_take_exclusive (self, g_steal_pointer (&wanted));
  return TRUE;
}

gboolean
culvert_profile_store_set_exclusive (CulvertProfileStore *self,
                                     const char          *group,
                                     gboolean             is_exclusive,
                                     GError             **error)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (group != NULL, FALSE);

  /* Another program may have made or ended it. */
  culvert_profile_store_refresh (self);
  if (group[0] == '\0' || !has_group (self, group))
    return group_not_found (group, error);
  return write_exclusive (self, group, is_exclusive, error);
}

/* Places */

/* (transfer full) (element-type utf8): all ids in order, with @moved, which is (element-type utf8), in
 * front of @before_id, or behind the last tunnel of @group, or at the end */
static GPtrArray *
order_with (CulvertProfileStore *self, GPtrArray *moved, const char *before_id, const char *group)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  int        at = -1;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const char *id = culvert_profile_entry_get_id (nth (self, i));

      if (g_ptr_array_find_with_equal_func (moved, id, g_str_equal, NULL))
        continue;
      if (before_id != NULL && strcmp (id, before_id) == 0)
        at = (int)ids->len;
      g_ptr_array_add (ids, g_strdup (id));
      if (before_id == NULL && group != NULL && strcmp (nth_group (self, i), group) == 0)
        at = (int)ids->len;
    }
  for (guint i = 0; i < moved->len; i++)
    g_ptr_array_insert (ids, at < 0 ? -1 : at + (int)i, g_strdup (g_ptr_array_index (moved, i)));
  return ids;
}

static gboolean
save_group (CulvertProfileStore *self, const char *id, const char *group, GError **error)
{
  CulvertProfileEntry       *entry = culvert_profile_store_find (self, id);
  g_autoptr (CulvertProfile) edited = NULL;

  if (entry == NULL || strcmp (culvert_profile_entry_get_profile (entry)->group, group) == 0)
    return TRUE;
  edited = culvert_profile_edit (culvert_profile_entry_get_profile (entry));
  culvert_profile_set_string (&edited->group, group);
  return culvert_profile_store_save (self, edited, error);
}

static gboolean
check_group (const char *group, GError **error)
{
  if (group[0] == '\0' || culvert_group_is_valid (group))
    return TRUE;
  g_set_error_literal (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID,
                       "this cannot be the name of a group");
  return FALSE;
}

typedef struct
{
  const char *id;
  const char *group;
  const char *before_id; /* nullable */
} PlaceWish;

static GPtrArray *
get_placed_order (CulvertProfileStore *self, gconstpointer data, GError **error)
{
  const PlaceWish      *wish = data;
  g_autoptr (GPtrArray) moved = g_ptr_array_new ();

  if (culvert_profile_store_find (self, wish->id) == NULL)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND,
                   "%s: there is no such tunnel", wish->id);
      return NULL;
    }
  g_ptr_array_add (moved, (gpointer)wish->id);
  return order_with (self, moved, wish->before_id, wish->group);
}

gboolean
culvert_profile_store_place (CulvertProfileStore *self,
                             const char          *id,
                             const char          *group,
                             const char          *before_id,
                             GError             **error)
{
  const PlaceWish wish = { id, group, before_id };

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (id != NULL && group != NULL, FALSE);

  /* The place first: a tunnel that cannot be saved is still in its former group. */
  return check_group (group, error) &&
         culvert_profile_store_reorder (self, get_placed_order, &wish, error) &&
         save_group (self, id, group, error);
}

/* (transfer full) (element-type utf8): the ids of the tunnels in @group */
static GPtrArray *
list_members (CulvertProfileStore *self, const char *group)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->entries->len; i++)
    if (strcmp (nth_group (self, i), group) == 0)
      g_ptr_array_add (ids, g_strdup (culvert_profile_entry_get_id (nth (self, i))));
  return ids;
}

typedef struct
{
  const char *group;
  const char *before; /* nullable */
} MoveGroupWish;

static GPtrArray *
get_order_with_group (CulvertProfileStore *self, gconstpointer data, GError **error)
{
  const MoveGroupWish  *wish = data;
  g_autoptr (GPtrArray) moved = list_members (self, wish->group);
  g_autoptr (GPtrArray) others = NULL;

  if (moved->len == 0 || wish->group[0] == '\0')
    {
      group_not_found (wish->group, error);
      return NULL;
    }
  if (wish->before == NULL)
    return order_with (self, moved, NULL, NULL);
  others = list_members (self, wish->before);
  if (others->len == 0)
    {
      group_not_found (wish->before, error);
      return NULL;
    }
  return order_with (self, moved, g_ptr_array_index (others, 0), NULL);
}

gboolean
culvert_profile_store_move_group (CulvertProfileStore *self,
                                  const char          *group,
                                  const char          *before,
                                  GError             **error)
{
  const MoveGroupWish wish = { group, before };

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (group != NULL, FALSE);

  return culvert_profile_store_reorder (self, get_order_with_group, &wish, error);
}

gboolean
culvert_profile_store_rename_group (CulvertProfileStore *self,
                                    const char          *from,
                                    const char          *to,
                                    GError             **error)
{
  g_autoptr (GPtrArray) members = NULL;
  gboolean              is_new;
  gboolean              is_exclusive;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (self), FALSE);
  g_return_val_if_fail (from != NULL && to != NULL, FALSE);

  if (!check_group (to, error))
    return FALSE;
  culvert_profile_store_refresh (self);
  members = list_members (self, from);
  if (members->len == 0 || from[0] == '\0')
    return group_not_found (from, error);
  if (strcmp (from, to) == 0)
    return TRUE;

  is_new = to[0] != '\0' && !has_group (self, to);
  is_exclusive = culvert_profile_store_is_exclusive (self, from);
  /* The rule is never missing while some have the new name already. */
  if (is_new && is_exclusive && !write_exclusive (self, to, TRUE, error))
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!save_group (self, g_ptr_array_index (members, i), to, error))
      return FALSE;
  return !is_exclusive || write_exclusive (self, from, FALSE, error);
}
