/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One forward of a tunnel as the program shows it.  Lives in the program's own thread and mirrors
 * the running one (forward/forward.h); exists whether or not the tunnel is on.
 *
 * Properties, all notified: "spec" (boxed), "is-enabled", "state" (CulvertForwardState), "error"
 * (boxed GError), "retry-at-us" (int64, monotonic, 0: it does not), "target-state", "target-error",
 * "test-state" (CulvertTestState: of the last test since it listens), "test-error", "bound" (boxed CulvertEndpoint), "n-open" (uint),
 * "n-held" (uint): of those, the clients that wait for a session,
 * "received-rate", "sent-rate" (double, bytes per second), "n-received", "n-sent" (uint64),
 * "n-foreign", "n-unseen" (uint64): clients that were sent away (forward/guard.h). */

#include "core/forward-spec.h"
#include "engine/rate-history.h"
#include "forward/forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FORWARD_ITEM (culvert_forward_item_get_type ())
G_DECLARE_FINAL_TYPE (CulvertForwardItem, culvert_forward_item, CULVERT, FORWARD_ITEM, GObject)

CulvertForwardSpec *culvert_forward_item_get_spec (CulvertForwardItem *self);
const char         *culvert_forward_item_get_id (CulvertForwardItem *self);
gboolean            culvert_forward_item_is_enabled (CulvertForwardItem *self);
CulvertForwardState culvert_forward_item_get_state (CulvertForwardItem *self);
const GError       *culvert_forward_item_get_error (CulvertForwardItem *self);
gint64              culvert_forward_item_get_retry_at_us (CulvertForwardItem *self);
CulvertTargetState  culvert_forward_item_get_target_state (CulvertForwardItem *self);
const GError       *culvert_forward_item_get_target_error (CulvertForwardItem *self);
CulvertTestState    culvert_forward_item_get_test_state (CulvertForwardItem *self);
const GError       *culvert_forward_item_get_test_error (CulvertForwardItem *self);
/* real time; 0: it is running, or there was none */
gint64           culvert_forward_item_get_tested_us (CulvertForwardItem *self);
CulvertEndpoint *culvert_forward_item_get_bound (CulvertForwardItem *self);
/* (transfer full): where it really listens, else where it should; "localhost" rather than the one of its two
 * addresses that is named as bound */
char               *culvert_forward_item_dup_listen (CulvertForwardItem *self);
guint               culvert_forward_item_get_n_open (CulvertForwardItem *self);
guint               culvert_forward_item_get_n_held (CulvertForwardItem *self);
guint64             culvert_forward_item_get_n_received (CulvertForwardItem *self);
guint64             culvert_forward_item_get_n_sent (CulvertForwardItem *self);
guint64             culvert_forward_item_get_n_foreign (CulvertForwardItem *self);
guint64             culvert_forward_item_get_n_unseen (CulvertForwardItem *self);
CulvertRateHistory *culvert_forward_item_get_history (CulvertForwardItem *self);

G_END_DECLS
