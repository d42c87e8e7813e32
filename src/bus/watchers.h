/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who watches: names on the bus, each until it says that it does not look any more or leaves. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertBusWatchers CulvertBusWatchers;

/* Called when the first one comes and when the last one has gone. */
typedef void (*CulvertBusWatchedFunc) (gboolean is_watched, gpointer user_data);

CulvertBusWatchers *culvert_bus_watchers_new (GDBusConnection      *connection,
                                              CulvertBusWatchedFunc func,
                                              gpointer              user_data);
/* Without a word to the function. */
void culvert_bus_watchers_free (CulvertBusWatchers *self);

/* Does nothing for one that is there already. */
void culvert_bus_watchers_add (CulvertBusWatchers *self, const char *name);
/* Does nothing for one that is not. */
void culvert_bus_watchers_remove (CulvertBusWatchers *self, const char *name);

guint culvert_bus_watchers_count (CulvertBusWatchers *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertBusWatchers, culvert_bus_watchers_free)

G_END_DECLS
