/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Says by notification, when no window of ours has the person's attention, that a tunnel needs them, and
 * that one was lost or is back (ui/outage.h); a window that came to the front by itself would tear them
 * out of what they do.  A tunnel's profile may want none.
 *
 * Each tunnel has one of both kinds at most, which goes when it is not true any more.  Their buttons answer, try
 * again and stop.  Three of a kind are shown at a time; of further tunnels the number is told. */

#include "engine/tunnel-manager.h"
#include "ui/outage.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertNotifier CulvertNotifier;

/* Does the person look at the program now? */
typedef gboolean (*CulvertAttentionFunc) (gpointer user_data);
/* @notification: (nullable): what to show as @id; NULL takes back what is shown as that */
typedef void (*CulvertNotifyFunc) (const char *id, GNotification *notification, gpointer user_data);

/* Clicking one activates "app.answer" with the tunnel's id, or "app.open" where many are told as one; its buttons
 * "app.answer", "app.retry" and "app.stop", likewise.
 * @times: (nullable): NULL for the usual ones */
CulvertNotifier *culvert_notifier_new (CulvertTunnelManager     *manager,
                                       const CulvertOutageTimes *times,
                                       CulvertAttentionFunc      has_attention,
                                       CulvertNotifyFunc         notify,
                                       gpointer                  user_data);
/* Takes back what is shown. */
void culvert_notifier_free (CulvertNotifier *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertNotifier, culvert_notifier_free)

G_END_DECLS
