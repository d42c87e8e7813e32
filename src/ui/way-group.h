/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the form that says what stands between this computer and the server: jump hosts, a proxy,
 * a command, and whether that may be run. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_WAY_GROUP (culvert_way_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertWayGroup, culvert_way_group, CULVERT, WAY_GROUP, AdwPreferencesGroup)

/* Called once. */
void culvert_way_group_set_draft (CulvertWayGroup *self, CulvertProfileDraft *draft);

G_END_DECLS
