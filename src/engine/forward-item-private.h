/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a tunnel fills in its forward items. */

#include "engine/forward-item.h"
#include "engine/runner.h"

G_BEGIN_DECLS

CulvertForwardItem *culvert_forward_item_new (CulvertForwardSpec *spec);

/* @spec has the same id. */
void culvert_forward_item_set_spec (CulvertForwardItem *self, CulvertForwardSpec *spec);

/* What the running forward says.  Counters that are not the ones so far start the figures anew; no
 * counters mean that it does not run: rates of 0, and the totals stay. */
void culvert_forward_item_set_report (CulvertForwardItem *self, const CulvertForwardReport *report);

/* It does not run, and is off. */
void culvert_forward_item_set_off (CulvertForwardItem *self);

/* Reads the counters and adds to the history.  @now_us: monotonic */
void culvert_forward_item_sample (CulvertForwardItem *self, gint64 now_us);
/* culvert_rate_history_skip_to() */
void culvert_forward_item_skip_to (CulvertForwardItem *self, gint64 now_us);

G_END_DECLS
