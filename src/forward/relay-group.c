/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/relay-group.h"

#include "forward/relay.h"

#include <stdatomic.h>

#define COUNT(self, field, n)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    atomic_fetch_add_explicit (&(self)->forward_counters->field, n, memory_order_relaxed);         \
    atomic_fetch_add (&(self)->tunnel_counters->field, n);                                         \
    culvert_counters_ring ((self)->tunnel_counters);                                               \
  }                                                                                                \
  G_STMT_END

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
  self->n_held = 0;
}

void
culvert_relay_group_clear (CulvertRelayGroup *self)
{
  while (self->relays.head != NULL)
    culvert_relay_drop (self->relays.head->data);
  g_clear_pointer (&self->forward_counters, culvert_counters_unref);
  g_clear_pointer (&self->tunnel_counters, culvert_counters_unref);
}

void
culvert_relay_group_visit (CulvertRelayGroup    *self,
                           const char           *target,
                           CulvertConnectionFunc func,
                           gpointer              user_data)
{
  for (GList *l = self->relays.head; l != NULL; l = l->next)
    {
      CulvertConnection connection;

      if (culvert_relay_show (l->data, target, &connection))
        func (&connection, user_data);
    }
}

void
culvert_relay_group_for_each_waiting (CulvertRelayGroup *self,
                                      void (*func) (CulvertRelay *relay, gpointer user_data),
                                      gpointer user_data)
{
  for (GList *l = self->relays.head; l != NULL; l = l->next)
    {
      if (culvert_relay_is_waiting (l->data))
        func (l->data, user_data);
    }
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

void
culvert_relay_group_add (CulvertRelayGroup *self, GList *link)
{
  g_queue_push_tail_link (&self->relays, link);
  self->n_unanswered++;
  COUNT (self, n_accepted, 1);
  COUNT (self, n_open, 1);
}

void
culvert_relay_group_note_answer (CulvertRelayGroup *self)
{
  self->n_unanswered--;
}

void
culvert_relay_group_note_held (CulvertRelayGroup *self, gboolean is_held)
{
  self->n_held += is_held ? 1 : -1u;
  COUNT (self, n_held, is_held ? 1 : -1u);
}

void
culvert_relay_group_remove (CulvertRelayGroup *self, GList *link, gboolean is_unanswered)
{
  g_queue_unlink (&self->relays, link);
  if (is_unanswered)
    self->n_unanswered--;
  COUNT (self, n_open, -1u);
}

void
culvert_relay_group_count_received (CulvertRelayGroup *self, gsize n_bytes)
{
  COUNT (self, n_received, n_bytes);
}

void
culvert_relay_group_count_sent (CulvertRelayGroup *self, gsize n_bytes)
{
  COUNT (self, n_sent, n_bytes);
}

void
culvert_relay_group_count_refused (CulvertRelayGroup *self)
{
  COUNT (self, n_refused, 1);
}

void
culvert_relay_group_count_unserved (CulvertRelayGroup *self)
{
  COUNT (self, n_accepted, 1);
  COUNT (self, n_refused, 1);
}
