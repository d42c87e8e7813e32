/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is said about an interruption of a tunnel.  Pure but for the clock of one that goes on; all results
 * are (transfer full). */

#include "engine/drop-history.h"

G_BEGIN_DECLS

/* "14:02:11", of another day with that; @now_us: wall clock */
char *culvert_drop_text_time (CulvertDrop *drop, gint64 now_us);
/* "Away for 3 min": how long */
char *culvert_drop_text_length (CulvertDrop *drop);
/* Why. */
char *culvert_drop_text_cause (CulvertDrop *drop, const CulvertProfile *profile);
/* How it came back, or that it did not. */
char *culvert_drop_text_end (CulvertDrop *drop);

G_END_DECLS
