/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel's last two minutes, both directions, with a scale to read them by: what is received as a
 * filled area, what is sent as a line alone. */

#include "ui/history-view.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_RATE_GRAPH (culvert_rate_graph_get_type ())
G_DECLARE_FINAL_TYPE (CulvertRateGraph, culvert_rate_graph, CULVERT, RATE_GRAPH, CulvertHistoryView)

G_END_DECLS
