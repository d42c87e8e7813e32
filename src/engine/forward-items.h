/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards of a tunnel as the program shows them: keeps a model of items in step with the
 * profile.  An item lives as long as its forward's id is in the profile. */

#include "core/profile.h"
#include "engine/forward-item.h"
#include "engine/runner.h"

G_BEGIN_DECLS

typedef struct _CulvertForwardItems CulvertForwardItems;

CulvertForwardItems *culvert_forward_items_new (void);
void                 culvert_forward_items_free (CulvertForwardItems *self);

void culvert_forward_items_set_profile (CulvertForwardItems *self, CulvertProfile *profile);
void culvert_forward_items_set_report (CulvertForwardItems        *self,
                                       const CulvertForwardReport *report);
void culvert_forward_items_set_all_off (CulvertForwardItems *self);
void culvert_forward_items_sample (CulvertForwardItems *self, gint64 now_us);
void culvert_forward_items_skip_to (CulvertForwardItems *self, gint64 now_us);

/* Do all that are switched on listen? */
gboolean culvert_forward_items_all_listen (CulvertForwardItems *self);

/* (transfer none) (nullable) */
CulvertForwardItem *culvert_forward_items_find (CulvertForwardItems *self, const char *id);
/* (transfer none) */
GListModel *culvert_forward_items_get_model (CulvertForwardItems *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertForwardItems, culvert_forward_items_free)

G_END_DECLS
