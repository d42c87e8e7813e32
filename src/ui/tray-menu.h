/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the tray shows of the tunnels: as a look (desktop/tray.h), and what its menu's items stand for. */

#include "desktop/tray.h"
#include "engine/tunnel-manager.h"

G_BEGIN_DECLS

/* What was chosen: "open", "quit", or one of the others and a tunnel's id or a group's name. */
#define CULVERT_TRAY_OPEN   "open"
#define CULVERT_TRAY_QUIT   "quit"
#define CULVERT_TRAY_TOGGLE "tunnel:"
#define CULVERT_TRAY_GROUP  "group:"
#define CULVERT_TRAY_ANSWER "answer:"

/* The state that the icon shows: the worst of what is switched on; STOPPED when nothing is. */
CulvertTunnelState culvert_tray_get_worst_state (CulvertTunnelManager *manager);

/* (transfer full): a tunnel that needs the person is answered from the top of the menu; those of a group are in a
 * submenu that says how they are, with a switch for all of them unless one is on at a time. */
CulvertMenuItem *culvert_tray_menu_new (CulvertTunnelManager *manager);

/* (transfer full): what the tooltip says below "Culvert": those that are on, the worst first, as far as
 * there is room */
char *culvert_tray_text_new (CulvertTunnelManager *manager);

G_END_DECLS
