/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-data.h"

#include "ftp-fixture.h"
#include "support/loopback.h"
#include "support/other-user.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What an FTP-aware forward does not do for a client or a server, and what it says instead. */

/* The server's reply goes unchanged, and nothing is forwarded. */
static void
test_malformed_replies (Ftp *self, gconstpointer data)
{
  static const char *const odd[] = { "227 Entering Passive Mode (127,0,0,1,4)\r\n",
                                     "227 Entering Passive Mode (127,0,0,1,4,256)\r\n",
                                     "229 Entering (|||99999|)\r\n", "227 \r\n" };

  ftp_begin (self, data);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_ptr_array_set_size (self->base.log, 0);
      client_say (self->client, self->server, "PASV\r\n");
      client_say (self->server, self->client, odd[i]);
      culvert_test_wait_until (
        fixture_has_logged (&self->base, "2 FTP connection from *not understood*unchanged"),
        DEADLINE_MS);
    }
  client_say (self->server, self->client, "227 Entering Passive Mode (127,0,0,1,4,5)\r\n");
  culvert_test_wait_until (fixture_has_logged (&self->base, "2 *nobody asked for*unchanged"),
                           DEADLINE_MS);
}

/* Whoever makes noise does not fill the log. */
static void
test_noise (Ftp *self, gconstpointer data)
{
  guint n_lines = 0;

  ftp_begin (self, data);
  for (guint i = 0; i < 40; i++)
    client_say (self->server, self->client, "227 Entering Passive Mode (127,0,0,1,4,5)\r\n");
  culvert_test_wait_until (fixture_has_logged (&self->base, "2 *nothing more of this connection*"),
                           DEADLINE_MS);
  for (guint i = 0; i < self->base.log->len; i++)
    n_lines += strstr (g_ptr_array_index (self->base.log, i), "nobody asked") != NULL;
  g_assert_cmpuint (n_lines, ==, 19);
}

static void
assert_refused (Ftp *self, const char *command, const char *code)
{
  g_autofree char *got = NULL;

  client_send_text (self->client, command);
  got = client_take_line (self->client);
  g_test_message ("%s", got);
  g_assert_true (g_str_has_prefix (got, code));
  g_assert_true (g_str_has_suffix (got, ".\r\n"));
  /* The server has heard nothing of it. */
  client_say (self->client, self->server, "NOOP\r\n");
  client_say (self->server, self->client, "200 fine\r\n");
}

static void
test_bounce (Ftp *self, gconstpointer data)
{
  ftp_begin (self, data);
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

/* A reply of ours waits for those of the server that come before it, and holds up what is behind. */
static void
test_refusal_in_turn (Ftp *self, gconstpointer data)
{
  g_autofree char *got = NULL;

  ftp_begin (self, data);
  client_send_text (self->client, "TYPE I\r\nPORT 9,9,9,9,9,9\r\nNOOP\r\n");
  client_expect (self->server, "TYPE I\r\n");
  fixture_assert_rests (&self->base);
  g_assert_false (client_has_read (self->server, 1));
  g_assert_false (client_has_read (self->client, 1));
  client_send_text (self->server, "200-wait\r\n200 fine\r\n");
  client_expect (self->server, "NOOP\r\n");
  got = client_take_line (self->client);
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

  ftp_begin (self, data);
  got = ftp_ask_passive (self, "PASV\r\n", reply);
  here = client_new (NULL, ftp_read_numbers (got, "227 ="), 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  g_assert_true (
    fixture_has_logged (&self->base, "2 *the server names 10.9.8.7*127.0.0.1 is used"));
  close (there);
}

static void
test_encrypted (Ftp *self, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  ftp_begin (self, data);
  client_say (self->client, self->server, "AUTH TLS\r\n");
  client_say (self->server, self->client, "234 go on\r\n");
  culvert_test_wait_until (
    fixture_has_logged (&self->base, "2 FTP connection from *: data connections cannot be "
                                     "forwarded because the control channel is encrypted*"),
    DEADLINE_MS);
  list = kept_connections_list (self->base.forward);
  g_assert_true (ftp_get_connection (list, 0)->is_hidden_ftp);
  /* Not lines any more, and nobody's business. */
  client_say (self->client, self->server, "\026\003\001 no end of a line");
  client_say (self->client, self->server, "PORT 9,9,9,9,9,9\r\nPASV\r\n");
  client_say (self->server, self->client, "227 (127,0,0,1,4,5)\r\n");
}

static void
test_encrypted_from_the_start (Ftp *self, gconstpointer data)
{
  ftp_make (self, data, "127.0.0.1");
  ftp_start (self);
  self->client = client_new (NULL, self->port, 0);
  self->server = client_accept (self->listener);
  client_say (self->client, self->server, "\026\003\001 hello");
  client_say (self->server, self->client, "\026\003\003 you");
  culvert_test_wait_until (fixture_has_logged (&self->base, "2 *control channel is encrypted*"),
                           DEADLINE_MS);
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

  ftp_make (self, data, "127.0.0.1");
  ftp_start (self);
  /* The client of this control connection is 127.0.0.2. */
  self->client = client_wrap (connect_from ("127.0.0.2", self->port));
  self->server = client_accept (self->listener);
  client_say (self->server, self->client, "220 hello\r\n");
  port = ftp_go_passive (self, there);
  stranger = client_wrap (connect_from ("127.0.0.9", port));
  here = client_wrap (connect_from ("127.0.0.2", port));
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  culvert_test_wait_until (client_read (stranger) != CLIENT_READS, DEADLINE_MS);
  g_assert_true (
    fixture_has_logged (&self->base, "2 FTP data connection from 127.0.0.9:* refused*"));
  close (there);
}

/* Another user of this computer is turned away, counted, and takes nobody's place. */
static void
test_other_user (Ftp *self, gconstpointer data)
{
  int                          there = culvert_loopback_listen (NULL, 0, 1, 0);
  g_autoptr (CulvertOtherUser) other = NULL;
  g_autoptr (Client)           here = NULL;
  g_autoptr (Client)           server = NULL;
  guint16                      port;

  ftp_begin (self, data);
  port = ftp_go_passive (self, there);
  other = culvert_other_user_start (NULL, port, 1);
  culvert_test_wait_until (culvert_other_user_get_end (other) != CULVERT_OTHER_USER_WAITS,
                           DEADLINE_MS);
  g_assert_cmpint (culvert_other_user_get_end (other), ==, CULVERT_OTHER_USER_GOT_RESET);
  g_assert_cmpuint (culvert_forward_get_counters (self->base.forward)->n_foreign, ==, 1);
  here = client_new (NULL, port, 0);
  server = client_accept (there);
  ftp_assert_carries (self, here, server);
  close (there);
}

/* The server's side does not listen: the client reads why. */
static void
test_nobody_listens_there (Ftp *self, gconstpointer data)
{
  g_autofree char *reply = ftp_build_passive (4321);
  g_autofree char *got = NULL;

  ftp_begin (self, data);
  culvert_fake_transport_set_refusing (self->base.transport, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  if (ftp_is_local (data))
    {
      assert_refused (self, "PORT 127,0,0,1,200,5\r\n", "425 ");
    }
  else
    {
      got = ftp_ask_passive (self, "PASV\r\n", reply);
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
  g_autofree char      *reply = ftp_build_passive (culvert_loopback_get_port (there));
  g_autofree char      *got = NULL;

  ftp_begin (self, data);
  for (guint i = 0; i < CULVERT_FTP_DATA_MAX; i++)
    {
      g_ptr_array_add (ends, client_new (NULL, ftp_go_passive (self, there), 0));
      g_ptr_array_add (ends, client_accept (there));
    }
  got = ftp_ask_passive (self, "PASV\r\n", reply);
  g_assert_true (g_str_has_prefix (got, "425 "));
  g_assert_cmpuint (fixture_count_open (&self->base), ==, CULVERT_FTP_DATA_MAX + 1);
  close (there);
}

/* Whoever gets a line may stop the forward. */
static void
test_stopped_by_a_line (Ftp *self, gconstpointer data)
{
  ftp_begin (self, data);
  self->base.on_event = culvert_forward_stop;
  client_send_text (self->client, "PORT 10,9,8,7,200,1\r\n");
  culvert_test_wait_until (culvert_forward_get_state (self->base.forward) == CULVERT_FORWARD_OFF,
                           DEADLINE_MS);
  culvert_test_wait_until (client_read (self->client) != CLIENT_READS, DEADLINE_MS);
}

/* The FTP server would look for the data connection on its own machine. */
static void
test_active_elsewhere (Ftp *self, gconstpointer data)
{
  close (self->listener);
  self->listener = culvert_loopback_listen ("0.0.0.0", 0, 1, 0);
  ftp_make (self, data, "0.0.0.0");
  ftp_start (self);
  ftp_connect (self);
  assert_refused (self, "PORT 127,0,0,1,200,5\r\n", "502 ");
  culvert_test_wait_until (
    fixture_has_logged (&self->base, "2 *active mode is carried only where the FTP server runs*"),
    DEADLINE_MS);
}

static void
test_no_server (Ftp *self, gconstpointer data)
{
  ftp_make (self, data, "127.0.0.1");
  ftp_start (self);
  culvert_fake_transport_set_refusing (self->base.transport, CULVERT_SSH_ERROR_OPEN_FAILED);
  self->client = client_new (NULL, self->port, 0);
  client_expect (self->client, "421 The FTP server cannot be reached through the tunnel.\r\n");
  culvert_test_wait_until (client_read (self->client) == CLIENT_GOT_END, DEADLINE_MS);
}

#define ADD(name, kind, function)                                                                  \
  g_test_add ("/forward/ftp-refusals/" name, Ftp, GINT_TO_POINTER (kind), ftp_set_up, function,    \
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

  ADD_BOTH ("malformed-replies", test_malformed_replies);
  ADD_BOTH ("noise", test_noise);
  ADD_BOTH ("bounce", test_bounce);
  ADD_BOTH ("refusal-in-turn", test_refusal_in_turn);
  ADD_BOTH ("foreign-passive-address", test_foreign_passive_address);
  ADD_BOTH ("encrypted", test_encrypted);
  ADD_BOTH ("encrypted-from-the-start", test_encrypted_from_the_start);
  ADD_BOTH ("nobody-listens-there", test_nobody_listens_there);
  ADD_BOTH ("bounded", test_bounded);
  ADD_BOTH ("stopped-by-a-line", test_stopped_by_a_line);
  ADD ("local/other-user", CULVERT_FORWARD_LOCAL, test_other_user);
  ADD ("local/stranger", CULVERT_FORWARD_LOCAL, test_stranger);
  ADD ("local/active-elsewhere", CULVERT_FORWARD_LOCAL, test_active_elsewhere);
  ADD ("local/no-server", CULVERT_FORWARD_LOCAL, test_no_server);

  return g_test_run ();
}
