/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row that folds out to a list of files: typed, or chosen with the desktop's own chooser; or of other
 * places, which can only be typed.  Empty fields do not count.
 *
 * Signal "changed": the person changed the paths. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_PATH_LIST (culvert_path_list_get_type ())
G_DECLARE_FINAL_TYPE (CulvertPathList, culvert_path_list, CULVERT, PATH_LIST, AdwExpanderRow)

/**
 * culvert_path_list_set_up:
 * @entry_title: what one of them is called
 * @chooser_title: (nullable): of the window in which one is chosen; NULL: they are no files
 * @field: whose problems are shown under the path that has them
 */
void culvert_path_list_set_up (CulvertPathList     *self,
                               const char          *entry_title,
                               const char          *chooser_title,
                               CulvertProfileDraft *draft,
                               CulvertField         field);

/* Shows other paths; does not count as a change. */
void culvert_path_list_set_paths (CulvertPathList *self, const char *const *paths);

/* (transfer full) */
GStrv culvert_path_list_dup_paths (CulvertPathList *self);

G_END_DECLS
