/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the form that lists the forwards.
 *
 * Signal "open" (const char *forward_id, nullable): the person wants the form of a forward, or of a
 * new one. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_DRAFT_FORWARD_LIST (culvert_draft_forward_list_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDraftForwardList,
                      culvert_draft_forward_list,
                      CULVERT,
                      DRAFT_FORWARD_LIST,
                      AdwPreferencesGroup)

/* Called once. */
void culvert_draft_forward_list_set_draft (CulvertDraftForwardList *self,
                                           CulvertProfileDraft     *draft);

/* Puts the focus on the row of a forward, or on "Add Forward". @forward_id: (nullable) */
void culvert_draft_forward_list_focus (CulvertDraftForwardList *self, const char *forward_id);

G_END_DECLS
