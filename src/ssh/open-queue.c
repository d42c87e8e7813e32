/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/open-queue.h"

#include "base/source.h"
#include "ssh/session-private.h"
#include "ssh/wire.h"

void
culvert_open_queue_init (CulvertOpenQueue *self)
{
  *self = (CulvertOpenQueue){ .message = g_byte_array_new () };
  g_queue_init (&self->waiting);
  g_queue_init (&self->asked);
}

void
culvert_open_queue_clear (CulvertOpenQueue *self)
{
  culvert_source_clear (&self->timer);
  g_clear_pointer (&self->message, g_byte_array_unref);
}

/* What was asked of the server cannot be taken back, but a client need not wait for it for ever. */
static void
expire (CulvertChannel *channel, const char *why)
{
  g_autofree char   *target = culvert_endpoint_to_string (channel->target);
  g_autoptr (GError) error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_TIMED_OUT,
                                          "opening %s: %s", target, why);
  gboolean           is_in_flight = channel->state == CULVERT_CHANNEL_OPENING;

  culvert_channel_refuse (channel, error);
  if (is_in_flight)
    channel->state = CULVERT_CHANNEL_ABANDONED;
}

static void
expire_old (GQueue *queue, CulvertChannelState state, gint64 oldest_us, const char *why)
{
  GList *next;

  for (GList *l = queue->head; l != NULL; l = next)
    {
      CulvertChannel *channel = l->data;

      next = l->next;
      if (channel->state == state && channel->target != NULL && channel->queued_at_us < oldest_us)
        expire (channel, why);
    }
}

static gboolean
timer_cb (gpointer user_data)
{
  CulvertSession   *session = CULVERT_SESSION (user_data);
  CulvertOpenQueue *self = &session->open_queue;
  gint64            oldest_us = g_get_monotonic_time () - CULVERT_OPEN_TIMEOUT_S * G_USEC_PER_SEC;

  expire_old (&self->asked, CULVERT_CHANNEL_OPENING, oldest_us,
              "the server has not answered in time");
  expire_old (&self->waiting, CULVERT_CHANNEL_QUEUED, oldest_us,
              "the server is still busy with connections asked for earlier");
  if (self->asked.length == 0 && self->waiting.length == 0)
    {
      culvert_source_clear (&self->timer);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
ensure_timer (CulvertSession *session)
{
  CulvertOpenQueue *self = &session->open_queue;

  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new_seconds (1);
  g_source_set_static_name (self->timer, "culvert open queue");
  g_source_set_callback (self->timer, timer_cb, session, NULL);
  g_source_attach (self->timer, session->context);
}

CulvertStream *
culvert_open_queue_add (CulvertSession            *session,
                        const CulvertEndpoint     *target,
                        const CulvertEndpoint     *originator,
                        const CulvertStreamEvents *events,
                        gpointer                   user_data)
{
  CulvertChannel *channel = culvert_channel_new (session, target, originator, events, user_data);

  g_queue_push_tail_link (&session->open_queue.waiting, &channel->open_link);
  ensure_timer (session);
  culvert_io_source_wake (session->io);
  return &channel->stream;
}

static void
write_tcp (GByteArray *message, const CulvertEndpoint *endpoint)
{
  const char *host = NULL;
  guint16     port = 0;

  if (endpoint != NULL && culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_TCP)
    {
      host = culvert_endpoint_get_host (endpoint);
      port = culvert_endpoint_get_port (endpoint);
    }
  culvert_wire_write_text (message, host != NULL && *host != '\0' ? host : "127.0.0.1");
  culvert_wire_write_u32 (message, port);
}

/* Returns the channel's type, and leaves what belongs to it in the queue's message. */
static const char *
write_message (GByteArray *message, const CulvertChannel *channel)
{
  g_byte_array_set_size (message, 0);
  if (channel->target == NULL)
    return "session";
  if (culvert_endpoint_get_kind (channel->target) == CULVERT_ENDPOINT_UNIX)
    {
      /* OpenSSH PROTOCOL 2.4: the path and two reserved fields. */
      culvert_wire_write_text (message, culvert_endpoint_get_path (channel->target));
      culvert_wire_write_text (message, "");
      culvert_wire_write_u32 (message, 0);
      return "direct-streamlocal@openssh.com";
    }
  write_tcp (message, channel->target);
  write_tcp (message, channel->originator);
  return "direct-tcpip";
}

void
culvert_open_queue_run (CulvertSession *session)
{
  CulvertOpenQueue *self = &session->open_queue;

  while (self->waiting.length > 0 && session->failure == NULL && culvert_carrier_can_open (session))
    {
      CulvertChannel *channel = g_queue_peek_head (&self->waiting);
      const char     *type;

      g_queue_unlink (&self->waiting, &channel->open_link);
      if (channel->state != CULVERT_CHANNEL_QUEUED)
        {
          culvert_channel_free (channel);
          continue;
        }
      channel->state = CULVERT_CHANNEL_OPENING;
      g_queue_push_tail_link (&self->asked, &channel->open_link);
      type = write_message (self->message, channel);
      culvert_carrier_open (session, &channel->line, type, self->message, CULVERT_WINDOW_FIRST);
    }
}

void
culvert_open_queue_opened (CulvertSession *session, CulvertChannel *channel)
{
  g_queue_unlink (&session->open_queue.asked, &channel->open_link);
  channel->index = session->channels->len;
  g_ptr_array_add (session->channels, channel);
  culvert_channel_opened (channel);
}

/* What else is known about it. */
static void
add_facts (CulvertSession *session, GError **error)
{
  culvert_error_set_fact (error, CULVERT_FACT_SOFTWARE, session->info.server_version);
  if (!g_error_matches (*error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED))
    return;
  culvert_error_set_fact (error, CULVERT_FACT_KEY_OPTIONS, session->grant.options);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, session->grant.file);
  culvert_error_set_fact (error, CULVERT_FACT_LINE, session->grant.line);
}

void
culvert_open_queue_refused (CulvertSession *session,
                            CulvertChannel *channel,
                            int             code,
                            const char     *text,
                            const char     *said)
{
  g_autofree char *target =
    channel->target != NULL ? culvert_endpoint_to_string (channel->target) : g_strdup ("a session");
  g_autoptr (GError) error = g_error_new (CULVERT_SSH_ERROR, code, "opening %s: %s", target, text);

  culvert_error_set_fact (&error, CULVERT_FACT_SAID, said);
  culvert_error_set_fact (&error, CULVERT_FACT_TARGET, channel->target != NULL ? target : NULL);
  add_facts (session, &error);
  g_queue_unlink (&session->open_queue.asked, &channel->open_link);
  culvert_channel_refuse (channel, error);
  culvert_channel_free (channel);
}

static void
lose_all (GQueue *queue, const GError *error)
{
  CulvertChannel *channel;

  while ((channel = g_queue_peek_head (queue)) != NULL)
    {
      g_queue_unlink (queue, &channel->open_link);
      culvert_channel_lose (channel, error);
      culvert_channel_free (channel);
    }
}

void
culvert_open_queue_lose (CulvertSession *session, const GError *error)
{
  culvert_source_clear (&session->open_queue.timer);
  lose_all (&session->open_queue.asked, error);
  lose_all (&session->open_queue.waiting, error);
}
