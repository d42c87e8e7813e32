/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/hold.h"

#include "base/source.h"
#include "forward/relay.h"

void
culvert_hold_init (CulvertHold       *self,
                   CulvertRelayGroup *relays,
                   CulvertHoldLogFunc log,
                   gpointer           user_data)
{
  self->relays = relays;
  self->log = log;
  self->user_data = user_data;
  if (self->limit_ms == 0)
    self->limit_ms = CULVERT_HOLD_LIMIT_MS;
  self->n_dropped = 0;
  self->timer = NULL;
}

void
culvert_hold_clear (CulvertHold *self)
{
  culvert_source_clear (&self->timer);
}

/* (nullable) */
static CulvertRelay *
find_oldest (CulvertHold *self)
{
  for (GList *l = self->relays->relays.head; l != NULL; l = l->next)
    if (culvert_relay_is_waiting (l->data))
      return l->data;

  return NULL;
}

static gboolean limit_cb (gpointer user_data);

/* Sets the timer to the limit of who has waited longest now. */
static void
set_timer (CulvertHold *self)
{
  CulvertRelay *oldest = find_oldest (self);

  culvert_hold_clear (self);
  if (oldest == NULL)
    return;

  self->timer = g_timeout_source_new (self->limit_ms);
  g_source_set_ready_time (self->timer,
                           culvert_relay_get_started_us (oldest) + self->limit_ms * (gint64)1000);
  g_source_set_static_name (self->timer, "culvert hold");
  g_source_set_callback (self->timer, limit_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static gboolean
limit_cb (gpointer user_data)
{
  CulvertHold  *self = user_data;
  gint64        before_us = g_get_monotonic_time () - self->limit_ms * (gint64)1000;
  CulvertRelay *oldest;
  guint         n_dropped = 0;

  while ((oldest = find_oldest (self)) != NULL &&
         culvert_relay_get_started_us (oldest) <= before_us)
    {
      culvert_relay_drop (oldest);
      n_dropped++;
    }
  set_timer (self);

  if (n_dropped > 0)
    {
      g_autofree char *text =
        g_strdup_printf ("%u clients were reset: for %u s there was no session to serve them",
                         n_dropped, self->limit_ms / 1000);

      self->log (CULVERT_LOG_WARNING, text, self->user_data);
    }

  return G_SOURCE_REMOVE;
}

void
culvert_hold_note (CulvertHold *self)
{
  gboolean is_first = FALSE;

  while (self->relays->n_held > CULVERT_HOLD_MAX)
    {
      culvert_relay_drop (find_oldest (self));
      is_first = is_first || self->n_dropped == 0;
      self->n_dropped++;
    }
  set_timer (self);

  /* Once for each absence of the session: who floods us would flood the log. */
  if (is_first)
    {
      g_autofree char *text =
        g_strdup_printf ("more than %d clients wait for a session: from now on each that comes "
                         "makes the one that has waited longest be reset",
                         CULVERT_HOLD_MAX);

      self->log (CULVERT_LOG_WARNING, text, self->user_data);
    }
}

void
culvert_hold_end (CulvertHold *self)
{
  guint            n_held = self->relays->n_held;
  guint            n_dropped = self->n_dropped;
  g_autofree char *text = NULL;

  culvert_hold_clear (self);
  self->n_dropped = 0;
  if (n_held == 0 && n_dropped == 0)
    return;

  text = g_strdup_printf ("%u clients that waited are served now, %u were reset meanwhile", n_held,
                          n_dropped);
  self->log (CULVERT_LOG_INFO, text, self->user_data);
}
