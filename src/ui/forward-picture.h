/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who connects to whom through a forward, drawn: where clients connect, the jump hosts between, the far
 * end of the tunnel, the target, with a closed lock on the encrypted legs and an open one where the last leg is plain. */

#include "core/profile.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_PICTURE (culvert_forward_picture_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardPicture,
                      culvert_forward_picture,
                      CULVERT,
                      FORWARD_PICTURE,
                      GtkWidget)

/* Either may be a draft with gaps. */
void culvert_forward_picture_set_forward (CulvertForwardPicture    *self,
                                          const CulvertForwardSpec *spec,
                                          const CulvertProfile     *profile);

G_END_DECLS
