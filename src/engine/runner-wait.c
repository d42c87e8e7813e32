/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/runner-private.h"

#include "base/source.h"
#include "engine/reasons.h"

/* Without a way out nobody need look at the clock, but a watch on the network may also be wrong. */
#define NO_NETWORK_RETRY_MS 60000

/* Whoever dials so long and has no answer may be in the pauses that the system makes between its
 * tries, the longer the more of them failed. */
#define REDIAL_AFTER_US (1 * G_USEC_PER_SEC)

static gboolean
wait_over_cb (gpointer user_data)
{
  CulvertRunner   *self = user_data;
  g_autofree char *reason = g_strdup_printf ("try %u", self->retry.n_failures + 1);

  culvert_runner_try_now (self, reason);

  return G_SOURCE_REMOVE;
}

static void
set_wait_source (CulvertRunner *self, guint delay_ms)
{
  culvert_source_clear (&self->wait_source);
  self->wait_source = g_timeout_source_new (delay_ms);
  g_source_set_callback (self->wait_source, wait_over_cb, self, NULL);
  g_source_attach (self->wait_source, self->context);
}

void
culvert_runner_wait_for (CulvertRunner *self, const char *what, const GError *error)
{
  if (self->state != CULVERT_TUNNEL_WAITING)
    {
      culvert_runner_set_state (self, CULVERT_TUNNEL_WAITING, error, 0, self->log, error->message);
      return;
    }
  culvert_log_write (self->log, CULVERT_LOG_INFO, "waits for %s now: %s", what, error->message);
  self->events.state_changed (self->state, error, 0, self->user_data);
}

/* Waits for the network instead of a time, be it that it waits already. */
static void
wait_for_network (CulvertRunner *self)
{
  g_autoptr (GError) error = culvert_reason_no_network (self->wait_error);

  set_wait_source (self, NO_NETWORK_RETRY_MS);
  culvert_runner_wait_for (self, "the network", error);
}

static void
wait_and_retry (CulvertRunner *self, const GError *error, gint64 up_for_us, guint delay_ms)
{
  gint64           delay_us = (gint64)delay_ms * 1000;
  g_autofree char *delay = culvert_reason_describe_span (delay_us);
  g_autofree char *lasted = culvert_reason_describe_span (up_for_us);
  g_autofree char *reason =
    up_for_us > 0
      ? g_strdup_printf ("lost after %s: %s; next try in %s", lasted, error->message, delay)
      : g_strdup_printf ("%s; next try in %s", error->message, delay);

  g_clear_error (&self->wait_error);
  self->wait_error = g_error_copy (error);
  if (!self->has_network && culvert_reason_may_be_network (error))
    {
      wait_for_network (self);
      return;
    }

  set_wait_source (self, delay_ms);
  culvert_runner_set_state (self, CULVERT_TUNNEL_WAITING, error, g_get_monotonic_time () + delay_us,
                            self->log, reason);
}

void
culvert_runner_try_now (CulvertRunner *self, const char *reason)
{
  culvert_source_clear (&self->wait_source);
  if (!culvert_runner_is_allowed (self))
    {
      culvert_runner_hold_back (self);
      return;
    }
  culvert_runner_set_state (self, CULVERT_TUNNEL_CONNECTING, NULL, 0, self->log, reason);
  culvert_runner_connect_session (self);
}

/* On demand */

gboolean
culvert_runner_has_clients (CulvertRunner *self)
{
  return self->counters->n_held > 0;
}

void
culvert_runner_go_idle (CulvertRunner *self, const char *reason)
{
  culvert_source_clear (&self->wait_source);
  culvert_retry_reset (&self->retry);
  if (!culvert_runner_is_allowed (self))
    {
      culvert_runner_hold_back (self);
      return;
    }
  culvert_runner_set_state (self, CULVERT_TUNNEL_IDLE, NULL, 0, self->log, reason);
  culvert_runner_look_for_clients (self);
}

void
culvert_runner_look_for_clients (CulvertRunner *self)
{
  if (self->state == CULVERT_TUNNEL_IDLE && culvert_runner_has_clients (self))
    culvert_runner_try_now (self, "a client came");
}

static void
unused_cb (gpointer user_data)
{
  CulvertRunner *self = user_data;

  if (self->state == CULVERT_TUNNEL_UP && self->after == AFTER_DECIDE &&
      self->session_life == SESSION_LIVE)
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "nobody has used it for %u s",
                         self->profile->idle_timeout_s);
      culvert_runner_end_session (self, AFTER_IDLE);
    }
}

gboolean
culvert_runner_is_on_demand (CulvertRunner *self)
{
  const GPtrArray *forwards = self->profile->forwards;

  if (!self->profile->on_demand || self->single_try)
    return FALSE;
  for (guint i = 0; i < forwards->len; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (forwards, i);

      if (culvert_forward_spec_is_enabled (spec) &&
          culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec)))
        return FALSE;
    }

  return TRUE;
}

void
culvert_runner_watch_idle (CulvertRunner *self)
{
  culvert_idle_watch_stop (&self->idle_watch);
  if (culvert_runner_is_on_demand (self) && self->state == CULVERT_TUNNEL_UP)
    culvert_idle_watch_start (&self->idle_watch, self->counters, self->profile->idle_timeout_s,
                              unused_cb, self);
}

void
culvert_runner_decide (CulvertRunner *self, const GError *error, gint64 up_for_us)
{
  guint delay_ms;

  if (!self->single_try && self->profile->reconnect && culvert_error_is_transient (error) &&
      !culvert_runner_is_allowed (self))
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "no further try here: %s", error->message);
      culvert_runner_hold_back (self);
      return;
    }
  /* Nobody waits for it: there is no reason to try again. */
  if (culvert_runner_is_on_demand (self) && self->profile->reconnect &&
      culvert_error_is_transient (error) && !culvert_runner_has_clients (self))
    {
      culvert_runner_go_idle (self, error->message);
      return;
    }
  if (!self->single_try && self->profile->reconnect &&
      culvert_retry_next (&self->retry, error, up_for_us, self->random, &delay_ms))
    {
      wait_and_retry (self, error, up_for_us, delay_ms);
      return;
    }

  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  culvert_runner_finish (self);
}

/* The owner and the network */

void
culvert_runner_retry_now (CulvertRunner *self)
{
  if (self->state != CULVERT_TUNNEL_WAITING && self->state != CULVERT_TUNNEL_IDLE)
    return;

  self->is_overruled = TRUE;
  culvert_runner_try_now (self, "asked to try now");
}

/* Is it still on its way to the server, without an answer? */
static gboolean
is_dialling (CulvertRunner *self)
{
  return self->session_life == SESSION_LIVE && self->after == AFTER_DECIDE &&
         self->session_state <= CULVERT_SESSION_HANDSHAKE &&
         g_get_monotonic_time () - self->started_us >= REDIAL_AFTER_US;
}

static void
network_is_there (CulvertRunner *self, const char *reason, gboolean is_new)
{
  /* Something has changed for the better; a change alone may also be the next of many. */
  if (is_new)
    culvert_retry_reset (&self->retry);

  if (self->state == CULVERT_TUNNEL_WAITING)
    {
      culvert_runner_try_now (self, reason);
    }
  else if (self->state == CULVERT_TUNNEL_UP && self->session_life == SESSION_LIVE)
    {
      self->maker->probe (self->session);
    }
  else if (is_dialling (self))
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "dialling anew: %s", reason);
      culvert_runner_end_session (self, AFTER_RECONNECT);
    }
}

void
culvert_runner_network_changed (CulvertRunner *self, CulvertNetworkEvent event)
{
  gboolean had_network = self->has_network;

  /* After waking what was known is old; the next event says what is the case. */
  self->has_network = event != CULVERT_NETWORK_GONE;
  switch (event)
    {
    case CULVERT_NETWORK_GONE:
      if (had_network && self->state == CULVERT_TUNNEL_WAITING &&
          culvert_reason_may_be_network (self->wait_error))
        wait_for_network (self);
      break;
    case CULVERT_NETWORK_BACK:
      network_is_there (self, "the network is back", TRUE);
      break;
    case CULVERT_NETWORK_CHANGED:
      network_is_there (self, "the network changed", FALSE);
      break;
    case CULVERT_NETWORK_WOKE:
      network_is_there (self, "the computer woke", TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
}
