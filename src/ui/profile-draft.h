/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The tunnel that a form edits: shared by the parts of the form, each of which shows and changes
 * its own fields.
 *
 * Signal "replaced": all of it may be different: parts fill themselves again.
 * Signal "changed": after every change, "replaced" included; the problems are those of now. */

#include "core/profile-check.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_PROFILE_DRAFT (culvert_profile_draft_get_type ())
G_DECLARE_FINAL_TYPE (CulvertProfileDraft, culvert_profile_draft, CULVERT, PROFILE_DRAFT, GObject)

/* @profile: copied; what the form starts with */
CulvertProfileDraft *culvert_profile_draft_new (CulvertProfile *profile);

/* (transfer none): held by the draft alone.  A part of the form may change a field and then calls
 * culvert_profile_draft_touch(). */
CulvertProfile *culvert_profile_draft_peek (CulvertProfileDraft *self);
void            culvert_profile_draft_touch (CulvertProfileDraft *self);

/* Starts again from a copy of @profile; what the form began with stays what it was. */
void culvert_profile_draft_replace (CulvertProfileDraft *self, CulvertProfile *profile);

/* From now on the form counts as begun with @profile, or with what it holds now when NULL. */
void culvert_profile_draft_rebase (CulvertProfileDraft *self, CulvertProfile *profile);

/* (transfer none) (element-type CulvertProblem): valid until the next change */
GPtrArray *culvert_profile_draft_get_problems (CulvertProfileDraft *self);

/* The forward that is being edited, or NULL: where two forwards are in each other's way, the problem
 * is that one's, and otherwise that of the later one. */
void culvert_profile_draft_set_focus (CulvertProfileDraft *self, const char *forward_id);

/* Is there anything that would be lost? */
gboolean culvert_profile_draft_is_changed (CulvertProfileDraft *self);

/* Could the tunnel work? */
gboolean culvert_profile_draft_can_save (CulvertProfileDraft *self);

/* (transfer full): what to save now */
CulvertProfile *culvert_profile_draft_dup_profile (CulvertProfileDraft *self);

G_END_DECLS
