/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a tunnel does now: its state and switch, what went wrong or what it waits for, traffic, its
 * forwards, and what the session said of itself.
 *
 * Property "shows-title": the tunnel's name stands on the page, not in the header bar.  Action
 * "overview.try-again". */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_OVERVIEW (culvert_overview_get_type ())
G_DECLARE_FINAL_TYPE (CulvertOverview, culvert_overview, CULVERT, OVERVIEW, CulvertTunnelPart)

G_END_DECLS
