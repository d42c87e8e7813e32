/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Takes an `ssh …` command line, with an alias of ssh_config or without, and says while it is typed
 * what tunnel it makes, or which word cannot be honoured.  An ssh command on the clipboard is filled
 * in.
 *
 * Signal "parsed" (CulvertProfile *draft): the person goes on with it; the dialog closes itself. */

#include "core/profile.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_PASTE_DIALOG (culvert_paste_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CulvertPasteDialog, culvert_paste_dialog, CULVERT, PASTE_DIALOG, AdwWindow)

GtkWidget *culvert_paste_dialog_new (GtkWindow *parent);

G_END_DECLS
