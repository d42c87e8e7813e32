/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the form that says which server: host, port, user.  What is pasted into the host
 * field, an ssh command or `user@host:port`, fills the whole form, says so, and can be undone. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_SERVER_GROUP (culvert_server_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertServerGroup,
                      culvert_server_group,
                      CULVERT,
                      SERVER_GROUP,
                      AdwPreferencesGroup)

/* Called once. */
void culvert_server_group_set_draft (CulvertServerGroup *self, CulvertProfileDraft *draft);

/* Reads what was typed and not yet looked at, as leaving the field does. */
void culvert_server_group_settle (CulvertServerGroup *self);

/* Puts the focus where typing begins. */
void culvert_server_group_focus (CulvertServerGroup *self);

G_END_DECLS
