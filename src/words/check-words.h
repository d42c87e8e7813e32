/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a check found out, in the person's language: for the page, the command line and the report.  Pure. */

#include "engine/check-stage.h"
#include "words/failure.h"

G_BEGIN_DECLS

/* What is looked at: "The name bastion.example.com", "The server is the one you know". (transfer full) */
char *culvert_words_for_stage_title (const CulvertCheckStageFields *stage,
                                     const CulvertProfile          *profile);

/* "Passed", "Failed", "Skipped", "Running", "Waiting". (transfer none) */
const char *culvert_words_for_stage_state (const CulvertCheckStageFields *stage);

/* What was found, in a sentence or two; of what failed, what happened. "" while there is nothing to say.
 * (transfer full) */
char *culvert_words_for_stage (const CulvertCheckStageFields *stage, const CulvertProfile *profile);

/* (transfer full) (nullable): of a stage with an error */
CulvertFailureWords *culvert_failure_words_for_stage (const CulvertCheckStageFields *stage,
                                                      const CulvertProfile          *profile);

/* All of it as text to send to somebody: no secret is in it. @stages: of CulvertCheckStage (transfer full) */
char *culvert_words_for_check_report (GListModel *stages, const CulvertProfile *profile);

G_END_DECLS
