/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Is there a tray on this desktop, and does it know of us?
 * Spec: org.kde.StatusNotifierWatcher (freedesktop.org StatusNotifierItem).
 *
 * Trays come late, go and come back, with a panel that is started anew or a screen that is locked: each time
 * one comes, it is told of this program.  Belongs to the thread whose default context was current at
 * construction. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertTrayWatch CulvertTrayWatch;

/* @has_host: is there somebody who shows icons */
typedef void (*CulvertTrayWatchFunc) (gboolean has_host, gpointer user_data);

/* The item of @bus has to be in its place by now.  @func is called at each change, FALSE at first. */
CulvertTrayWatch      *
culvert_tray_watch_new (GDBusConnection *bus, CulvertTrayWatchFunc func, gpointer user_data);
void culvert_tray_watch_free (CulvertTrayWatch *self);
gboolean culvert_tray_watch_has_host (CulvertTrayWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTrayWatch, culvert_tray_watch_free)

G_END_DECLS
