/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A forward in the list of the form: what it does, what is wrong with it, its own switch.  Activated
 * to open its own form. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_DRAFT_FORWARD_ROW (culvert_draft_forward_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDraftForwardRow,
                      culvert_draft_forward_row,
                      CULVERT,
                      DRAFT_FORWARD_ROW,
                      AdwActionRow)

GtkWidget *culvert_draft_forward_row_new (CulvertProfileDraft *draft);

/* Shows @spec, one of the draft's. */
void culvert_draft_forward_row_set_forward (CulvertDraftForwardRow *self, CulvertForwardSpec *spec);

/* (transfer none) */
const char *culvert_draft_forward_row_get_forward_id (CulvertDraftForwardRow *self);

G_END_DECLS
