/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Preferences: whether Culvert goes on without its window, and starts with the session.  Says what this
 * desktop makes of either, and why where it cannot. */

#include "ui/background.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_DESKTOP_GROUP (culvert_desktop_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDesktopGroup,
                      culvert_desktop_group,
                      CULVERT,
                      DESKTOP_GROUP,
                      AdwPreferencesGroup)

GtkWidget *culvert_desktop_group_new (CulvertBackground *background);

G_END_DECLS
