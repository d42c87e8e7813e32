/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The page of one tunnel: header bar, overview, connections and log.
 *
 * Properties "is-folded": it stands alone in a narrow window and shows a way back; "is-compact"
 * (read-only): it is so narrow that its views are switched below.  Action "page.show-log".  Its header's commands are the window's actions. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_TUNNEL_PAGE (culvert_tunnel_page_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnelPage,
                      culvert_tunnel_page,
                      CULVERT,
                      TUNNEL_PAGE,
                      CulvertTunnelPart)

/* Shows the log and puts the focus into its search. */
void culvert_tunnel_page_search_log (CulvertTunnelPage *self);

/* "overview", "connections", "log" or "drops" (its interruptions) */
void culvert_tunnel_page_show_view (CulvertTunnelPage *self, const char *name);

G_END_DECLS
