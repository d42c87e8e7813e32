/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/heartbeat.h"

#include "base/source.h"
#include "ssh/carrier.h"
#include "ssh/session-private.h"

#define PROBE_TIMEOUT_US (CULVERT_PROBE_TIMEOUT_S * G_USEC_PER_SEC)

static gboolean timer_cb (gpointer user_data);

/* A source of our own: GLib's time-out sets itself anew after its callback, and so would undo what
 * the callback has just set. */
static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static void
set_timer (CulvertSession *session, gint64 delay_us)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (self->timer == NULL)
    {
      self->timer = g_source_new (&timer_funcs, sizeof (GSource));
      g_source_set_static_name (self->timer, "culvert heartbeat");
      g_source_set_callback (self->timer, timer_cb, session, NULL);
      g_source_attach (self->timer, session->context);
    }
  g_source_set_ready_time (self->timer, delay_us < 0 ? -1 : g_get_monotonic_time () + delay_us);
}

void
culvert_heartbeat_start (CulvertSession *session)
{
  set_timer (session, (gint64)session->profile->keepalive_interval_s * G_USEC_PER_SEC);
  culvert_heartbeat_ping (session);
}

void
culvert_heartbeat_clear (CulvertHeartbeat *self)
{
  culvert_source_clear (&self->timer);
}

void
culvert_heartbeat_look_within (CulvertSession *session, gint64 delay_us)
{
  gint64 ready_us = g_get_monotonic_time () + delay_us;
  gint64 now_set_us =
    session->heartbeat.timer != NULL ? g_source_get_ready_time (session->heartbeat.timer) : -1;

  if (now_set_us < 0 || now_set_us > ready_us)
    set_timer (session, delay_us);
}

void
culvert_heartbeat_ping (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (self->pinged_at_us != 0)
    return;
  self->pinged_at_us = g_get_monotonic_time ();
  culvert_carrier_ping (session);
  culvert_io_source_wake (session->io);
}

void
culvert_heartbeat_probe (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;

  /* Events that come faster than the limit may not push it away. */
  if (self->probed_at_us == 0)
    {
      self->probed_at_us = g_get_monotonic_time ();
      culvert_heartbeat_look_within (session, PROBE_TIMEOUT_US);
    }
  culvert_heartbeat_ping (session);
}

void
culvert_heartbeat_ponged (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (self->pinged_at_us != 0)
    session->info.round_trip_us = g_get_monotonic_time () - self->pinged_at_us;
  self->pinged_at_us = 0;
  self->probed_at_us = 0;
}

/* Bytes of any kind are an answer: what was asked may stand behind many of them. */
static gboolean
is_probe_failed (CulvertSession *session, gint64 now_us)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (self->probed_at_us == 0 || now_us - self->probed_at_us < PROBE_TIMEOUT_US)
    return FALSE;
  if (session->gate.last_received_us < self->probed_at_us)
    return TRUE;
  self->probed_at_us = 0;
  return FALSE;
}

static void
lose (CulvertSession *session, gint64 silence_us)
{
  culvert_session_fail (session, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST,
                                              "the server has not answered for %d s",
                                              (int)(silence_us / G_USEC_PER_SEC)));
}

static gboolean
timer_cb (gpointer user_data)
{
  CulvertSession   *session = CULVERT_SESSION (user_data);
  CulvertHeartbeat *self = &session->heartbeat;
  gint64            now_us = g_get_monotonic_time ();
  gint64            interval_us = (gint64)session->profile->keepalive_interval_s * G_USEC_PER_SEC;
  gint64            silence_us = now_us - session->gate.last_received_us;

  culvert_carrier_tick (session);
  if (!culvert_session_has_same_host_key (session))
    {
      culvert_session_fail (session,
                            g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
                                         "the server changed its host key in a running session"));
      return G_SOURCE_CONTINUE;
    }
  if (is_probe_failed (session, now_us) ||
      (interval_us != 0 && silence_us >= interval_us * CULVERT_HEARTBEAT_MISSES))
    {
      lose (session, silence_us);
      return G_SOURCE_CONTINUE;
    }
  if (interval_us != 0 && silence_us >= interval_us)
    culvert_heartbeat_ping (session);
  set_timer (session, interval_us == 0           ? -1
                      : silence_us < interval_us ? interval_us - silence_us
                                                 : interval_us);
  if (self->probed_at_us != 0)
    culvert_heartbeat_look_within (session, self->probed_at_us + PROBE_TIMEOUT_US - now_us);
  return G_SOURCE_CONTINUE;
}
