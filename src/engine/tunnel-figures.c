/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-private.h"

#include "base/source.h"
#include "engine/post.h"

/* What a tunnel counts, as others see it: sampled while something moves, or is in sight that has, and somebody
 * looks.  Otherwise it rests until the counters' bell rings. */

#define SAMPLE_INTERVAL_US (G_USEC_PER_SEC / CULVERT_RATE_SAMPLES_PER_S)

/* The way of the bell from the thread that counts to the tunnel. */
struct _CulvertTunnelBell
{
  GMainContext  *context;
  CulvertTunnel *tunnel; /* nullable; only in its own thread */
};

static void
clear_bell (gpointer data)
{
  g_main_context_unref (((CulvertTunnelBell *)data)->context);
}

static void
bell_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear_bell);
}

static gboolean
rung_cb (gpointer user_data)
{
  CulvertTunnelBell *bell = user_data;

  if (bell->tunnel != NULL)
    culvert_tunnel_wake_figures (bell->tunnel);
  return G_SOURCE_REMOVE;
}

static void
ring_cb (gpointer user_data)
{
  CulvertTunnelBell *bell = user_data;

  culvert_post (bell->context, rung_cb, g_atomic_rc_box_acquire (bell), bell_unref);
}

static void
add_bell (CulvertTunnel *self)
{
  self->bell = g_atomic_rc_box_new0 (CulvertTunnelBell);
  self->bell->context = g_main_context_ref (self->context);
  self->bell->tunnel = self;
  culvert_counters_set_bell (self->counters, ring_cb, g_atomic_rc_box_acquire (self->bell),
                             bell_unref);
}

static void
drop_bell (CulvertTunnel *self)
{
  if (self->bell != NULL)
    self->bell->tunnel = NULL;
  g_clear_pointer (&self->bell, bell_unref);
}

static void
set_rate (CulvertTunnel *self, CulvertRate rate)
{
  CulvertRate before = self->rate;

  self->rate = rate;
  if (before.received != rate.received)
    culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_RECEIVED_RATE);
  if (before.sent != rate.sent)
    culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_SENT_RATE);
}

/* Without counters the totals are the last ones, and nothing is open. */
static void
read_counters (CulvertTunnel *self)
{
  guint64 n_received = self->counters != NULL ? self->counters->n_received : self->n_received;
  guint64 n_sent = self->counters != NULL ? self->counters->n_sent : self->n_sent;
  guint   n_open = self->counters != NULL ? self->counters->n_open : 0;
  guint   n_held = self->counters != NULL ? self->counters->n_held : 0;

  if (n_received != self->n_received)
    {
      self->n_received = n_received;
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_N_RECEIVED);
    }
  if (n_sent != self->n_sent)
    {
      self->n_sent = n_sent;
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_N_SENT);
    }
  if (n_open != self->n_open)
    {
      self->n_open = n_open;
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_N_OPEN);
    }
  if (n_held != self->n_held)
    {
      self->n_held = n_held;
      culvert_tunnel_notify (self, CULVERT_TUNNEL_PROP_N_HELD);
    }
}

void
culvert_tunnel_sample (CulvertTunnel *self)
{
  gint64 now_us = g_get_monotonic_time ();

  g_object_freeze_notify (G_OBJECT (self));
  read_counters (self);
  culvert_rate_history_add (self->history, self->n_received, self->n_sent, now_us);
  set_rate (self, culvert_rate_history_get_current (self->history));
  culvert_forward_items_sample (self->forwards, now_us);
  culvert_connections_tick (self->connections);
  g_object_thaw_notify (G_OBJECT (self));

  culvert_tunnel_emit_sampled (self);
}

/* All tunnels sample at the same moments, so that many of them wake the program as rarely as one. */
static gint64
get_next_sample_us (void)
{
  return (g_get_monotonic_time () / SAMPLE_INTERVAL_US + 1) * SAMPLE_INTERVAL_US;
}

static gboolean
dispatch_sample (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, get_next_sample_us ());

  return callback (user_data);
}

static GSourceFuncs sample_source_funcs = { .dispatch = dispatch_sample };

/* Nothing to see: every picture is flat, and no list of connections has to be asked for. */
static gboolean
is_still (CulvertTunnel *self)
{
  return culvert_rate_history_is_still (self->history) &&
         !(culvert_connections_is_watched (self->connections) && self->n_open > 0);
}

/* One more sample after the bell was set: what was counted just before it rings for nobody. */
static gboolean
sample_cb (gpointer user_data)
{
  CulvertTunnel *self = user_data;
  gboolean       may_rest = self->is_about_to_rest;

  culvert_tunnel_sample (self);
  if (!is_still (self))
    {
      self->is_about_to_rest = FALSE;
    }
  else if (may_rest)
    {
      culvert_source_clear (&self->sample_source);
      return G_SOURCE_REMOVE;
    }
  else
    {
      self->is_about_to_rest = TRUE;
      culvert_counters_await (self->counters);
    }

  return G_SOURCE_CONTINUE;
}

static void
start_sampling (CulvertTunnel *self)
{
  self->is_about_to_rest = FALSE;
  self->sample_source = g_source_new (&sample_source_funcs, sizeof (GSource));
  g_source_set_static_name (self->sample_source, "culvert-sample");
  g_source_set_callback (self->sample_source, sample_cb, self, NULL);
  g_source_set_ready_time (self->sample_source, get_next_sample_us ());
  g_source_attach (self->sample_source, self->context);
}

/* The rates begin anew at what is counted by now. */
static void
restart_rates (CulvertTunnel *self)
{
  culvert_rate_history_restart (self->history);
  set_rate (self, culvert_rate_history_get_current (self->history));
}

void
culvert_tunnel_start_figures (CulvertTunnel *self)
{
  g_clear_pointer (&self->counters, culvert_counters_unref);
  drop_bell (self);
  self->counters = culvert_counters_new ();
  add_bell (self);
  culvert_rate_history_restart (self->history);
  culvert_rate_history_add (self->history, 0, 0, g_get_monotonic_time ());
  read_counters (self);

  if (!self->is_unwatched)
    start_sampling (self);
}

void
culvert_tunnel_stop_figures (CulvertTunnel *self)
{
  culvert_tunnel_leave_figures (self);
  read_counters (self);
  g_clear_pointer (&self->counters, culvert_counters_unref);
  read_counters (self);
  restart_rates (self);
  culvert_forward_items_set_all_off (self->forwards);

  culvert_tunnel_emit_sampled (self);
}

void
culvert_tunnel_leave_figures (CulvertTunnel *self)
{
  culvert_source_clear (&self->sample_source);
  drop_bell (self);
}

void
culvert_tunnel_wake_figures (CulvertTunnel *self)
{
  /* As if it had been sampled all the while: what rang is of about now, and had time to come. */
  gint64 last_us = g_get_monotonic_time () - SAMPLE_INTERVAL_US;

  self->is_about_to_rest = FALSE;
  if (self->counters == NULL || self->is_unwatched || self->sample_source != NULL)
    return;

  culvert_rate_history_skip_to (self->history, last_us);
  culvert_forward_items_skip_to (self->forwards, last_us);
  start_sampling (self);
}

void
culvert_tunnel_set_unwatched (CulvertTunnel *self, gboolean is_unwatched)
{
  g_return_if_fail (CULVERT_IS_TUNNEL (self));

  if (self->is_unwatched == is_unwatched)
    return;

  self->is_unwatched = is_unwatched;
  if (self->counters == NULL)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (is_unwatched)
    {
      culvert_source_clear (&self->sample_source);
      restart_rates (self);
    }
  else
    {
      start_sampling (self);
      read_counters (self);
      culvert_rate_history_restart (self->history);
      culvert_rate_history_add (self->history, self->n_received, self->n_sent,
                                g_get_monotonic_time ());
    }
  g_object_thaw_notify (G_OBJECT (self));
}
