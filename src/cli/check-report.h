/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What `culvertctl check` says: lines for people, or one JSON object per line. */

#include "engine/check.h"

G_BEGIN_DECLS

/* A stage is over: `Passed: The name bastion (2 ms): The name is known.`;
 * {"event":"stage","tunnel","name","stage":"host-key","place","server","forward","title","state","note",
 * "duration_ms","text"}, and of what has an error "what", "why", "next", "detail". */
void culvert_check_report_stage (gboolean as_json, CulvertCheck *check, CulvertCheckStage *stage);

/* The check is over, and what to do about its failure, on standard error;
 * {"event":"checked","tunnel","name","result":"passed","exit"} */
void culvert_check_report_end (gboolean as_json, CulvertCheck *check, int exit_status);

/* In the tunnel's log, in any thread. */
void culvert_check_report_log (gboolean as_json, const char *title, const CulvertLogLine *line);

G_END_DECLS
