/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the form that says how to sign in: one choice in plain words, the key files where
 * they matter, and the order of the ways folded away. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_AUTH_GROUP (culvert_auth_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertAuthGroup,
                      culvert_auth_group,
                      CULVERT,
                      AUTH_GROUP,
                      AdwPreferencesGroup)

/* Called once. */
void culvert_auth_group_set_draft (CulvertAuthGroup *self, CulvertProfileDraft *draft);

G_END_DECLS
