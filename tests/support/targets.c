/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/targets.h"

#include "support/loopback.h"
#include "support/stream-pattern.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_BYTES        (64 * 1024)
#define QUEUE_MAX_BYTES    (256 * 1024) /* an echo reads no more while so much is unsent */
#define REQUEST_MAX_BYTES  (16 * 1024)
#define SMALL_BUFFER_BYTES 4096
#define FILL_WAIT_MS       200
#define FLUSH_POLL_MS      1

/* Bytes that wait for their time. */
typedef struct
{
  GBytes *bytes;
  gsize   n_done;
  gint64  due_us;
} Piece;

typedef enum
{
  CONNECTION_TALKS,
  CONNECTION_FLUSHES, /* all is written; a reset follows once the peer has it */
  CONNECTION_ENDED,   /* nothing more to write, the peer knows; reads on */
  CONNECTION_CLOSED,
} ConnectionState;

typedef struct
{
  int                 descriptor;
  ConnectionState     state;
  gboolean            read_ended;
  GQueue              queue; /* Piece */
  gsize               n_queued;
  guint64             stream_offset; /* what is left of a stream to be sent after the queue */
  guint64             stream_left;
  CulvertStreamDigest digest;
  GByteArray         *request;
} Connection;

struct _CulvertTarget
{
  CulvertTargetConfig config;
  char               *name;
  char               *address;
  guint16             port;
  int                 listener;
  GArray             *fillers; /* descriptors that fill the accept queue */
  int                 bell[2];
  GThread            *thread;
  GPtrArray          *connections; /* of the thread */
  atomic_bool         stopping;
  atomic_bool         accepting;
  atomic_uint         n_connections;
  atomic_uint         n_open;
  atomic_uint         n_ended;
  atomic_uint         n_reset;
  atomic_ullong       n_received;
  atomic_ullong       n_sent;
};

/* Writing */

static void
piece_free (Piece *piece)
{
  g_bytes_unref (piece->bytes);
  g_free (piece);
}

static void
enqueue (Connection *connection, const void *bytes, gsize n_bytes, guint delay_ms)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->bytes = g_bytes_new (bytes, n_bytes);
  piece->due_us = g_get_monotonic_time () + (gint64)delay_ms * 1000;
  connection->n_queued += n_bytes;
  g_queue_push_tail (&connection->queue, piece);
}

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  if (connection->state != CONNECTION_CLOSED)
    close (connection->descriptor);
  g_queue_clear_full (&connection->queue, (GDestroyNotify)piece_free);
  g_byte_array_unref (connection->request);
  g_free (connection);
}

static void
close_connection (CulvertTarget *self, Connection *connection, gboolean reset)
{
  if (reset)
    culvert_loopback_reset (connection->descriptor);
  else
    close (connection->descriptor);
  connection->state = CONNECTION_CLOSED;
  self->n_open--;
}

static void
break_connection (CulvertTarget *self, Connection *connection)
{
  self->n_reset++;
  close_connection (self, connection, FALSE);
}

/* Returns: FALSE when the kernel takes no more now, or the connection broke. */
static gboolean
send_some (CulvertTarget *self, Connection *connection, const guint8 *bytes, gsize *n_bytes)
{
  gssize n = send (connection->descriptor, bytes, *n_bytes, MSG_NOSIGNAL);
  gsize  wanted = *n_bytes;

  *n_bytes = n > 0 ? (gsize)n : 0;
  self->n_sent += *n_bytes;
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    break_connection (self, connection);
  return *n_bytes == wanted;
}

static gboolean
send_queue (CulvertTarget *self, Connection *connection)
{
  Piece *piece;

  while ((piece = g_queue_peek_head (&connection->queue)) != NULL &&
         piece->due_us <= g_get_monotonic_time ())
    {
      gsize         size;
      const guint8 *bytes = g_bytes_get_data (piece->bytes, &size);
      gsize         n = size - piece->n_done;
      gboolean      whole = send_some (self, connection, bytes + piece->n_done, &n);

      piece->n_done += n;
      connection->n_queued -= n;
      if (piece->n_done == size)
        piece_free (g_queue_pop_head (&connection->queue));
      if (!whole)
        return FALSE;
    }
  return piece == NULL;
}

static gboolean
send_stream (CulvertTarget *self, Connection *connection)
{
  guint8 bytes[CHUNK_BYTES];

  while (connection->stream_left > 0)
    {
      gsize    n = (gsize)MIN (sizeof bytes, connection->stream_left);
      gboolean whole;

      culvert_stream_fill (self->config.seed, connection->stream_offset, bytes, n);
      whole = send_some (self, connection, bytes, &n);
      connection->stream_offset += n;
      connection->stream_left -= n;
      if (!whole)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_idle (Connection *connection)
{
  return g_queue_is_empty (&connection->queue) && connection->stream_left == 0;
}

/* Everything it had to say has been written. */
static void
end_writing (CulvertTarget *self, Connection *connection)
{
  if (self->config.kind == CULVERT_TARGET_SOURCE && self->config.reset)
    {
      connection->state = CONNECTION_FLUSHES;
      return;
    }
  shutdown (connection->descriptor, SHUT_WR);
  connection->state = CONNECTION_ENDED;
  if (connection->read_ended)
    close_connection (self, connection, FALSE);
}

static gboolean
has_said_all (CulvertTarget *self, Connection *connection)
{
  return is_idle (connection) &&
         (connection->read_ended || self->config.kind == CULVERT_TARGET_SOURCE ||
          self->config.closes);
}

static void
write_connection (CulvertTarget *self, Connection *connection)
{
  if (connection->state == CONNECTION_TALKS && send_queue (self, connection) &&
      send_stream (self, connection) && has_said_all (self, connection))
    end_writing (self, connection);
  if (connection->state == CONNECTION_FLUSHES &&
      culvert_loopback_is_flushed (connection->descriptor))
    close_connection (self, connection, TRUE);
}

/* HTTP */

static void
answer_page (CulvertTarget *self, Connection *connection, const char *status, const char *title)
{
  g_autofree char *page = g_strdup_printf ("<!DOCTYPE html>\n<html lang=\"en\"><title>%s</title>"
                                           "<h1>%s</h1></html>\n",
                                           title, title);
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: text/html\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                                           status, strlen (page), page);

  enqueue (connection, text, strlen (text), 0);
}

static void
answer_bytes (CulvertTarget *self, Connection *connection, guint64 n_bytes)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\n"
                                           "Content-Type: application/octet-stream\r\n"
                                           "Content-Length: %" G_GUINT64_FORMAT "\r\n\r\n",
                                           n_bytes);

  enqueue (connection, head, strlen (head), 0);
  connection->stream_offset = 0;
  connection->stream_left = n_bytes;
}

/* One request at a time; what follows it waits in the buffer. */
static void
answer_request (CulvertTarget *self, Connection *connection)
{
  GByteArray *request = connection->request;
  const char *end =
    request->len > 0 ? g_strstr_len ((char *)request->data, request->len, "\r\n\r\n") : NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv)   words = NULL;
  guint64          n_bytes;

  if (end == NULL || !is_idle (connection))
    {
      if (request->len > REQUEST_MAX_BYTES)
        break_connection (self, connection);
      return;
    }
  line = g_strndup ((char *)request->data, strcspn ((char *)request->data, "\r"));
  words = g_strsplit (line, " ", 3);
  if (g_strv_length (words) != 3 || !g_str_equal (words[0], "GET"))
    answer_page (self, connection, "405 Method Not Allowed", "GET alone is understood");
  else if (g_str_equal (words[1], "/"))
    answer_page (self, connection, "200 OK", self->name != NULL ? self->name : "Culvert");
  else if (g_str_has_prefix (words[1], "/bytes/") &&
           g_ascii_string_to_unsigned (words[1] + 7, 10, 0, G_MAXUINT64, &n_bytes, NULL))
    answer_bytes (self, connection, n_bytes);
  else
    answer_page (self, connection, "404 Not Found", "Nothing here");
  g_byte_array_remove_range (request, 0, (guint)(end + 4 - (char *)request->data));
}

/* Reading */

static void
take_bytes (CulvertTarget *self, Connection *connection, const guint8 *bytes, gsize n_bytes)
{
  switch (self->config.kind)
    {
    case CULVERT_TARGET_ECHO:
    case CULVERT_TARGET_NAMER:
      enqueue (connection, bytes, n_bytes, self->config.delay_ms);
      break;
    case CULVERT_TARGET_SINK:
      culvert_stream_digest_feed (&connection->digest, bytes, n_bytes);
      break;
    case CULVERT_TARGET_HTTP:
      g_byte_array_append (connection->request, bytes, (guint)n_bytes);
      answer_request (self, connection);
      break;
    case CULVERT_TARGET_SOURCE:
    case CULVERT_TARGET_SAYS:
    case CULVERT_TARGET_NEVER_ACCEPT:
    case CULVERT_TARGET_NEVER_READ:
      break;
    }
}

static void
take_end (CulvertTarget *self, Connection *connection)
{
  connection->read_ended = TRUE;
  self->n_ended++;
  if (self->config.kind == CULVERT_TARGET_SINK)
    {
      g_autofree char *answer = g_strdup_printf (
        "%" G_GUINT64_FORMAT " %016" G_GINT64_MODIFIER "x\n", connection->digest.n_bytes,
        culvert_stream_digest_get (&connection->digest));

      enqueue (connection, answer, strlen (answer), 0);
    }
  if (connection->state == CONNECTION_ENDED)
    close_connection (self, connection, FALSE);
}

static void
read_connection (CulvertTarget *self, Connection *connection)
{
  guint8 bytes[CHUNK_BYTES];
  gssize n = recv (connection->descriptor, bytes, sizeof bytes, 0);

  if (n > 0)
    {
      self->n_received += (gsize)n;
      take_bytes (self, connection, bytes, (gsize)n);
    }
  else if (n == 0)
    {
      take_end (self, connection);
    }
  else if (errno != EAGAIN && errno != EINTR)
    {
      break_connection (self, connection);
    }
}

static void
accept_connection (CulvertTarget *self)
{
  int         descriptor = culvert_loopback_accept (self->listener);
  Connection *connection;

  if (descriptor < 0)
    return;
  connection = g_new0 (Connection, 1);
  connection->descriptor = descriptor;
  connection->request = g_byte_array_new ();
  g_queue_init (&connection->queue);
  self->n_connections++;
  self->n_open++;
  if (self->config.kind == CULVERT_TARGET_NEVER_ACCEPT)
    {
      close_connection (self, connection, FALSE);
      connection_free (connection);
      return;
    }
  if (self->config.kind == CULVERT_TARGET_SOURCE)
    connection->stream_left = self->config.n_bytes;
  if (self->config.says != NULL)
    enqueue (connection, g_bytes_get_data (self->config.says, NULL),
             g_bytes_get_size (self->config.says), 0);
  if (self->config.kind == CULVERT_TARGET_NAMER)
    {
      enqueue (connection, self->name, strlen (self->name), 0);
      enqueue (connection, "\n", 1, 0);
    }
  g_ptr_array_add (self->connections, connection);
}

/* The thread */

static short
wanted_events (CulvertTarget *self, Connection *connection, int *timeout_ms)
{
  Piece *piece = g_queue_peek_head (&connection->queue);
  gint64 left_us = piece != NULL ? piece->due_us - g_get_monotonic_time () : 0;
  short  events = 0;

  if (self->config.kind == CULVERT_TARGET_NEVER_READ)
    return connection->read_ended ? 0 : POLLRDHUP;
  if (!connection->read_ended && connection->n_queued < QUEUE_MAX_BYTES)
    events |= POLLIN;
  if (connection->state == CONNECTION_FLUSHES)
    *timeout_ms = FLUSH_POLL_MS;
  else if (left_us > 0)
    *timeout_ms = MIN ((guint)*timeout_ms, (guint)(left_us / 1000 + 1));
  else if (connection->state == CONNECTION_TALKS &&
           (!is_idle (connection) || has_said_all (self, connection)))
    events |= POLLOUT;
  return events;
}

static void
serve_connection (CulvertTarget *self, Connection *connection, short events)
{
  if (self->config.kind == CULVERT_TARGET_NEVER_READ)
    {
      if ((events & POLLERR) != 0)
        break_connection (self, connection);
      else if ((events & POLLHUP) != 0)
        close_connection (self, connection, FALSE);
      else if ((events & POLLRDHUP) != 0)
        {
          connection->read_ended = TRUE;
          self->n_ended++;
        }
      return;
    }
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !connection->read_ended)
    read_connection (self, connection);
  else if ((events & (POLLHUP | POLLERR)) != 0 && connection->state != CONNECTION_CLOSED)
    break_connection (self, connection);
  if (connection->state != CONNECTION_CLOSED && self->config.kind == CULVERT_TARGET_HTTP)
    answer_request (self, connection);
  if (connection->state != CONNECTION_CLOSED)
    write_connection (self, connection);
}

static gpointer
serve_thread (gpointer data)
{
  CulvertTarget     *self = data;
  g_autoptr (GArray) polled = g_array_new (FALSE, TRUE, sizeof (struct pollfd));

  while (!self->stopping)
    {
      int            timeout_ms = -1;
      struct pollfd *rows;

      g_array_set_size (polled, 2 + self->connections->len);
      rows = (struct pollfd *)polled->data;
      rows[0] = (struct pollfd){ .fd = self->bell[0], .events = POLLIN };
      rows[1] = (struct pollfd){ .fd = self->accepting ? self->listener : -1, .events = POLLIN };
      for (guint i = 0; i < self->connections->len; i++)
        {
          Connection *connection = self->connections->pdata[i];

          rows[2 + i].fd = connection->descriptor;
          rows[2 + i].events = wanted_events (self, connection, &timeout_ms);
        }
      poll (rows, polled->len, timeout_ms);

      culvert_loopback_silence (self->bell);
      /* Backwards, since the last one takes the place of one that is removed. */
      for (guint i = self->connections->len; i-- > 0;)
        {
          Connection *connection = self->connections->pdata[i];

          serve_connection (self, connection, rows[2 + i].revents);
          if (connection->state == CONNECTION_CLOSED)
            g_ptr_array_remove_index_fast (self->connections, i);
        }
      if ((rows[1].revents & POLLIN) != 0)
        accept_connection (self);
    }
  return NULL;
}

/* Connects until one more has to wait: from then on the kernel drops what asks to connect. */
static void
fill_accept_queue (CulvertTarget *self)
{
  gboolean waits = FALSE;

  while (!waits)
    {
      int           descriptor = culvert_loopback_connect (self->address, self->port, 0);
      struct pollfd row = { .fd = descriptor, .events = POLLOUT };

      g_assert_cmpint (descriptor, >=, 0);
      waits = poll (&row, 1, FILL_WAIT_MS) == 0;
      g_array_append_val (self->fillers, descriptor);
    }
}

CulvertTarget *
culvert_target_new (const CulvertTargetConfig *config)
{
  CulvertTarget *self = g_new0 (CulvertTarget, 1);
  gboolean       never_accept = config->kind == CULVERT_TARGET_NEVER_ACCEPT;
  gboolean       never_read = config->kind == CULVERT_TARGET_NEVER_READ;

  self->config = *config;
  self->name = g_strdup (config->name);
  self->config.says = config->says != NULL ? g_bytes_ref (config->says) : NULL;
  self->address = g_strdup (config->address);
  self->config.name = NULL;
  self->config.address = NULL;
  g_assert_true (config->kind != CULVERT_TARGET_NAMER || config->name != NULL);
  self->listener = culvert_loopback_listen (self->address, 0, never_accept ? 0 : SOMAXCONN,
                                            never_read ? SMALL_BUFFER_BYTES : 0);
  g_assert_cmpint (self->listener, >=, 0);
  self->port = culvert_loopback_get_port (self->listener);
  self->fillers = g_array_new (FALSE, FALSE, sizeof (int));
  self->connections = g_ptr_array_new_with_free_func (connection_free);
  culvert_loopback_open_bell (self->bell);
  self->accepting = !never_accept;
  if (never_accept)
    fill_accept_queue (self);
  self->thread = g_thread_new ("target", serve_thread, self);
  return self;
}

void
culvert_target_free (CulvertTarget *self)
{
  self->stopping = TRUE;
  culvert_loopback_ring (self->bell);
  g_thread_join (self->thread);
  g_ptr_array_unref (self->connections);
  close (self->listener);
  for (guint i = 0; i < self->fillers->len; i++)
    close (g_array_index (self->fillers, int, i));
  g_array_unref (self->fillers);
  culvert_loopback_close_bell (self->bell);
  if (self->address != NULL && self->address[0] == '/')
    g_unlink (self->address);
  g_free (self->name);
  g_clear_pointer (&self->config.says, g_bytes_unref);
  g_free (self->address);
  g_free (self);
}

void
culvert_target_relent (CulvertTarget *self)
{
  self->accepting = TRUE;
  culvert_loopback_ring (self->bell);
}

guint16
culvert_target_get_port (CulvertTarget *self)
{
  return self->port;
}

guint
culvert_target_get_n_connections (CulvertTarget *self)
{
  return self->n_connections;
}

guint
culvert_target_get_n_open (CulvertTarget *self)
{
  return self->n_open;
}

guint
culvert_target_get_n_ended (CulvertTarget *self)
{
  return self->n_ended;
}

guint
culvert_target_get_n_reset (CulvertTarget *self)
{
  return self->n_reset;
}

guint64
culvert_target_get_n_received (CulvertTarget *self)
{
  return self->n_received;
}

guint64
culvert_target_get_n_sent (CulvertTarget *self)
{
  return self->n_sent;
}
