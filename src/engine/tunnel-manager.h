/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every saved tunnel, running or not: a GListModel of CulvertTunnel that follows the store.
 *
 * Of a group of which one tunnel is on at a time (core/profile-groups.h), the one that is switched on last
 * is: whoever switches it on, the others are switched off, and it starts once they have stopped.  Of those that
 * start with the program the first does.  What is on when such a group is made stays on.  Signal "turn-taken"
 * (CulvertTunnel that is switched on, GPtrArray of CulvertTunnel that were switched off for it).
 *
 * Belongs to the program's own thread.  An edit from the form or from outside reaches the running
 * tunnel; removing a saved tunnel stops it first and forgets its secrets. */

#include "core/profile-store.h"
#include "engine/tunnel-groups.h"
#include "engine/tunnel.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_TUNNEL_MANAGER (culvert_tunnel_manager_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnelManager,
                      culvert_tunnel_manager,
                      CULVERT,
                      TUNNEL_MANAGER,
                      GObject)

CulvertTunnelManager *culvert_tunnel_manager_new (CulvertProfileStore *store,
                                                  CulvertPrompter     *prompter,
                                                  CulvertSecretStore  *secrets);

CulvertProfileStore *culvert_tunnel_manager_get_store (CulvertTunnelManager *self);
/* (transfer none): a GListModel of CulvertTunnelGroup in the order of the list */
CulvertTunnelGroups *culvert_tunnel_manager_get_groups (CulvertTunnelManager *self);
/* (transfer none) (nullable) */
CulvertTunnel *culvert_tunnel_manager_find (CulvertTunnelManager *self, const char *id);

/* Saves and applies. Errors as culvert_profile_store_save(). */
gboolean
culvert_tunnel_manager_save (CulvertTunnelManager *self, CulvertProfile *profile, GError **error);

/* Switches a forward and saves that. */
gboolean culvert_tunnel_manager_set_forward_enabled (CulvertTunnelManager *self,
                                                     const char           *tunnel_id,
                                                     const char           *forward_id,
                                                     gboolean              is_enabled,
                                                     GError              **error);

/* Lets a forward listen elsewhere, saves that, and so starts it anew. */
gboolean culvert_tunnel_manager_set_forward_listen (CulvertTunnelManager  *self,
                                                    const char            *tunnel_id,
                                                    const char            *forward_id,
                                                    const CulvertEndpoint *listen,
                                                    GError               **error);

/* Stops and removes.  The secrets are forgotten only by culvert_tunnel_manager_forget_secrets(), so
 * that the removal can be undone by saving the profile again. */
gboolean culvert_tunnel_manager_remove (CulvertTunnelManager *self, const char *id, GError **error);
void     culvert_tunnel_manager_forget_secrets (CulvertTunnelManager *self, const char *id);

/* What happens to the network, for every tunnel there is and will be. */
void culvert_tunnel_manager_network_changed (CulvertTunnelManager *self, CulvertNetworkEvent event);

/* What the network is called, for every tunnel there is and will be. Property "network-names". */
void culvert_tunnel_manager_set_network_names (CulvertTunnelManager *self,
                                               CulvertNetworkNames  *names);
/* (transfer none) (nullable): NULL while nobody has said */
CulvertNetworkNames *culvert_tunnel_manager_get_network_names (CulvertTunnelManager *self);

/* Nobody will look at rates and totals, of every tunnel there is and will be: see
 * culvert_tunnel_set_unwatched(). */
void culvert_tunnel_manager_set_unwatched (CulvertTunnelManager *self, gboolean is_unwatched);

/* How many are on. Property "n-on". */
guint culvert_tunnel_manager_get_n_on (CulvertTunnelManager *self);

/* Switches on those that start with the program. */
void culvert_tunnel_manager_start_marked (CulvertTunnelManager *self);

/**
 * culvert_tunnel_manager_stop_all_async:
 *
 * Stops every tunnel, the way a program does before it ends. Finishes within 3 seconds.
 */
void     culvert_tunnel_manager_stop_all_async (CulvertTunnelManager *self,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean culvert_tunnel_manager_stop_all_finish (CulvertTunnelManager *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
