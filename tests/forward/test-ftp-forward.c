/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-local-forward.h"

#include "ftp-fixture.h"
#include "support/loopback.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What an FTP-aware forward carries, whether the client is here (a local forward) or at the server. */

static void
test_passive (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  guint16            port;

  ftp_begin (self, data);
  port = ftp_go_passive (self, there);
  here = client_new (NULL, port, 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  client_say (self->client, self->server, "RETR a\r\n");
  client_say (self->server, self->client, "150 soon\r\n");
  client_finish (server);
  culvert_test_wait_until (client_read (here) == CLIENT_GOT_END, DEADLINE_MS);
  client_finish (here);
  culvert_test_wait_until (client_read (server) == CLIENT_GOT_END, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (&self->base) == 1, DEADLINE_MS);
  client_say (self->server, self->client, "226 done\r\n");
  /* One connection and no more. */
  g_assert_true (ftp_is_refused (port));
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

  ftp_begin (self, data);
  got = ftp_ask_passive (self, "EPSV\r\n", reply);
  g_assert_cmpint (sscanf (got, "229 Ok (|||%u|)\r\n", &port), ==, 1);
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (there));
  here = client_new (NULL, (guint16)port, 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  close (there);
}

static void
test_active (Ftp *self, gconstpointer data)
{
  int                here = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) client = NULL;
  g_autoptr (Client) server = NULL;
  g_autofree char   *got = NULL;
  guint16            port;

  ftp_begin (self, data);
  ftp_send_active (self, culvert_loopback_get_port (here));
  got = client_take_line (self->server);
  port = ftp_read_numbers (got, "PORT ");
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (here));
  client_say (self->server, self->client, "200 fine\r\n");
  server = client_new (NULL, port, 0);
  client = client_accept (here);
  ftp_assert_carries (self, client, server);
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

  ftp_begin (self, data);
  client_send_text (self->client, command);
  got = client_take_line (self->server);
  g_assert_cmpint (sscanf (got, "EPRT |1|127.0.0.1|%u|\r\n", &port), ==, 1);
  g_assert_cmpuint (port, !=, culvert_loopback_get_port (here));
  server = client_new (NULL, (guint16)port, 0);
  client = client_accept (here);
  ftp_assert_carries (self, client, server);
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
  ftp_begin (self, data);
  client_say (self->client, self->server, "STOR \303\244 \001\377 227 (1,2,3,4,5,6)\r\n");
  client_say (self->server, self->client, "211-a\r\n227 (1,2,3,4,5,6)\r\n b\n211 c\r\n");
  client_send_text (self->client, abort);
  /* At the server sshd has taken the marks apart, so they are dropped there. */
  client_expect (self->server, ftp_is_local (data) ? abort : "ABOR\r\n");
  client_send_text (self->server, long_line);
  culvert_test_wait_until (client_has_read (self->client, 19000), DEADLINE_MS);
  client_send_text (self->server, "\r\n226 done\r\n");
  culvert_test_wait_until (client_has_read (self->client, 20012), DEADLINE_MS);
  g_byte_array_set_size (self->client->received, 0);
  /* A piece of a line, and then the end. */
  client_send_text (self->client, "QUI");
  client_finish (self->client);
  client_expect (self->server, "QUI");
  culvert_test_wait_until (client_read (self->server) == CLIENT_GOT_END, DEADLINE_MS);
  client_send_text (self->server, "221 by");
  client_finish (self->server);
  client_expect (self->client, "221 by");
  culvert_test_wait_until (client_read (self->client) == CLIENT_GOT_END, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (&self->base) == 0, DEADLINE_MS);
}

/* A client marks ABOR as urgent: the mark is not lost. */
static void
test_urgent_abort (Ftp *self, gconstpointer data)
{
  ftp_begin (self, data);
  g_assert_cmpint (send (self->client->descriptor, "\377\364\377", 3, 0), ==, 3);
  g_assert_cmpint (send (self->client->descriptor, "\362", 1, MSG_OOB), ==, 1);
  client_send_text (self->client, "ABOR\r\n");
  client_expect (self->server, "\377\364\377\362ABOR\r\n");
}

/* sshd keeps back the end of the line, which some clients mark as urgent, until the next one. */
static void
test_cut_abort (Ftp *self, gconstpointer data)
{
  ftp_begin (self, data);
  client_send_text (self->client, "\377\364\377ABOR\r");
  client_expect (self->server, "ABOR\r\n");
  client_send_text (self->client, "\nNOOP\r\n");
  client_expect (self->server, "NOOP\r\n");
}

/* "localhost" does not tell by which family the SSH server came to the FTP server. */
static void
test_other_family (Ftp *self, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  guint            port;

  ftp_make (self, data, "localhost");
  ftp_start (self);
  ftp_connect (self);
  ftp_send_active (self, 51205);
  first = client_take_line (self->server);
  client_send_text (self->server, "500 Illegal PORT command.\r\n");
  second = client_take_line (self->server);
  g_assert_cmpint (sscanf (second, "EPRT |2|::1|%u|\r\n", &port), ==, 1);
  /* Another listener, of that family alone. */
  g_assert_cmpuint (port, !=, ftp_read_numbers (first, "PORT "));
  g_assert_false (client_has_read (self->client, 1));
  client_say (self->server, self->client, "200 fine\r\n");
  /* From now on that is the one. */
  ftp_send_active (self, 51206);
  third = client_take_line (self->server);
  g_assert_true (g_str_has_prefix (third, "EPRT |2|::1|"));
  client_say (self->server, self->client, "500 no\r\n");
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

  ftp_begin (self, data);
  client_send_text (self->client, command);
  got = client_take_line (self->server);
  g_assert_cmpint (sscanf (got, "EPRT |1|127.0.0.1|%u|\r\n", &port), ==, 1);
  server = client_new (NULL, (guint16)port, 0);
  client = client_accept (here);
  ftp_assert_carries (self, client, server);
  close (here);
}

/* The next takes the place of one that nobody used. */
static void
test_replaced (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  guint16            first, second;

  ftp_begin (self, data);
  first = ftp_go_passive (self, there);
  second = ftp_go_passive (self, there);
  g_assert_true (ftp_is_refused (first));
  here = client_new (NULL, second, 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
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

  ftp_begin (self, data);
  client_say (self->client, self->server, "PASV\r\n");
  client_send_text (self->server, reply);
  culvert_test_wait_until (client_has_said (self->client, "") && self->client->received->len > 0 &&
                             strstr ((char *)self->client->received->data, "227 ") != NULL,
                           DEADLINE_MS);
  got = client_take_line (self->client);
  lines = g_strsplit (got, "\r\n", 3);
  g_assert_cmpuint (ftp_read_numbers (lines[0], "227-"), ==, ftp_read_numbers (lines[1], "227 "));
  here = client_new (NULL, ftp_read_numbers (lines[0], "227-"), 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
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

  ftp_begin (self, data);
  here = client_new (NULL, ftp_go_passive (self, there), 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  idle = ftp_go_passive (self, there);
  client_reset (self->client);
  culvert_test_wait_until (fixture_count_open (&self->base) == 1, DEADLINE_MS);
  g_assert_true (ftp_is_refused (idle));
  client_say (server, here, "the rest");
  list = kept_connections_list (self->base.forward);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpuint (ftp_get_connection (list, 0)->parent_id, !=, 0);
  g_assert_true (
    culvert_forward_close_connection (self->base.forward, ftp_get_connection (list, 0)->id));
  culvert_test_wait_until (client_read (here) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpuint (fixture_count_open (&self->base), ==, 0);
  close (there);
}

static void
test_session_ends (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 2, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;
  guint16            idle;

  ftp_begin (self, data);
  here = client_new (NULL, ftp_go_passive (self, there), 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  idle = ftp_go_passive (self, there);
  culvert_fake_transport_end (self->base.transport, NULL);
  culvert_forward_set_transport (self->base.forward, NULL);
  culvert_test_wait_until (fixture_count_open (&self->base) == 0, DEADLINE_MS);
  culvert_test_wait_until (client_read (self->client) != CLIENT_READS, DEADLINE_MS);
  culvert_test_wait_until (client_read (here) != CLIENT_READS, DEADLINE_MS);
  g_assert_true (ftp_is_refused (idle));
  close (there);
}

/* Stopped in the middle of everything. */
static void
test_stopped (Ftp *self, gconstpointer data)
{
  int                there = culvert_loopback_listen (NULL, 0, 2, 0);
  g_autoptr (Client) here = NULL;
  g_autoptr (Client) server = NULL;

  ftp_begin (self, data);
  here = client_new (NULL, ftp_go_passive (self, there), 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  ftp_go_passive (self, there);
  client_send_text (self->client, "TYPE I\r\nPORT 9,9,9,9,9,9\r\nNOOP\r\n");
  client_expect (self->server, "TYPE I\r\n");
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

  ftp_make (self, data, "127.0.0.1");
  culvert_ftp_local_forward_set_idle_ms (CULVERT_FTP_LOCAL_FORWARD (self->base.forward), 200);
  ftp_start (self);
  ftp_connect (self);
  port = ftp_go_passive (self, there);
  culvert_test_wait_until (
    fixture_has_logged (&self->base, "1 nobody came for the FTP data connection to *"),
    DEADLINE_MS);
  g_assert_true (ftp_is_refused (port));
  client_say (self->client, self->server, "NOOP\r\n");
  close (there);
}

#define ADD(name, kind, function)                                                                  \
  g_test_add ("/forward/ftp-forward/" name, Ftp, GINT_TO_POINTER (kind), ftp_set_up, function,     \
              ftp_tear_down)
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
  ADD_BOTH ("unspecified-address", test_unspecified_address);
  ADD_BOTH ("replaced", test_replaced);
  ADD_BOTH ("said-twice", test_said_twice);
  ADD_BOTH ("control-ends", test_control_ends);
  ADD_BOTH ("session-ends", test_session_ends);
  ADD_BOTH ("stopped", test_stopped);
  ADD ("local/urgent-abort", CULVERT_FORWARD_LOCAL, test_urgent_abort);
  ADD ("remote/cut-abort", CULVERT_FORWARD_REMOTE, test_cut_abort);
  ADD ("local/other-family", CULVERT_FORWARD_LOCAL, test_other_family);
  ADD ("local/reclaimed", CULVERT_FORWARD_LOCAL, test_reclaimed);

  return g_test_run ();
}
