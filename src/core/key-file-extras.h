/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a tunnel's file holds besides what this version knows: unknown keys and groups, comments.
 *
 * GKeyFile keeps comments in the group in front of them and cannot order groups, so whole groups
 * are moved as blocks of text: a header, what follows it, and the comment directly above it.  Pure. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_TUNNEL_GROUP         "Tunnel"
#define CULVERT_FORWARD_GROUP_PREFIX "Forward "

/* The keys that this version reads and writes; NULL-terminated. */
extern const char *const culvert_tunnel_keys[];
extern const char *const culvert_forward_keys[];

/* The forward's id in the name of a group; NULL when @group is no forward's. */
const char *culvert_forward_group_get_id (const char *group);

/**
 * culvert_key_file_unknown_equal:
 * @a, @b: (nullable): the files as they were read
 * @forward_ids: (element-type utf8): groups of other forwards do not count
 *
 * Do both hold the same unknown keys with the same values?  Comments do not count.
 */
gboolean culvert_key_file_unknown_equal (GKeyFile *a, GKeyFile *b, GHashTable *forward_ids);

/* (transfer full): a copy in which the groups of forwards bear the ids that @new_ids maps theirs to */
GKeyFile *culvert_key_file_rename_forwards (GKeyFile *self, GHashTable *new_ids);

/**
 * culvert_key_file_arrange:
 * @self: (nullable): the file as it was read
 * @forward_ids: (array length=n_ids): the forwards that it shall have, in order
 * @comments: (out) (transfer full) (element-type utf8 utf8): groups and the comments above them
 *
 * Returns: (transfer full): a copy with the tunnel's group and these forwards' groups, new ones
 *   empty, others gone; groups that are no forward's keep their place; without @comments, which new
 *   keys would push away from their groups
 */
GKeyFile *culvert_key_file_arrange (GKeyFile          *self,
                                    const char *const *forward_ids,
                                    guint              n_ids,
                                    GHashTable       **comments);

/* (transfer full): the text of what culvert_key_file_arrange() returned, comments above groups again */
char *culvert_key_file_to_text (GKeyFile *self, GHashTable *comments);

G_END_DECLS
