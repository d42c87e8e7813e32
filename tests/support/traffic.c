/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/traffic.h"

#include "support/culvert-test.h"
#include "support/loopback.h"
#include "support/stream-pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CHUNK_BYTES         (64 * 1024)
#define PING_BYTES          32
#define NAME_ECHO_BYTES     64
#define TEXT_MAX_BYTES      1024
#define DEADLINE_DEFAULT_MS 60000
#define CLIENT_LIMIT_S      10

/* SOCKS 4: the request for an address, and the answer. */
#define SOCKS_ASK_BYTES    9
#define SOCKS_ANSWER_BYTES 8
#define SOCKS_GRANTED      90

typedef enum
{
  CLIENT_CONNECTS,
  CLIENT_ASKS, /* the proxy */
  CLIENT_TALKS,
  CLIENT_HOLDS, /* done, but stays */
  CLIENT_GOOD,
  CLIENT_FAILED,
} ClientState;

typedef struct
{
  guint               number;
  int                 descriptor;
  ClientState         state;
  guint               n_answered; /* bytes of the proxy's answer */
  guint64             n_sent;
  guint64             n_received; /* of the stream; text is not counted */
  gboolean            write_ended;
  gboolean            is_served;
  CulvertStreamDigest digest; /* of what was sent */
  GString            *text;
  gboolean            text_complete;
  guint               n_pings_done;
  gint64              ping_us; /* when the last ping was sent, or the next is due */
  gint64              started_us;
} Client;

struct _CulvertTraffic
{
  CulvertTrafficConfig config;
  char                *name;
  char                *address;
  GPtrArray           *clients;  /* of the thread */
  guint                n_left;   /* of the thread: clients that are not done */
  guint                n_served; /* of the thread: clients that got all they wait for, or failed */
  int                  bell[2];
  GThread             *thread;
  gint64               started_us;
  gint64               deadline_us;
  GMutex               lock;
  char                *problem;     /* under the lock */
  GArray              *round_trips; /* under the lock: double, milliseconds */
  atomic_bool          stopping;
  atomic_bool          resetting;
  atomic_bool          let_go;
  atomic_bool          done;
  atomic_llong         ended_us;
  atomic_uint          n_connected;
  atomic_uint          n_good;
  atomic_uint          n_failed;
  atomic_ullong        n_sent;
  atomic_ullong        n_received;
};

static gboolean
is_over (const Client *client)
{
  return client->state == CLIENT_GOOD || client->state == CLIENT_FAILED;
}

static guint64
seed_of (CulvertTraffic *self, const Client *client)
{
  return self->config.seed + (self->config.kind == CULVERT_TRAFFIC_DOWNLOAD ? 0 : client->number);
}

static gboolean
is_let_go (CulvertTraffic *self)
{
  return self->let_go && self->config.n_bytes == CULVERT_TRAFFIC_ENDLESS;
}

/* How many bytes of a stream this client has to send and to receive, as far as known by now. */
static guint64
n_to_send (CulvertTraffic *self, const Client *client)
{
  switch (self->config.kind)
    {
    case CULVERT_TRAFFIC_ECHO:
      return is_let_go (self) ? client->n_sent : self->config.n_bytes;
    case CULVERT_TRAFFIC_UPLOAD:
    case CULVERT_TRAFFIC_HOLD:
      return self->config.n_bytes;
    case CULVERT_TRAFFIC_NAME:
      return client->text_complete ? NAME_ECHO_BYTES : 0;
    case CULVERT_TRAFFIC_PING:
      return (guint64)PING_BYTES * MIN (client->n_pings_done + 1, self->config.n_pings);
    case CULVERT_TRAFFIC_DOWNLOAD:
    default:
      return 0;
    }
}

static guint64
n_to_receive (CulvertTraffic *self, const Client *client)
{
  switch (self->config.kind)
    {
    case CULVERT_TRAFFIC_ECHO:
      return is_let_go (self) ? client->n_sent : self->config.n_bytes;
    case CULVERT_TRAFFIC_DOWNLOAD:
      return self->config.n_bytes;
    case CULVERT_TRAFFIC_NAME:
      return NAME_ECHO_BYTES;
    case CULVERT_TRAFFIC_PING:
      return (guint64)PING_BYTES * self->config.n_pings;
    case CULVERT_TRAFFIC_UPLOAD:
    case CULVERT_TRAFFIC_HOLD:
    default:
      return 0;
    }
}

/* Ending */

static void
note_served (CulvertTraffic *self, Client *client)
{
  if (!client->is_served)
    self->n_served++;
  client->is_served = TRUE;
}

static void G_GNUC_PRINTF (3, 4)
  fail_client (CulvertTraffic *self, Client *client, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          rest;

  va_start (rest, format);
  what = g_strdup_vprintf (format, rest);
  va_end (rest);

  g_mutex_lock (&self->lock);
  if (self->problem == NULL)
    self->problem = g_strdup_printf ("connection %u: %s (sent %" G_GUINT64_FORMAT
                                     ", received %" G_GUINT64_FORMAT " bytes)",
                                     client->number, what, client->n_sent, client->n_received);
  g_mutex_unlock (&self->lock);
  if (client->state == CLIENT_HOLDS)
    self->n_good--;
  else
    self->n_left--;
  client->state = CLIENT_FAILED;
  note_served (self, client);
  self->n_failed++;
  close (client->descriptor);
}

static void
finish_client (CulvertTraffic *self, Client *client, ClientState state)
{
  client->state = state;
  note_served (self, client);
  self->n_good++;
  self->n_left--;
  if (state == CLIENT_GOOD)
    close (client->descriptor);
}

/* Writing */

static gboolean
may_write (CulvertTraffic *self, const Client *client)
{
  if (client->state == CLIENT_CONNECTS)
    return TRUE;
  if (client->state == CLIENT_ASKS)
    return FALSE;
  if (client->n_sent >= n_to_send (self, client))
    return FALSE;
  return self->config.kind != CULVERT_TRAFFIC_PING || client->n_sent % PING_BYTES != 0 ||
         client->ping_us <= g_get_monotonic_time ();
}

static void
note_sent (CulvertTraffic *self, Client *client, const guint8 *bytes, gsize n)
{
  if (self->config.kind == CULVERT_TRAFFIC_PING && client->n_sent % PING_BYTES == 0)
    client->ping_us = g_get_monotonic_time ();
  if (self->config.kind == CULVERT_TRAFFIC_UPLOAD)
    culvert_stream_digest_feed (&client->digest, bytes, n);
  client->n_sent += n;
  self->n_sent += n;
}

static void
end_writing_when_done (CulvertTraffic *self, Client *client)
{
  gboolean all_sent;

  switch (self->config.kind)
    {
    case CULVERT_TRAFFIC_ECHO:
      all_sent =
        client->n_sent == n_to_send (self, client) && (!self->config.stays || self->let_go);
      break;
    case CULVERT_TRAFFIC_UPLOAD:
      all_sent = client->n_sent == self->config.n_bytes;
      break;
    case CULVERT_TRAFFIC_NAME:
    case CULVERT_TRAFFIC_PING:
      all_sent = client->n_received == n_to_receive (self, client);
      break;
    case CULVERT_TRAFFIC_DOWNLOAD:
    case CULVERT_TRAFFIC_HOLD:
    default:
      all_sent = FALSE;
      break;
    }
  if (all_sent && !client->write_ended)
    {
      shutdown (client->descriptor, SHUT_WR);
      client->write_ended = TRUE;
    }
}

static void
write_client (CulvertTraffic *self, Client *client)
{
  guint8  bytes[CHUNK_BYTES];
  guint64 left = n_to_send (self, client) - client->n_sent;
  gsize   size = (gsize)MIN (sizeof bytes, left);
  gssize  n;

  culvert_stream_fill (seed_of (self, client), client->n_sent, bytes, size);
  n = send (client->descriptor, bytes, size, MSG_NOSIGNAL);
  if (n >= 0)
    note_sent (self, client, bytes, (gsize)n);
  else if (errno != EAGAIN && errno != EINTR)
    {
      fail_client (self, client, "sending: %s", g_strerror (errno));
      return;
    }
  if (client->state == CLIENT_TALKS && self->config.kind == CULVERT_TRAFFIC_HOLD &&
      (n < 0 || client->n_sent == self->config.n_bytes))
    finish_client (self, client, CLIENT_HOLDS);
}

/* Reading */

/* How many bytes the client may read now, with a read rate: what time has earned it. */
static gsize
read_allowance (CulvertTraffic *self, const Client *client)
{
  double earned;

  if (self->config.read_rate == 0 || self->let_go)
    return CHUNK_BYTES;
  earned = (double)(g_get_monotonic_time () - client->started_us) / G_USEC_PER_SEC *
           (double)self->config.read_rate;
  return (gsize)CLAMP (earned - (double)client->n_received, 0, CHUNK_BYTES);
}

static gboolean
may_read (CulvertTraffic *self, const Client *client)
{
  return client->state == CLIENT_TALKS && self->config.kind != CULVERT_TRAFFIC_HOLD &&
         read_allowance (self, client) > 0;
}

static void
take_pong (CulvertTraffic *self, Client *client)
{
  gint64 now_us = g_get_monotonic_time ();
  double round_trip_ms = (double)(now_us - client->ping_us) / 1000.0;

  g_mutex_lock (&self->lock);
  g_array_append_val (self->round_trips, round_trip_ms);
  g_mutex_unlock (&self->lock);
  client->n_pings_done++;
  client->ping_us += (gint64)self->config.interval_ms * 1000;
}

static void
take_stream (CulvertTraffic *self, Client *client, const guint8 *bytes, gsize n_bytes)
{
  gsize n_good = culvert_stream_match (seed_of (self, client), client->n_received, bytes, n_bytes);

  client->n_received += n_good;
  if (n_good < n_bytes)
    {
      fail_client (self, client, "a wrong byte came");
      return;
    }
  if (client->n_received > n_to_receive (self, client))
    {
      fail_client (self, client, "too many bytes came");
      return;
    }
  if (client->n_received == n_to_receive (self, client))
    note_served (self, client);
  if (self->config.kind == CULVERT_TRAFFIC_PING &&
      client->n_received == (guint64)PING_BYTES * (client->n_pings_done + 1))
    take_pong (self, client);
}

/* A sink's answer or a namer's name; the stream follows the name without a gap. */
static void
take_text (CulvertTraffic *self, Client *client, const guint8 *bytes, gsize n_bytes)
{
  const guint8 *end = memchr (bytes, '\n', n_bytes);
  gsize         n = end != NULL ? (gsize)(end - bytes) : n_bytes;

  g_string_append_len (client->text, (const char *)bytes, (gssize)n);
  if (client->text->len > TEXT_MAX_BYTES)
    {
      fail_client (self, client, "an endless line came");
      return;
    }
  client->text_complete = end != NULL;
  if (client->text_complete && self->config.kind == CULVERT_TRAFFIC_NAME &&
      !g_str_equal (client->text->str, self->name))
    {
      fail_client (self, client, "\"%s\" answered, not \"%s\"", client->text->str, self->name);
      return;
    }
  if (end != NULL && n + 1 < n_bytes)
    take_stream (self, client, end + 1, n_bytes - n - 1);
}

static void
take_end (CulvertTraffic *self, Client *client)
{
  if (self->config.kind == CULVERT_TRAFFIC_UPLOAD)
    {
      g_autofree char *wanted =
        g_strdup_printf ("%" G_GUINT64_FORMAT " %016" G_GINT64_MODIFIER "x", self->config.n_bytes,
                         culvert_stream_digest_get (&client->digest));

      if (!client->text_complete || !g_str_equal (client->text->str, wanted))
        {
          fail_client (self, client, "the sink says \"%s\", not \"%s\"", client->text->str, wanted);
          return;
        }
    }
  if (client->n_received < n_to_receive (self, client) || client->n_sent < n_to_send (self, client))
    {
      fail_client (self, client, "ended early");
      return;
    }
  finish_client (self, client, CLIENT_GOOD);
}

static void
read_client (CulvertTraffic *self, Client *client)
{
  guint8 bytes[CHUNK_BYTES];
  gssize n = recv (client->descriptor, bytes, read_allowance (self, client), 0);

  if (n < 0)
    {
      if (errno != EAGAIN && errno != EINTR)
        fail_client (self, client, "receiving: %s", g_strerror (errno));
      return;
    }
  if (n == 0)
    {
      take_end (self, client);
      return;
    }
  self->n_received += (gsize)n;
  if (!client->text_complete &&
      (self->config.kind == CULVERT_TRAFFIC_NAME || self->config.kind == CULVERT_TRAFFIC_UPLOAD))
    take_text (self, client, bytes, (gsize)n);
  else
    take_stream (self, client, bytes, (gsize)n);
}

/* The thread */

static void
start_client (CulvertTraffic *self, guint number)
{
  Client *client = g_new0 (Client, 1);

  client->number = number;
  client->text = g_string_new (NULL);
  client->started_us = g_get_monotonic_time ();
  client->descriptor =
    culvert_loopback_connect (self->address, self->config.port, self->config.receive_buffer);
  g_ptr_array_add (self->clients, client);
  if (client->descriptor < 0)
    fail_client (self, client, "connecting: %s", g_strerror (errno));
}

static void
start_clients (CulvertTraffic *self)
{
  guint n_max = self->config.n_unserved_max;

  while (self->clients->len < self->config.n_connections &&
         (n_max == 0 || self->clients->len - self->n_served < n_max))
    start_client (self, self->clients->len);
}

static void
ask_proxy (CulvertTraffic *self, Client *client)
{
  guint16 port = self->config.socks_to;
  guint8  bytes[SOCKS_ASK_BYTES] = { 4, 1, (guint8)(port >> 8), (guint8)port, 127, 0, 0, 1, 0 };

  client->state = CLIENT_ASKS;
  if (send (client->descriptor, bytes, sizeof bytes, MSG_NOSIGNAL) != sizeof bytes)
    fail_client (self, client, "asking the proxy: %s", g_strerror (errno));
}

static void
read_answer (CulvertTraffic *self, Client *client)
{
  guint8 bytes[SOCKS_ANSWER_BYTES];
  gssize n = recv (client->descriptor, bytes, SOCKS_ANSWER_BYTES - client->n_answered, 0);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0)
    {
      fail_client (self, client, "the proxy ended");
      return;
    }
  if (client->n_answered <= 1 && client->n_answered + n > 1 &&
      bytes[1 - client->n_answered] != SOCKS_GRANTED)
    {
      fail_client (self, client, "the proxy refuses");
      return;
    }
  client->n_answered += (guint)n;
  if (client->n_answered == SOCKS_ANSWER_BYTES)
    client->state = CLIENT_TALKS;
}

static void
note_connected (CulvertTraffic *self, Client *client)
{
  int error = culvert_loopback_get_error (client->descriptor);

  if (error != 0)
    {
      fail_client (self, client, "connecting: %s", g_strerror (error));
      return;
    }
  client->state = CLIENT_TALKS;
  client->started_us = g_get_monotonic_time ();
  self->n_connected++;
  if (self->config.socks_to != 0)
    ask_proxy (self, client);
  else if (self->config.kind == CULVERT_TRAFFIC_HOLD && self->config.n_bytes == 0)
    finish_client (self, client, CLIENT_HOLDS);
}

static void
serve_client (CulvertTraffic *self, Client *client, short events)
{
  if (client->state == CLIENT_CONNECTS && events != 0)
    note_connected (self, client);
  if (client->state == CLIENT_HOLDS && (events & (POLLERR | POLLHUP)) != 0)
    {
      fail_client (self, client, "broken while held");
      return;
    }
  if (client->state == CLIENT_ASKS && (events & (POLLIN | POLLERR | POLLHUP)) != 0)
    read_answer (self, client);
  else if ((events & (POLLIN | POLLERR | POLLHUP)) != 0 && may_read (self, client))
    read_client (self, client);
  if (!is_over (client) && client->state != CLIENT_CONNECTS && may_write (self, client))
    write_client (self, client);
  if (client->state == CLIENT_TALKS)
    end_writing_when_done (self, client);
}

static short
wanted_events (CulvertTraffic *self, Client *client, int *timeout_ms)
{
  short events = 0;

  if (client->state == CLIENT_ASKS || may_read (self, client))
    events |= POLLIN;
  else if (self->config.read_rate != 0)
    *timeout_ms = MIN (*timeout_ms, 2);
  if (may_write (self, client))
    events |= POLLOUT;
  else if (self->config.kind == CULVERT_TRAFFIC_PING)
    *timeout_ms = MIN (*timeout_ms, 1);
  return events;
}

static void
enforce_limits (CulvertTraffic *self)
{
  gboolean late = g_get_monotonic_time () > self->deadline_us;
  gboolean reset = self->resetting;

  for (guint i = 0; i < self->clients->len && (late || reset); i++)
    {
      Client *client = self->clients->pdata[i];

      if (is_over (client) || (client->state == CLIENT_HOLDS && !reset))
        continue;
      if (reset)
        {
          int descriptor = client->descriptor;

          /* The number stays taken until fail_client() closes it. */
          client->descriptor = dup (descriptor);
          culvert_loopback_reset (descriptor);
          fail_client (self, client, "reset by the test");
        }
      else
        {
          fail_client (self, client,
                       client->state == CLIENT_CONNECTS ? "deadline while connecting" : "deadline");
        }
    }
}

static void
note_done (CulvertTraffic *self)
{
  if (self->n_left == 0 && !self->done)
    {
      self->ended_us = g_get_monotonic_time ();
      self->done = TRUE;
    }
}

static gpointer
traffic_thread (gpointer data)
{
  CulvertTraffic    *self = data;
  g_autoptr (GArray) polled = g_array_new (FALSE, TRUE, sizeof (struct pollfd));

  while (!self->stopping)
    {
      int            timeout_ms = 100;
      struct pollfd *rows;

      start_clients (self);
      g_array_set_size (polled, 1 + self->clients->len);
      rows = (struct pollfd *)polled->data;
      rows[0] = (struct pollfd){ .fd = self->bell[0], .events = POLLIN };
      for (guint i = 0; i < self->clients->len; i++)
        {
          Client *client = self->clients->pdata[i];

          rows[1 + i].fd = is_over (client) ? -1 : client->descriptor;
          rows[1 + i].events = is_over (client) ? 0 : wanted_events (self, client, &timeout_ms);
        }
      poll (rows, polled->len, timeout_ms);

      culvert_loopback_silence (self->bell);
      for (guint i = 0; i < self->clients->len; i++)
        {
          Client *client = self->clients->pdata[i];

          if (!is_over (client))
            serve_client (self, client, rows[1 + i].revents);
        }
      enforce_limits (self);
      note_done (self);
    }
  return NULL;
}

static void
client_free (gpointer data)
{
  Client *client = data;

  if (!is_over (client))
    close (client->descriptor);
  g_string_free (client->text, TRUE);
  g_free (client);
}

CulvertTraffic *
culvert_traffic_start (const CulvertTrafficConfig *config)
{
  CulvertTraffic *self = g_new0 (CulvertTraffic, 1);

  self->config = *config;
  self->config.n_connections = MAX (config->n_connections, 1);
  self->n_left = self->config.n_connections;
  self->name = g_strdup (config->name);
  self->address = g_strdup (config->address);
  self->config.name = NULL;
  self->config.address = NULL;
  g_assert_true (config->kind != CULVERT_TRAFFIC_NAME || config->name != NULL);
  self->clients = g_ptr_array_new_with_free_func (client_free);
  self->round_trips = g_array_new (FALSE, FALSE, sizeof (double));
  self->started_us = g_get_monotonic_time ();
  self->deadline_us =
    culvert_test_deadline_us (config->deadline_ms != 0 ? config->deadline_ms : DEADLINE_DEFAULT_MS);
  g_mutex_init (&self->lock);
  culvert_loopback_open_bell (self->bell);
  self->thread = g_thread_new ("traffic", traffic_thread, self);
  return self;
}

void
culvert_traffic_free (CulvertTraffic *self)
{
  self->stopping = TRUE;
  culvert_loopback_ring (self->bell);
  g_thread_join (self->thread);
  g_ptr_array_unref (self->clients);
  g_array_unref (self->round_trips);
  culvert_loopback_close_bell (self->bell);
  g_mutex_clear (&self->lock);
  g_free (self->problem);
  g_free (self->name);
  g_free (self->address);
  g_free (self);
}

void
culvert_traffic_let_go (CulvertTraffic *self)
{
  self->let_go = TRUE;
  culvert_loopback_ring (self->bell);
}

gboolean
culvert_traffic_is_done (CulvertTraffic *self)
{
  return self->done;
}

void
culvert_traffic_finish (CulvertTraffic *self)
{
  g_autofree char *problem = culvert_traffic_get_problem (self);

  g_assert_true (culvert_traffic_is_done (self));
  g_assert_cmpstr (problem, ==, NULL);
  g_assert_cmpuint (culvert_traffic_get_n_good (self), ==, self->config.n_connections);
  culvert_traffic_free (self);
}

char *
culvert_traffic_get_problem (CulvertTraffic *self)
{
  char *problem;

  g_mutex_lock (&self->lock);
  problem = g_strdup (self->problem);
  g_mutex_unlock (&self->lock);
  return problem;
}

guint
culvert_traffic_get_n_connected (CulvertTraffic *self)
{
  return self->n_connected;
}

guint
culvert_traffic_get_n_good (CulvertTraffic *self)
{
  return self->n_good;
}

guint
culvert_traffic_get_n_failed (CulvertTraffic *self)
{
  return self->n_failed;
}

guint64
culvert_traffic_get_n_sent (CulvertTraffic *self)
{
  return self->n_sent;
}

guint64
culvert_traffic_get_n_received (CulvertTraffic *self)
{
  return self->n_received;
}

double
culvert_traffic_get_seconds (CulvertTraffic *self)
{
  gint64 end_us = self->done ? self->ended_us : g_get_monotonic_time ();

  return (double)(end_us - self->started_us) / G_USEC_PER_SEC;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a;
  double second = *(const double *)b;

  return (first > second) - (first < second);
}

double
culvert_traffic_get_round_trip_ms (CulvertTraffic *self, double quantile)
{
  g_autoptr (GArray) sorted = NULL;

  g_mutex_lock (&self->lock);
  sorted = g_array_copy (self->round_trips);
  g_mutex_unlock (&self->lock);
  if (sorted->len == 0)
    return 0;
  g_array_sort (sorted, compare_doubles);
  return g_array_index (sorted, double, (guint)(quantile * (sorted->len - 1)));
}

void
culvert_traffic_reset (CulvertTraffic *self)
{
  self->resetting = TRUE;
  culvert_loopback_ring (self->bell);
  while (!self->done)
    g_usleep (1000);
}

int
culvert_client_connect (guint16 port)
{
  int            descriptor = culvert_loopback_connect (NULL, port, 0);
  struct timeval limit = { .tv_sec = CLIENT_LIMIT_S };
  struct pollfd  row = { .fd = descriptor, .events = POLLOUT };
  int            error;

  if (descriptor < 0)
    return -1;
  error = poll (&row, 1, CLIENT_LIMIT_S * 1000) == 1 ? culvert_loopback_get_error (descriptor)
                                                     : ETIMEDOUT;
  if (error != 0)
    {
      close (descriptor);
      errno = error;
      return -1;
    }
  g_assert_cmpint (fcntl (descriptor, F_SETFL, 0), ==, 0);
  setsockopt (descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt (descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return descriptor;
}
