/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Says by notification that a tunnel needs the person, when no window of ours has their attention; a
 * window that came to the front by itself would tear them out of what they do.
 *
 * Each tunnel has one at most, which goes when it needs nobody any more. */

#include "engine/tunnel-manager.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertNotifier CulvertNotifier;

/* Does the person look at the program now? */
typedef gboolean (*CulvertAttentionFunc) (gpointer user_data);
/* @notification: (nullable): what to show as @id; NULL takes back what is shown as that */
typedef void (*CulvertNotifyFunc) (const char *id, GNotification *notification, gpointer user_data);

/* Clicking one activates "app.answer" with the tunnel's id. */
CulvertNotifier *culvert_notifier_new (CulvertTunnelManager *manager,
                                       CulvertAttentionFunc  has_attention,
                                       CulvertNotifyFunc     notify,
                                       gpointer              user_data);
/* Takes back what is shown. */
void culvert_notifier_free (CulvertNotifier *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertNotifier, culvert_notifier_free)

G_END_DECLS
