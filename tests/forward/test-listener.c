/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/listener.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "support/loopback.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE_MS 10000
#define QUIET_MS    200
#define QUIET_TURNS 20

/* Stand-ins that the linker puts between the code under test and the system (--wrap), for what a
 * test cannot ask of the machine it runs on. */

CulvertSocket __real_culvert_socket_listen (GSocketAddress *address, int backlog, GError **error);
CulvertSocket __wrap_culvert_socket_listen (GSocketAddress *address, int backlog, GError **error);
int           __real_epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event);
int           __wrap_epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event);

static struct
{
  GSocketFamily family;  /* whose sockets cannot listen */
  GIOErrorEnum  problem; /* why */
  guint         times;   /* how often */
  guint         n_tried;
} listen_fault;

static gboolean is_epoll_refusing;

CulvertSocket
__wrap_culvert_socket_listen (GSocketAddress *address, int backlog, GError **error)
{
  if (listen_fault.times == 0 || g_socket_address_get_family (address) != listen_fault.family)
    return __real_culvert_socket_listen (address, backlog, error);

  listen_fault.times--;
  listen_fault.n_tried++;
  g_set_error_literal (error, G_IO_ERROR, (int)listen_fault.problem, "injected");

  return CULVERT_SOCKET_NONE;
}

int
__wrap_epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event)
{
  if (is_epoll_refusing && operation == EPOLL_CTL_ADD)
    {
      errno = ENOSPC;
      return -1;
    }

  return __real_epoll_ctl (epoll_fd, operation, fd, event);
}

typedef struct
{
  CulvertIoSource *io;
  CulvertListener *listener;
  GArray          *accepted; /* of int */
  guint            n_warnings;
  guint            turn_id;
  guint            n_before_turn; /* accepted before the turn */
  guint            most_in_turn;
  gboolean         frees_when_accepted;
  gboolean         pauses_when_accepted;
  guint            n_descriptors;
} Fixture;

static void
accepted_cb (CulvertListener *listener, CulvertSocket client, gpointer user_data)
{
  Fixture *self = user_data;

  g_array_append_val (self->accepted, client);
  if (self->frees_when_accepted)
    g_clear_pointer (&self->listener, culvert_listener_free);
  if (self->pauses_when_accepted)
    culvert_listener_set_accepting (self->listener, FALSE);
}

static void
warned_cb (CulvertListener *listener, const char *text, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_warnings++;
}

static const CulvertListenerEvents listener_events = {
  .accepted = accepted_cb,
  .warned = warned_cb,
};

static gboolean
measure_turn_cb (gpointer user_data)
{
  Fixture *self = user_data;

  self->most_in_turn = MAX (self->most_in_turn, self->accepted->len - self->n_before_turn);
  self->n_before_turn = self->accepted->len;

  return FALSE;
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  (void)g_main_context_default ();
  self->n_descriptors = culvert_test_get_n_descriptors ();
  self->io = culvert_io_source_new ();
  self->accepted = g_array_new (FALSE, FALSE, sizeof (int));
  self->turn_id = culvert_io_source_add_turn (self->io, measure_turn_cb, self);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->listener, culvert_listener_free);
  for (guint i = 0; i < self->accepted->len; i++)
    close (g_array_index (self->accepted, int, i));
  g_array_unref (self->accepted);
  culvert_io_source_remove_turn (self->io, self->turn_id);
  culvert_io_source_free (self->io);
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, self->n_descriptors);
  memset (&listen_fault, 0, sizeof listen_fault);
}

static CulvertEndpoint *
endpoint (const char *host, guint16 port)
{
  if (*host == '/' || *host == '~')
    return culvert_endpoint_new_unix (host);

  return culvert_endpoint_new_tcp (host, port);
}

static CulvertListener *
try_to_listen (Fixture *self, const char *host, guint16 port, GError **error)
{
  g_autoptr (CulvertEndpoint) where = endpoint (host, port);

  return culvert_listener_new (where, self->io, &listener_events, self, error);
}

/* Returns: the port */
static guint16
listen_on (Fixture *self, const char *host, guint16 port)
{
  g_autoptr (GError)          error = NULL;
  g_autoptr (CulvertEndpoint) bound = NULL;

  self->listener = try_to_listen (self, host, port, &error);
  g_assert_no_error (error);
  culvert_listener_set_accepting (self->listener, TRUE);
  bound = culvert_listener_dup_bound (self->listener);

  return culvert_endpoint_get_port (bound);
}

/* Fails the test unless listening there fails with that code and a message that has that text, and
 * leaves nothing behind. */
static void
assert_cannot_listen (Fixture            *self,
                      const char         *host,
                      guint16             port,
                      CulvertForwardError code,
                      const char         *text)
{
  g_autoptr (GError) error = NULL;
  guint              n_descriptors = culvert_test_get_n_descriptors ();

  g_assert_null (try_to_listen (self, host, port, &error));
  g_assert_error (error, CULVERT_FORWARD_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_descriptors);
}

static int
connect_to (const char *address, guint16 port)
{
  int descriptor = culvert_loopback_connect (address, port, 0);

  g_assert_cmpint (descriptor, >=, 0);

  return descriptor;
}

/* Does somebody listen there? */
static gboolean
answers (const char *address, guint16 port)
{
  int           descriptor = connect_to (address, port);
  struct pollfd entry = { .fd = descriptor, .events = POLLOUT };
  int           code;

  g_assert_cmpint (poll (&entry, 1, DEADLINE_MS), ==, 1);
  code = culvert_loopback_get_error (descriptor);
  close (descriptor);

  return code == 0;
}

static void
assert_accepts (Fixture *self, const char *address, guint16 port)
{
  guint n_before = self->accepted->len;
  int   descriptor = connect_to (address, port);

  culvert_test_wait_until (self->accepted->len > n_before, DEADLINE_MS);
  close (descriptor);
}

/* Addresses */

typedef struct
{
  const char *host;
  const char *bound;
  const char *accepts[3];
  const char *leaves; /* an address on which nobody listens then */
} AddressCase;

static const AddressCase address_cases[] = {
  { "localhost", "127.0.0.1", { "127.0.0.1", "::1" }, "127.0.0.2" },
  { "LocalHost", "127.0.0.1", { "127.0.0.1", "::1" }, "127.0.0.2" },
  { "", "127.0.0.1", { "127.0.0.1", "::1" }, "127.0.0.2" },
  { "*", "0.0.0.0", { "127.0.0.1", "127.0.0.2", "::1" }, NULL },
  { "127.0.0.1", "127.0.0.1", { "127.0.0.1" }, "::1" },
  { "127.9.8.7", "127.9.8.7", { "127.9.8.7" }, "127.0.0.1" },
  { "::1", "::1", { "::1" }, "127.0.0.1" },
  { "0.0.0.0", "0.0.0.0", { "127.0.0.1" }, "::1" },
  { "::", "::", { "::1" }, "127.0.0.1" },
};

static void
test_address (Fixture *self, gconstpointer data)
{
  const AddressCase          *row = data;
  guint16                     port = listen_on (self, row->host, 0);
  g_autoptr (CulvertEndpoint) bound = culvert_listener_dup_bound (self->listener);

  g_assert_cmpstr (culvert_endpoint_get_host (bound), ==, row->bound);
  g_assert_cmpuint (port, >, 0);
  for (guint i = 0; i < G_N_ELEMENTS (row->accepts) && row->accepts[i] != NULL; i++)
    assert_accepts (self, row->accepts[i], port);
  if (row->leaves != NULL)
    g_assert_false (answers (row->leaves, port));

  g_clear_pointer (&self->listener, culvert_listener_free);
  for (guint i = 0; i < G_N_ELEMENTS (row->accepts) && row->accepts[i] != NULL; i++)
    g_assert_false (answers (row->accepts[i], port));
}

static void
test_given_port (Fixture *self, gconstpointer unused)
{
  guint16 port = culvert_test_free_port ();

  g_assert_cmpuint (listen_on (self, "localhost", port), ==, port);
  assert_accepts (self, "127.0.0.1", port);
  assert_accepts (self, "::1", port);
}

static void
test_port_in_use (Fixture *self, gconstpointer data)
{
  const char      *holder = data;
  guint16          port = culvert_test_free_port ();
  int              other = culvert_loopback_listen (holder, port, 1, 0);
  g_autofree char *text =
    g_strdup_printf (strchr (holder, ':') != NULL ? "[%s]:%u" : "%s:%u", holder, port);

  g_assert_cmpint (other, >=, 0);
  assert_cannot_listen (self, "localhost", port, CULVERT_FORWARD_ERROR_PORT_IN_USE, text);
  g_assert_cmpint (answers ("127.0.0.1", port), ==, g_str_equal (holder, "127.0.0.1"));
  g_assert_cmpint (answers ("::1", port), ==, g_str_equal (holder, "::1"));
  assert_cannot_listen (self, "*", port, CULVERT_FORWARD_ERROR_PORT_IN_USE, "in use");
  close (other);

  g_assert_cmpuint (listen_on (self, "localhost", port), ==, port);
}

static void
fail_listening (GSocketFamily family, GIOErrorEnum problem, guint times)
{
  listen_fault.family = family;
  listen_fault.problem = problem;
  listen_fault.times = times;
}

/* The port that the system chose for IPv4 is taken on IPv6: another is chosen. */
static void
test_chosen_port_in_use (Fixture *self, gconstpointer unused)
{
  guint16 port;

  fail_listening (G_SOCKET_FAMILY_IPV6, G_IO_ERROR_ADDRESS_IN_USE, 3);
  port = listen_on (self, "localhost", 0);
  g_assert_cmpuint (listen_fault.n_tried, ==, 3);
  assert_accepts (self, "127.0.0.1", port);
  assert_accepts (self, "::1", port);
  g_clear_pointer (&self->listener, culvert_listener_free);

  fail_listening (G_SOCKET_FAMILY_IPV6, G_IO_ERROR_ADDRESS_IN_USE, G_MAXUINT);
  assert_cannot_listen (self, "localhost", 0, CULVERT_FORWARD_ERROR_PORT_IN_USE, "[::1]:");
  g_assert_cmpuint (listen_fault.n_tried, <, 100);
}

static void
test_machine_without_a_family (Fixture *self, gconstpointer unused)
{
  const GIOErrorEnum problems[] = { G_IO_ERROR_NOT_SUPPORTED, G_IO_ERROR_NOT_FOUND };
  guint16            port;

  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    {
      fail_listening (G_SOCKET_FAMILY_IPV6, problems[i], G_MAXUINT);
      port = listen_on (self, i == 0 ? "localhost" : "*", 0);
      assert_accepts (self, "127.0.0.1", port);
      g_assert_cmpuint (self->n_warnings, ==, 0);
      assert_cannot_listen (self, "::1", 0, CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN, "[::1]:0");
      g_clear_pointer (&self->listener, culvert_listener_free);

      fail_listening (G_SOCKET_FAMILY_IPV4, problems[i], G_MAXUINT);
      port = listen_on (self, "localhost", 0);
      assert_accepts (self, "::1", port);
      g_clear_pointer (&self->listener, culvert_listener_free);
    }
}

static void
test_unknown_addresses (Fixture *self, gconstpointer unused)
{
  assert_cannot_listen (self, "192.0.2.1", 8080, CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN,
                        "192.0.2.1:8080");
  assert_cannot_listen (self, "2001:db8::1", 8080, CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN,
                        "[2001:db8::1]:8080");
  assert_cannot_listen (self, "db.example", 8080, CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN,
                        "db.example");
}

static void
test_other_failures (Fixture *self, gconstpointer unused)
{
  fail_listening (G_SOCKET_FAMILY_IPV4, G_IO_ERROR_PERMISSION_DENIED, G_MAXUINT);
  assert_cannot_listen (self, "127.0.0.1", 65000, CULVERT_FORWARD_ERROR_LISTEN, "127.0.0.1:65000");
  fail_listening (G_SOCKET_FAMILY_IPV4, G_IO_ERROR_TOO_MANY_OPEN_FILES, G_MAXUINT);
  assert_cannot_listen (self, "127.0.0.1", 80, CULVERT_FORWARD_ERROR_LISTEN, "127.0.0.1:80");
}

/* As an ordinary user, whoever runs the tests. */
static void
test_privileged_port (Fixture *self, gconstpointer unused)
{
  guint16 start = culvert_socket_get_unprivileged_port_start ();

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  if (geteuid () == 0)
    g_assert_cmpint (setuid (65534), ==, 0);
  if (start > 1)
    assert_cannot_listen (self, "localhost", start - 1, CULVERT_FORWARD_ERROR_PORT_PRIVILEGED,
                          "127.0.0.1:");
  else
    g_assert_cmpuint (listen_on (self, "127.0.0.1", 1), ==, 1);
}

/* Paths */

static void
test_path (Fixture *self, gconstpointer unused)
{
  g_autoptr (CulvertTempDir)  dir = culvert_temp_dir_new ();
  g_autofree char            *path = culvert_temp_dir_build (dir, "s");
  g_autoptr (CulvertEndpoint) bound = NULL;
  GStatBuf                    info;

  listen_on (self, path, 0);
  bound = culvert_listener_dup_bound (self->listener);
  g_assert_cmpstr (culvert_endpoint_get_path (bound), ==, path);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  assert_accepts (self, path, 0);

  /* Whoever asks whether somebody listens there is a client too. */
  assert_cannot_listen (self, path, 0, CULVERT_FORWARD_ERROR_SOCKET_PATH, path);
  culvert_test_wait_until (self->accepted->len == 2, DEADLINE_MS);
  assert_accepts (self, path, 0);

  g_clear_pointer (&self->listener, culvert_listener_free);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A path may begin with the home folder. */
static void
test_path_in_home (Fixture *self, gconstpointer unused)
{
  g_autofree char            *path = g_build_filename (g_get_home_dir (), "s", NULL);
  g_autoptr (CulvertEndpoint) bound = NULL;

  listen_on (self, "~/s", 0);
  bound = culvert_listener_dup_bound (self->listener);
  g_assert_cmpstr (culvert_endpoint_get_path (bound), ==, path);
  assert_accepts (self, path, 0);
}

static void
test_bad_paths (Fixture *self, gconstpointer unused)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *file = culvert_temp_dir_write (dir, "file", "precious");
  g_autofree char           *nowhere = culvert_temp_dir_build (dir, "no/such/folder");
  g_autofree char           *text = NULL;

  assert_cannot_listen (self, file, 0, CULVERT_FORWARD_ERROR_SOCKET_PATH, file);
  assert_cannot_listen (self, nowhere, 0, CULVERT_FORWARD_ERROR_SOCKET_PATH, nowhere);
  assert_cannot_listen (self, culvert_temp_dir_get_path (dir), 0, CULVERT_FORWARD_ERROR_SOCKET_PATH,
                        culvert_temp_dir_get_path (dir));
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
}

/* A socket file that a crash has left is replaced; one that others have put in our place since is
 * left alone. */
static void
test_path_of_others (Fixture *self, gconstpointer unused)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_build (dir, "s");
  int                        other = culvert_loopback_listen (path, 0, 1, 0);

  close (other);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  listen_on (self, path, 0);
  assert_accepts (self, path, 0);

  g_assert_cmpint (g_unlink (path), ==, 0);
  other = culvert_loopback_listen (path, 0, 1, 0);
  g_assert_cmpint (other, >=, 0);
  g_clear_pointer (&self->listener, culvert_listener_free);
  g_assert_true (answers (path, 0));
  close (other);
}

/* Accepting */

static void
connect_many (GArray *clients, guint16 port, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      int descriptor = connect_to (NULL, port);

      g_array_append_val (clients, descriptor);
    }
}

static void
close_all (GArray *descriptors)
{
  for (guint i = 0; i < descriptors->len; i++)
    close (g_array_index (descriptors, int, i));
  g_array_unref (descriptors);
}

static void
assert_rests (Fixture *self)
{
  guint64 n_turns = culvert_io_source_get_n_turns (self->io);

  culvert_test_spend (QUIET_MS);
  g_assert_cmpuint (culvert_io_source_get_n_turns (self->io) - n_turns, <, QUIET_TURNS);
}

static void
test_clients_wait_until_accepted (Fixture *self, gconstpointer unused)
{
  guint16 port = listen_on (self, "localhost", 0);
  GArray *clients = g_array_new (FALSE, FALSE, sizeof (int));

  culvert_listener_set_accepting (self->listener, FALSE);
  connect_many (clients, port, 300);
  assert_rests (self);
  g_assert_cmpuint (self->accepted->len, ==, 0);

  /* They are connected and have nothing to complain of. */
  for (guint i = 0; i < clients->len; i++)
    {
      int           descriptor = g_array_index (clients, int, i);
      struct pollfd entry = { .fd = descriptor, .events = POLLIN | POLLOUT };

      g_assert_cmpint (poll (&entry, 1, 0), ==, 1);
      g_assert_cmpint (entry.revents, ==, POLLOUT);
    }

  culvert_listener_set_accepting (self->listener, TRUE);
  culvert_test_wait_until (self->accepted->len == 300, DEADLINE_MS);
  g_assert_cmpuint (self->most_in_turn, ==, CULVERT_LISTENER_ACCEPTS_PER_TURN);
  close_all (clients);
}

static void
test_clients_that_left_disturb_nobody (Fixture *self, gconstpointer unused)
{
  guint16 port = listen_on (self, "localhost", 0);

  culvert_listener_set_accepting (self->listener, FALSE);
  for (guint i = 0; i < 10; i++)
    {
      int descriptor = connect_to (NULL, port);

      if (i % 2 == 0)
        culvert_loopback_reset (descriptor);
      else
        close (descriptor);
    }
  culvert_listener_set_accepting (self->listener, TRUE);
  /* Those that closed, and perhaps those that reset, are accepted first. */
  culvert_test_wait_until (self->accepted->len >= 5, DEADLINE_MS);
  culvert_test_spend (20);
  assert_accepts (self, "::1", port);
  assert_accepts (self, "127.0.0.1", port);
  assert_rests (self);
}

static void
test_pause_while_accepting (Fixture *self, gconstpointer unused)
{
  guint16 port = listen_on (self, "localhost", 0);
  GArray *clients = g_array_new (FALSE, FALSE, sizeof (int));

  self->pauses_when_accepted = TRUE;
  connect_many (clients, port, 5);
  culvert_test_wait_until (self->accepted->len == 1, DEADLINE_MS);
  assert_rests (self);
  g_assert_cmpuint (self->accepted->len, ==, 1);
  close_all (clients);
}

static void
test_free_while_accepting (Fixture *self, gconstpointer unused)
{
  guint16 port = listen_on (self, "localhost", 0);
  GArray *clients = g_array_new (FALSE, FALSE, sizeof (int));

  self->frees_when_accepted = TRUE;
  connect_many (clients, port, 5);
  culvert_test_wait_until (self->listener == NULL, DEADLINE_MS);
  g_assert_cmpuint (self->accepted->len, ==, 1);
  close_all (clients);
}

/* Out of descriptors it rests instead of trying for ever, says so once, and recovers. */
static void
run_short_of_descriptors (Fixture *self, guint16 port)
{
  GArray *clients = g_array_new (FALSE, FALSE, sizeof (int));
  GArray *ballast = g_array_new (FALSE, FALSE, sizeof (int));
  guint   n_before = self->accepted->len;
  guint   n_warnings = self->n_warnings;
  guint64 n_turns;
  int     descriptor;

  culvert_listener_set_accepting (self->listener, FALSE);
  connect_many (clients, port, 10);
  while ((descriptor = dup (0)) >= 0)
    g_array_append_val (ballast, descriptor);
  g_assert_cmpint (errno, ==, EMFILE);

  n_turns = culvert_io_source_get_n_turns (self->io);
  culvert_listener_set_accepting (self->listener, TRUE);
  culvert_test_spend (2500);
  g_assert_cmpuint (culvert_io_source_get_n_turns (self->io) - n_turns, <, QUIET_TURNS);
  g_assert_cmpuint (self->accepted->len, ==, n_before);
  g_assert_cmpuint (self->n_warnings, ==, n_warnings + 1);

  close_all (ballast);
  culvert_test_wait_until (self->accepted->len == n_before + 10, DEADLINE_MS);
  g_assert_cmpuint (self->n_warnings, ==, n_warnings + 1);
  close_all (clients);
}

static void
test_out_of_descriptors (Fixture *self, gconstpointer unused)
{
  struct rlimit limit = { 100, 100 };
  guint16       port;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  port = listen_on (self, "127.0.0.1", 0);
  run_short_of_descriptors (self, port);
  run_short_of_descriptors (self, port);
}

/* It may be stopped in the middle of a rest. */
static void
test_free_while_resting (Fixture *self, gconstpointer unused)
{
  guint16 port;
  int     client;

  port = listen_on (self, "127.0.0.1", 0);
  culvert_listener_set_accepting (self->listener, FALSE);
  is_epoll_refusing = TRUE;
  client = connect_to (NULL, port);
  culvert_listener_set_accepting (self->listener, TRUE);
  culvert_test_wait_until (self->n_warnings == 1, DEADLINE_MS);
  is_epoll_refusing = FALSE;
  g_clear_pointer (&self->listener, culvert_listener_free);
  culvert_test_spend (1200);
  close (client);
}

/* The kernel has no room to watch one more socket: no spinning, and it recovers. */
static void
test_unwatchable_socket (Fixture *self, gconstpointer unused)
{
  guint16 port;
  int     client;

  port = listen_on (self, "127.0.0.1", 0);
  culvert_listener_set_accepting (self->listener, FALSE);
  is_epoll_refusing = TRUE;
  client = connect_to (NULL, port);
  culvert_listener_set_accepting (self->listener, TRUE);
  assert_rests (self);
  g_assert_cmpuint (self->n_warnings, ==, 1);
  g_assert_cmpuint (self->accepted->len, ==, 0);

  is_epoll_refusing = FALSE;
  culvert_test_wait_until (self->accepted->len == 1, DEADLINE_MS);
  close (client);
}

static void
add (const char *name, gconstpointer data, void (*func) (Fixture *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/listener/", name, NULL);

  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_autoptr (CulvertTempDir) home = culvert_temp_dir_new ();

  g_setenv ("HOME", culvert_temp_dir_get_path (home), TRUE);
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (address_cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("address/'%s'", address_cases[i].host);

      add (name, &address_cases[i], test_address);
    }
  add ("given-port", NULL, test_given_port);
  add ("port-in-use/ipv4", "127.0.0.1", test_port_in_use);
  add ("port-in-use/ipv6", "::1", test_port_in_use);
  add ("port-in-use/chosen", NULL, test_chosen_port_in_use);
  add ("machine-without-a-family", NULL, test_machine_without_a_family);
  add ("unknown-addresses", NULL, test_unknown_addresses);
  add ("other-failures", NULL, test_other_failures);
  add ("privileged-port", NULL, test_privileged_port);
  add ("path/is-for-the-owner-alone", NULL, test_path);
  add ("path-in-home", NULL, test_path_in_home);
  add ("path/bad", NULL, test_bad_paths);
  add ("path/of-others", NULL, test_path_of_others);
  add ("clients-wait-until-accepted", NULL, test_clients_wait_until_accepted);
  add ("clients-that-left", NULL, test_clients_that_left_disturb_nobody);
  add ("pause-while-accepting", NULL, test_pause_while_accepting);
  add ("free-while-accepting", NULL, test_free_while_accepting);
  add ("out-of-descriptors", NULL, test_out_of_descriptors);
  /* Only the kernel's own list of watches can be full. */
  if (g_getenv ("CULVERT_IO_SOURCE_POLL") == NULL)
    {
      add ("free-while-resting", NULL, test_free_while_resting);
      add ("unwatchable-socket", NULL, test_unwatchable_socket);
    }

  return g_test_run ();
}
