/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/surroundings.h"

#include "base/source.h"
#include "desktop/wake-watch.h"

#include <gio/gio.h>

/* One change of the network is many: addresses and routes come one by one. */
#define SETTLE_MS 300

struct _CulvertSurroundings
{
  grefcount               ref_count; /* the owner's, and one for the monitor on its way */
  CulvertSurroundingsFunc func;      /* NULL once the owner left */
  gpointer                user_data;

  CulvertWakeWatch *wake_watch;
  GNetworkMonitor  *monitor; /* nullable */
  gulong            handler_id;
  GSource          *settle_source; /* nullable */
  gboolean          has_network;
};

static void
surroundings_unref (CulvertSurroundings *self)
{
  if (g_ref_count_dec (&self->ref_count))
    g_free (self);
}

static gboolean
settled_cb (gpointer user_data)
{
  CulvertSurroundings *self = user_data;
  gboolean             had_network = self->has_network;

  g_clear_pointer (&self->settle_source, g_source_unref);
  self->has_network = g_network_monitor_get_network_available (self->monitor);
  if (self->has_network)
    self->func (had_network ? CULVERT_NETWORK_CHANGED : CULVERT_NETWORK_BACK, self->user_data);
  else if (had_network)
    self->func (CULVERT_NETWORK_GONE, self->user_data);

  return G_SOURCE_REMOVE;
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean is_available, CulvertSurroundings *self)
{
  if (self->settle_source != NULL)
    return;

  self->settle_source = g_timeout_source_new (SETTLE_MS);
  g_source_set_static_name (self->settle_source, "culvert network");
  g_source_set_callback (self->settle_source, settled_cb, self, NULL);
  g_source_attach (self->settle_source, NULL);
}

static void
woke_cb (gpointer user_data)
{
  CulvertSurroundings *self = user_data;

  self->func (CULVERT_NETWORK_WOKE, self->user_data);
  /* That event says that nothing is known, and no other may follow. */
  if (!self->has_network)
    self->func (CULVERT_NETWORK_GONE, self->user_data);
}

/* The first monitor of a program asks services over the bus and waits for them.  What it tells comes
 * in the default main context all the same, since this thread has no other. */
static void
find_monitor (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, g_object_ref (g_network_monitor_get_default ()), g_object_unref);
}

static void
found_monitor_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertSurroundings        *self = user_data;
  g_autoptr (GNetworkMonitor) monitor = g_task_propagate_pointer (G_TASK (result), NULL);

  if (self->func != NULL)
    {
      self->monitor = g_steal_pointer (&monitor);
      self->handler_id =
        g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), self);
      self->has_network = g_network_monitor_get_network_available (self->monitor);
      if (!self->has_network)
        self->func (CULVERT_NETWORK_GONE, self->user_data);
    }
  surroundings_unref (self);
}

CulvertSurroundings *
culvert_surroundings_new (CulvertSurroundingsFunc func, gpointer user_data)
{
  CulvertSurroundings *self = g_new0 (CulvertSurroundings, 1);
  g_autoptr (GTask)    task = NULL;

  g_return_val_if_fail (func != NULL, NULL);

  g_ref_count_init (&self->ref_count);
  self->func = func;
  self->user_data = user_data;
  self->has_network = TRUE;
  self->wake_watch = culvert_wake_watch_new (NULL, woke_cb, self);

  g_ref_count_inc (&self->ref_count);
  task = g_task_new (NULL, NULL, found_monitor_cb, self);
  g_task_set_source_tag (task, culvert_surroundings_new);
  g_task_run_in_thread (task, find_monitor);

  return self;
}

void
culvert_surroundings_free (CulvertSurroundings *self)
{
  if (self == NULL)
    return;

  self->func = NULL;
  g_clear_pointer (&self->wake_watch, culvert_wake_watch_free);
  culvert_source_clear (&self->settle_source);
  if (self->monitor != NULL)
    g_clear_signal_handler (&self->handler_id, self->monitor);
  g_clear_object (&self->monitor);
  surroundings_unref (self);
}
