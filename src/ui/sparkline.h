/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel's last half minute as a graph the size of a word, without scale or labels. */

#include "ui/history-view.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_SPARKLINE (culvert_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (CulvertSparkline, culvert_sparkline, CULVERT, SPARKLINE, CulvertHistoryView)

G_END_DECLS
