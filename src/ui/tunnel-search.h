/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the search of the list finds.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

/* Does @query, one or several words, name the tunnel: every word in its title, server, user, or a
 * forward's name, hosts or ports?  Case does not matter; no words name every tunnel. */
gboolean culvert_tunnel_search_matches (const CulvertProfile *profile, const char *query);

G_END_DECLS
