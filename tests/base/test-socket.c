/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/socket.h"

#include "support/culvert-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define DEADLINE_MS 5000

static GSocketAddress *
internet_address (const char *text, guint16 port)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string (text, port);

  g_assert_nonnull (address);

  return address;
}

static guint16
get_port (CulvertSocket listener)
{
  g_autoptr (GSocketAddress) address = culvert_socket_get_local_address (listener);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
wait_for (CulvertSocket socket, short events)
{
  struct pollfd entry = { .fd = socket, .events = events };

  g_assert_cmpint (poll (&entry, 1, (int)(DEADLINE_MS * culvert_test_get_patience ())), ==, 1);
}

static CulvertSocket
listen_on (const char *text)
{
  g_autoptr (GSocketAddress) address = internet_address (text, 0);
  g_autoptr (GError)         error = NULL;
  CulvertSocket              listener = culvert_socket_listen (address, 16, &error);

  g_assert_no_error (error);
  g_assert_cmpint (listener, !=, CULVERT_SOCKET_NONE);

  return listener;
}

static CulvertSocket
connect_to (CulvertSocket listener)
{
  g_autoptr (GSocketAddress) address = culvert_socket_get_local_address (listener);
  g_autoptr (GError)         error = NULL;
  gboolean                   in_progress = FALSE;
  CulvertSocket              client = culvert_socket_connect (address, &in_progress, &error);

  g_assert_no_error (error);
  if (in_progress)
    wait_for (client, POLLOUT);
  g_assert_true (culvert_socket_take_error (client, &error));
  g_assert_no_error (error);

  return client;
}

static CulvertSocket
accept_from (CulvertSocket listener, GSocketAddress **peer)
{
  g_autoptr (GError) error = NULL;
  CulvertIoStatus    status;
  CulvertSocket      client;

  wait_for (listener, POLLIN);
  client = culvert_socket_accept (listener, &status, peer, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, CULVERT_IO_OK);

  return client;
}

static void
assert_is_ours (CulvertSocket socket)
{
  g_assert_cmpint (fcntl (socket, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (socket, F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
}

static int
get_option (CulvertSocket socket, int level, int option)
{
  int       value = -1;
  socklen_t size = sizeof value;

  g_assert_cmpint (getsockopt (socket, level, option, &value, &size), ==, 0);

  return value;
}

static gboolean
has_ipv6 (void)
{
  g_autoptr (GSocketAddress) address = internet_address ("::1", 0);
  CulvertSocket              listener = culvert_socket_listen (address, 1, NULL);
  gboolean                   has = listener != CULVERT_SOCKET_NONE;

  culvert_socket_close (&listener);

  return has;
}

/* Streams */

static void
test_bytes_and_ends_pass (void)
{
  g_autoptr (GError) error = NULL;
  CulvertSocket      pair[2];
  char               bytes[16];
  gsize              n = 99;

  g_assert_true (culvert_socket_pair (pair, &error));
  assert_is_ours (pair[0]);
  assert_is_ours (pair[1]);

  g_assert_cmpint (culvert_socket_receive (pair[0], bytes, sizeof bytes, &n, &error), ==,
                   CULVERT_IO_AGAIN);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (culvert_socket_send (pair[1], "hello", 5, &n, &error), ==, CULVERT_IO_OK);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpint (culvert_socket_receive (pair[0], bytes, 3, &n, &error), ==, CULVERT_IO_OK);
  g_assert_cmpmem (bytes, n, "hel", 3);

  /* One direction ends, the other goes on. */
  culvert_socket_shutdown_send (pair[1]);
  g_assert_cmpint (culvert_socket_receive (pair[0], bytes, sizeof bytes, &n, &error), ==,
                   CULVERT_IO_OK);
  g_assert_cmpmem (bytes, n, "lo", 2);
  g_assert_cmpint (culvert_socket_receive (pair[0], bytes, sizeof bytes, &n, &error), ==,
                   CULVERT_IO_EOF);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (culvert_socket_send (pair[0], "back", 4, &n, &error), ==, CULVERT_IO_OK);
  g_assert_cmpint (culvert_socket_receive (pair[1], bytes, sizeof bytes, &n, &error), ==,
                   CULVERT_IO_OK);
  g_assert_cmpmem (bytes, n, "back", 4);
  g_assert_no_error (error);

  culvert_socket_close (&pair[0]);
  g_assert_cmpint (pair[0], ==, CULVERT_SOCKET_NONE);
  culvert_socket_close (&pair[0]);
  culvert_socket_close (&pair[1]);
}

static void
test_full_socket_says_again (void)
{
  CulvertSocket    pair[2];
  g_autofree char *bytes = g_malloc0 (65536);
  gsize            n_sent = 0;
  gsize            n_total = 0;
  CulvertIoStatus  status;

  g_assert_true (culvert_socket_pair (pair, NULL));
  while ((status = culvert_socket_send (pair[0], bytes, 65536, &n_sent, NULL)) == CULVERT_IO_OK)
    n_total += n_sent;
  g_assert_cmpint (status, ==, CULVERT_IO_AGAIN);
  g_assert_cmpuint (n_sent, ==, 0);
  g_assert_cmpuint (n_total, >, 0);

  culvert_socket_close (&pair[0]);
  culvert_socket_close (&pair[1]);
}

static void
test_sending_to_nobody_is_an_error (void)
{
  g_autoptr (GError) error = NULL;
  CulvertSocket      pair[2];
  gsize              n_sent = 0;

  /* The test programs' own settings must not be what keeps this one alive. */
  (void)signal (SIGPIPE, SIG_DFL);
  g_assert_true (culvert_socket_pair (pair, NULL));
  culvert_socket_close (&pair[1]);
  g_assert_cmpint (culvert_socket_send (pair[0], "x", 1, &n_sent, &error), ==, CULVERT_IO_FAILED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_cmpuint (n_sent, ==, 0);

  culvert_socket_close (&pair[0]);
}

static void
test_reset_reaches_the_peer (void)
{
  g_autoptr (GError) error = NULL;
  CulvertSocket      listener = listen_on ("127.0.0.1");
  CulvertSocket      client = connect_to (listener);
  CulvertSocket      server = accept_from (listener, NULL);
  gsize              n = 0;
  char               byte;

  culvert_socket_reset (&server);
  g_assert_cmpint (server, ==, CULVERT_SOCKET_NONE);
  wait_for (client, POLLIN);
  g_assert_cmpint (culvert_socket_receive (client, &byte, 1, &n, &error), ==, CULVERT_IO_FAILED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  culvert_socket_reset (&server);

  culvert_socket_close (&client);
  culvert_socket_close (&listener);
}

static void
test_gone_peer_is_noticed_unread (void)
{
  const gboolean with_data[] = { FALSE, TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (with_data); i++)
    {
      CulvertSocket listener = listen_on ("127.0.0.1");
      CulvertSocket client = connect_to (listener);
      CulvertSocket server = accept_from (listener, NULL);
      gsize         n = 0;
      char          byte;

      if (with_data[i])
        g_assert_cmpint (culvert_socket_send (client, "x", 1, &n, NULL), ==, CULVERT_IO_OK);
      g_assert_false (culvert_socket_peer_is_gone (server));
      culvert_socket_close (&client);
      culvert_test_wait_until (culvert_socket_peer_is_gone (server), DEADLINE_MS);

      /* Nothing was read. */
      g_assert_cmpint (culvert_socket_receive (server, &byte, 1, &n, NULL), ==,
                       with_data[i] ? CULVERT_IO_OK : CULVERT_IO_EOF);

      culvert_socket_close (&server);
      culvert_socket_close (&listener);
    }
}

static void
test_peek_takes_nothing (void)
{
  g_autoptr (GError) error = NULL;
  CulvertSocket      listener = listen_on ("127.0.0.1");
  CulvertSocket      client = connect_to (listener);
  CulvertSocket      server = accept_from (listener, NULL);
  gsize              n = 0;
  char               bytes[8];

  g_assert_cmpint (culvert_socket_peek (server, &error), ==, CULVERT_IO_AGAIN);
  g_assert_cmpint (culvert_socket_send (client, "xy", 2, &n, NULL), ==, CULVERT_IO_OK);
  wait_for (server, POLLIN);
  g_assert_cmpint (culvert_socket_peek (server, &error), ==, CULVERT_IO_OK);
  g_assert_cmpint (culvert_socket_receive (server, bytes, sizeof bytes, &n, NULL), ==,
                   CULVERT_IO_OK);
  g_assert_cmpuint (n, ==, 2);

  culvert_socket_shutdown_send (client);
  wait_for (server, POLLIN);
  g_assert_cmpint (culvert_socket_peek (server, &error), ==, CULVERT_IO_EOF);
  g_assert_no_error (error);

  culvert_socket_reset (&server);
  wait_for (client, POLLIN);
  g_assert_cmpint (culvert_socket_peek (client, &error), ==, CULVERT_IO_FAILED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);

  culvert_socket_close (&client);
  culvert_socket_close (&listener);
}

/* The peer has closed before it was sent to: that is told from a reset, because its last words can
 * still be read. */
static void
test_finished_peer_is_told_from_a_reset (void)
{
  g_autoptr (GError) error = NULL;
  CulvertSocket      listener = listen_on ("127.0.0.1");
  CulvertSocket      client = connect_to (listener);
  CulvertSocket      server = accept_from (listener, NULL);
  gsize              n = 0;
  char               byte;

  g_assert_cmpint (culvert_socket_send (client, "x", 1, &n, NULL), ==, CULVERT_IO_OK);
  culvert_socket_close (&client);
  wait_for (server, POLLIN);
  g_assert_cmpint (culvert_socket_send (server, "y", 1, &n, NULL), ==, CULVERT_IO_OK);
  culvert_test_wait_until (!culvert_socket_take_error (server, &error), DEADLINE_MS);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  g_assert_cmpint (culvert_socket_receive (server, &byte, 1, &n, NULL), ==, CULVERT_IO_OK);

  culvert_socket_close (&server);
  culvert_socket_close (&listener);
}

static gboolean
is_writable (CulvertSocket socket)
{
  struct pollfd entry = { .fd = socket, .events = POLLOUT };

  return poll (&entry, 1, 0) == 1;
}

static gboolean
receive_to_the_end (CulvertSocket socket, gsize *n_received, GError **error)
{
  CulvertIoStatus status;
  char            bytes[4096];
  gsize           n;

  do
    {
      status = culvert_socket_receive (socket, bytes, sizeof bytes, &n, error);
      *n_received += n;
    }
  while (status == CULVERT_IO_OK);

  return status != CULVERT_IO_AGAIN;
}

static void
test_reset_can_wait_until_all_was_sent (void)
{
  const gsize        n_bytes = 100000;
  g_autofree char   *bytes = g_malloc0 (n_bytes);
  g_autoptr (GError) error = NULL;
  CulvertSocket      listener = listen_on ("127.0.0.1");
  CulvertSocket      client = connect_to (listener);
  CulvertSocket      server = accept_from (listener, NULL);
  int                small = 4096;
  gsize              n = 0;
  gsize              n_received = 0;

  g_assert_cmpint (setsockopt (client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), ==, 0);
  while (is_writable (server) && n_received < n_bytes)
    {
      g_assert_cmpint (culvert_socket_send (server, bytes, n_bytes - n_received, &n, NULL), ==,
                       CULVERT_IO_OK);
      n_received += n;
    }
  g_assert_cmpuint (n_received, ==, n_bytes);
  g_assert_true (is_writable (server));

  culvert_socket_set_writable_when_sent (server);
  g_assert_false (is_writable (server));

  n_received = 0;
  while (!is_writable (server))
    g_assert_false (receive_to_the_end (client, &n_received, &error));
  culvert_socket_reset (&server);
  culvert_test_wait_until (receive_to_the_end (client, &n_received, &error), DEADLINE_MS);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpuint (n_received, ==, n_bytes);

  culvert_socket_close (&client);
  culvert_socket_close (&listener);
}

/* Internet addresses */

static void
test_unprivileged_port_start (void)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/sys/net/ipv4/ip_unprivileged_port_start", &text, NULL, NULL))
    g_assert_cmpint (culvert_socket_get_unprivileged_port_start (), ==, atoi (text));
  else
    g_assert_cmpint (culvert_socket_get_unprivileged_port_start (), ==, 1024);
}

static void
test_listen_connect_accept (void)
{
  const char *hosts[] = { "127.0.0.1", "127.4.5.6", "::1" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GSocketAddress) peer = NULL;
      g_autoptr (GSocketAddress) local = NULL;
      g_autoptr (GSocketAddress) remote = NULL;
      g_autofree char           *peer_text = NULL;
      g_autofree char           *local_text = NULL;
      CulvertIoStatus            status;
      CulvertSocket              listener, client, server;

      if (strchr (hosts[i], ':') != NULL && !has_ipv6 ())
        {
          g_test_message ("no IPv6 here");
          continue;
        }

      listener = listen_on (hosts[i]);
      assert_is_ours (listener);
      g_assert_cmpint (culvert_socket_accept (listener, &status, NULL, NULL), ==,
                       CULVERT_SOCKET_NONE);
      g_assert_cmpint (status, ==, CULVERT_IO_AGAIN);

      client = connect_to (listener);
      server = accept_from (listener, &peer);
      assert_is_ours (client);
      assert_is_ours (server);
      local = culvert_socket_get_local_address (client);
      remote = culvert_socket_get_remote_address (client);
      peer_text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (peer));
      local_text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (local));
      g_assert_cmpstr (peer_text, ==, local_text);
      g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (remote)), ==,
                        get_port (listener));

      culvert_socket_close (&client);
      culvert_socket_close (&server);
      culvert_socket_close (&listener);
    }
}

static void
test_refused_connection (void)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError)         error = NULL;
  CulvertSocket              listener = listen_on ("127.0.0.1");
  CulvertSocket              client;
  gboolean                   in_progress = FALSE;

  address = culvert_socket_get_local_address (listener);
  culvert_socket_close (&listener);

  client = culvert_socket_connect (address, &in_progress, &error);
  if (in_progress)
    {
      wait_for (client, POLLOUT);
      g_assert_false (culvert_socket_take_error (client, &error));
      culvert_socket_close (&client);
    }
  g_assert_cmpint (client, ==, CULVERT_SOCKET_NONE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_nonnull (strstr (error->message, "connect: "));
}

static void
test_port_in_use (void)
{
  CulvertSocket              listener = listen_on ("127.0.0.1");
  g_autoptr (GSocketAddress) address = culvert_socket_get_local_address (listener);
  g_autoptr (GError)         error = NULL;
  CulvertSocket              client, server, again;

  again = culvert_socket_listen (address, 1, &error);
  g_assert_cmpint (again, ==, CULVERT_SOCKET_NONE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);

  /* A connection that is over but not forgotten (TIME_WAIT) does not hold the port. */
  client = connect_to (listener);
  server = accept_from (listener, NULL);
  culvert_socket_close (&server);
  wait_for (client, POLLIN);
  culvert_socket_close (&client);
  culvert_socket_close (&listener);
  again = culvert_socket_listen (address, 1, &error);
  g_assert_no_error (error);
  culvert_socket_close (&again);
}

static void
test_address_of_another_machine (void)
{
  g_autoptr (GSocketAddress) address = internet_address ("192.0.2.1", 0); /* RFC 5737 */
  g_autoptr (GError)         error = NULL;
  g_autofree char           *any_is_fine = NULL;

  if (g_file_get_contents ("/proc/sys/net/ipv4/ip_nonlocal_bind", &any_is_fine, NULL, NULL) &&
      *any_is_fine == '1')
    {
      g_test_message ("this machine lets any address be bound");
      return;
    }

  g_assert_cmpint (culvert_socket_listen (address, 1, &error), ==, CULVERT_SOCKET_NONE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_ipv6_listener_leaves_ipv4_alone (void)
{
  g_autoptr (GSocketAddress) ipv4 = NULL;
  g_autoptr (GError)         error = NULL;
  CulvertSocket              listener, second;

  if (!has_ipv6 ())
    {
      g_test_message ("no IPv6 here");
      return;
    }

  listener = listen_on ("::");
  ipv4 = internet_address ("0.0.0.0", get_port (listener));
  second = culvert_socket_listen (ipv4, 1, &error);
  g_assert_no_error (error);

  culvert_socket_close (&second);
  culvert_socket_close (&listener);
}

static void
test_session_is_tuned (void)
{
  CulvertSocket listener = listen_on ("127.0.0.1");
  CulvertSocket client = connect_to (listener);
  CulvertSocket server = accept_from (listener, NULL);
  CulvertSocket pair[2];

  culvert_socket_tune_session (client);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_NODELAY), ==, 1);
  g_assert_cmpint (get_option (client, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_KEEPIDLE), ==, 30);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_KEEPINTVL), ==, 10);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_KEEPCNT), ==, 3);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 30000);
  g_assert_cmpint (get_option (client, IPPROTO_TCP, TCP_NOTSENT_LOWAT), ==, 128 * 1024);

  g_assert_cmpint (get_option (server, IPPROTO_TCP, TCP_NODELAY), ==, 0);
  culvert_socket_set_no_delay (server);
  g_assert_cmpint (get_option (server, IPPROTO_TCP, TCP_NODELAY), ==, 1);
  culvert_socket_quick_ack (server);
  g_assert_cmpint (get_option (server, IPPROTO_TCP, TCP_QUICKACK), ==, 1);

  /* Unix sockets have nothing to tune, and take no harm. */
  g_assert_true (culvert_socket_pair (pair, NULL));
  culvert_socket_tune_session (pair[0]);
  culvert_socket_set_no_delay (pair[0]);
  culvert_socket_quick_ack (pair[0]);
  g_assert_true (culvert_socket_take_error (pair[0], NULL));

  culvert_socket_close (&pair[0]);
  culvert_socket_close (&pair[1]);
  culvert_socket_close (&client);
  culvert_socket_close (&server);
  culvert_socket_close (&listener);
}

static void
test_accept_without_descriptors (void)
{
  g_autoptr (GError) error = NULL;
  struct rlimit      limit = { 0 };
  rlim_t             before;
  CulvertSocket      listener, client, server;
  CulvertIoStatus    status;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  listener = listen_on ("127.0.0.1");
  client = connect_to (listener);
  wait_for (listener, POLLIN);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  before = limit.rlim_cur;
  limit.rlim_cur = (rlim_t)dup (client); /* the lowest free number: nothing above may be opened */
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpint (close ((int)limit.rlim_cur), ==, 0);

  for (guint i = 0; i < 3; i++)
    {
      server = culvert_socket_accept (listener, &status, NULL, &error);
      g_assert_cmpint (server, ==, CULVERT_SOCKET_NONE);
      g_assert_cmpint (status, ==, CULVERT_IO_FAILED);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
      g_clear_error (&error);
    }

  /* Making one fails in the same words. */
  g_assert_false (culvert_socket_pair ((CulvertSocket[2]){ 0 }, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);

  /* The client still waits. */
  limit.rlim_cur = before;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  server = accept_from (listener, NULL);

  culvert_socket_close (&server);
  culvert_socket_close (&client);
  culvert_socket_close (&listener);
}

/* Unix paths */

typedef struct
{
  CulvertTempDir *folder;
  char           *path;
  GSocketAddress *address;
} PathFixture;

static void
path_set_up (PathFixture *fixture, gconstpointer data)
{
  fixture->folder = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_build (fixture->folder, "socket");
  fixture->address = g_unix_socket_address_new (fixture->path);
}

static void
path_tear_down (PathFixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->address);
  g_free (fixture->path);
  culvert_temp_dir_free (fixture->folder);
}

static guint
get_mode (const char *path)
{
  struct stat info;

  g_assert_cmpint (lstat (path, &info), ==, 0);

  return info.st_mode;
}

static void
assert_listen_fails (GSocketAddress *address, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (culvert_socket_listen (address, 1, &error), ==, CULVERT_SOCKET_NONE);
  g_assert_error (error, G_IO_ERROR, (int)code);
}

static void
test_path_is_for_the_owner_alone (PathFixture *fixture, gconstpointer data)
{
  const mode_t masks[] = { 0, 022, 0777 };

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      mode_t             old_mask = umask (masks[i]);
      g_autoptr (GError) error = NULL;
      CulvertSocket      listener = culvert_socket_listen (fixture->address, 4, &error);
      CulvertSocket      client, server;

      g_assert_no_error (error);
      g_assert_cmpuint (umask (old_mask), ==, masks[i]); /* and the mask was left alone */
      g_assert_cmpuint (get_mode (fixture->path), ==, S_IFSOCK | 0600);
      assert_is_ours (listener);
      client = connect_to (listener);
      server = accept_from (listener, NULL);
      assert_is_ours (server);

      culvert_socket_close (&client);
      culvert_socket_close (&server);
      culvert_socket_close (&listener);
    }
}

static void
test_dead_socket_is_replaced (PathFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      CulvertSocket      listener = culvert_socket_listen (fixture->address, 4, &error);
      CulvertSocket      client;

      g_assert_no_error (error);
      client = connect_to (listener);
      culvert_socket_close (&client);
      culvert_socket_close (&listener);
      g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
    }
}

static void
test_living_socket_is_respected (PathFixture *fixture, gconstpointer data)
{
  CulvertSocket listener = culvert_socket_listen (fixture->address, 0, NULL);
  CulvertSocket clients[8];
  guint         n_clients = 0;
  guint         n_accepted = 0;
  gboolean      is_full = FALSE;

  assert_listen_fails (fixture->address, G_IO_ERROR_ADDRESS_IN_USE);

  /* It lives just as well when so many wait that it lets nobody in. */
  while (!is_full && n_clients < G_N_ELEMENTS (clients))
    {
      g_autoptr (GError) error = NULL;
      gboolean           in_progress = FALSE;

      clients[n_clients] = culvert_socket_connect (fixture->address, &in_progress, &error);
      is_full = clients[n_clients] == CULVERT_SOCKET_NONE;
      if (is_full)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
      else
        n_clients++;
    }
  g_assert_true (is_full);
  assert_listen_fails (fixture->address, G_IO_ERROR_ADDRESS_IN_USE);

  for (;;)
    {
      CulvertIoStatus status;
      CulvertSocket   server = culvert_socket_accept (listener, &status, NULL, NULL);

      if (status != CULVERT_IO_OK)
        break;
      n_accepted++;
      culvert_socket_close (&server);
    }
  g_assert_cmpuint (n_accepted, >=, n_clients);

  for (guint i = 0; i < n_clients; i++)
    culvert_socket_close (&clients[i]);
  culvert_socket_close (&listener);
}

static void
test_datagram_socket_is_respected (PathFixture *fixture, gconstpointer data)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  int                datagram = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_strlcpy (native.sun_path, fixture->path, sizeof native.sun_path);
  g_assert_cmpint (bind (datagram, (struct sockaddr *)&native, sizeof native), ==, 0);
  assert_listen_fails (fixture->address, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (close (datagram), ==, 0);
}

static void
test_other_files_are_never_touched (PathFixture *fixture, gconstpointer data)
{
  g_autofree char *file = culvert_temp_dir_write (fixture->folder, "socket", "precious");
  g_autofree char *link = culvert_temp_dir_build (fixture->folder, "link");
  g_autofree char *text = NULL;

  assert_listen_fails (fixture->address, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
  g_assert_cmpint (g_unlink (file), ==, 0);

  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_listen_fails (fixture->address, G_IO_ERROR_EXISTS);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);

  /* A link counts as what it is, wherever it points to. */
  g_assert_cmpint (symlink (link, fixture->path), ==, 0);
  assert_listen_fails (fixture->address, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_SYMLINK));
}

static void
test_bad_paths (PathFixture *fixture, gconstpointer data)
{
  g_autofree char           *missing = culvert_temp_dir_build (fixture->folder, "no/socket");
  g_autoptr (GSocketAddress) in_missing = g_unix_socket_address_new (missing);
  g_autofree char           *fill = g_strnfill (200, 'x');
  g_autofree char           *endless = culvert_temp_dir_build (fixture->folder, fill);
  g_autoptr (GSocketAddress) too_long = g_unix_socket_address_new (endless);
  g_autoptr (GSocketAddress) abstract = NULL;
  g_autoptr (GError)         error = NULL;
  gboolean                   in_progress = FALSE;

  assert_listen_fails (in_missing, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (culvert_socket_connect (fixture->address, &in_progress, &error), ==,
                   CULVERT_SOCKET_NONE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* GLib cuts the path: neither way may touch the file that the rest names. */
  assert_listen_fails (too_long, G_IO_ERROR_FILENAME_TOO_LONG);
  g_assert_cmpint (culvert_socket_connect (too_long, &in_progress, &error), ==,
                   CULVERT_SOCKET_NONE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG);

  abstract =
    g_unix_socket_address_new_with_type ("culvert-test", -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  assert_listen_fails (abstract, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_nothing_leaks_when_it_fails (PathFixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) foreign = internet_address ("192.0.2.1", 0);
  g_autofree char           *file = culvert_temp_dir_write (fixture->folder, "socket", "x");
  gboolean                   in_progress = FALSE;
  guint                      before = culvert_test_get_n_descriptors ();

  g_assert_cmpstr (file, ==, fixture->path);
  for (guint i = 0; i < 20; i++)
    {
      CulvertSocket socket = culvert_socket_listen (foreign, 1, NULL);

      culvert_socket_close (&socket);
      socket = culvert_socket_listen (fixture->address, 1, NULL);
      culvert_socket_close (&socket);
      socket = culvert_socket_connect (fixture->address, &in_progress, NULL);
      culvert_socket_close (&socket);
    }
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, before);
}

static void
add_path_test (const char *name, void (*func) (PathFixture *fixture, gconstpointer data))
{
  g_test_add (name, PathFixture, NULL, path_set_up, func, path_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket/bytes-and-ends-pass", test_bytes_and_ends_pass);
  g_test_add_func ("/socket/full-socket-says-again", test_full_socket_says_again);
  g_test_add_func ("/socket/sending-to-nobody-is-an-error", test_sending_to_nobody_is_an_error);
  g_test_add_func ("/socket/reset-reaches-the-peer", test_reset_reaches_the_peer);
  g_test_add_func ("/socket/gone-peer-is-noticed-unread", test_gone_peer_is_noticed_unread);
  g_test_add_func ("/socket/peek-takes-nothing", test_peek_takes_nothing);
  g_test_add_func ("/socket/finished-peer-is-told-from-a-reset",
                   test_finished_peer_is_told_from_a_reset);
  g_test_add_func ("/socket/reset-can-wait-until-all-was-sent",
                   test_reset_can_wait_until_all_was_sent);
  g_test_add_func ("/socket/unprivileged-port-start", test_unprivileged_port_start);
  g_test_add_func ("/socket/listen-connect-accept", test_listen_connect_accept);
  g_test_add_func ("/socket/refused-connection", test_refused_connection);
  g_test_add_func ("/socket/port-in-use", test_port_in_use);
  g_test_add_func ("/socket/address-of-another-machine", test_address_of_another_machine);
  g_test_add_func ("/socket/ipv6-listener-leaves-ipv4-alone", test_ipv6_listener_leaves_ipv4_alone);
  g_test_add_func ("/socket/session-is-tuned", test_session_is_tuned);
  g_test_add_func ("/socket/accept-without-descriptors", test_accept_without_descriptors);
  add_path_test ("/socket/path/is-for-the-owner-alone", test_path_is_for_the_owner_alone);
  add_path_test ("/socket/path/dead-socket-is-replaced", test_dead_socket_is_replaced);
  add_path_test ("/socket/path/living-socket-is-respected", test_living_socket_is_respected);
  add_path_test ("/socket/path/datagram-socket-is-respected", test_datagram_socket_is_respected);
  add_path_test ("/socket/path/other-files-are-never-touched", test_other_files_are_never_touched);
  add_path_test ("/socket/path/bad-paths", test_bad_paths);
  add_path_test ("/socket/path/nothing-leaks-when-it-fails", test_nothing_leaks_when_it_fails);

  return g_test_run ();
}
