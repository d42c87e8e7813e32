/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/outage.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/runner.h"

typedef enum
{
  PHASE_OFF,    /* it has not been up, or it is away as the person wants */
  PHASE_UP,     /* and nothing is told */
  PHASE_AWAY,   /* not told yet */
  PHASE_UNTOLD, /* away, and the person knows */
  PHASE_TOLD,   /* away */
  PHASE_BACK,   /* up, and told so */
} Phase;

struct _CulvertOutage
{
  CulvertTunnel     *tunnel;
  CulvertOutageTimes times;
  CulvertOutageFunc  func;
  gpointer           user_data;

  CulvertProfile    *profile; /* as it was last */
  CulvertTunnelState state;   /* likewise */
  Phase              phase;
  gint64             lost_at_us;
  gint64             told_at_us; /* 0: never */
  GSource           *timer;      /* nullable */
};

static gboolean
tell (CulvertOutage *self, CulvertOutageNews news)
{
  return self->func (self->tunnel, news, g_get_monotonic_time () - self->lost_at_us,
                     self->user_data);
}

static void
set_timer (CulvertOutage *self, gint64 ready_us, GSourceFunc callback)
{
  culvert_source_clear (&self->timer);
  self->timer = g_timeout_source_new (0);
  g_source_set_static_name (self->timer, "culvert outage");
  g_source_set_ready_time (self->timer, ready_us);
  g_source_set_callback (self->timer, callback, self, NULL);
  g_source_attach (self->timer, NULL);
}

static void
tell_lost (CulvertOutage *self)
{
  culvert_source_clear (&self->timer);
  if (tell (self, CULVERT_OUTAGE_LOST))
    {
      self->phase = PHASE_TOLD;
      self->told_at_us = g_get_monotonic_time ();
    }
  else
    {
      self->phase = PHASE_UNTOLD;
    }
}

static gboolean
away_cb (gpointer user_data)
{
  tell_lost (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
shown_cb (gpointer user_data)
{
  CulvertOutage *self = user_data;

  culvert_source_clear (&self->timer);
  self->phase = PHASE_UP;
  tell (self, CULVERT_OUTAGE_OVER);
  return G_SOURCE_REMOVE;
}

/* From here on it is as if it had never been up, or up without a word. */
static void
settle (CulvertOutage *self, Phase phase)
{
  gboolean is_told = self->phase == PHASE_TOLD || self->phase == PHASE_BACK;

  culvert_source_clear (&self->timer);
  self->phase = phase;
  if (is_told)
    tell (self, CULVERT_OUTAGE_OVER);
}

static void
come_back (CulvertOutage *self)
{
  if (self->phase == PHASE_UP || self->phase == PHASE_BACK)
    return;
  if (self->phase != PHASE_TOLD || !tell (self, CULVERT_OUTAGE_BACK))
    {
      settle (self, PHASE_UP);
      return;
    }

  self->phase = PHASE_BACK;
  set_timer (self, g_get_monotonic_time () + (gint64)self->times.shown_ms * 1000, shown_cb);
}

static void
go_away (CulvertOutage *self)
{
  gint64 tell_at_us;

  if (self->phase == PHASE_UP || self->phase == PHASE_BACK)
    {
      settle (self, PHASE_AWAY);
      self->lost_at_us = g_get_monotonic_time ();
    }
  if (self->phase != PHASE_AWAY || self->timer != NULL)
    return;

  tell_at_us = self->lost_at_us + (gint64)self->times.away_ms * 1000;
  if (self->told_at_us != 0)
    tell_at_us = MAX (tell_at_us, self->told_at_us + (gint64)self->times.pause_ms * 1000);
  set_timer (self, tell_at_us, away_cb);
}

static gboolean
has_code (const GError *error, CulvertSshError code)
{
  return g_error_matches (error, CULVERT_SSH_ERROR, (int)code);
}

/* It will not come back by itself, so there can be no second time soon. */
static void
fail (CulvertOutage *self)
{
  const GError *error = culvert_tunnel_get_error (self->tunnel);

  if (has_code (error, CULVERT_SSH_ERROR_AUTH_CANCELLED) ||
      has_code (error, CULVERT_SSH_ERROR_HOST_KEY_REFUSED))
    {
      settle (self, PHASE_OFF);
      return;
    }
  if (self->phase == PHASE_OFF)
    return;
  if (self->phase == PHASE_UP || self->phase == PHASE_BACK)
    self->lost_at_us = g_get_monotonic_time ();
  tell_lost (self);
}

static gboolean
is_held_back (CulvertOutage *self)
{
  return self->state == CULVERT_TUNNEL_WAITING &&
         culvert_error_is_of_network_rule (culvert_tunnel_get_error (self->tunnel));
}

static void
state_changed_cb (CulvertOutage *self)
{
  CulvertTunnelState before = self->state;

  self->state = culvert_tunnel_get_state (self->tunnel);
  switch (self->state)
    {
    case CULVERT_TUNNEL_UP:
      come_back (self);
      break;
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
    case CULVERT_TUNNEL_WAITING:
      /* From failed nobody but the person brings it. */
      if (before == CULVERT_TUNNEL_FAILED || is_held_back (self))
        settle (self, PHASE_OFF);
      else
        go_away (self);
      break;
    case CULVERT_TUNNEL_NEEDS_YOU:
      if (self->phase != PHASE_OFF)
        settle (self, PHASE_AWAY);
      break;
    case CULVERT_TUNNEL_FAILED:
      fail (self);
      break;
    case CULVERT_TUNNEL_STOPPED:
    case CULVERT_TUNNEL_STOPPING:
    case CULVERT_TUNNEL_IDLE:
    default:
      settle (self, PHASE_OFF);
      break;
    }
}

/* It goes on waiting, but for another network now. */
static void
error_changed_cb (CulvertOutage *self)
{
  if (self->state == culvert_tunnel_get_state (self->tunnel) && is_held_back (self))
    settle (self, PHASE_OFF);
}

static void
profile_changed_cb (CulvertOutage *self)
{
  g_autoptr (CulvertProfile) before = g_steal_pointer (&self->profile);

  self->profile = culvert_profile_ref (culvert_tunnel_get_profile (self->tunnel));
  if (culvert_runner_must_reconnect (before, self->profile))
    settle (self, PHASE_OFF);
}

CulvertOutage *
culvert_outage_new (CulvertTunnel            *tunnel,
                    const CulvertOutageTimes *times,
                    CulvertOutageFunc         func,
                    gpointer                  user_data)
{
  CulvertOutage *self = g_new0 (CulvertOutage, 1);

  self->tunnel = g_object_ref (tunnel);
  self->times = *times;
  self->func = func;
  self->user_data = user_data;
  self->profile = culvert_profile_ref (culvert_tunnel_get_profile (tunnel));
  self->state = culvert_tunnel_get_state (tunnel);
  self->phase = self->state == CULVERT_TUNNEL_UP ? PHASE_UP : PHASE_OFF;
  g_signal_connect_swapped (tunnel, "notify::state", G_CALLBACK (state_changed_cb), self);
  g_signal_connect_swapped (tunnel, "notify::error", G_CALLBACK (error_changed_cb), self);
  g_signal_connect_swapped (tunnel, "notify::profile", G_CALLBACK (profile_changed_cb), self);

  return self;
}

void
culvert_outage_free (CulvertOutage *self)
{
  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->tunnel, self);
  culvert_source_clear (&self->timer);
  culvert_profile_unref (self->profile);
  g_object_unref (self->tunnel);
  g_free (self);
}
