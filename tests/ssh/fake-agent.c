/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-agent.h"

#include <glib/gstdio.h>

#include <gio/gunixsocketaddress.h>
#include <string.h>

struct _FakeAgent
{
  char         *path;
  FakeAgentKind kind;
  guint         delay_ms;
  gconstpointer answer;
  gsize         n_answer;
  FakeAgentFunc func;
  gpointer      func_data;

  GSocket      *listener;
  GCancellable *ending;
  GThread      *thread;
  GMutex        lock;
  GPtrArray    *serving; /* of GThread */
  GBytes       *request;
  guint         n_connections;
  guint         n_requests;
  guint         n_open;
};

typedef struct
{
  FakeAgent *agent;
  GSocket   *socket;
} Client;

static gboolean
receive_all (FakeAgent *self, GSocket *socket, guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gssize n_read = g_socket_receive (socket, (char *)bytes, n_bytes, self->ending, NULL);

      if (n_read <= 0)
        return FALSE;
      bytes += n_read;
      n_bytes -= (gsize)n_read;
    }
  return TRUE;
}

static void
wait_for_the_end (FakeAgent *self)
{
  GPollFD fd;

  if (g_cancellable_make_pollfd (self->ending, &fd))
    {
      g_poll (&fd, 1, -1);
      g_cancellable_release_fd (self->ending);
    }
}

/* Returns whether the agent was not ended meanwhile. */
static gboolean
pause_for (FakeAgent *self, guint delay_ms)
{
  GPollFD fd;
  int     n_ready;

  if (!g_cancellable_make_pollfd (self->ending, &fd))
    return FALSE;
  n_ready = g_poll (&fd, 1, (int)delay_ms);
  g_cancellable_release_fd (self->ending);
  return n_ready == 0;
}

static void
send_bytes (FakeAgent *self, GSocket *socket, gconstpointer bytes, gsize n_bytes)
{
  gsize step = self->kind == FAKE_AGENT_DRIBBLE ? 1 : n_bytes;

  for (gsize i = 0; i < n_bytes; i += step)
    {
      if (g_socket_send (socket, (const char *)bytes + i, step, self->ending, NULL) < 0)
        return;
      if (self->kind == FAKE_AGENT_DRIBBLE && !pause_for (self, 2))
        return;
    }
}

static void
send_body (FakeAgent *self, GSocket *socket, gconstpointer body, gsize n_body)
{
  guint32            length = GUINT32_TO_BE ((guint32)n_body);
  g_autofree guint8 *message = g_malloc (n_body + 4);

  memcpy (message, &length, 4);
  memcpy (message + 4, body, n_body);
  send_bytes (self, socket, message,
              self->kind == FAKE_AGENT_CLOSES_IN_ANSWER ? (n_body + 4) / 2 + 3 : n_body + 4);
}

static void
send_honest (FakeAgent *self, GSocket *socket, guint8 type)
{
  static const char list[] = "\x0c\0\0\0\0";
  static const char signature[] = "\x0e\0\0\0\x1c"
                                  "\0\0\0\x0bssh-ed25519\0\0\0\x09signature";

  if (type == 11)
    send_body (self, socket, list, sizeof list - 1);
  else
    send_body (self, socket, signature, sizeof signature - 1);
}

static void
send_computed (FakeAgent *self, GSocket *socket)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  g_mutex_lock (&self->lock);
  self->func (self->request, answer, self->func_data);
  g_mutex_unlock (&self->lock);
  send_body (self, socket, answer->data, answer->len);
}

/* Answers one request; FALSE when the connection is to be closed. */
static gboolean
serve_request (FakeAgent *self, GSocket *socket, guint8 type)
{
  switch (self->kind)
    {
    case FAKE_AGENT_HONEST:
    case FAKE_AGENT_DRIBBLE:
      send_honest (self, socket, type);
      return TRUE;

    case FAKE_AGENT_SLOW:
      if (!pause_for (self, self->delay_ms))
        return FALSE;
      send_honest (self, socket, type);
      return TRUE;

    case FAKE_AGENT_CLOSES_IN_ANSWER:
    case FAKE_AGENT_ONE_ANSWER:
      send_honest (self, socket, type);
      return FALSE;

    case FAKE_AGENT_ANSWERS:
      send_body (self, socket, self->answer, self->n_answer);
      return TRUE;

    case FAKE_AGENT_COMPUTES:
      send_computed (self, socket);
      return TRUE;

    case FAKE_AGENT_RAW:
      send_bytes (self, socket, self->answer, self->n_answer);
      return TRUE;

    case FAKE_AGENT_SILENT:
      return TRUE;

    case FAKE_AGENT_CLOSES_AFTER_REQUEST:
    case FAKE_AGENT_CLOSES_AT_ONCE:
    case FAKE_AGENT_NEVER_READS:
    default:
      return FALSE;
    }
}

static void
serve (FakeAgent *self, GSocket *socket)
{
  guint8  header[4];
  guint32 length;

  if (self->kind == FAKE_AGENT_CLOSES_AT_ONCE)
    return;
  if (self->kind == FAKE_AGENT_NEVER_READS)
    {
      wait_for_the_end (self);
      return;
    }

  while (receive_all (self, socket, header, 4))
    {
      g_autofree guint8 *body = NULL;
      guint8             type;

      memcpy (&length, header, 4);
      length = GUINT32_FROM_BE (length);
      g_assert_cmpuint (length, >, 0);
      g_assert_cmpuint (length, <, 1024 * 1024);
      body = g_malloc (length);
      if (!receive_all (self, socket, body, length))
        return;

      type = body[0];
      g_mutex_lock (&self->lock);
      self->n_requests++;
      g_clear_pointer (&self->request, g_bytes_unref);
      self->request = g_bytes_new_take (g_steal_pointer (&body), length);
      g_mutex_unlock (&self->lock);
      if (!serve_request (self, socket, type))
        return;
    }
}

static gpointer
serve_thread (gpointer data)
{
  Client    *client = data;
  FakeAgent *self = client->agent;

  serve (self, client->socket);
  g_socket_close (client->socket, NULL);
  g_object_unref (client->socket);
  g_free (client);
  g_mutex_lock (&self->lock);
  self->n_open--;
  g_mutex_unlock (&self->lock);
  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  FakeAgent *self = data;
  GSocket   *socket;

  while ((socket = g_socket_accept (self->listener, self->ending, NULL)) != NULL)
    {
      Client *client = g_new0 (Client, 1);

      client->agent = self;
      client->socket = socket;
      g_mutex_lock (&self->lock);
      self->n_connections++;
      self->n_open++;
      g_ptr_array_add (self->serving, g_thread_new ("fake-agent-client", serve_thread, client));
      g_mutex_unlock (&self->lock);
    }
  return NULL;
}

FakeAgent *
fake_agent_new (const char   *path,
                FakeAgentKind kind,
                guint         delay_ms,
                gconstpointer answer,
                gsize         n_answer)
{
  FakeAgent                 *self = g_new0 (FakeAgent, 1);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError)         error = NULL;

  self->path = g_strdup (path);
  self->kind = kind;
  self->delay_ms = delay_ms;
  self->answer = answer;
  self->n_answer = n_answer;
  self->ending = g_cancellable_new ();
  self->serving = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  self->listener =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (self->listener, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  self->thread = g_thread_new ("fake-agent", accept_thread, self);
  return self;
}

FakeAgent *
fake_agent_new_computing (const char *path, FakeAgentFunc func, gpointer user_data)
{
  FakeAgent *self = fake_agent_new (path, FAKE_AGENT_COMPUTES, 0, NULL, 0);

  /* Nobody knows the path yet. */
  g_mutex_lock (&self->lock);
  self->func = func;
  self->func_data = user_data;
  g_mutex_unlock (&self->lock);
  return self;
}

void
fake_agent_free (FakeAgent *self)
{
  g_cancellable_cancel (self->ending);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->serving->len; i++)
    g_thread_join (g_ptr_array_index (self->serving, i));
  g_ptr_array_unref (self->serving);
  g_unlink (self->path);
  g_object_unref (self->listener);
  g_object_unref (self->ending);
  g_clear_pointer (&self->request, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

static guint
read_counter (FakeAgent *self, const guint *counter)
{
  guint value;

  g_mutex_lock (&self->lock);
  value = *counter;
  g_mutex_unlock (&self->lock);
  return value;
}

guint
fake_agent_get_n_connections (FakeAgent *self)
{
  return read_counter (self, &self->n_connections);
}

guint
fake_agent_get_n_requests (FakeAgent *self)
{
  return read_counter (self, &self->n_requests);
}

guint
fake_agent_get_n_open (FakeAgent *self)
{
  return read_counter (self, &self->n_open);
}

GBytes *
fake_agent_dup_request (FakeAgent *self)
{
  GBytes *request;

  g_mutex_lock (&self->lock);
  request = self->request != NULL ? g_bytes_ref (self->request) : NULL;
  g_mutex_unlock (&self->lock);
  return request;
}
