/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the store alone does with an entry. */

#include "core/profile-store.h"

G_BEGIN_DECLS

CulvertProfileEntry *culvert_profile_entry_new (CulvertProfile *profile);

/* Takes the next state of the same tunnel without telling anybody: the store first brings itself in
 * order, then calls culvert_profile_entry_notify(). */
void culvert_profile_entry_set_profile (CulvertProfileEntry *self, CulvertProfile *profile);
void culvert_profile_entry_notify (CulvertProfileEntry *self);

G_END_DECLS
