/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The groups that saved tunnels are in (PRODUCT 5.5), and their places.
 *
 * Which group a tunnel is in stands in its own file; a group exists while a tunnel is in it, so there
 * are no empty ones.  Of which groups one tunnel is on at a time stands in the file `one-at-a-time` of
 * the folder, a name in a line.  It is written as the order is: atomically, under the lock of the
 * folder, by what lies there at that moment.  The rule of a group whose last tunnel went stays there, for
 * the tunnel that comes back. */

#include "core/profile-store.h"

G_BEGIN_DECLS

/* (transfer full): the names of the groups, in the order of the list */
GStrv culvert_profile_store_list_groups (CulvertProfileStore *self);

/* Is one tunnel of @group on at a time? */
gboolean culvert_profile_store_is_exclusive (CulvertProfileStore *self, const char *group);

/* Errors: `CULVERT_PROFILE_ERROR_UNWRITABLE`, `…_NOT_FOUND` */
gboolean culvert_profile_store_set_exclusive (CulvertProfileStore *self,
                                              const char          *group,
                                              gboolean             is_exclusive,
                                              GError             **error);

/**
 * culvert_profile_store_place:
 * @group: where to; "" is no group
 * @before_id: (nullable): the tunnel of that group to put it in front of; NULL: behind all of them
 *
 * Puts a tunnel into a group and at a place there.  A new group is the last one.
 *
 * Errors: as culvert_profile_store_save(); `…_INVALID` when @group cannot be a group's name
 */
gboolean culvert_profile_store_place (CulvertProfileStore *self,
                                      const char          *id,
                                      const char          *group,
                                      const char          *before_id,
                                      GError             **error);

/* Puts a whole group in front of another, or behind all of them when @before is NULL. */
gboolean culvert_profile_store_move_group (CulvertProfileStore *self,
                                           const char          *group,
                                           const char          *before,
                                           GError             **error);

/**
 * culvert_profile_store_rename_group:
 * @to: another group's name puts all into that one, whose rule then counts; "" ends the group
 *
 * Errors: as culvert_profile_store_save(); those tunnels that were saved before have the new name then
 */
gboolean culvert_profile_store_rename_group (CulvertProfileStore *self,
                                             const char          *from,
                                             const char          *to,
                                             GError             **error);

G_END_DECLS
