/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-turns.h"

#include "base/source.h"
#include "core/profile-groups.h"

#include <string.h>

struct _CulvertTunnelTurns
{
  CulvertProfileStore *store;
  GPtrArray           *tunnels;
  CulvertTurnTakenFunc taken;
  gpointer             user_data;
  GMainContext        *context;
  GSource             *release_source; /* NULL unless those that wait are about to be started */
};

CulvertTunnelTurns *
culvert_tunnel_turns_new (CulvertProfileStore *store,
                          GPtrArray           *tunnels,
                          CulvertTurnTakenFunc taken,
                          gpointer             user_data)
{
  CulvertTunnelTurns *self = g_new0 (CulvertTunnelTurns, 1);

  self->store = g_object_ref (store);
  self->tunnels = g_ptr_array_ref (tunnels);
  self->taken = taken;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

void
culvert_tunnel_turns_free (CulvertTunnelTurns *self)
{
  culvert_source_clear (&self->release_source);
  g_object_unref (self->store);
  g_ptr_array_unref (self->tunnels);
  g_main_context_unref (self->context);
  g_free (self);
}

static const char *
get_group (CulvertTunnel *tunnel)
{
  return culvert_tunnel_get_profile (tunnel)->group;
}

/* (transfer full) (element-type CulvertTunnel): the others of which none may be on beside @tunnel */
static GPtrArray *
list_others (CulvertTunnelTurns *self, CulvertTunnel *tunnel)
{
  GPtrArray  *others = g_ptr_array_new_with_free_func (g_object_unref);
  const char *group = get_group (tunnel);

  if (group[0] == '\0' || !culvert_profile_store_is_exclusive (self->store, group))
    return others;
  for (guint i = 0; i < self->tunnels->len; i++)
    {
      CulvertTunnel *other = g_ptr_array_index (self->tunnels, i);

      if (other != tunnel && strcmp (get_group (other), group) == 0)
        g_ptr_array_add (others, g_object_ref (other));
    }
  return others;
}

gboolean
culvert_tunnel_turns_may_start (CulvertTunnel *tunnel, gpointer user_data)
{
  CulvertTunnelTurns   *self = user_data;
  g_autoptr (GPtrArray) others = list_others (self, tunnel);
  g_autoptr (GPtrArray) stopped = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean              may_start = TRUE;

  for (guint i = 0; i < others->len; i++)
    {
      CulvertTunnel *other = g_ptr_array_index (others, i);

      if (culvert_tunnel_is_wanted (other))
        {
          g_ptr_array_add (stopped, g_object_ref (other));
          culvert_tunnel_stop (other);
        }
      may_start &= culvert_tunnel_get_state (other) == CULVERT_TUNNEL_STOPPED;
    }
  if (stopped->len > 0)
    self->taken (tunnel, stopped, self->user_data);
  return may_start;
}

gboolean
culvert_tunnel_turns_is_taken (CulvertTunnelTurns *self, CulvertTunnel *tunnel)
{
  g_autoptr (GPtrArray) others = list_others (self, tunnel);

  for (guint i = 0; i < others->len; i++)
    if (culvert_tunnel_is_wanted (g_ptr_array_index (others, i)))
      return TRUE;
  return FALSE;
}

static gboolean
waits (CulvertTunnel *tunnel)
{
  return culvert_tunnel_is_wanted (tunnel) &&
         culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED;
}

/* (transfer full) (element-type CulvertTunnel): those that wait for their turn */
static GPtrArray *
list_waiting (CulvertTunnelTurns *self)
{
  GPtrArray *waiting = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->tunnels->len; i++)
    if (waits (g_ptr_array_index (self->tunnels, i)))
      g_ptr_array_add (waiting, g_object_ref (g_ptr_array_index (self->tunnels, i)));
  return waiting;
}

static gboolean
release_cb (gpointer user_data)
{
  CulvertTunnelTurns   *self = user_data;
  g_autoptr (GPtrArray) waiting = list_waiting (self);

  g_clear_pointer (&self->release_source, g_source_unref);
  for (guint i = 0; i < waiting->len; i++)
    if (waits (g_ptr_array_index (waiting, i)))
      culvert_tunnel_start (g_ptr_array_index (waiting, i));
  return G_SOURCE_REMOVE;
}

void
culvert_tunnel_turns_stopped (CulvertTunnelTurns *self)
{
  g_autoptr (GPtrArray) waiting = NULL;

  if (self->release_source != NULL)
    return;
  waiting = list_waiting (self);
  if (waiting->len == 0)
    return;
  self->release_source = g_idle_source_new ();
  g_source_set_priority (self->release_source, G_PRIORITY_HIGH);
  g_source_set_callback (self->release_source, release_cb, self, NULL);
  g_source_attach (self->release_source, self->context);
}

void
culvert_tunnel_turns_forgo (CulvertTunnelTurns *self)
{
  g_autoptr (GPtrArray) waiting = list_waiting (self);

  for (guint i = 0; i < waiting->len; i++)
    culvert_tunnel_stop (g_ptr_array_index (waiting, i));
}
