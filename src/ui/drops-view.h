/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The interruptions of a tunnel since the program was started, the latest first. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_DROPS_VIEW (culvert_drops_view_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDropsView, culvert_drops_view, CULVERT, DROPS_VIEW, CulvertTunnelPart)

G_END_DECLS
