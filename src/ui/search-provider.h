/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The tunnels in the search of GNOME's overview: found as by the window's own search, each with its state;
 * choosing one opens its page.
 *
 * Spec: org.gnome.Shell.SearchProvider2 (data/org.gnome.Shell.SearchProvider2.xml). */

#include "engine/tunnel-manager.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _CulvertSearchProvider CulvertSearchProvider;

/* Opens pages by the action "app.show-tunnel". Returns: (transfer full) (nullable) */
CulvertSearchProvider *culvert_search_provider_new (GtkApplication  *application,
                                                    GDBusConnection *connection,
                                                    GError         **error);
void                   culvert_search_provider_free (CulvertSearchProvider *self);

/* Once, before the first turn of the main loop. */
void culvert_search_provider_set_manager (CulvertSearchProvider *self,
                                          CulvertTunnelManager  *manager);

G_END_DECLS
