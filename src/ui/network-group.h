/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the form for the networks that a tunnel is wanted on, or not. */

#include "engine/tunnel-manager.h"
#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_NETWORK_GROUP (culvert_network_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertNetworkGroup,
                      culvert_network_group,
                      CULVERT,
                      NETWORK_GROUP,
                      AdwPreferencesGroup)

/* Called once.  @manager knows what the present network is called. */
void culvert_network_group_set_draft (CulvertNetworkGroup  *self,
                                      CulvertProfileDraft  *draft,
                                      CulvertTunnelManager *manager);

G_END_DECLS
