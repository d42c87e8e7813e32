/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The form for one tunnel: a modal window over the main window that edits a draft and saves it
 * through the manager.
 *
 * Signal "saved" (const char *tunnel_id): after the draft was saved, before the window closes. */

#include "engine/tunnel-manager.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_PROFILE_EDITOR (culvert_profile_editor_get_type ())
G_DECLARE_FINAL_TYPE (CulvertProfileEditor,
                      culvert_profile_editor,
                      CULVERT,
                      PROFILE_EDITOR,
                      AdwWindow)

/**
 * culvert_profile_editor_new:
 * @draft: what the form starts with: culvert_profile_new(), one read from a command line, or the
 *   profile of a tunnel to edit; copied.  Whether its id is known to the manager's store decides
 *   between "New Tunnel" and "Edit Tunnel".
 *
 * Returns: (transfer floating): not yet presented; the caller makes it transient and presents it
 */
GtkWidget *culvert_profile_editor_new (CulvertTunnelManager *manager, CulvertProfile *draft);

/* Opens the form of forward @forward_id within the editor; NULL: of a new one. */
void culvert_profile_editor_show_forward (CulvertProfileEditor *self, const char *forward_id);

G_END_DECLS
