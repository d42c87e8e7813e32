/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The log of a tunnel as plain text: the last lines, followed while nobody scrolls up, to be
 * selected, copied or saved, all of them or those that have some text or are problems.  Reads only while
 * it is in sight.
 *
 * Actions "log.copy" (what is shown), "log.copy-all", "log.save", "log.search". */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_LOG_VIEW (culvert_log_view_get_type ())
G_DECLARE_FINAL_TYPE (CulvertLogView, culvert_log_view, CULVERT, LOG_VIEW, CulvertTunnelPart)

/* As many as can be copied and saved. */
#define CULVERT_LOG_VIEW_MAX_LINES CULVERT_TUNNEL_LOG_LINES

/* (transfer full): what is shown */
char *culvert_log_view_dup_text (CulvertLogView *self);

G_END_DECLS
