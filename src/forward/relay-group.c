/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/relay-group.h"

#include "forward/forward.h"
#include "forward/relay.h"

void
culvert_relay_group_init (CulvertRelayGroup        *self,
                          CulvertIoSource          *io,
                          CulvertCounters          *forward_counters,
                          CulvertCounters          *tunnel_counters,
                          const CulvertRelayEvents *events,
                          gpointer                  user_data)
{
  self->io = io;
  self->forward_counters = culvert_counters_ref (forward_counters);
  self->tunnel_counters = culvert_counters_ref (tunnel_counters);
  self->events = events;
  self->user_data = user_data;
  g_queue_init (&self->relays);
  self->n_unanswered = 0;
}

void
culvert_relay_group_drop_all (CulvertRelayGroup *self)
{
  while (self->relays.head != NULL)
    culvert_relay_drop (self->relays.head->data);
}

void
culvert_relay_group_clear (CulvertRelayGroup *self)
{
  culvert_relay_group_drop_all (self);
  g_clear_pointer (&self->forward_counters, culvert_counters_unref);
  g_clear_pointer (&self->tunnel_counters, culvert_counters_unref);
}

GPtrArray *
culvert_relay_group_list (CulvertRelayGroup *self, const char *target)
{
  GPtrArray *list =
    g_ptr_array_new_full (self->relays.length, (GDestroyNotify)culvert_connection_info_free);

  for (GList *l = self->relays.head; l != NULL; l = l->next)
    {
      CulvertRelay          *relay = l->data;
      CulvertConnectionInfo *info = g_new0 (CulvertConnectionInfo, 1);

      info->id = culvert_relay_get_id (relay);
      info->client = g_strdup (culvert_relay_get_client (relay));
      info->target = g_strdup (target);
      info->n_received = culvert_relay_get_n_received (relay);
      info->n_sent = culvert_relay_get_n_sent (relay);
      info->started_us = culvert_relay_get_started_us (relay);
      g_ptr_array_add (list, info);
    }

  return list;
}

gboolean
culvert_relay_group_drop (CulvertRelayGroup *self, guint64 id)
{
  for (GList *l = self->relays.head; l != NULL; l = l->next)
    {
      if (culvert_relay_get_id (l->data) == id)
        {
          culvert_relay_drop (l->data);
          return TRUE;
        }
    }

  return FALSE;
}
