/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is shown while no tunnel is saved: what a tunnel is, and the ways to get one, which are the actions
 * "win.new", "win.paste-command", "win.import", and "win.import-from" where other programs have servers. */

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_WELCOME_PAGE (culvert_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (CulvertWelcomePage, culvert_welcome_page, CULVERT, WELCOME_PAGE, AdwBin)

G_END_DECLS
