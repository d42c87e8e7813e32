/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards of a tunnel, a row for each, and the way to add one. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_LIST (culvert_forward_list_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardList,
                      culvert_forward_list,
                      CULVERT,
                      FORWARD_LIST,
                      CulvertTunnelPart)

G_END_DECLS
