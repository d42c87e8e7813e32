/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards of a tunnel, a row for each, and the way to add one. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_GROUP (culvert_forward_group_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardGroup,
                      culvert_forward_group,
                      CULVERT,
                      FORWARD_GROUP,
                      CulvertTunnelPart)

G_END_DECLS
