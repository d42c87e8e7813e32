/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The known hosts: every line of the files that ssh and the tunnels use, to be searched and removed.  What
 * was removed can be put back as long as its message is shown.  A window of its own. */

#include "engine/tunnel-manager.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_KNOWN_HOSTS_PAGE (culvert_known_hosts_page_get_type ())
G_DECLARE_FINAL_TYPE (CulvertKnownHostsPage,
                      culvert_known_hosts_page,
                      CULVERT,
                      KNOWN_HOSTS_PAGE,
                      AdwWindow)

/* @manager: whose tunnels may name files
 * @search: what to look for at first; "" shows everything */
GtkWidget *
culvert_known_hosts_page_new (GtkWindow *parent, CulvertTunnelManager *manager, const char *search);

G_END_DECLS
