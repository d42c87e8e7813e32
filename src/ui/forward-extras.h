/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The folded part of a forward's form: FTP, and what a browser is led to.  Not there for forwards that have
 * neither.
 *
 * Signal "changed": the person changed something. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_EXTRAS (culvert_forward_extras_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardExtras,
                      culvert_forward_extras,
                      CULVERT,
                      FORWARD_EXTRAS,
                      AdwPreferencesGroup)

/* Fills itself from @spec, and shows its problems in @draft from now on. */
void culvert_forward_extras_set_forward (CulvertForwardExtras     *self,
                                         CulvertProfileDraft      *draft,
                                         const CulvertForwardSpec *spec);

/* Offers what makes sense with the kind and the ends in @fields, and puts what is filled in there;
 * strings are borrowed. */
void culvert_forward_extras_apply (CulvertForwardExtras *self, CulvertForwardFields *fields);

/* Could the forward carry FTP's data connections, and does it? */
gboolean culvert_forward_extras_offers_ftp (CulvertForwardExtras *self);
gboolean culvert_forward_extras_has_ftp (CulvertForwardExtras *self);

/* Switches FTP on, and shows where it is switched off again. */
void culvert_forward_extras_set_ftp (CulvertForwardExtras *self);

G_END_DECLS
