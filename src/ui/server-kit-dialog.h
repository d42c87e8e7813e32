/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the administrator of a tunnel's server, and of each jump server, has to allow (core/server-kit.h), to be
 * copied. */

#include "core/profile.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_SERVER_KIT_DIALOG (culvert_server_kit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CulvertServerKitDialog,
                      culvert_server_kit_dialog,
                      CULVERT,
                      SERVER_KIT_DIALOG,
                      AdwWindow)

/* Looks for the public keys in a thread of its own, so it fills a moment later. */
GtkWidget *culvert_server_kit_dialog_new (GtkWindow *parent, CulvertProfile *profile);

G_END_DECLS
