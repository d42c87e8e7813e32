/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/idle-watch.h"

#include "base/source.h"

#define LOOK_MAX_MS 15000
#define LOOK_MIN_MS 100

static gboolean
look_cb (gpointer user_data)
{
  CulvertIdleWatch *self = user_data;
  gint64            now_us = g_get_monotonic_time ();
  guint64           n_accepted = self->counters->n_accepted;

  /* One that came and went between two looks has used it as well. */
  if (self->counters->n_open > 0 || n_accepted != self->n_accepted)
    self->busy_at_us = now_us;
  self->n_accepted = n_accepted;
  if (now_us - self->busy_at_us < self->limit_us)
    return G_SOURCE_CONTINUE;

  culvert_idle_watch_stop (self);
  self->func (self->user_data);

  return G_SOURCE_REMOVE;
}

void
culvert_idle_watch_start (CulvertIdleWatch *self,
                          CulvertCounters  *counters,
                          guint             limit_s,
                          CulvertIdleFunc   func,
                          gpointer          user_data)
{
  culvert_idle_watch_stop (self);
  self->counters = counters;
  self->func = func;
  self->user_data = user_data;
  self->limit_us = (gint64)limit_s * G_USEC_PER_SEC;
  self->busy_at_us = g_get_monotonic_time ();
  self->n_accepted = counters->n_accepted;
  self->timer = g_timeout_source_new (CLAMP (limit_s * 1000 / 4, LOOK_MIN_MS, LOOK_MAX_MS));
  g_source_set_static_name (self->timer, "culvert idle watch");
  g_source_set_callback (self->timer, look_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

void
culvert_idle_watch_stop (CulvertIdleWatch *self)
{
  culvert_source_clear (&self->timer);
}
