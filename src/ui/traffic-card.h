/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a tunnel carries: both rates with their totals, the connections, and the graph of the last
 * two minutes.  For a tunnel that is up or
 * carried something. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_TRAFFIC_CARD (culvert_traffic_card_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTrafficCard,
                      culvert_traffic_card,
                      CULVERT,
                      TRAFFIC_CARD,
                      CulvertTunnelPart)

G_END_DECLS
