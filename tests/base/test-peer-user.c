/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user.h"

#include "support/culvert-test.h"
#include "support/loopback.h"
#include "support/other-user.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE_MS 10000
#define N_LOOKUPS   10000

/* Both ends of a connection. */
typedef struct
{
  int listener;
  int client;
  int accepted;
} Pair;

static int
accept_one (int listener)
{
  struct pollfd entry = { .fd = listener, .events = POLLIN };
  int           descriptor;

  g_assert_cmpint (poll (&entry, 1, DEADLINE_MS), ==, 1);
  descriptor = culvert_loopback_accept (listener);
  g_assert_cmpint (descriptor, >=, 0);

  return descriptor;
}

static void
pair_connect (Pair *self, const char *address)
{
  self->client = culvert_loopback_connect (address, culvert_loopback_get_port (self->listener), 0);
  g_assert_cmpint (self->client, >=, 0);
  self->accepted = accept_one (self->listener);
}

static void
pair_open (Pair *self, const char *listen, const char *connect)
{
  self->listener = culvert_loopback_listen (listen, 0, 16, 0);
  g_assert_cmpint (self->listener, >=, 0);
  pair_connect (self, connect);
}

static void
pair_close (Pair *self)
{
  if (self->client >= 0)
    close (self->client);
  close (self->accepted);
  close (self->listener);
}

static CulvertPeer
ask_once (int accepted)
{
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();

  return culvert_peer_lookup_ask (lookup, accepted);
}

static void
assert_is_mine (int accepted)
{
  CulvertPeer peer = ask_once (accepted);

  g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_MINE);
  g_assert_cmpint (peer.user, ==, geteuid ());
  g_assert_cmpuint (peer.socket_id, >, 0);
}

static void
assert_is_unseen (int accepted)
{
  CulvertPeer peer = ask_once (accepted);

  g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_UNSEEN);
  g_assert_cmpint (peer.user, ==, -1);
}

/* Who it is */

static const struct
{
  const char *name;
  const char *listen;
  const char *connect;
} families[] = {
  { "ipv4", "127.0.0.1", "127.0.0.1" },
  { "ipv4-other", "127.8.7.6", "127.8.7.6" },
  { "ipv6", "::1", "::1" },
  { "ipv4-socket-of-both", "::", "127.0.0.1" },
  { "ipv6-socket-of-both", "::", "::1" },
  { "ipv4-client-of-both", "127.0.0.1", "::ffff:127.0.0.1" },
  { "both-of-both", "::", "::ffff:127.0.0.1" },
};

static void
test_mine (gconstpointer data)
{
  Pair pair;

  pair_open (&pair, families[GPOINTER_TO_UINT (data)].listen,
             families[GPOINTER_TO_UINT (data)].connect);
  assert_is_mine (pair.accepted);

  /* It has finished, but is there. */
  g_assert_cmpint (shutdown (pair.client, SHUT_WR), ==, 0);
  assert_is_mine (pair.accepted);
  pair_close (&pair);
}

static void
test_other (gconstpointer data)
{
  int listener = culvert_loopback_listen (families[GPOINTER_TO_UINT (data)].listen, 0, 16, 0);
  g_autoptr (CulvertOtherUser) other = culvert_other_user_start (
    families[GPOINTER_TO_UINT (data)].connect, culvert_loopback_get_port (listener), 1);
  int              accepted = accept_one (listener);
  CulvertPeer      peer = ask_once (accepted);
  g_autofree char *name = culvert_peer_dup_user_name (&peer);

  g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_OTHER);
  g_assert_cmpint (peer.user, ==, CULVERT_OTHER_USER);
  g_assert_null (name);
  close (accepted);
  close (listener);
}

/* A program that root runs for an ordinary user is let in. */
static void
test_root_is_let_in (void)
{
  Pair pair;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  g_assert_cmpuint (geteuid (), ==, 0);
  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  g_assert_cmpint (seteuid (CULVERT_OTHER_USER), ==, 0);
  {
    CulvertPeer peer = ask_once (pair.accepted);

    g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_MINE);
    g_assert_cmpint (peer.user, ==, 0);
  }
  /* The leak checker looks into this process. */
  g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_DUMPABLE, 1), ==, 0);
  pair_close (&pair);
}

static void
test_unix_socket (void)
{
  g_autoptr (CulvertTempDir)   dir = culvert_temp_dir_new ();
  g_autofree char             *path = culvert_temp_dir_build (dir, "s");
  g_autoptr (CulvertOtherUser) other = NULL;
  CulvertPeer                  peer;
  Pair                         pair = { .listener = culvert_loopback_listen (path, 0, 16, 0) };
  int                          accepted;

  pair.client = culvert_loopback_connect (path, 0, 0);
  pair.accepted = accept_one (pair.listener);
  peer = ask_once (pair.accepted);
  g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_MINE);
  g_assert_cmpuint (peer.pid, ==, getpid ());

  g_assert_cmpint (chmod (culvert_temp_dir_get_path (dir), 0755), ==, 0);
  g_assert_cmpint (chmod (path, 0666), ==, 0);
  other = culvert_other_user_start (path, 0, 1);
  accepted = accept_one (pair.listener);
  peer = ask_once (accepted);
  g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_OTHER);
  g_assert_cmpint (peer.user, ==, CULVERT_OTHER_USER);
  close (accepted);
  pair_close (&pair);
}

static void
test_device (void)
{
  Pair               pair = { .listener = culvert_loopback_listen (NULL, 0, 16, 0) };
  struct sockaddr_in to = {
    .sin_family = AF_INET,
    .sin_port = g_htons (culvert_loopback_get_port (pair.listener)),
    .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK),
  };

  pair.client = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (setsockopt (pair.client, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2), ==, 0);
  g_assert_cmpint (connect (pair.client, (struct sockaddr *)&to, sizeof to), ==, 0);
  pair.accepted = accept_one (pair.listener);
  assert_is_mine (pair.accepted);
  pair_close (&pair);
}

/* Who it was */

static void
test_closed (void)
{
  Pair pair;

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  g_assert_cmpint (send (pair.client, "x", 1, 0), ==, 1);
  close (pair.client);
  assert_is_unseen (pair.accepted);
  pair.client = -1;
  pair_close (&pair);
}

/* Nobody has it open, but the kernel has bytes of it left to send: it calls that root's. */
static void
test_closed_with_bytes_to_send (void)
{
  static const char bytes[65536];
  Pair              pair = { .listener = culvert_loopback_listen ("127.0.0.1", 0, 16, 1024) };

  pair_connect (&pair, "127.0.0.1");
  while (send (pair.client, bytes, sizeof bytes, 0) > 0)
    continue;
  g_assert_cmpint (errno, ==, EAGAIN);
  close (pair.client);
  assert_is_unseen (pair.accepted);
  pair.client = -1;
  pair_close (&pair);
}

static void
test_reset (void)
{
  Pair pair;

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  culvert_loopback_reset (pair.client);
  assert_is_unseen (pair.accepted);
  pair.client = -1;
  pair_close (&pair);
}

static int
connect_from (guint16 from, guint16 to)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = g_htons (from),
                                 .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int                one = 1;
  int                descriptor = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (setsockopt (descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), ==, 0);
  g_assert_cmpint (bind (descriptor, (struct sockaddr *)&address, sizeof address), ==, 0);
  address.sin_port = g_htons (to);
  g_assert_cmpint (connect (descriptor, (struct sockaddr *)&address, sizeof address), ==, 0);

  return descriptor;
}

/* Somebody said something and reset; then somebody else, whose connection is let in, came from the
 * same port.  What the first one said must not pass for his. */
static void
test_port_used_again (void)
{
  guint16 from = culvert_test_free_port ();
  Pair    first = { .listener = culvert_loopback_listen ("127.0.0.1", 0, 16, 0) };
  guint16 to = culvert_loopback_get_port (first.listener);
  int     client, accepted;

  first.client = connect_from (from, to);
  first.accepted = accept_one (first.listener);
  culvert_loopback_reset (first.client);
  client = connect_from (from, to);
  accepted = accept_one (first.listener);

  assert_is_unseen (first.accepted);
  assert_is_mine (accepted);
  close (client);
  close (accepted);
  first.client = -1;
  pair_close (&first);
}

/* In the place of the connection there is somebody who listens on the port that it came from. */
static void
test_listener_on_the_port (void)
{
  guint16 from = culvert_test_free_port ();
  Pair    pair = { .listener = culvert_loopback_listen ("127.0.0.1", 0, 16, 0) };
  int     other;

  pair.client = connect_from (from, culvert_loopback_get_port (pair.listener));
  pair.accepted = accept_one (pair.listener);
  close (pair.client);
  other = culvert_loopback_listen ("127.0.0.1", from, 1, 0);
  g_assert_cmpint (other, >=, 0);
  assert_is_unseen (pair.accepted);
  close (other);
  pair.client = -1;
  pair_close (&pair);
}

/* Where there is less to see */

static void
assert_unchecked (int accepted)
{
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();

  g_assert_false (culvert_peer_lookup_works (lookup));
  g_assert_cmpint (culvert_peer_lookup_ask (lookup, accepted).verdict, ==, CULVERT_PEER_UNCHECKED);
}

static void
test_denied (void)
{
  Pair pair;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  culvert_deny_netlink ();
  assert_unchecked (pair.accepted);
  pair_close (&pair);
}

/* It lasts as long as the shortage does, and lets nobody in meanwhile. */
static void
test_out_of_descriptors (void)
{
  g_autoptr (CulvertPeerLookup) lookup = NULL;
  struct rlimit                 none;
  rlim_t                        before;
  Pair                          pair;

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &none), ==, 0);
  before = none.rlim_cur;
  none.rlim_cur = 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  lookup = culvert_peer_lookup_new ();
  g_assert_true (culvert_peer_lookup_works (lookup));
  g_assert_cmpint (culvert_peer_lookup_ask (lookup, pair.accepted).verdict, ==,
                   CULVERT_PEER_UNSEEN);

  none.rlim_cur = before;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_cmpint (culvert_peer_lookup_ask (lookup, pair.accepted).verdict, ==, CULVERT_PEER_MINE);
  pair_close (&pair);
}

static void
enter_user_namespace (const char *map)
{
  g_assert_cmpint (unshare (CLONE_NEWUSER), ==, 0);
  if (map != NULL)
    g_assert_true (
      g_file_set_contents_full ("/proc/self/uid_map", map, -1, G_FILE_SET_CONTENTS_NONE, 0, NULL));
}

/* A sandbox that knows of one user: all others look the same. */
static void
test_user_namespace (void)
{
  g_autoptr (CulvertOtherUser) other = NULL;
  g_autofree char             *name = NULL;
  CulvertPeer                  peer;
  Pair                         pair;
  int                          accepted;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  other = culvert_other_user_start (NULL, culvert_loopback_get_port (pair.listener), 1);
  accepted = accept_one (pair.listener);
  enter_user_namespace ("1000 0 1");

  assert_is_mine (pair.accepted);
  peer = ask_once (accepted);
  g_assert_cmpint (peer.verdict, ==, CULVERT_PEER_OTHER);
  name = culvert_peer_dup_user_name (&peer);
  g_assert_null (name);
  close (accepted);
  pair_close (&pair);
}

/* One in which even we are nobody. */
static void
test_user_namespace_without_users (void)
{
  Pair pair;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  enter_user_namespace (NULL);
  assert_unchecked (pair.accepted);
  pair_close (&pair);
}

/* Names */

static void
test_user_name (void)
{
  CulvertPeer      root = { .user = 0 };
  CulvertPeer      unknown = { .user = -1 };
  g_autofree char *name = culvert_peer_dup_user_name (&root);

  g_assert_cmpstr (name, ==, "root");
  g_assert_null (culvert_peer_dup_user_name (&unknown));
}

static void
test_program (void)
{
  g_autofree char *itself = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *expected = g_path_get_basename (itself);
  g_autofree char *name = NULL;
  CulvertPeer      peer;
  Pair             pair;
  guint            pid = 0;

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  peer = ask_once (pair.accepted);
  g_assert_true (culvert_peer_find_program (&peer, &pid, &name));
  g_assert_cmpuint (pid, ==, getpid ());
  g_assert_cmpstr (name, ==, expected);

  close (pair.client);
  pair.client = -1;
  g_assert_false (culvert_peer_find_program (&peer, &pid, &name));
  pair_close (&pair);
}

/* Several in one look, each at its own place; who is not there leaves no trace. */
static void
test_programs (void)
{
  CulvertPeerProgram programs[4];
  CulvertPeer        peers[4];
  Pair               first, second, gone;

  pair_open (&first, "127.0.0.1", "127.0.0.1");
  pair_open (&second, "127.0.0.1", "127.0.0.1");
  pair_open (&gone, "127.0.0.1", "127.0.0.1");
  peers[0] = ask_once (first.accepted);
  peers[1] = ask_once (gone.accepted);
  peers[2] = (CulvertPeer){ .verdict = CULVERT_PEER_UNSEEN, .user = -1 };
  peers[3] = ask_once (second.accepted);
  close (gone.client);
  gone.client = -1;

  culvert_peer_find_programs (peers, G_N_ELEMENTS (peers), programs);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i += 3)
    {
      g_assert_cmpuint (programs[i].pid, ==, getpid ());
      g_assert_nonnull (programs[i].name);
      g_free (programs[i].name);
    }
  for (guint i = 1; i < 3; i++)
    {
      g_assert_cmpuint (programs[i].pid, ==, 0);
      g_assert_null (programs[i].name);
    }
  culvert_peer_find_programs (NULL, 0, NULL);
  pair_close (&first);
  pair_close (&second);
  pair_close (&gone);
}

/* A figure, not a goal that a slow machine could miss: what looking up costs beside what it guards. */
static void
test_cost (void)
{
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();
  Pair                          pair;
  gint64                        began_us, connected_us, asked_us;

  pair_open (&pair, "127.0.0.1", "127.0.0.1");
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_LOOKUPS; i++)
    {
      culvert_loopback_reset (pair.client);
      close (pair.accepted);
      pair_connect (&pair, "127.0.0.1");
    }
  connected_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_LOOKUPS; i++)
    g_assert_cmpint (culvert_peer_lookup_ask (lookup, pair.accepted).verdict, ==,
                     CULVERT_PEER_MINE);
  asked_us = g_get_monotonic_time ();
  pair_close (&pair);

  g_test_message ("%d connections: %.1f us each; %d lookups: %.1f us each, %.2f times as much",
                  N_LOOKUPS, (double)(connected_us - began_us) / N_LOOKUPS, N_LOOKUPS,
                  (double)(asked_us - connected_us) / N_LOOKUPS,
                  (double)(asked_us - connected_us) / (double)(connected_us - began_us));
}

static void
add_families (const char *prefix, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *path = g_strdup_printf ("/peer-user/%s/%s", prefix, families[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), func);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_families ("mine", test_mine);
  add_families ("other", test_other);
  g_test_add_func ("/peer-user/root-is-let-in", test_root_is_let_in);
  g_test_add_func ("/peer-user/unix-socket", test_unix_socket);
  g_test_add_func ("/peer-user/device", test_device);
  g_test_add_func ("/peer-user/closed", test_closed);
  g_test_add_func ("/peer-user/closed-with-bytes-to-send", test_closed_with_bytes_to_send);
  g_test_add_func ("/peer-user/reset", test_reset);
  g_test_add_func ("/peer-user/port-used-again", test_port_used_again);
  g_test_add_func ("/peer-user/listener-on-the-port", test_listener_on_the_port);
  g_test_add_func ("/peer-user/denied", test_denied);
  g_test_add_func ("/peer-user/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/peer-user/user-namespace", test_user_namespace);
  g_test_add_func ("/peer-user/user-namespace-without-users", test_user_namespace_without_users);
  g_test_add_func ("/peer-user/user-name", test_user_name);
  g_test_add_func ("/peer-user/program", test_program);
  g_test_add_func ("/peer-user/programs", test_programs);
  g_test_add_func ("/peer-user/cost", test_cost);

  return g_test_run ();
}
