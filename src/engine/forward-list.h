/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards of a tunnel as the program shows them: keeps a model of items in step with the
 * profile.  An item lives as long as its forward's id is in the profile. */

#include "core/profile.h"
#include "engine/forward-item.h"
#include "engine/runner.h"

G_BEGIN_DECLS

typedef struct _CulvertForwardList CulvertForwardList;

CulvertForwardList *culvert_forward_list_new (void);
void                culvert_forward_list_free (CulvertForwardList *self);

void culvert_forward_list_set_profile (CulvertForwardList *self, CulvertProfile *profile);
void culvert_forward_list_set_report (CulvertForwardList *self, const CulvertForwardReport *report);
void culvert_forward_list_set_all_off (CulvertForwardList *self);
void culvert_forward_list_sample (CulvertForwardList *self, gint64 now_us);

/* Do all that are switched on listen? */
gboolean culvert_forward_list_all_listen (CulvertForwardList *self);

/* (transfer none) (nullable) */
CulvertForwardItem *culvert_forward_list_find (CulvertForwardList *self, const char *id);
/* (transfer none) */
GListModel *culvert_forward_list_get_model (CulvertForwardList *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertForwardList, culvert_forward_list_free)

G_END_DECLS
