/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/heartbeat.h"

#include "ssh/session-private.h"

/* Without a channel to read from, an open serves as the pump, no more often than this. */
#define PUMP_INTERVAL_US (G_USEC_PER_SEC)

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
  culvert_open_queue_add_service (session, CULVERT_OPEN_HEARTBEAT);
}

void
culvert_heartbeat_clear (CulvertHeartbeat *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->channel = NULL;
}

gboolean
culvert_heartbeat_is_ready (const CulvertHeartbeat *self)
{
  return self->channel != NULL;
}

void
culvert_heartbeat_opened (CulvertSession *session, LIBSSH2_CHANNEL *channel)
{
  CulvertHeartbeat *self = &session->heartbeat;

  self->channel = channel;
  self->is_refused = channel == NULL;
  if (self->is_refused)
    culvert_log_write (session->log, CULVERT_LOG_INFO,
                       "the server allows no session channel: pinging by refused opens");
  culvert_heartbeat_ping (session);
}

void
culvert_heartbeat_ping (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (self->pinged_at_us != 0 || (self->channel == NULL && !self->is_refused))
    return;
  self->pinged_at_us = g_get_monotonic_time ();
  if (self->channel == NULL)
    culvert_open_queue_add_service (session, CULVERT_OPEN_PING);
  else
    culvert_io_source_wake (session->io);
}

void
culvert_heartbeat_probe (CulvertSession *session)
{
  session->heartbeat.answer_by_us =
    g_get_monotonic_time () + CULVERT_PROBE_TIMEOUT_S * G_USEC_PER_SEC;
  set_timer (session, CULVERT_PROBE_TIMEOUT_S * G_USEC_PER_SEC);
  culvert_heartbeat_ping (session);
}

void
culvert_heartbeat_ponged (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (self->pinged_at_us != 0)
    session->info.round_trip_us = g_get_monotonic_time () - self->pinged_at_us;
  self->pinged_at_us = 0;
  self->answer_by_us = 0;
  culvert_open_queue_settled (session);
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

  /* What pumps by opening waits with something unread, and not for the socket. */
  if (self->is_refused)
    culvert_io_source_wake (session->io);
  if (!culvert_session_has_same_host_key (session))
    {
      culvert_session_fail (session,
                            g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
                                         "the server changed its host key in a running session"));
      return G_SOURCE_CONTINUE;
    }
  if ((self->answer_by_us != 0 && now_us >= self->answer_by_us) ||
      (interval_us != 0 && silence_us >= interval_us * CULVERT_HEARTBEAT_MISSES))
    {
      lose (session, silence_us);
      return G_SOURCE_CONTINUE;
    }
  if (interval_us == 0)
    {
      set_timer (session, -1);
      return G_SOURCE_CONTINUE;
    }
  if (silence_us >= interval_us)
    culvert_heartbeat_ping (session);
  set_timer (session, silence_us < interval_us ? interval_us - silence_us : interval_us);
  return G_SOURCE_CONTINUE;
}

/* The server ended the channel, as an idle limit would. */
static void
note_end (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;

  if (!libssh2_channel_eof (self->channel))
    return;
  libssh2_channel_free (self->channel);
  self->channel = NULL;
  self->is_refused = TRUE;
  self->pinged_at_us = 0;
}

static void
look_for_pong (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;
  int               rc = libssh2_channel_setenv_ex (self->channel, "CULVERT_PING", 12, "1", 1);

  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  if (rc != 0 && rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
    culvert_session_fail_lib (session, rc, "waiting for a sign of life");
  else
    culvert_heartbeat_ponged (session);
}

/* Nothing is there to read with: an open that will be refused reads as it waits. */
static gboolean
pump_by_ping (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;
  gint64            now_us = g_get_monotonic_time ();

  if (session->channels->len > 0 || session->open_queue.kind != CULVERT_OPEN_NOTHING ||
      session->gate.is_dry)
    return TRUE;
  if (now_us - self->pumped_at_us < PUMP_INTERVAL_US)
    {
      set_timer (session, PUMP_INTERVAL_US);
      return FALSE;
    }
  self->pumped_at_us = now_us;
  culvert_heartbeat_ping (session);
  return TRUE;
}

gboolean
culvert_heartbeat_run (CulvertSession *session)
{
  CulvertHeartbeat *self = &session->heartbeat;
  char              nothing[64];
  gssize            rc;

  if (self->channel == NULL)
    return !self->is_refused || pump_by_ping (session);
  rc = libssh2_channel_read_ex (self->channel, 0, nothing, sizeof nothing);
  if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
    {
      culvert_session_fail_lib (session, (int)rc, "receiving");
      return TRUE;
    }
  if (self->pinged_at_us != 0)
    look_for_pong (session);
  if (rc == 0 && session->failure == NULL)
    note_end (session);
  return TRUE;
}
