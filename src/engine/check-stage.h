/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One stage of a check as the program shows it (engine/check.h).  Lives in the program's own thread.
 *
 * Signal "changed": its fields have changed. */

#include "core/stage-event.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_CHECK_STAGE (culvert_check_stage_get_type ())
G_DECLARE_FINAL_TYPE (CulvertCheckStage, culvert_check_stage, CULVERT, CHECK_STAGE, GObject)

/* All borrowed, and valid until it changes. */
typedef struct
{
  guint               place;
  CulvertStageKind    kind;
  const char         *server;  /* the jump server or server, or the proxy, that it is about */
  CulvertForwardSpec *forward; /* nullable: of one */
  CulvertAuthMethod   method;
  const char         *subject; /* nullable: see CulvertStageEvent */

  CulvertStageState state;
  CulvertStageNote  note;
  const char       *detail;      /* nullable */
  gint64            started_us;  /* monotonic; 0 unless it has begun */
  gint64            duration_us; /* -1 unless it is over and took a time */
  int               test;        /* CulvertTestState, of a SELF_TEST */
  const GError     *error;       /* nullable */
} CulvertCheckStageFields;

const CulvertCheckStageFields *culvert_check_stage_get_fields (CulvertCheckStage *self);

/* For engine/check-stages.h and tests of what shows it. @fields: copied */
CulvertCheckStage *culvert_check_stage_new (const CulvertCheckStageFields *fields);
void culvert_check_stage_set (CulvertCheckStage *self, const CulvertCheckStageFields *fields);

G_END_DECLS
