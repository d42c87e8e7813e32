/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The left side of the window: header bar, search, notices, and a row for each tunnel and group.
 *
 * Properties "selected" (the CulvertTunnel whose page is shown, nullable, notified) and "is-folded":
 * it stands alone in a narrow window, where no row looks chosen.  Signal "activated": the person
 * asked for the page of the selected tunnel. */

#include "core/secret-store.h"
#include "engine/tunnel-manager.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_TUNNEL_LIST (culvert_tunnel_list_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnelList, culvert_tunnel_list, CULVERT, TUNNEL_LIST, AdwBin)

/* Called once. */
void culvert_tunnel_list_set_sources (CulvertTunnelList    *self,
                                      CulvertTunnelManager *manager,
                                      CulvertSecretStore   *secrets);

CulvertTunnel *culvert_tunnel_list_get_selected (CulvertTunnelList *self);
void           culvert_tunnel_list_select (CulvertTunnelList *self, CulvertTunnel *tunnel);

/* Puts the focus on the row of the selected tunnel. */
void culvert_tunnel_list_focus_selected (CulvertTunnelList *self);

/* The same with the heading of a group. */
void culvert_tunnel_list_focus_group (CulvertTunnelList *self, const char *group);
/* Is the focus of the window in a row, whether the window is in front or one of its dialogs? */
gboolean culvert_tunnel_list_has_focus (CulvertTunnelList *self);

/* Expands the group of the selected tunnel. */
void culvert_tunnel_list_reveal_selected (CulvertTunnelList *self);

gboolean culvert_tunnel_list_is_collapsed (CulvertTunnelList *self, const char *group);
void     culvert_tunnel_list_set_collapsed (CulvertTunnelList *self,
                                            const char        *group,
                                            gboolean           is_collapsed);

/* Which groups are collapsed is remembered there. */
void culvert_tunnel_list_bind_collapsed (CulvertTunnelList *self, GSettings *settings);

/* Shows the search and puts the focus there. */
void culvert_tunnel_list_search (CulvertTunnelList *self);

/* For tests: how many tunnels the search and the collapsed groups leave. */
guint culvert_tunnel_list_get_n_shown (CulvertTunnelList *self);

G_END_DECLS
