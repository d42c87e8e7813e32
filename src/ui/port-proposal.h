/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row under the port of a forward that says who else has it, or is saved with it, and offers others; not
 * there while the forward can listen.  It keeps nobody from saving: what holds a port now may be gone by the
 * time that the tunnel is on.
 *
 * Action: "proposal.use" (s: an endpoint's text form).
 * Signal "chosen" (CulvertEndpoint): where the person wants to listen instead. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_PORT_PROPOSAL (culvert_port_proposal_get_type ())
G_DECLARE_FINAL_TYPE (CulvertPortProposal,
                      culvert_port_proposal,
                      CULVERT,
                      PORT_PROPOSAL,
                      AdwPreferencesRow)

/* @tunnels: a list of CulvertTunnel: those whose ports count; called once */
void culvert_port_proposal_set_tunnels (CulvertPortProposal *self, GListModel *tunnels);

/* Looks at forward @forward_id of @draft from now on. */
void culvert_port_proposal_watch (CulvertPortProposal *self,
                                  CulvertProfileDraft *draft,
                                  const char          *forward_id);

G_END_DECLS
