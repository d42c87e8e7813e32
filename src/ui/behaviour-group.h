/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the form that most people never open: how the tunnel behaves, and what only an
 * unusual server needs.  Folded. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_BEHAVIOUR_GROUP (culvert_behaviour_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertBehaviourGroup,
                      culvert_behaviour_group,
                      CULVERT,
                      BEHAVIOUR_GROUP,
                      AdwPreferencesGroup)

/* Called once. */
void culvert_behaviour_group_set_draft (CulvertBehaviourGroup *self, CulvertProfileDraft *draft);

G_END_DECLS
