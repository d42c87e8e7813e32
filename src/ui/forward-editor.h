/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The form of one forward: what it is for, where it listens, where it leads.  Changes the draft as
 * the person types.
 *
 * Signal "remove-clicked": the person wants the forward gone. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_EDITOR (culvert_forward_editor_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardEditor, culvert_forward_editor, CULVERT, FORWARD_EDITOR, AdwBin)

/* Called once. */
void culvert_forward_editor_set_draft (CulvertForwardEditor *self, CulvertProfileDraft *draft);

/* @tunnels: a list of CulvertTunnel: whose ports are in the way; called once, before a forward is shown */
void culvert_forward_editor_set_tunnels (CulvertForwardEditor *self, GListModel *tunnels);

/* Shows the forward @forward_id of the draft; NULL shows none. */
void culvert_forward_editor_set_forward (CulvertForwardEditor *self, const char *forward_id);

/* (transfer none) (nullable) */
const char *culvert_forward_editor_get_forward (CulvertForwardEditor *self);

/* Puts the focus where typing begins. */
void culvert_forward_editor_focus (CulvertForwardEditor *self);

G_END_DECLS
