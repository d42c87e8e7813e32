/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/open-queue.h"

#include "ssh/channel.h"
#include "ssh/session-private.h"
#include "ssh/wire.h"

static const char type_tcp[] = "direct-tcpip";
static const char type_unix[] = "direct-streamlocal@openssh.com";
static const char type_session[] = "session";
static const char type_ping[] = "ping@culvert";

void
culvert_open_queue_init (CulvertOpenQueue *self)
{
  *self = (CulvertOpenQueue){ .message = g_byte_array_new () };
  g_queue_init (&self->waiting);
}

static void
clear_timer (CulvertOpenQueue *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
culvert_open_queue_clear (CulvertOpenQueue *self)
{
  clear_timer (self);
  g_queue_clear (&self->waiting);
  g_clear_pointer (&self->message, g_byte_array_unref);
}

/* libssh2 cannot take an open back, but a client need not wait for it for ever. */
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

static gboolean
timer_cb (gpointer user_data)
{
  CulvertSession   *session = CULVERT_SESSION (user_data);
  CulvertOpenQueue *self = &session->open_queue;
  CulvertChannel   *current = (CulvertChannel *)self->current;
  gint64            oldest_us = g_get_monotonic_time () - CULVERT_OPEN_TIMEOUT_S * G_USEC_PER_SEC;

  if (current != NULL && current->state == CULVERT_CHANNEL_OPENING &&
      current->queued_at_us < oldest_us)
    expire (current, "the server has not answered in time");
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      CulvertChannel *channel = l->data;

      if (channel->state == CULVERT_CHANNEL_QUEUED && channel->queued_at_us < oldest_us)
        expire (channel, "the server is still busy with a connection asked for earlier");
    }
  if (self->current == NULL && self->waiting.length == 0)
    {
      clear_timer (self);
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

  g_queue_push_tail (&session->open_queue.waiting, channel);
  ensure_timer (session);
  culvert_io_source_wake (session->io);
  return &channel->stream;
}

void
culvert_open_queue_add_service (CulvertSession *session, CulvertOpenKind kind)
{
  session->open_queue.service = kind;
  culvert_io_source_wake (session->io);
}

void
culvert_open_queue_settled (CulvertSession *session)
{
  session->open_queue.is_settling = FALSE;
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

static void
write_message (GByteArray *message, const CulvertChannel *channel)
{
  g_byte_array_set_size (message, 0);
  if (culvert_endpoint_get_kind (channel->target) == CULVERT_ENDPOINT_UNIX)
    {
      /* OpenSSH PROTOCOL 2.4: the path and two reserved fields. */
      culvert_wire_write_text (message, culvert_endpoint_get_path (channel->target));
      culvert_wire_write_text (message, "");
      culvert_wire_write_u32 (message, 0);
      return;
    }
  write_tcp (message, channel->target);
  write_tcp (message, channel->originator);
}

/* Chooses what to open next. Returns FALSE when there is nothing, or not yet. */
static gboolean
begin_next (CulvertSession *session)
{
  CulvertOpenQueue *self = &session->open_queue;

  if (self->service != CULVERT_OPEN_NOTHING)
    {
      self->kind = self->service;
      self->service = CULVERT_OPEN_NOTHING;
      g_byte_array_set_size (self->message, 0);
      return TRUE;
    }
  while (!self->is_settling && self->waiting.length > 0)
    {
      CulvertChannel *channel = g_queue_pop_head (&self->waiting);

      if (channel->state != CULVERT_CHANNEL_QUEUED)
        {
          culvert_channel_free (channel);
          continue;
        }
      channel->state = CULVERT_CHANNEL_OPENING;
      write_message (self->message, channel);
      self->kind = CULVERT_OPEN_STREAM;
      self->current = &channel->stream;
      return TRUE;
    }
  return FALSE;
}

static LIBSSH2_CHANNEL *
go_on (CulvertSession *session)
{
  CulvertOpenQueue *self = &session->open_queue;
  const char       *type = type_session;

  if (self->kind == CULVERT_OPEN_PING)
    type = type_ping;
  else if (self->kind == CULVERT_OPEN_STREAM)
    type =
      culvert_endpoint_get_kind (((CulvertChannel *)self->current)->target) == CULVERT_ENDPOINT_UNIX
        ? type_unix
        : type_tcp;
  return libssh2_channel_open_ex (session->ssh, type, (unsigned int)strlen (type),
                                  CULVERT_LIB_INITIAL_WINDOW, CULVERT_LIB_PACKET_SIZE,
                                  self->message->len > 0 ? (const char *)self->message->data : NULL,
                                  self->message->len);
}

static void
refuse (CulvertSession *session, CulvertChannel *channel, int rc)
{
  g_autofree char   *target = culvert_endpoint_to_string (channel->target);
  g_autoptr (GError) error = NULL;

  if (rc == LIBSSH2_ERROR_CHANNEL_FAILURE)
    error = g_error_new (CULVERT_SSH_ERROR, culvert_lib_get_open_failure (session->ssh),
                         "opening %s: the server refused: %s", target,
                         culvert_lib_get_error_text (session->ssh));
  else
    error =
      g_error_new (CULVERT_SSH_ERROR,
                   rc == LIBSSH2_ERROR_TIMEOUT ? CULVERT_SSH_ERROR_OPEN_TIMED_OUT
                                               : CULVERT_SSH_ERROR_OPEN_UNKNOWN,
                   "opening %s: %s (%d)", target, culvert_lib_get_error_text (session->ssh), rc);
  culvert_channel_refuse (channel, error);
  culvert_channel_free (channel);
}

static void
finish (CulvertSession *session, LIBSSH2_CHANNEL *result, int rc)
{
  CulvertOpenQueue *self = &session->open_queue;
  CulvertOpenKind   kind = self->kind;
  CulvertChannel   *channel = (CulvertChannel *)g_steal_pointer (&self->current);
  gboolean          is_answer = result != NULL || rc == LIBSSH2_ERROR_CHANNEL_FAILURE;

  self->kind = CULVERT_OPEN_NOTHING;
  if (!is_answer)
    {
      /* A timeout or a stray packet: the real answer may still come and would be taken for the
       * next open's.  After a round trip it cannot. */
      self->is_settling = culvert_heartbeat_is_ready (&session->heartbeat);
      culvert_heartbeat_ping (session);
    }
  switch (kind)
    {
    case CULVERT_OPEN_STREAM:
      if (result == NULL)
        {
          refuse (session, channel, rc);
          break;
        }
      g_ptr_array_add (session->channels, channel);
      session->is_sweep_due = TRUE;
      culvert_channel_opened (channel, result);
      break;
    case CULVERT_OPEN_HEARTBEAT:
      culvert_heartbeat_opened (session, result);
      break;
    case CULVERT_OPEN_PING:
      if (result != NULL)
        {
          /* A server that knows our made-up type: take it as the heartbeat. */
          culvert_heartbeat_opened (session, result);
        }
      culvert_heartbeat_ponged (session);
      break;
    case CULVERT_OPEN_NOTHING:
    default:
      break;
    }
}

static gboolean
is_fatal (int rc)
{
  return rc == LIBSSH2_ERROR_SOCKET_DISCONNECT || rc == LIBSSH2_ERROR_SOCKET_RECV ||
         rc == LIBSSH2_ERROR_SOCKET_SEND || rc == LIBSSH2_ERROR_INVALID_MAC ||
         rc == LIBSSH2_ERROR_DECRYPT;
}

void
culvert_open_queue_run (CulvertSession *session)
{
  CulvertOpenQueue *self = &session->open_queue;

  while (session->failure == NULL && (self->kind != CULVERT_OPEN_NOTHING || begin_next (session)))
    {
      LIBSSH2_CHANNEL *result = go_on (session);
      int              rc = result != NULL ? 0 : libssh2_session_last_errno (session->ssh);

      if (rc == LIBSSH2_ERROR_EAGAIN)
        return;
      if (is_fatal (rc))
        {
          culvert_session_fail_lib (session, rc, "opening a channel");
          return;
        }
      finish (session, result, rc);
    }
}

void
culvert_open_queue_lose (CulvertSession *session, const GError *error)
{
  CulvertOpenQueue *self = &session->open_queue;
  CulvertChannel   *channel = (CulvertChannel *)g_steal_pointer (&self->current);

  clear_timer (self);
  self->kind = CULVERT_OPEN_NOTHING;
  if (channel != NULL)
    {
      culvert_channel_lose (channel, error);
      culvert_channel_free (channel);
    }
  while ((channel = g_queue_pop_head (&self->waiting)) != NULL)
    {
      culvert_channel_lose (channel, error);
      culvert_channel_free (channel);
    }
}
