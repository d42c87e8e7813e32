/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/little-proxy.h"

#include "support/loopback.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct _LittleProxy
{
  LittleProxyKind kind;
  char           *password;
  int             listener;
  int             bell[2];
  GThread        *thread;
  GPtrArray      *clients; /* of GThread */
  GMutex          lock;
  char           *asked;
  guint           n_led;
  guint           n_denied;
  gint            is_over; /* atomic */
};

typedef struct
{
  LittleProxy *proxy;
  int          socket;
} Client;

static gboolean
wait_for (Client *self, int socket, short events)
{
  while (!g_atomic_int_get (&self->proxy->is_over))
    {
      struct pollfd ready = { .fd = socket, .events = events };

      if (poll (&ready, 1, 100) > 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
take (Client *self, void *buffer, gsize n)
{
  for (gsize got = 0; got < n;)
    {
      gssize now;

      if (!wait_for (self, self->socket, POLLIN))
        return FALSE;
      now = recv (self->socket, (char *)buffer + got, n - got, 0);
      if (now == 0 || (now < 0 && errno != EAGAIN))
        return FALSE;
      got += now > 0 ? (gsize)now : 0;
    }
  return TRUE;
}

static void
say (Client *self, const void *bytes, gsize n)
{
  g_assert_cmpint (send (self->socket, bytes, n, MSG_NOSIGNAL), ==, (gssize)n);
}

static char *
take_text (Client *self, const char *end)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize               n_end = strlen (end) + (end[0] == '\0');

  do
    {
      char c;

      if (!take (self, &c, 1))
        return NULL;
      g_string_append_c (text, c);
    }
  while (text->len < n_end || memcmp (text->str + text->len - n_end, end, n_end) != 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
note (Client *self, const char *asked, gboolean is_led)
{
  g_mutex_lock (&self->proxy->lock);
  g_free (self->proxy->asked);
  self->proxy->asked = g_strdup (asked);
  self->proxy->n_led += is_led;
  self->proxy->n_denied += !is_led;
  g_mutex_unlock (&self->proxy->lock);
}

/* Wherever that is, it is here. */
static int
lead (Client *self, guint16 port)
{
  int socket = culvert_loopback_connect ("127.0.0.1", port, 0);

  if (socket >= 0 &&
      (!wait_for (self, socket, POLLOUT) || culvert_loopback_get_error (socket) != 0))
    {
      close (socket);
      socket = -1;
    }
  return socket;
}

static void
pass_on (Client *self, int other)
{
  int      ends[2] = { self->socket, other };
  gboolean is_open[2] = { TRUE, TRUE };

  while (!g_atomic_int_get (&self->proxy->is_over) && (is_open[0] || is_open[1]))
    {
      struct pollfd ready[2] = { { is_open[0] ? ends[0] : -1, POLLIN, 0 },
                                 { is_open[1] ? ends[1] : -1, POLLIN, 0 } };

      if (poll (ready, 2, 100) <= 0)
        continue;
      for (int i = 0; i < 2; i++)
        if (ready[i].revents != 0)
          {
            char   buffer[16384];
            gssize n = recv (ends[i], buffer, sizeof buffer, 0);

            if (n < 0 && errno == EAGAIN)
              continue;
            if (n <= 0)
              {
                is_open[i] = FALSE;
                (void)shutdown (ends[!i], SHUT_WR);
              }
            for (gssize sent = 0; sent < n;)
              {
                gssize now = send (ends[!i], buffer + sent, n - sent, MSG_NOSIGNAL);

                if (now > 0)
                  sent += now;
                else if (errno != EAGAIN || !wait_for (self, ends[!i], POLLOUT))
                  return;
              }
          }
    }
}

static void
serve_http (Client *self)
{
  g_autofree char *head = take_text (self, "\r\n\r\n");
  g_autofree char *place = NULL;
  g_autofree char *pair = g_strdup_printf ("me:%s", self->proxy->password);
  g_autofree char *encoded = g_base64_encode ((const guint8 *)pair, strlen (pair));
  int              other;

  if (head == NULL)
    return;
  g_assert_true (g_str_has_prefix (head, "CONNECT "));
  place = g_strndup (head + 8, strcspn (head + 8, " "));
  if (self->proxy->password != NULL && strstr (head, encoded) == NULL)
    {
      const char no[] = "HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                        "Content-Length: 0\r\n\r\n";

      note (self, place, FALSE);
      say (self, no, strlen (no));
      return;
    }
  other = lead (self, (guint16)atoi (strrchr (place, ':') + 1));
  note (self, place, other >= 0);
  if (other < 0)
    {
      say (self, "HTTP/1.1 503 Nobody there\r\n\r\n", 29);
      return;
    }
  say (self, "HTTP/1.1 200 OK\r\n\r\n", 19);
  pass_on (self, other);
  close (other);
}

static void
serve_socks4 (Client *self)
{
  guint8           head[8];
  g_autofree char *user = NULL;
  g_autofree char *name = NULL;
  g_autofree char *place = NULL;
  guint16          port;
  int              other;

  if (!take (self, head, sizeof head) || (user = take_text (self, "")) == NULL)
    return;
  port = (guint16)(head[2] << 8 | head[3]);
  if (head[4] == 0 && head[5] == 0 && head[6] == 0)
    name = take_text (self, "");
  else
    name = g_strdup_printf ("%u.%u.%u.%u", head[4], head[5], head[6], head[7]);
  place = g_strdup_printf ("%s:%u", name, port);
  other = lead (self, port);
  note (self, place, other >= 0);
  say (self, other >= 0 ? "\0\x5a\0\0\0\0\0\0" : "\0\x5b\0\0\0\0\0\0", 8);
  if (other >= 0)
    {
      pass_on (self, other);
      close (other);
    }
}

static gboolean
sign_in_socks5 (Client *self)
{
  guint8 head[2], rest[256];
  char   user[256] = "", password[256] = "";

  if (!take (self, head, 2) || !take (self, rest, head[1]))
    return FALSE;
  if (self->proxy->password == NULL)
    {
      say (self, "\x05\x00", 2);
      return TRUE;
    }
  if (memchr (rest, 2, head[1]) == NULL)
    {
      say (self, "\x05\xff", 2);
      return FALSE;
    }
  say (self, "\x05\x02", 2);
  if (!take (self, head, 2) || !take (self, user, head[1]) || !take (self, head, 1) ||
      !take (self, password, head[0]))
    return FALSE;
  if (strcmp (user, "me") != 0 || strcmp (password, self->proxy->password) != 0)
    {
      note (self, "", FALSE);
      say (self, "\x01\x01", 2);
      return FALSE;
    }
  say (self, "\x01\x00", 2);
  return TRUE;
}

static void
serve_socks5 (Client *self)
{
  guint8           head[4], length, port[2];
  char             name[256] = "";
  guint8           address[4];
  g_autofree char *place = NULL;
  int              other;

  if (!sign_in_socks5 (self) || !take (self, head, 4))
    return;
  if (head[3] == 3)
    {
      if (!take (self, &length, 1) || !take (self, name, length))
        return;
    }
  else
    {
      g_assert_cmpint (head[3], ==, 1);
      if (!take (self, address, 4))
        return;
      (void)g_snprintf (name, sizeof name, "%u.%u.%u.%u", address[0], address[1], address[2],
                        address[3]);
    }
  if (!take (self, port, 2))
    return;
  place = g_strdup_printf ("%s:%u", name, port[0] << 8 | port[1]);
  other = lead (self, (guint16)(port[0] << 8 | port[1]));
  note (self, place, other >= 0);
  say (self, other >= 0 ? "\x05\0\0\x01\0\0\0\0\0\0" : "\x05\x05\0\x01\0\0\0\0\0\0", 10);
  if (other >= 0)
    {
      pass_on (self, other);
      close (other);
    }
}

static gpointer
serve (gpointer data)
{
  Client *self = data;

  switch (self->proxy->kind)
    {
    case LITTLE_PROXY_SOCKS4:
      serve_socks4 (self);
      break;
    case LITTLE_PROXY_SOCKS5:
      serve_socks5 (self);
      break;
    case LITTLE_PROXY_HTTP:
    default:
      serve_http (self);
      break;
    }
  close (self->socket);
  g_free (self);
  return NULL;
}

static gpointer
accept_all (gpointer data)
{
  LittleProxy *self = data;

  while (!g_atomic_int_get (&self->is_over))
    {
      struct pollfd ready[2] = { { self->listener, POLLIN, 0 }, { self->bell[0], POLLIN, 0 } };
      Client       *client;
      int           socket;

      if (poll (ready, 2, -1) <= 0 || ready[0].revents == 0)
        continue;
      socket = culvert_loopback_accept (self->listener);
      if (socket < 0)
        continue;
      client = g_new (Client, 1);
      *client = (Client){ self, socket };
      g_ptr_array_add (self->clients, g_thread_new ("little-proxy-client", serve, client));
    }
  return NULL;
}

LittleProxy *
little_proxy_new (LittleProxyKind kind, const char *password)
{
  LittleProxy *self = g_new0 (LittleProxy, 1);

  self->kind = kind;
  self->password = g_strdup (password);
  self->listener = culvert_loopback_listen (NULL, 0, 10, 0);
  g_assert_cmpint (self->listener, >=, 0);
  culvert_loopback_open_bell (self->bell);
  self->clients = g_ptr_array_new ();
  self->asked = g_strdup ("");
  g_mutex_init (&self->lock);
  self->thread = g_thread_new ("little-proxy", accept_all, self);
  return self;
}

void
little_proxy_free (LittleProxy *self)
{
  g_atomic_int_set (&self->is_over, TRUE);
  culvert_loopback_ring (self->bell);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->clients->len; i++)
    g_thread_join (g_ptr_array_index (self->clients, i));
  g_ptr_array_unref (self->clients);
  culvert_loopback_close_bell (self->bell);
  close (self->listener);
  g_mutex_clear (&self->lock);
  g_free (self->password);
  g_free (self->asked);
  g_free (self);
}

guint16
little_proxy_get_port (LittleProxy *self)
{
  return culvert_loopback_get_port (self->listener);
}

char *
little_proxy_dup_asked (LittleProxy *self)
{
  char *asked;

  g_mutex_lock (&self->lock);
  asked = g_strdup (self->asked);
  g_mutex_unlock (&self->lock);
  return asked;
}

guint
little_proxy_get_n_led (LittleProxy *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_led;
  g_mutex_unlock (&self->lock);
  return n;
}

guint
little_proxy_get_n_denied (LittleProxy *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_denied;
  g_mutex_unlock (&self->lock);
  return n;
}
