/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One stage of a check: its mark and word, title, time, what was found, and for one that failed what to
 * do, which can be opened. */

#include "core/profile.h"
#include "engine/check-stage.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CHECK_ROW (culvert_check_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertCheckRow, culvert_check_row, CULVERT, CHECK_ROW, GtkListBoxRow)

GtkWidget *culvert_check_row_new (CulvertCheckStage *stage, CulvertProfile *profile);

CulvertCheckStage *culvert_check_row_get_stage (CulvertCheckRow *self);

/* Shows what to do, where there is something to say. */
void culvert_check_row_open (CulvertCheckRow *self);

G_END_DECLS
