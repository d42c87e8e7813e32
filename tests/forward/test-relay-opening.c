/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/relay.h"

#include "forward-fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* Put by the linker between the code under test and the system (--wrap). */
int __real_epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event);

static gboolean is_epoll_refusing;

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

static guint16
start_silent (Fixture *fixture, CulvertTarget *target)
{
  guint16 port = fixture_start (fixture, culvert_target_get_port (target));

  culvert_fake_transport_set_silent (fixture->transport, TRUE);

  return port;
}

static void
test_client_resets_while_asked (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = start_silent (fixture, target);
  g_autoptr (Client)        quiet = client_new (NULL, port, 0);
  g_autoptr (Client)        talker = client_new (NULL, port, 0);

  fixture_wait_for_asked (fixture, 2);
  client_send_text (talker, "early");
  fixture_assert_rests (fixture);
  g_assert_cmpuint (culvert_fake_transport_get_n_streams (fixture->transport), ==, 2);
  client_reset (quiet);
  client_reset (talker);
  fixture_assert_dropped (fixture, CULVERT_RELAY_SILENT_GRACE_MS / 2);
}

static void
test_silent_client_leaves_while_asked (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = start_silent (fixture, target);
  Client                   *client = client_new (NULL, port, 0);

  fixture_wait_for_asked (fixture, 1);
  client_free (client);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  fixture_assert_dropped (fixture, CULVERT_RELAY_SILENT_GRACE_MS + DEADLINE_MS);
  g_assert_cmpuint (culvert_target_get_n_connections (target), ==, 0);
}

/* One that only wants to listen finishes at once and is served all the same. */
static void
test_listening_client_is_served (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 100000);
  guint16                   port = start_silent (fixture, target);
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  fixture_wait_for_asked (fixture, 1);
  client_finish (client);
  fixture_assert_rests (fixture);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (client_read (client) == CLIENT_GOT_END, DEADLINE_MS);
  client_assert_stream (client, 7, 100000);
  culvert_test_wait_until (culvert_target_get_n_ended (target) == 1, DEADLINE_MS);
}

/* Once there is an answer it may listen for as long as it likes. */
static void
test_listening_client_has_time (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NEVER_READ, 0);
  guint16                   port = start_silent (fixture, target);
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  fixture_wait_for_asked (fixture, 1);
  client_finish (client);
  culvert_test_spend (50);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_spend (CULVERT_RELAY_SILENT_GRACE_MS + 200);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  g_assert_cmpuint (culvert_fake_transport_get_n_open (fixture->transport), ==, 1);
}

/* One that said something may leave: it is delivered when the target answers, however late. */
static void
test_early_words_are_kept (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SINK, 0);
  guint16                   port = start_silent (fixture, target);
  Client                   *client = client_new (NULL, port, 0);

  client_send_text (client, "take this");
  fixture_wait_for_asked (fixture, 1);
  client_free (client);
  fixture_assert_rests (fixture);
  culvert_test_spend (CULVERT_RELAY_SILENT_GRACE_MS + 200);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);
  g_assert_cmpuint (fixture->tunnel_counters->n_sent, ==, 0);

  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_target_get_n_received (target) == 9, DEADLINE_MS);
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

/* One that has left by the time the target greets it: the greeting finds nobody, and what the client
 * said is still delivered once it can be. */
static void
test_words_of_client_that_takes_none (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_SOURCE, 100000);
  guint16                   port = start_silent (fixture, target);
  Client                   *client = client_new (NULL, port, 0);
  gsize                     n_sent = client_send_stream (client, 3, 0, 100000);

  fixture_wait_for_asked (fixture, 1);
  client_free (client);
  fixture_assert_rests (fixture);
  culvert_fake_transport_set_stalled (fixture->transport, TRUE);
  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_test_wait_until (fixture->tunnel_counters->n_received == 100000, DEADLINE_MS);
  fixture_assert_rests (fixture);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 1);

  culvert_fake_transport_set_stalled (fixture->transport, FALSE);
  culvert_test_wait_until (culvert_target_get_n_received (target) == n_sent, DEADLINE_MS);
  culvert_test_wait_until (fixture_count_open (fixture) == 0, DEADLINE_MS);
}

static void
test_refused_client_sees_a_reset (Fixture *fixture, gconstpointer unused)
{
  guint16            port = fixture_start (fixture, 9);
  g_autoptr (Client) quiet = NULL;
  g_autoptr (Client) talker = NULL;

  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  quiet = client_new (NULL, port, 0);
  talker = client_new (NULL, port, 0);
  client_send_text (talker, "early");
  culvert_test_wait_until (client_read (quiet) != CLIENT_READS, DEADLINE_MS);
  culvert_test_wait_until (client_read (talker) != CLIENT_READS, DEADLINE_MS);
  g_assert_cmpint (quiet->end, ==, CLIENT_GOT_RESET);
  g_assert_cmpint (talker->end, ==, CLIENT_GOT_RESET);
  fixture_assert_counts (fixture, 2, 2, 0, 0);
}

/* Finds our end of the client's connection among the descriptors of this process. */
static int
find_accepted (Client *client)
{
  struct sockaddr_in own, peer;
  socklen_t          size = sizeof own;

  g_assert_cmpint (getsockname (client->descriptor, (struct sockaddr *)&own, &size), ==, 0);
  for (int descriptor = 0; descriptor < 1000; descriptor++)
    {
      size = sizeof peer;
      if (getpeername (descriptor, (struct sockaddr *)&peer, &size) == 0 &&
          peer.sin_family == AF_INET && peer.sin_port == own.sin_port)
        return descriptor;
    }

  return -1;
}

static void
test_small_packets_go_at_once (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = fixture_start (fixture, culvert_target_get_port (target));
  g_autoptr (Client)        client = client_new (NULL, port, 0);
  int                       no_delay = 0;
  socklen_t                 size = sizeof no_delay;

  fixture_wait_for_asked (fixture, 1);
  g_assert_cmpint (getsockopt (find_accepted (client), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size),
                   ==, 0);
  g_assert_cmpint (no_delay, !=, 0);
}

/* The kernel has no room to watch one more socket: that client is turned away, and nothing spins. */
static void
test_unwatchable_socket (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   port = start_silent (fixture, target);
  g_autoptr (Client)        client = client_new (NULL, port, 0);

  is_epoll_refusing = TRUE;
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  is_epoll_refusing = FALSE;
  g_assert_cmpint (client->end, ==, CLIENT_GOT_RESET);
  g_assert_cmpuint (fixture_count_open (fixture), ==, 0);
  fixture_assert_rests (fixture);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/relay-opening/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("client-resets", test_client_resets_while_asked);
  ADD ("silent-client-leaves", test_silent_client_leaves_while_asked);
  ADD ("listening-client-is-served", test_listening_client_is_served);
  ADD ("listening-client-has-time", test_listening_client_has_time);
  ADD ("early-words-are-kept", test_early_words_are_kept);
  ADD ("words-of-client-that-takes-none", test_words_of_client_that_takes_none);
  ADD ("refused-client-sees-a-reset", test_refused_client_sees_a_reset);
  ADD ("small-packets-go-at-once", test_small_packets_go_at_once);
  /* Only the kernel's own list of watches can be full. */
  if (g_getenv ("CULVERT_IO_SOURCE_POLL") == NULL)
    ADD ("unwatchable-socket", test_unwatchable_socket);

  return g_test_run ();
}
