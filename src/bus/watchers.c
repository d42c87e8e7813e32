/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/watchers.h"

struct _CulvertBusWatchers
{
  GDBusConnection      *connection;
  GHashTable           *ids; /* name → id of g_bus_watch_name() */
  CulvertBusWatchedFunc func;
  gpointer              user_data;
};

static void
unwatch (gpointer id)
{
  g_bus_unwatch_name (GPOINTER_TO_UINT (id));
}

CulvertBusWatchers *
culvert_bus_watchers_new (GDBusConnection      *connection,
                          CulvertBusWatchedFunc func,
                          gpointer              user_data)
{
  CulvertBusWatchers *self = g_new0 (CulvertBusWatchers, 1);

  self->connection = g_object_ref (connection);
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unwatch);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
culvert_bus_watchers_free (CulvertBusWatchers *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->ids);
  g_object_unref (self->connection);
  g_free (self);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  culvert_bus_watchers_remove (user_data, name);
}

void
culvert_bus_watchers_add (CulvertBusWatchers *self, const char *name)
{
  guint id;

  if (g_hash_table_contains (self->ids, name))
    return;
  id = g_bus_watch_name_on_connection (self->connection, name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                       vanished_cb, self, NULL);
  g_hash_table_insert (self->ids, g_strdup (name), GUINT_TO_POINTER (id));
  if (g_hash_table_size (self->ids) == 1)
    self->func (TRUE, self->user_data);
}

void
culvert_bus_watchers_remove (CulvertBusWatchers *self, const char *name)
{
  if (g_hash_table_remove (self->ids, name) && g_hash_table_size (self->ids) == 0)
    self->func (FALSE, self->user_data);
}

guint
culvert_bus_watchers_count (CulvertBusWatchers *self)
{
  return g_hash_table_size (self->ids);
}
