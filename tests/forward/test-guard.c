/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/guard.h"

#include "forward-fixture.h"
#include "support/loopback.h"
#include "support/other-user.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <unistd.h>

#define N_FLOOD 100

/* Returns: the port */
static guint16
start_for (Fixture *fixture, const char *listen, gboolean any_user, CulvertTarget *target)
{
  g_autoptr (CulvertEndpoint)    from = culvert_endpoint_parse (listen, NULL);
  g_autoptr (CulvertEndpoint)    to = NULL;
  g_autoptr (CulvertEndpoint)    bound = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;

  to = culvert_endpoint_new_tcp ("127.0.0.1", culvert_target_get_port (target));
  spec = culvert_forward_spec_new (&(CulvertForwardFields){ .kind = CULVERT_FORWARD_LOCAL,
                                                            .listen = from,
                                                            .target = to,
                                                            .any_user = any_user,
                                                            .is_enabled = TRUE });
  fixture_make_spec (fixture, spec);
  culvert_forward_start (fixture->forward);
  g_assert_no_error (culvert_forward_get_error (fixture->forward));
  culvert_forward_set_transport (fixture->forward, culvert_fake_transport_get (fixture->transport));
  bound = culvert_forward_dup_bound (fixture->forward);

  return culvert_endpoint_get_port (bound);
}

static CulvertCounters *
get_counters (Fixture *fixture)
{
  return culvert_forward_get_counters (fixture->forward);
}

static void
wait_for_end (CulvertOtherUser *other, CulvertOtherUserEnd end)
{
  culvert_test_wait_until (culvert_other_user_get_end (other) != CULVERT_OTHER_USER_WAITS,
                           DEADLINE_MS);
  g_assert_cmpint (culvert_other_user_get_end (other), ==, end);
}

/* A client of ours gets what the target says, and leaves. */
static void
assert_serves_me (Fixture *fixture, const char *address, guint16 port)
{
  g_autoptr (Client) client = client_new (address, port, 0);

  culvert_test_wait_until (client_has_read (client, strlen ("right")), DEADLINE_MS);
  g_assert_cmpmem (client->received->data, strlen ("right"), "right", strlen ("right"));
}

static const struct
{
  const char *name;
  const char *listen;
  const char *connect;
} families[] = {
  { "ipv4", "127.0.0.1:0", "127.0.0.1" },
  { "ipv4-other", "127.3.2.1:0", "127.3.2.1" },
  { "ipv6", "[::1]:0", "::1" },
  { "localhost-ipv4", "localhost:0", "127.0.0.1" },
  { "localhost-ipv6", "localhost:0", "::1" },
  { "ipv4-client-of-both", "localhost:0", "::ffff:127.0.0.1" },
};

static void
test_others_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint                        i = GPOINTER_TO_UINT (data);
  guint16                      port = start_for (fixture, families[i].listen, FALSE, target);
  g_autoptr (CulvertOtherUser) other = culvert_other_user_start (families[i].connect, port, 1);

  wait_for_end (other, CULVERT_OTHER_USER_GOT_RESET);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, 1);
  g_assert_cmpuint (get_counters (fixture)->n_accepted, ==, 0);
  g_assert_cmpuint (culvert_fake_transport_get_n_asked (fixture->transport), ==, 0);
  g_assert_cmpuint (fixture->n_counts_changes, ==, 1);
  g_assert_true (fixture_has_logged (fixture,
                                     "2 forward *: connection from *:* refused: it is of user "
                                     "64321, and only your user may connect"));

  assert_serves_me (fixture, families[i].connect, port);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, 1);
  g_assert_cmpuint (get_counters (fixture)->n_unseen, ==, 0);
}

/* Also while there is no session. */
static void
test_others_are_not_held (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                      port = start_for (fixture, "127.0.0.1:0", FALSE, target);
  g_autoptr (Client)           client = NULL;
  g_autoptr (CulvertOtherUser) other = NULL;

  culvert_forward_set_transport (fixture->forward, NULL);
  client = client_new (NULL, port, 0);
  other = culvert_other_user_start (NULL, port, 1);
  wait_for_end (other, CULVERT_OTHER_USER_GOT_RESET);
  culvert_test_wait_until (get_counters (fixture)->n_held == 1, DEADLINE_MS);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, 1);

  culvert_forward_set_transport (fixture->forward, culvert_fake_transport_get (fixture->transport));
  culvert_test_wait_until (client_has_read (client, strlen ("right")), DEADLINE_MS);
}

static void
test_any_user (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                      port = start_for (fixture, "127.0.0.1:0", TRUE, target);
  g_autoptr (CulvertOtherUser) other = culvert_other_user_start (NULL, port, 1);

  wait_for_end (other, CULVERT_OTHER_USER_GOT_DATA);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, 0);
}

/* Whoever lets other computers in does not look at users, whatever is saved. */
static void
test_beyond_loopback (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                      port = start_for (fixture, "*:0", FALSE, target);
  g_autoptr (CulvertOtherUser) other = culvert_other_user_start (NULL, port, 1);

  wait_for_end (other, CULVERT_OTHER_USER_GOT_DATA);
}

/* A Unix socket is made for its owner alone; should somebody open its mode, it stays so. */
static void
test_unix_socket (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTempDir)   dir = culvert_temp_dir_new ();
  g_autofree char             *path = culvert_temp_dir_build (dir, "s");
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  g_autoptr (CulvertOtherUser) kept_out = NULL;
  g_autoptr (CulvertOtherUser) refused = NULL;

  start_for (fixture, path, FALSE, target);
  g_assert_cmpint (g_chmod (culvert_temp_dir_get_path (dir), 0755), ==, 0);
  kept_out = culvert_other_user_start (path, 0, 1);
  wait_for_end (kept_out, CULVERT_OTHER_USER_CANNOT_CONNECT);

  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  refused = culvert_other_user_start (path, 0, 1);
  culvert_test_wait_until (get_counters (fixture)->n_foreign == 1, DEADLINE_MS);
  g_assert_true (fixture_has_logged (fixture, "2 *connection from a local program refused: *"));

  assert_serves_me (fixture, path, 0);
}

/* A flood is counted, and does not fill the log. */
static void
test_flood (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                      port = start_for (fixture, "127.0.0.1:0", FALSE, target);
  g_autoptr (CulvertOtherUser) other = culvert_other_user_start (NULL, port, N_FLOOD);

  wait_for_end (other, CULVERT_OTHER_USER_GOT_RESET);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, N_FLOOD);
  g_assert_cmpuint (fixture_count_logged (fixture, "* refused: *"), ==, CULVERT_GUARD_LOG_MAX);
  g_assert_cmpuint (fixture->n_counts_changes, ==, CULVERT_GUARD_LOG_MAX);
  g_assert_true (
    fixture_has_logged (fixture, "* more of them within this minute are only counted"));
  assert_serves_me (fixture, NULL, port);
}

static void
stop_cb (CulvertForward *forward)
{
  culvert_forward_stop (forward);
}

/* The owner may stop it in answer to what the guard says. */
static void
test_stop_when_refused (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)    target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                      port = start_for (fixture, "127.0.0.1:0", FALSE, target);
  g_autoptr (CulvertOtherUser) other = NULL;

  fixture->on_event = stop_cb;
  other = culvert_other_user_start (NULL, port, 10);
  culvert_test_wait_until (culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_OFF,
                           DEADLINE_MS);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, 1);
}

/* Clients that are gone before they are looked at */

static int
connect_now (guint16 port)
{
  int           descriptor = culvert_loopback_connect (NULL, port, 0);
  struct pollfd entry = { .fd = descriptor, .events = POLLOUT };

  g_assert_cmpint (poll (&entry, 1, DEADLINE_MS), ==, 1);
  g_assert_cmpint (culvert_loopback_get_error (descriptor), ==, 0);

  return descriptor;
}

/* Nobody can know whose words these are. */
static void
test_closed_after_words (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                   port = start_for (fixture, "127.0.0.1:0", FALSE, target);
  int                       client = connect_now (port);

  g_assert_cmpint (write (client, "DELETE", 6), ==, 6);
  close (client);
  culvert_test_wait_until (get_counters (fixture)->n_unseen == 1, DEADLINE_MS);
  g_assert_cmpuint (get_counters (fixture)->n_foreign, ==, 0);
  g_assert_cmpuint (culvert_fake_transport_get_n_asked (fixture->transport), ==, 0);
  g_assert_true (fixture_has_logged (
    fixture, "2 *connection from 127.0.0.1:* refused: it had closed before its user could be "
             "seen, and only your user may connect"));
}

static void
test_closed_without_words (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  guint16                   port = start_for (fixture, "127.0.0.1:0", FALSE, target);

  close (connect_now (port));
  culvert_loopback_reset (connect_now (port));
  assert_serves_me (fixture, NULL, port);
  g_assert_cmpuint (get_counters (fixture)->n_accepted, ==, 1);
  g_assert_cmpuint (get_counters (fixture)->n_unseen, ==, 0);
  g_assert_cmpuint (fixture_count_logged (fixture, "* refused: *"), ==, 0);
}

/* A sandbox that tells nothing: everybody is served, and the log says that. */
static void
test_denied (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget)    target = NULL;
  g_autoptr (CulvertOtherUser) other = NULL;
  guint16                      port;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  culvert_deny_netlink ();
  port = start_for (fixture, "127.0.0.1:0", FALSE, target);
  assert_serves_me (fixture, NULL, port);
  other = culvert_other_user_start (NULL, port, 1);
  wait_for_end (other, CULVERT_OTHER_USER_GOT_DATA);
  g_assert_cmpuint (fixture_count_logged (fixture, "2 *this system does not tell whose a "
                                                   "connection is*"),
                    ==, 1);
}

static void
add (const char *name, gconstpointer data, void (*func) (Fixture *fixture, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/guard/", name, NULL);

  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *name = g_strconcat ("others-are-refused/", families[i].name, NULL);

      add (name, GUINT_TO_POINTER (i), test_others_are_refused);
    }
  add ("others-are-not-held", NULL, test_others_are_not_held);
  add ("any-user", NULL, test_any_user);
  add ("beyond-loopback", NULL, test_beyond_loopback);
  add ("unix-socket", NULL, test_unix_socket);
  add ("flood", NULL, test_flood);
  add ("stop-when-refused", NULL, test_stop_when_refused);
  add ("closed-after-words", NULL, test_closed_after_words);
  add ("closed-without-words", NULL, test_closed_without_words);
  add ("denied", NULL, test_denied);

  return g_test_run ();
}
