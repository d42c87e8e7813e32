/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of a forward's form that says where it listens: the port, and who can connect.
 *
 * Signal "changed": the person changed something. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_LISTEN_GROUP (culvert_listen_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertListenGroup,
                      culvert_listen_group,
                      CULVERT,
                      LISTEN_GROUP,
                      AdwPreferencesGroup)

/* Fills itself from @spec, and shows its problems in @draft from now on. */
void culvert_listen_group_set_forward (CulvertListenGroup       *self,
                                       CulvertProfileDraft      *draft,
                                       const CulvertForwardSpec *spec);

/* @tunnels: a list of CulvertTunnel: whose ports are in the way; called once */
void culvert_listen_group_set_tunnels (CulvertListenGroup *self, GListModel *tunnels);

/* Asks for what a forward of @kind needs; what was filled in stays. */
void culvert_listen_group_set_kind (CulvertListenGroup *self, CulvertForwardKind kind);

/* Puts @port where none was typed; 0 takes it away again, unless it was touched. */
void culvert_listen_group_suggest_port (CulvertListenGroup *self, guint16 port);

/* (transfer full): as it is filled in, with gaps */
CulvertEndpoint *culvert_listen_group_dup_endpoint (CulvertListenGroup *self);

/* Puts into @fields who of this computer may connect, where that is asked for; the rest stays. */
void culvert_listen_group_apply_user (CulvertListenGroup *self, CulvertForwardFields *fields);

/* Puts the focus where typing begins. */
void culvert_listen_group_focus (CulvertListenGroup *self);

G_END_DECLS
