/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* When a tunnel was interrupted since the program was started: when, why, for how long and how that ended
 * (PRODUCT 4.5).  A GListModel of CulvertDrop, the latest first; the oldest go beyond
 * CULVERT_DROP_HISTORY_MAX.
 *
 * What the person does is no interruption: switching off, settings that need a new session, a networks rule;
 * nor is a tunnel on demand that nobody uses. */

#include "core/profile.h"
#include "engine/tunnel-state.h"

G_BEGIN_DECLS

#define CULVERT_DROP_HISTORY_MAX 500

typedef enum
{
  CULVERT_DROP_AWAY,      /* still; it is being tried */
  CULVERT_DROP_GIVEN_UP,  /* it has failed, and is not tried again by itself */
  CULVERT_DROP_CAME_BACK, /* by itself */
  CULVERT_DROP_HELPED,    /* back after the person started it or answered */
  CULVERT_DROP_SWITCHED_OFF,
  CULVERT_DROP_AT_REST, /* on demand: nobody wanted it any more */
} CulvertDropEnd;

/* One interruption; "changed" whenever one of these is another. */
#define CULVERT_TYPE_DROP (culvert_drop_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDrop, culvert_drop, CULVERT, DROP, GObject)

gint64         culvert_drop_get_lost_at_us (CulvertDrop *self); /* wall clock, since 1970 */
gint64         culvert_drop_get_away_us (CulvertDrop *self);    /* until it ended, or until now */
guint          culvert_drop_get_n_tries (CulvertDrop *self); /* to connect, the last one included */
CulvertDropEnd culvert_drop_get_end (CulvertDrop *self);
const GError  *culvert_drop_get_error (CulvertDrop *self); /* nullable: why; not told */

#define CULVERT_TYPE_DROP_HISTORY (culvert_drop_history_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDropHistory, culvert_drop_history, CULVERT, DROP_HISTORY, GObject)

/* Property "n-drops" (notified). */
CulvertDropHistory *culvert_drop_history_new (void);

/* What the tunnel tells of itself, in this order when several are new. @error: (nullable) */
void culvert_drop_history_take_profile (CulvertDropHistory   *self,
                                        const CulvertProfile *before,
                                        const CulvertProfile *now);
void culvert_drop_history_take_state (CulvertDropHistory *self,
                                      CulvertTunnelState  state,
                                      const GError       *error);
void culvert_drop_history_take_error (CulvertDropHistory *self, const GError *error);

G_END_DECLS
