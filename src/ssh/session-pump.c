/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/channel.h"
#include "ssh/session-private.h"

/* One channel's share of a round, and the time after which the thread's other work gets a turn. */
#define CHANNEL_QUANTUM (64 * 1024)
#define TURN_US         2000

/* Reads every channel once, beginning where the last round stopped.  Returns the bytes read. */
static gsize
sweep (CulvertSession *self, gint64 until_us, gboolean is_last)
{
  guint n_channels = self->channels->len;
  gsize n_received = 0;

  for (guint i = 0; i < n_channels && self->failure == NULL; i++)
    {
      guint           index = (self->next_channel + i) % n_channels;
      CulvertChannel *channel = g_ptr_array_index (self->channels, index);

      n_received += culvert_channel_pump (channel, CHANNEL_QUANTUM, is_last);
      if (!is_last && g_get_monotonic_time () > until_us)
        {
          self->next_channel = index + 1;
          self->is_sweep_due = TRUE;
          return n_received;
        }
    }
  return n_received;
}

/* Moves channels that ended out of the way and frees those the server has closed, too. */
static void
collect_ended (CulvertSession *self)
{
  for (guint i = self->channels->len; i > 0; i--)
    {
      CulvertChannel *channel = g_ptr_array_index (self->channels, i - 1);

      if (channel->state == CULVERT_CHANNEL_ENDED)
        {
          g_ptr_array_remove_index_fast (self->channels, i - 1);
          g_ptr_array_add (self->closing, channel);
        }
    }
  for (guint i = self->closing->len; i > 0; i--)
    {
      CulvertChannel *channel = g_ptr_array_index (self->closing, i - 1);

      if (culvert_channel_try_free (channel))
        {
          g_ptr_array_remove_index_fast (self->closing, i - 1);
          culvert_channel_free (channel);
        }
    }
}

static void
note_end_of_stream (CulvertSession *self)
{
  if (self->gate.error != NULL)
    culvert_session_fail (self,
                          g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST,
                                       "the connection broke: %s", self->gate.error->message));
  else
    culvert_session_fail (self,
                          g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED,
                                       "the server closed the connection%s%s",
                                       self->disconnect_text != NULL ? ": " : "",
                                       self->disconnect_text != NULL ? self->disconnect_text : ""));
}

/* Reads all channels until none has anything, or the turn's share of time or bytes is used up. */
static void
drain (CulvertSession *self)
{
  gint64 until_us = g_get_monotonic_time () + TURN_US;
  gsize  n_received;

  do
    {
      self->is_sweep_due = FALSE;
      self->swept_at = self->gate.n_received;
      n_received = sweep (self, until_us, FALSE);
      culvert_open_queue_run (self);
    }
  while (self->failure == NULL && g_get_monotonic_time () < until_us &&
         (n_received > 0 || self->is_sweep_due || self->swept_at != self->gate.n_received));
  if (n_received > 0)
    self->is_sweep_due = TRUE;
}

gboolean
culvert_session_pump (CulvertSession *self)
{
  gboolean was_congested = self->gate.is_congested;
  gboolean is_reading, has_more;

  culvert_gate_flush (&self->gate);
  is_reading = culvert_heartbeat_run (self);
  culvert_open_queue_run (self);
  if (was_congested && !self->gate.is_congested)
    self->is_sweep_due = TRUE;
  if (self->is_sweep_due || self->swept_at != self->gate.n_received || self->gate.saw_end)
    drain (self);
  if (self->gate.saw_end && !self->is_sweep_due && self->failure == NULL)
    {
      while (sweep (self, 0, TRUE) > 0 && self->failure == NULL)
        continue;
      if (self->failure == NULL)
        note_end_of_stream (self);
    }
  if (self->failure == NULL)
    collect_ended (self);
  was_congested = self->gate.is_congested;
  culvert_gate_flush (&self->gate);
  if (was_congested && !self->gate.is_congested)
    self->is_sweep_due = TRUE;
  if (self->failure != NULL)
    return FALSE;
  has_more = culvert_gate_has_more (&self->gate) || self->is_sweep_due || self->gate.saw_end;
  culvert_gate_rearm (&self->gate, is_reading);
  return has_more;
}

/* Nothing runs the queue of a session that is not up. */
static gboolean
refuse_cb (gpointer user_data)
{
  CulvertChannel    *channel = user_data;
  g_autoptr (GError) error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "there is no session");

  culvert_channel_refuse (channel, error);
  culvert_channel_free (channel);
  return G_SOURCE_REMOVE;
}

static CulvertStream *
open_stream (CulvertTransport          *transport,
             const CulvertEndpoint     *target,
             const CulvertEndpoint     *originator,
             const CulvertStreamEvents *events,
             gpointer                   user_data)
{
  CulvertSession *self =
    (CulvertSession *)((char *)transport - G_STRUCT_OFFSET (CulvertSession, transport));

  if (self->state != CULVERT_SESSION_UP || self->is_stopping)
    {
      CulvertChannel *channel = culvert_channel_new (self, target, originator, events, user_data);
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_callback (source, refuse_cb, channel, NULL);
      g_source_attach (source, self->context);
      return &channel->stream;
    }
  return culvert_open_queue_add (self, target, originator, events, user_data);
}

const CulvertTransportClass culvert_session_transport_class = { open_stream };
