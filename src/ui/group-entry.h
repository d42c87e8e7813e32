/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row of a form for the name of a group, with a menu of those that there are. */

#include "engine/tunnel-manager.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_GROUP_ENTRY (culvert_group_entry_get_type ())
G_DECLARE_FINAL_TYPE (CulvertGroupEntry, culvert_group_entry, CULVERT, GROUP_ENTRY, AdwEntryRow)

/* Called once, to know the groups. */
void culvert_group_entry_set_groups (CulvertGroupEntry *self, CulvertTunnelGroups *groups);

/* "No Group" is no choice in it.  After the groups are known. */
void culvert_group_entry_require_group (CulvertGroupEntry *self);

/* (transfer full): what is typed there, without spaces around it; "" is no group */
char *culvert_group_entry_dup_group (CulvertGroupEntry *self);

G_END_DECLS
