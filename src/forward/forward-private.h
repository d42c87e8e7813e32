/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the kinds of forwards (subclasses of CulvertForward) use of their parent. */

#include "forward/forward.h"

G_BEGIN_DECLS

CulvertIoSource *culvert_forward_get_io (CulvertForward *self);
CulvertCounters *culvert_forward_get_tunnel_counters (CulvertForward *self);

/**
 * culvert_forward_set_target:
 * @error: (nullable): why, for CULVERT_TARGET_REFUSED
 *
 * Notes how the last open went and tells the owner when that is news.  The owner may then stop the
 * forward: call it last.
 */
void culvert_forward_set_target (CulvertForward    *self,
                                 CulvertTargetState target_state,
                                 const GError      *error);

/**
 * culvert_forward_change_state:
 * @error: (nullable): why, for CULVERT_FORWARD_FAILED
 * @retry_at_us: monotonic: when it tries again by itself; 0: it does not
 *
 * For kinds that learn later than at the start whether they listen.  Does nothing when neither the
 * state nor an error is news.  The owner may stop the forward in answer: call it last.
 */
void culvert_forward_change_state (CulvertForward     *self,
                                   CulvertForwardState state,
                                   const GError       *error,
                                   gint64              retry_at_us);

/* How a test goes.  @error: (nullable): for UNTOLD and FAILED.  The owner may stop the forward in answer:
 * call it last. */
void
culvert_forward_note_test (CulvertForward *self, CulvertTestState test_state, const GError *error);

/* A client begins to wait for a transport.  The owner may stop the forward in answer. */
void culvert_forward_note_waiting (CulvertForward *self);

/* Its counters say something new that a person should hear of.  The owner may stop the forward in
 * answer. */
void culvert_forward_note_counts (CulvertForward *self);

/* One line for the tunnel's log.  The owner may stop the forward in answer. */
void culvert_forward_log (CulvertForward *self, CulvertLogLevel level, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

G_END_DECLS
