/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The way of a tunnel as a picture, for one of its forwards: the first whose target is not reached, else the
 * first that is switched on.  Where it is broken is said in words below. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_ROUTE_CARD (culvert_route_card_get_type ())
G_DECLARE_FINAL_TYPE (CulvertRouteCard, culvert_route_card, CULVERT, ROUTE_CARD, CulvertTunnelPart)

G_END_DECLS
