/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who connects to whom through a forward, drawn: where clients connect, the jump hosts between, the far
 * end of the tunnel, the target, with a closed lock on the encrypted legs and an open one where the last
 * leg is plain, and a mark on the leg that is broken.  Up to three jump hosts have a place each where there
 * is room for their names. */

#include "core/profile.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_PICTURE (culvert_forward_picture_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardPicture,
                      culvert_forward_picture,
                      CULVERT,
                      FORWARD_PICTURE,
                      GtkWidget)

/* Both may be drafts with gaps.  @error: (nullable): why the tunnel, or this forward's target, is not
 * reached */
void culvert_forward_picture_set_forward (CulvertForwardPicture    *self,
                                          const CulvertForwardSpec *spec,
                                          const CulvertProfile     *profile,
                                          const GError             *error);

G_END_DECLS
