/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of a forward's form that says what it leads to.  Not there for kinds without a target.
 *
 * Signal "changed": the person changed something.
 * Signal "ftp-wanted": the person takes the offer to carry FTP's data connections too. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_TARGET_GROUP (culvert_target_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTargetGroup,
                      culvert_target_group,
                      CULVERT,
                      TARGET_GROUP,
                      AdwPreferencesGroup)

/* Fills itself from @spec, and shows its problems in @draft from now on. */
void culvert_target_group_set_forward (CulvertTargetGroup       *self,
                                       CulvertProfileDraft      *draft,
                                       const CulvertForwardSpec *spec);

/* Asks for what a forward of @kind needs; @server: the server's name, "" in a draft. */
void culvert_target_group_set_kind (CulvertTargetGroup *self,
                                    CulvertForwardKind  kind,
                                    const char         *server);

/* Puts @host where none was typed; NULL takes it away again, unless it was touched. */
void culvert_target_group_suggest_host (CulvertTargetGroup *self, const char *host);

/* (transfer full): as it is filled in, with gaps */
CulvertEndpoint *culvert_target_group_dup_endpoint (CulvertTargetGroup *self);

/* Offers to carry FTP's data connections too, or does not. */
void culvert_target_group_offer_ftp (CulvertTargetGroup *self, gboolean is_offered);

G_END_DECLS
