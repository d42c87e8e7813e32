/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/channel.h"
#include "ssh/session-private.h"

/* The time after which the thread's other work gets a turn. */
#define TURN_US 2000

/* New keys after this many bytes in both directions together; RFC 4344 section 3.2 asks for it after
 * 64 GiB with ciphers of 128-bit blocks.  Most servers do so earlier by themselves. */
#define REKEY_BYTES (G_GUINT64_CONSTANT (32) << 30)

void
culvert_session_hold (CulvertChannel *channel)
{
  if (channel->is_held)
    return;
  channel->is_held = TRUE;
  g_ptr_array_add (channel->session->held, channel);
}

void
culvert_session_release_held (CulvertSession *self)
{
  if (self->gate.is_congested)
    return;
  for (guint i = 0; i < self->held->len; i++)
    {
      CulvertChannel *channel = g_ptr_array_index (self->held, i);

      channel->is_held = FALSE;
      culvert_channel_mark_due (channel);
    }
  g_ptr_array_set_size (self->held, 0);
}

static void
remove_channel (CulvertSession *self, CulvertChannel *channel)
{
  CulvertChannel *moved;

  g_ptr_array_remove_index_fast (self->channels, channel->index);
  if (channel->index < self->channels->len)
    {
      moved = g_ptr_array_index (self->channels, channel->index);
      moved->index = channel->index;
    }
  if (channel->is_held)
    g_ptr_array_remove_fast (self->held, channel);
  for (guint i = self->due->len; channel->is_due && i > 0; i--)
    if (g_ptr_array_index (self->due, i - 1) == channel)
      {
        g_ptr_array_index (self->due, i - 1) = NULL;
        break;
      }
  culvert_channel_free (channel);
}

/* What becomes due meanwhile comes after; what cannot go on is not due but held. */
static void
attend (CulvertSession *self)
{
  for (guint i = 0; i < self->due->len && self->failure == NULL; i++)
    {
      CulvertChannel *channel = g_ptr_array_index (self->due, i);

      if (channel == NULL)
        continue;
      channel->is_due = FALSE;
      if (!culvert_channel_attend (channel))
        remove_channel (self, channel);
    }
  if (self->failure == NULL)
    g_ptr_array_set_size (self->due, 0);
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

static void
flush (CulvertSession *self)
{
  culvert_gate_flush (&self->gate);
  culvert_session_release_held (self);
}

/* Receives, opens and attends until nothing more comes of it, or the turn's share of time or bytes
 * is used up. */
static gboolean
go_round (CulvertSession *self)
{
  gint64   until_us = g_get_monotonic_time () + TURN_US;
  gboolean has_more;

  do
    {
      has_more = culvert_carrier_receive (self, until_us, FALSE);
      culvert_open_queue_run (self);
      attend (self);
    }
  while (has_more && self->failure == NULL && g_get_monotonic_time () < until_us);
  return has_more;
}

/* What the server said before it went is still delivered. */
static void
take_last (CulvertSession *self)
{
  while (culvert_carrier_receive (self, 0, TRUE) && self->failure == NULL)
    attend (self);
  attend (self);
  if (self->failure == NULL)
    note_end_of_stream (self);
}

static void
rekey_if_due (CulvertSession *self)
{
  guint64 n_bytes = self->gate.n_sent + self->gate.n_received;

  if (n_bytes - self->rekeyed_at < (self->rekey_bytes != 0 ? self->rekey_bytes : REKEY_BYTES))
    return;
  self->rekeyed_at = n_bytes;
  culvert_carrier_rekey (self);
}

gboolean
culvert_session_pump (CulvertSession *self)
{
  gboolean has_more;

  self->is_pumping = TRUE;
  flush (self);
  rekey_if_due (self);
  has_more = go_round (self);
  if (self->gate.saw_end && !has_more && self->failure == NULL)
    take_last (self);
  if (self->failure == NULL)
    {
      flush (self);
      attend (self);
      culvert_gate_flush (&self->gate);
    }
  self->is_pumping = FALSE;
  if (self->failure != NULL)
    return FALSE;
  has_more |= culvert_gate_has_more (&self->gate) || self->due->len > 0 || self->gate.saw_end;
  culvert_gate_rearm (&self->gate, culvert_carrier_is_reading (self));
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

static CulvertFarListener *
listen_at_server (CulvertTransport               *transport,
                  const CulvertEndpoint          *address,
                  const CulvertFarListenerEvents *events,
                  gpointer                        user_data)
{
  CulvertSession *self =
    (CulvertSession *)((char *)transport - G_STRUCT_OFFSET (CulvertSession, transport));

  return culvert_server_port_new (self, address, events, user_data);
}

const CulvertTransportClass culvert_session_transport_class = {
  .open = open_stream,
  .listen = listen_at_server,
};
