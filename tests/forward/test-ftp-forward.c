/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-data.h"
#include "forward/ftp-local-forward.h"

#include "forward-fixture.h"
#include "support/loopback.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Both ends of an FTP control connection in the hands of the test: what each says, and what the other
 * gets, whether the client is here (a local forward) or at the server (a remote one). */

#define GREETING "220 hello\r\n"

typedef struct
{
  Fixture base; /* first */
  int     listener;
  guint16 port; /* of the forward */
  Client *client;
  Client *server;
} Ftp;

static void
set_up (Ftp *self, gconstpointer data)
{
  fixture_set_up (&self->base, NULL);
  self->listener = culvert_loopback_listen (NULL, 0, 16, 0);
}

static void
tear_down (Ftp *self, gconstpointer data)
{
  g_clear_pointer (&self->client, client_free);
  g_clear_pointer (&self->server, client_free);
  close (self->listener);
  fixture_tear_down (&self->base, NULL);
}

static gboolean
is_local (gconstpointer data)
{
  return GPOINTER_TO_INT (data) == CULVERT_FORWARD_LOCAL;
}

static void
make (Ftp *self, gconstpointer data, const char *host)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("127.0.0.1", 0);
  g_autoptr (CulvertEndpoint) target =
    culvert_endpoint_new_tcp (host, culvert_loopback_get_port (self->listener));
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (
    &(CulvertForwardFields){ .kind = (CulvertForwardKind)GPOINTER_TO_INT (data),
                             .listen = listen,
                             .target = target,
                             .is_enabled = TRUE,
                             .is_ftp = TRUE });

  fixture_make_spec (&self->base, spec);
}

static void
start (Ftp *self)
{
  CulvertForward             *forward = self->base.forward;
  g_autoptr (CulvertEndpoint) bound = NULL;

  culvert_forward_set_transport (forward, culvert_fake_transport_get (self->base.transport));
  culvert_forward_start (forward);
  culvert_test_wait_until (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING,
                           DEADLINE_MS);
  bound = culvert_forward_dup_bound (forward);
  self->port = culvert_endpoint_get_port (bound);
}

static Client *
wrap (int descriptor)
{
  Client *client = g_new0 (Client, 1);

  client->descriptor = descriptor;
  client->received = g_byte_array_new ();
  return client;
}

static Client *
accept_client (int listener)
{
  int descriptor = -1;

  culvert_test_wait_until ((descriptor = culvert_loopback_accept (listener)) >= 0, DEADLINE_MS);
  return wrap (descriptor);
}

static gboolean
has_said (Client *client, const char *text)
{
  client_read (client);
  g_byte_array_append (client->received, (const guint8 *)"", 1);
  g_byte_array_set_size (client->received, client->received->len - 1);
  return client->received->len >= strlen (text);
}

static void
expect_bytes (Client *client, const void *bytes, gsize n_bytes)
{
  culvert_test_wait_until (client_has_read (client, n_bytes), DEADLINE_MS);
  g_assert_cmpmem (client->received->data, client->received->len, bytes, n_bytes);
  g_byte_array_set_size (client->received, 0);
}

/* Just this, and nothing after it. */
static void
expect (Client *client, const char *text)
{
  expect_bytes (client, text, strlen (text));
}

/* What has come when the last line has its end. */
static char *
take_line (Client *client)
{
  char *line;

  culvert_test_wait_until (has_said (client, "\n") &&
                             client->received->data[client->received->len - 1] == '\n',
                           DEADLINE_MS);
  line = g_strndup ((const char *)client->received->data, client->received->len);
  g_byte_array_set_size (client->received, 0);
  return line;
}

static void
connect_control (Ftp *self)
{
  self->client = client_new (NULL, self->port, 0);
  self->server = accept_client (self->listener);
  client_send_text (self->server, GREETING);
  expect (self->client, GREETING);
}

static void
begin (Ftp *self, gconstpointer data)
{
  make (self, data, "127.0.0.1");
  start (self);
  connect_control (self);
}

static void
say (Client *from, Client *to, const char *text)
{
  client_send_text (from, text);
  expect (to, text);
}

/* "227 … (h,h,h,h,p,p)" or "PORT h,h,h,h,p,p" */
static guint16
read_numbers (const char *line, const char *before)
{
  g_autofree char *start = g_strconcat (before, "127,0,0,1,", NULL);
  guint            high, low;

  g_assert_true (g_str_has_prefix (line, start));
  g_assert_cmpint (sscanf (line + strlen (start), "%u,%u", &high, &low), ==, 2);
  return (guint16)(high * 256 + low);
}

static char *
build_passive (guint16 port)
{
  return g_strdup_printf ("227 Entering Passive Mode (127,0,0,1,%u,%u).\r\n", port >> 8,
                          port & 255);
}

/* The client asks, the server says @reply: what the client gets. */
static char *
ask_passive (Ftp *self, const char *command, const char *reply)
{
  say (self->client, self->server, command);
  client_send_text (self->server, reply);
  return take_line (self->client);
}

static guint16
go_passive (Ftp *self, int data_listener)
{
  g_autofree char *reply = build_passive (culvert_loopback_get_port (data_listener));
  g_autofree char *got = ask_passive (self, "PASV\r\n", reply);
  guint16          port = read_numbers (got, "227 Entering Passive Mode (");

  g_assert_true (g_str_has_suffix (got, ").\r\n"));
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (data_listener));
  return port;
}

static CulvertConnectionInfo *
get_connection (GPtrArray *list, guint index)
{
  g_assert_cmpuint (list->len, >, index);
  return g_ptr_array_index (list, index);
}

/* Both ways, and listed as what it is. */
static void
assert_carries (Ftp *self, Client *here, Client *there)
{
  g_autoptr (GPtrArray)  list = NULL;
  CulvertConnectionInfo *control, *data;

  say (here, there, "hello");
  say (there, here, "dear");
  list = culvert_forward_list_connections (self->base.forward);
  g_assert_cmpuint (list->len, ==, 2);
  control = get_connection (list, 0);
  data = get_connection (list, 1);
  g_assert_cmpuint (control->parent_id, ==, 0);
  g_assert_cmpuint (data->parent_id, ==, control->id);
  g_assert_cmpuint (data->id, !=, control->id);
  g_assert_cmpuint (data->n_received + data->n_sent, ==, 9);
  g_assert_cmpuint (control->n_received, >, 0);
  g_assert_cmpuint (control->n_sent, >, 0);
}

static gboolean
is_refused (guint16 port)
{
  int descriptor = culvert_loopback_connect (NULL, port, 0);
  int error = descriptor < 0 ? errno : culvert_loopback_get_error (descriptor);

  if (descriptor >= 0)
    close (descriptor);
  return error == ECONNREFUSED;
}

static void
test_passive (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  guint16            port;

  begin (self, data);
  port = go_passive (self, there);
  here = client_new (NULL, port, 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  say (self->client, self->server, "RETR a\r\n");
  say (self->server, self->client, "150 soon\r\n");
  client_finish (server);
  culvert_test_wait_until (client_read (here) == CLIENT_GOT_END, DEADLINE_MS);
  client_finish (here);
  culvert_test_wait_until (client_read (server) == CLIENT_GOT_END, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (&self->base) == 1, DEADLINE_MS);
  say (self->server, self->client, "226 done\r\n");
  /* One connection and no more. */
  g_assert_true (is_refused (port));
  close (there);
}

static void
test_extended_passive (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  g_autofree char   *reply =
    g_strdup_printf ("229 Ok (|||%u|)\r\n", culvert_loopback_get_port (there));
  g_autofree char *got = NULL;
  guint            port;

  begin (self, data);
  got = ask_passive (self, "EPSV\r\n", reply);
  g_assert_cmpint (sscanf (got, "229 Ok (|||%u|)\r\n", &port), ==, 1);
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (there));
  here = client_new (NULL, (guint16)port, 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  close (there);
}

static void
send_active (Ftp *self, guint16 port)
{
  g_autofree char *command = g_strdup_printf ("PORT 127,0,0,1,%u,%u\r\n", port >> 8, port & 255);

  client_send_text (self->client, command);
}

static void
test_active (Ftp *self, gconstpointer data)
{
  int                here = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) client = NULL;
  g_autoptr (Client) server = NULL;
  g_autofree char   *got = NULL;
  guint16            port;

  begin (self, data);
  send_active (self, culvert_loopback_get_port (here));
  got = take_line (self->server);
  port = read_numbers (got, "PORT ");
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (here));
  say (self->server, self->client, "200 fine\r\n");
  server = client_new (NULL, port, 0);
  client = accept_client (here);
  assert_carries (self, client, server);
  close (here);
}

static void
test_extended_active (Ftp *self, gconstpointer data)
{
  int                here = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) client = NULL;
  g_autoptr (Client) server = NULL;
  g_autofree char   *command =
    g_strdup_printf ("EPRT |1|127.0.0.1|%u|\r\n", culvert_loopback_get_port (here));
  g_autofree char *got = NULL;
  guint            port;

  begin (self, data);
  client_send_text (self->client, command);
  got = take_line (self->server);
  g_assert_cmpint (sscanf (got, "EPRT |1|127.0.0.1|%u|\r\n", &port), ==, 1);
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (here));
  server = client_new (NULL, (guint16)port, 0);
  client = accept_client (here);
  assert_carries (self, client, server);
  close (here);
}

/* Everything else is passed on as it is, also in pieces, without an end, and in lines that nothing
 * ends. */
static void
test_other_bytes (Ftp *self, gconstpointer data)
{
  const CulvertFakeTransportConfig config = { .seed = 5 };
  g_autofree char                 *long_line = g_strnfill (20000, 'x');
  const char                       abort[] = "\377\364\377\362ABOR\r\n";

  fixture_use_transport (&self->base, &config);
  begin (self, data);
  say (self->client, self->server, "STOR \303\244 \001\377 227 (1,2,3,4,5,6)\r\n");
  say (self->server, self->client, "211-a\r\n227 (1,2,3,4,5,6)\r\n b\n211 c\r\n");
  client_send_text (self->client, abort);
  /* At the server sshd has taken the marks apart, so they are dropped there. */
  expect (self->server, is_local (data) ? abort : "ABOR\r\n");
  client_send_text (self->server, long_line);
  culvert_test_wait_until (client_has_read (self->client, 19000), DEADLINE_MS);
  client_send_text (self->server, "\r\n226 done\r\n");
  culvert_test_wait_until (client_has_read (self->client, 20012), DEADLINE_MS);
  g_byte_array_set_size (self->client->received, 0);
  /* A piece of a line, and then the end. */
  client_send_text (self->client, "QUI");
  client_finish (self->client);
  expect (self->server, "QUI");
  culvert_test_wait_until (client_read (self->server) == CLIENT_GOT_END, DEADLINE_MS);
  client_send_text (self->server, "221 by");
  client_finish (self->server);
  expect (self->client, "221 by");
  culvert_test_wait_until (client_read (self->client) == CLIENT_GOT_END, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (&self->base) == 0, DEADLINE_MS);
}

/* A client marks ABOR as urgent: the mark is not lost. */
static void
test_urgent_abort (Ftp *self, gconstpointer data)
{
  begin (self, data);
  g_assert_cmpint (send (self->client->descriptor, "\377\364\377", 3, 0), ==, 3);
  g_assert_cmpint (send (self->client->descriptor, "\362", 1, MSG_OOB), ==, 1);
  client_send_text (self->client, "ABOR\r\n");
  expect (self->server, "\377\364\377\362ABOR\r\n");
}

/* sshd keeps back the end of the line, which some clients mark as urgent, until the next one. */
static void
test_cut_abort (Ftp *self, gconstpointer data)
{
  begin (self, data);
  client_send_text (self->client, "\377\364\377ABOR\r");
  expect (self->server, "ABOR\r\n");
  client_send_text (self->client, "\nNOOP\r\n");
  expect (self->server, "NOOP\r\n");
}

/* "localhost" does not tell by which family the SSH server came to the FTP server. */
static void
test_other_family (Ftp *self, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  guint            port;

  make (self, data, "localhost");
  start (self);
  connect_control (self);
  send_active (self, 51205);
  first = take_line (self->server);
  client_send_text (self->server, "500 Illegal PORT command.\r\n");
  second = take_line (self->server);
  g_assert_cmpint (sscanf (second, "EPRT |2|::1|%u|\r\n", &port), ==, 1);
  g_assert_cmpuint (port, ==, read_numbers (first, "PORT "));
  g_assert_false (client_has_read (self->client, 1));
  say (self->server, self->client, "200 fine\r\n");
  /* From now on that is the one. */
  send_active (self, 51206);
  third = take_line (self->server);
  g_assert_true (g_str_has_prefix (third, "EPRT |2|::1|"));
  say (self->server, self->client, "500 no\r\n");
}

/* The server's reply goes unchanged, and nothing is forwarded. */
static void
test_malformed_replies (Ftp *self, gconstpointer data)
{
  static const char *const odd[] = { "227 Entering Passive Mode (127,0,0,1,4)\r\n",
                                     "227 Entering Passive Mode (127,0,0,1,4,256)\r\n",
                                     "229 Entering (|||99999|)\r\n", "227 \r\n" };

  begin (self, data);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_ptr_array_set_size (self->base.log, 0);
      say (self->client, self->server, "PASV\r\n");
      say (self->server, self->client, odd[i]);
      culvert_test_wait_until (
        fixture_has_logged (&self->base, "2 FTP connection from *not understood*unchanged"),
        DEADLINE_MS);
    }
  say (self->server, self->client, "227 Entering Passive Mode (127,0,0,1,4,5)\r\n");
  culvert_test_wait_until (fixture_has_logged (&self->base, "2 *nobody asked for*unchanged"),
                           DEADLINE_MS);
}

static void
assert_refused (Ftp *self, const char *command, const char *code)
{
  g_autofree char *got = NULL;

  client_send_text (self->client, command);
  got = take_line (self->client);
  g_test_message ("%s", got);
  g_assert_true (g_str_has_prefix (got, code));
  g_assert_true (g_str_has_suffix (got, ".\r\n"));
  /* The server has heard nothing of it. */
  say (self->client, self->server, "NOOP\r\n");
  say (self->server, self->client, "200 fine\r\n");
}

static void
test_bounce (Ftp *self, gconstpointer data)
{
  begin (self, data);
  assert_refused (self, "PORT 10,9,8,7,200,1\r\n", "500 ");
  culvert_test_wait_until (
    fixture_has_logged (&self->base,
                        "2 FTP connection from *10.9.8.7, port 51201: not the client*"),
    DEADLINE_MS);
  assert_refused (self, "EPRT |1|127.0.0.2|3333|\r\n", "500 ");
  assert_refused (self, "EPRT |2|::1|3333|\r\n", "500 ");
  assert_refused (self, "PORT 127,0,0,1,0,25\r\n", "500 ");
  assert_refused (self, "PORT 127,0,0,1,0\r\n", "501 ");
  assert_refused (self, "LPRT 4,4,127,0,0,1,2,200,1\r\n", "502 ");
  assert_refused (self, "LPSV\r\n", "502 ");
}

/* lftp says so when it means itself. */
static void
test_unspecified_address (Ftp *self, gconstpointer data)
{
  int                here = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) client = NULL;
  g_autoptr (Client) server = NULL;
  g_autofree char   *command =
    g_strdup_printf ("EPRT |2|::|%u|\r\n", culvert_loopback_get_port (here));
  g_autofree char *got = NULL;
  guint            port;

  begin (self, data);
  client_send_text (self->client, command);
  got = take_line (self->server);
  g_assert_cmpint (sscanf (got, "EPRT |1|127.0.0.1|%u|\r\n", &port), ==, 1);
  server = client_new (NULL, (guint16)port, 0);
  client = accept_client (here);
  assert_carries (self, client, server);
  close (here);
}

/* A reply of ours waits for those of the server that come before it, and holds up what is behind. */
static void
test_refusal_in_turn (Ftp *self, gconstpointer data)
{
  g_autofree char *got = NULL;

  begin (self, data);
  client_send_text (self->client, "TYPE I\r\nPORT 9,9,9,9,9,9\r\nNOOP\r\n");
  expect (self->server, "TYPE I\r\n");
  fixture_assert_rests (&self->base);
  g_assert_false (client_has_read (self->server, 1));
  g_assert_false (client_has_read (self->client, 1));
  client_send_text (self->server, "200-wait\r\n200 fine\r\n");
  expect (self->server, "NOOP\r\n");
  got = take_line (self->client);
  g_assert_true (g_str_has_prefix (got, "200-wait\r\n200 fine\r\n500 "));
}

/* A server behind an address translation, or one that lies: the data is where the control
 * connection leads. */
static void
test_foreign_passive_address (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  guint16            number = culvert_loopback_get_port (there);
  g_autofree char   *reply = g_strdup_printf ("227 =10,9,8,7,%u,%u\r\n", number >> 8, number & 255);
  g_autofree char   *got = NULL;
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;

  begin (self, data);
  got = ask_passive (self, "PASV\r\n", reply);
  here = client_new (NULL, read_numbers (got, "227 ="), 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  g_assert_true (
    fixture_has_logged (&self->base, "2 *the server names 10.9.8.7*127.0.0.1 is used"));
  close (there);
}

static void
test_encrypted (Ftp *self, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  begin (self, data);
  say (self->client, self->server, "AUTH TLS\r\n");
  say (self->server, self->client, "234 go on\r\n");
  culvert_test_wait_until (
    fixture_has_logged (&self->base, "2 FTP connection from *: data connections cannot be "
                                     "forwarded because the control channel is encrypted"),
    DEADLINE_MS);
  list = culvert_forward_list_connections (self->base.forward);
  g_assert_true (get_connection (list, 0)->is_hidden_ftp);
  /* Not lines any more, and nobody's business. */
  say (self->client, self->server, "\026\003\001 no end of a line");
  say (self->client, self->server, "PORT 9,9,9,9,9,9\r\nPASV\r\n");
  say (self->server, self->client, "227 (127,0,0,1,4,5)\r\n");
}

static void
test_encrypted_from_the_start (Ftp *self, gconstpointer data)
{
  make (self, data, "127.0.0.1");
  start (self);
  self->client = client_new (NULL, self->port, 0);
  self->server = accept_client (self->listener);
  say (self->client, self->server, "\026\003\001 hello");
  say (self->server, self->client, "\026\003\003 you");
  culvert_test_wait_until (fixture_has_logged (&self->base, "2 *control channel is encrypted"),
                           DEADLINE_MS);
}

/* The next takes the place of one that nobody used. */
static void
test_replaced (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  guint16            first, second;

  begin (self, data);
  first = go_passive (self, there);
  second = go_passive (self, there);
  g_assert_true (is_refused (first));
  here = client_new (NULL, second, 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  close (there);
}

/* A reply of several lines that says it twice means one listener. */
static void
test_said_twice (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  guint16            number = culvert_loopback_get_port (there);
  g_autofree char   *reply = g_strdup_printf ("227-127,0,0,1,%u,%u\r\n227 127,0,0,1,%u,%u\r\n",
                                              number >> 8, number & 255, number >> 8, number & 255);
  g_autofree char   *got = NULL;
  g_auto (GStrv)     lines = NULL;
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;

  begin (self, data);
  say (self->client, self->server, "PASV\r\n");
  client_send_text (self->server, reply);
  culvert_test_wait_until (has_said (self->client, "") && self->client->received->len > 0 &&
                             strstr ((char *)self->client->received->data, "227 ") != NULL,
                           DEADLINE_MS);
  got = take_line (self->client);
  lines = g_strsplit (got, "\r\n", 3);
  g_assert_cmpuint (read_numbers (lines[0], "227-"), ==, read_numbers (lines[1], "227 "));
  here = client_new (NULL, read_numbers (lines[0], "227-"), 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  close (there);
}

/* The listener goes with its control connection; a transfer ends by itself. */
static void
test_control_ends (Ftp *self, gconstpointer data)
{
  int                   there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client)    here = NULL;
  g_autoptr (Client)    server = NULL;
  g_autoptr (GPtrArray) list = NULL;
  guint16               idle;

  begin (self, data);
  here = client_new (NULL, go_passive (self, there), 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  idle = go_passive (self, there);
  client_reset (self->client);
  culvert_test_wait_until (fixture_count_open (&self->base) == 1, DEADLINE_MS);
  g_assert_true (is_refused (idle));
  say (server, here, "the rest");
  list = culvert_forward_list_connections (self->base.forward);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpuint (get_connection (list, 0)->parent_id, !=, 0);
  g_assert_true (
    culvert_forward_close_connection (self->base.forward, get_connection (list, 0)->id));
  culvert_test_wait_until (client_read (here) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpuint (fixture_count_open (&self->base), ==, 0);
  close (there);
}

static int
connect_from (const char *address, guint16 port)
{
  g_autoptr (GSocketAddress) from = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  guint8                     native[128];
  int                        descriptor = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (g_socket_address_to_native (from, native, sizeof native, NULL));
  g_assert_cmpint (
    bind (descriptor, (void *)native, (socklen_t)g_socket_address_get_native_size (from)), ==, 0);
  g_assert_true (g_socket_address_to_native (to, native, sizeof native, NULL));
  g_assert_cmpint (
    connect (descriptor, (void *)native, (socklen_t)g_socket_address_get_native_size (to)), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (descriptor, TRUE, NULL));
  return descriptor;
}

/* Somebody at another address is turned away, and the client is served. */
static void
test_stranger (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  g_autoptr (Client) stranger = NULL;
  guint16            port;

  make (self, data, "127.0.0.1");
  start (self);
  /* The client of this control connection is 127.0.0.2. */
  self->client = wrap (connect_from ("127.0.0.2", self->port));
  self->server = accept_client (self->listener);
  client_send_text (self->server, GREETING);
  expect (self->client, GREETING);
  port = go_passive (self, there);
  stranger = wrap (connect_from ("127.0.0.9", port));
  here = wrap (connect_from ("127.0.0.2", port));
  server = accept_client (there);
  assert_carries (self, here, server);
  culvert_test_wait_until (client_read (stranger) != CLIENT_READS, DEADLINE_MS);
  g_assert_true (
    fixture_has_logged (&self->base, "2 FTP data connection from 127.0.0.9:* refused*"));
  close (there);
}

/* The server's side does not listen: the client reads why. */
static void
test_nobody_listens_there (Ftp *self, gconstpointer data)
{
  g_autofree char *reply = build_passive (4321);
  g_autofree char *got = NULL;

  begin (self, data);
  culvert_fake_transport_set_refusing (self->base.transport, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  if (is_local (data))
    {
      assert_refused (self, "PORT 127,0,0,1,200,5\r\n", "425 ");
    }
  else
    {
      got = ask_passive (self, "PASV\r\n", reply);
      g_assert_true (g_str_has_prefix (got, "425 "));
    }
  culvert_test_wait_until (fixture_has_logged (&self->base, "2 *no data connection: refused by*"),
                           DEADLINE_MS);
}

/* A client that leaves its data connections open gets so many and no more. */
static void
test_bounded (Ftp *self, gconstpointer data)
{
  int                   there = culvert_loopback_listen (NULL, 0, CULVERT_FTP_DATA_MAX, 0);
  g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func ((GDestroyNotify)client_free);
  g_autofree char      *reply = build_passive (culvert_loopback_get_port (there));
  g_autofree char      *got = NULL;

  begin (self, data);
  for (guint i = 0; i < CULVERT_FTP_DATA_MAX; i++)
    {
      g_ptr_array_add (ends, client_new (NULL, go_passive (self, there), 0));
      g_ptr_array_add (ends, accept_client (there));
    }
  got = ask_passive (self, "PASV\r\n", reply);
  g_assert_true (g_str_has_prefix (got, "425 "));
  g_assert_cmpuint (fixture_count_open (&self->base), ==, CULVERT_FTP_DATA_MAX + 1);
  close (there);
}

static void
test_session_ends (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 2, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  guint16            idle;

  begin (self, data);
  here = client_new (NULL, go_passive (self, there), 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  idle = go_passive (self, there);
  culvert_fake_transport_end (self->base.transport, NULL);
  culvert_forward_set_transport (self->base.forward, NULL);
  culvert_test_wait_until (fixture_count_open (&self->base) == 0, DEADLINE_MS);
  culvert_test_wait_until (client_read (self->client) != CLIENT_READS, DEADLINE_MS);
  culvert_test_wait_until (client_read (here) != CLIENT_READS, DEADLINE_MS);
  g_assert_true (is_refused (idle));
  close (there);
}

/* Whoever gets a line may stop the forward. */
static void
test_stopped_by_a_line (Ftp *self, gconstpointer data)
{
  begin (self, data);
  self->base.on_event = culvert_forward_stop;
  client_send_text (self->client, "PORT 10,9,8,7,200,1\r\n");
  culvert_test_wait_until (culvert_forward_get_state (self->base.forward) == CULVERT_FORWARD_OFF,
                           DEADLINE_MS);
  culvert_test_wait_until (client_read (self->client) != CLIENT_READS, DEADLINE_MS);
}

/* Stopped in the middle of everything. */
static void
test_stopped (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 2, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;

  begin (self, data);
  here = client_new (NULL, go_passive (self, there), 0);
  server = accept_client (there);
  assert_carries (self, here, server);
  go_passive (self, there);
  client_send_text (self->client, "TYPE I\r\nPORT 9,9,9,9,9,9\r\nNOOP\r\n");
  expect (self->server, "TYPE I\r\n");
  culvert_forward_stop (self->base.forward);
  culvert_test_wait_until (client_read (here) != CLIENT_READS, DEADLINE_MS);
  close (there);
}

/* Of a local forward alone */

static void
test_reclaimed (Ftp *self, gconstpointer data)
{
  int     there = culvert_loopback_listen (NULL, 0, 1, 0);
  guint16 port;

  make (self, data, "127.0.0.1");
  culvert_ftp_local_forward_set_idle_ms (CULVERT_FTP_LOCAL_FORWARD (self->base.forward), 200);
  start (self);
  connect_control (self);
  port = go_passive (self, there);
  culvert_test_wait_until (
    fixture_has_logged (&self->base, "1 nobody came for the FTP data connection to *"),
    DEADLINE_MS);
  g_assert_true (is_refused (port));
  say (self->client, self->server, "NOOP\r\n");
  close (there);
}

/* The FTP server would look for the data connection on its own machine. */
static void
test_active_elsewhere (Ftp *self, gconstpointer data)
{
  close (self->listener);
  self->listener = culvert_loopback_listen ("0.0.0.0", 0, 1, 0);
  make (self, data, "0.0.0.0");
  start (self);
  connect_control (self);
  assert_refused (self, "PORT 127,0,0,1,200,5\r\n", "502 ");
  culvert_test_wait_until (
    fixture_has_logged (&self->base, "2 *active mode is carried only where the FTP server runs*"),
    DEADLINE_MS);
}

static void
test_no_server (Ftp *self, gconstpointer data)
{
  make (self, data, "127.0.0.1");
  start (self);
  culvert_fake_transport_set_refusing (self->base.transport, CULVERT_SSH_ERROR_OPEN_FAILED);
  self->client = client_new (NULL, self->port, 0);
  expect (self->client, "421 The FTP server cannot be reached through the tunnel.\r\n");
  culvert_test_wait_until (client_read (self->client) == CLIENT_GOT_END, DEADLINE_MS);
}

#define ADD(name, kind, function)                                                                  \
  g_test_add ("/forward/ftp-forward/" name, Ftp, GINT_TO_POINTER (kind), set_up, function,         \
              tear_down)
#define ADD_BOTH(name, function)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    ADD ("local/" name, CULVERT_FORWARD_LOCAL, function);                                          \
    ADD ("remote/" name, CULVERT_FORWARD_REMOTE, function);                                        \
  }                                                                                                \
  G_STMT_END

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_BOTH ("passive", test_passive);
  ADD_BOTH ("extended-passive", test_extended_passive);
  ADD_BOTH ("active", test_active);
  ADD_BOTH ("extended-active", test_extended_active);
  ADD_BOTH ("other-bytes", test_other_bytes);
  ADD_BOTH ("malformed-replies", test_malformed_replies);
  ADD_BOTH ("bounce", test_bounce);
  ADD_BOTH ("unspecified-address", test_unspecified_address);
  ADD_BOTH ("refusal-in-turn", test_refusal_in_turn);
  ADD_BOTH ("foreign-passive-address", test_foreign_passive_address);
  ADD_BOTH ("encrypted", test_encrypted);
  ADD_BOTH ("encrypted-from-the-start", test_encrypted_from_the_start);
  ADD_BOTH ("replaced", test_replaced);
  ADD_BOTH ("said-twice", test_said_twice);
  ADD_BOTH ("control-ends", test_control_ends);
  ADD_BOTH ("nobody-listens-there", test_nobody_listens_there);
  ADD_BOTH ("bounded", test_bounded);
  ADD_BOTH ("session-ends", test_session_ends);
  ADD_BOTH ("stopped-by-a-line", test_stopped_by_a_line);
  ADD_BOTH ("stopped", test_stopped);
  ADD ("local/stranger", CULVERT_FORWARD_LOCAL, test_stranger);
  ADD ("local/urgent-abort", CULVERT_FORWARD_LOCAL, test_urgent_abort);
  ADD ("remote/cut-abort", CULVERT_FORWARD_REMOTE, test_cut_abort);
  ADD ("local/other-family", CULVERT_FORWARD_LOCAL, test_other_family);
  ADD ("local/reclaimed", CULVERT_FORWARD_LOCAL, test_reclaimed);
  ADD ("local/active-elsewhere", CULVERT_FORWARD_LOCAL, test_active_elsewhere);
  ADD ("local/no-server", CULVERT_FORWARD_LOCAL, test_no_server);

  return g_test_run ();
}
