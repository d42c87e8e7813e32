/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The list of a check's stages: what is to come is there from the start, and events fill it in.  Lives in
 * the program's own thread; pure but for the list that it changes. */

#include "engine/check-stage.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): of CulvertCheckStage, all PENDING, in the order in which they come */
GListStore *culvert_check_stages_new (const CulvertProfile *profile);

/* Something has happened.  A stage that is not there yet is put where it belongs; what should have come
 * before it and did not is skipped. */
void culvert_check_stages_apply (GListStore              *self,
                                 const CulvertProfile    *profile,
                                 const CulvertStageEvent *event);

/* Nothing more will happen: what runs has failed with @error, or else what would have been next; what is
 * left is skipped. */
void culvert_check_stages_fail (GListStore *self, const GError *error, gint64 now_us);

/* The same without anything that failed. */
void culvert_check_stages_skip_rest (GListStore *self, CulvertStageNote note, gint64 now_us);

/* (transfer none) (nullable): the first that failed */
CulvertCheckStage *culvert_check_stages_find_failed (GListModel *self);

G_END_DECLS
