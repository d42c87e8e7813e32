/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

/* Many connections at once on one session, of local and of remote forwards: a thousand that are all
 * open and all served, and one that is served beside a hundred that take nothing (T15 of the engine's
 * pitfalls). */

#define MIB        ((guint64)1024 * 1024)
#define N_CROWD    1000
#define CROWD_SIZE 20000
#define N_STALLED  100
#define FAST_SIZE  (50 * MIB)
#define SEED       7

/* The system's libssh2 gives each connection that the server offers a window of 2 MiB by itself. */
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
#define RSS_MAX (150 * MIB)
#else
#define RSS_MAX (300 * MIB)
#endif

/* A client, what it reaches, two ends of a connection between them, here and in its server. */
#define DESCRIPTORS_EACH 4

typedef struct
{
  CulvertSshd    *sshd;
  SessionFixture *session;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  CulvertSshdOptions options = { .host_keys = CULVERT_KEY_ED25519 };

  self->sshd = culvert_sshd_new (&options);
  self->session = session_fixture_new_for_sshd (self->sshd);
  session_fixture_up (self->session);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  session_fixture_stop (self->session);
  g_assert_no_error (self->session->error);
  session_fixture_free (self->session);
  culvert_sshd_free (self->sshd);
}

/* One more forward of the kind under test. Returns: where its clients connect */
static guint16
add_forward (Fixture *self, gconstpointer kind, CulvertTarget *target, CulvertCounters **counters)
{
  guint16          target_port = culvert_target_get_port (target);
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", target_port);
  guint16          port;

  if (GPOINTER_TO_INT (kind) == CULVERT_FORWARD_LOCAL)
    port = session_fixture_forward (self->session, target_port);
  else
    port = session_fixture_wait_listening (
      session_fixture_forward_back (self->session, "localhost:0", place));
  *counters = culvert_forward_get_counters (
    g_ptr_array_index (self->session->forwards, self->session->forwards->len - 1));
  return port;
}

/* All of them open, all of them served; then all of them gone. */
static void
serve_crowd (guint16 port, CulvertCounters *counters, CulvertTarget *echo, guint round)
{
  CulvertTraffic *crowd = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = port,
    .n_connections = N_CROWD,
    .n_bytes = CROWD_SIZE,
    .seed = SEED,
    .stays = TRUE,
    .n_unserved_max = 100,
  });

  culvert_test_wait_until (culvert_traffic_get_n_received (crowd) == N_CROWD * CROWD_SIZE ||
                             culvert_traffic_get_n_failed (crowd) > 0,
                           60000);
  g_test_message ("%u connections served in %.2f s", N_CROWD, culvert_traffic_get_seconds (crowd));
  g_assert_cmpuint (culvert_traffic_get_n_failed (crowd), ==, 0);
  g_assert_cmpuint (counters->n_open, ==, N_CROWD);
  g_assert_cmpuint (culvert_target_get_n_open (echo), ==, N_CROWD);

  culvert_traffic_let_go (crowd);
  culvert_test_wait_until (culvert_traffic_is_done (crowd), 60000);
  culvert_traffic_finish (crowd);
  culvert_test_wait_until (counters->n_open == 0 && culvert_target_get_n_open (echo) == 0, 20000);
  g_assert_cmpuint (counters->n_accepted, ==, round * N_CROWD);
  g_assert_cmpuint (counters->n_refused, ==, 0);
  g_assert_cmpuint (counters->n_received, ==, round * N_CROWD * CROWD_SIZE);
  g_assert_cmpuint (counters->n_sent, ==, round * N_CROWD * CROWD_SIZE);
}

static void
test_crowd (Fixture *self, gconstpointer kind)
{
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  CulvertCounters *counters;
  guint16          port = add_forward (self, kind, echo, &counters);
  guint            n_descriptors;
  gsize            rss;

  /* The first time tables grow to what they need. */
  serve_crowd (port, counters, echo, 1);
  n_descriptors = culvert_test_get_n_descriptors ();
  rss = culvert_test_get_rss_bytes ();
  serve_crowd (port, counters, echo, 2);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= n_descriptors, 5000);
  g_test_message ("%" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " KiB after", rss / 1024,
                  culvert_test_get_rss_bytes () / 1024);
  /* AddressSanitizer keeps freed memory. */
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpuint (culvert_test_get_rss_bytes (), <, rss + 4 * MIB);
#endif
}

/* Who takes nothing: */
typedef struct
{
  const char        *name;
  CulvertForwardKind kind;
  gboolean           is_far; /* readers at the server, not here */
  guint              n_stalled;
} StalledRow;

/* Of those at the server each costs megabytes, which its kernel takes. */
static const StalledRow stalled_rows[] = {
  { "stalled/local", CULVERT_FORWARD_LOCAL, FALSE, 100 },
  { "stalled/remote", CULVERT_FORWARD_REMOTE, FALSE, 100 },
  { "stalled/remote-at-the-server", CULVERT_FORWARD_REMOTE, TRUE, 10 },
};

/* Do the clients read, or does the target? */
static gboolean
is_download (const StalledRow *row)
{
  return row->is_far == (row->kind == CULVERT_FORWARD_REMOTE);
}

static double
carry (const StalledRow *row, guint16 port)
{
  CulvertTraffic *fast = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = is_download (row) ? CULVERT_TRAFFIC_DOWNLOAD : CULVERT_TRAFFIC_UPLOAD,
    .port = port,
    .n_bytes = FAST_SIZE,
    .seed = SEED,
  });
  double          seconds;

  culvert_test_wait_until (culvert_traffic_is_done (fast), 60000);
  seconds = culvert_traffic_get_seconds (fast);
  culvert_traffic_finish (fast);
  return seconds;
}

/* Waits until nothing has moved for a fifth of a second: every window is full. */
static guint64
wait_until_still (const _Atomic guint64 *n_bytes)
{
  guint64 before;

  do
    {
      before = *n_bytes;
      culvert_test_spend (200);
    }
  while (*n_bytes != before);
  return before;
}

/* One gets all of its bytes while not one moves for the others, and these cost little memory. */
static void
test_stalled (Fixture *self, gconstpointer data)
{
  const StalledRow         *row = data;
  gconstpointer             kind = GINT_TO_POINTER (row->kind);
  g_autoptr (CulvertTarget) source = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = SEED, .n_bytes = FAST_SIZE });
  g_autoptr (CulvertTarget) sink =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SINK });
  g_autoptr (CulvertTarget) deaf =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_READ });
  g_autoptr (CulvertTraffic) stalled = NULL;
  CulvertCounters           *counters, *fast_counters;
  guint16 port = add_forward (self, kind, is_download (row) ? source : deaf, &counters);
  guint16 fast_port = add_forward (self, kind, is_download (row) ? source : sink, &fast_counters);
  const _Atomic guint64 *n_bytes = row->is_far ? &counters->n_sent : &counters->n_received;
  double                 alone_s = carry (row, fast_port), beside_s;
  guint64                n_before;
  gsize                  rss;

  stalled = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_HOLD,
    .port = port,
    .n_connections = row->n_stalled,
    .n_bytes = is_download (row) ? 1 : 16 * MIB,
    .receive_buffer = 4096,
  });
  culvert_test_wait_until (counters->n_open == row->n_stalled, 20000);
  /* A busy machine may pause; who has come to a halt stays there. */
  for (guint i = 0; i == 0 || (*n_bytes != n_before && i < 5); i++)
    {
      n_before = wait_until_still (n_bytes);
      beside_s = carry (row, fast_port);
    }
  g_assert_cmpuint (*n_bytes, ==, n_before);
  g_assert_cmpuint (n_before, >, 0);
  g_assert_cmpuint (counters->n_open, ==, row->n_stalled);
  rss = culvert_test_get_rss_bytes ();
  g_test_message ("%.2f MiB each, then nothing, for %u that stalled; one that did not: %.0f MiB/s "
                  "alone, %.0f MiB/s beside them; %" G_GSIZE_FORMAT " MiB resident",
                  (double)n_before / row->n_stalled / MIB, row->n_stalled,
                  (double)FAST_SIZE / MIB / alone_s, (double)FAST_SIZE / MIB / beside_s,
                  rss / (gsize)MIB);
  /* The kernel takes little of what nobody reads, and no window grew because it took that fast. */
  if (!row->is_far)
    g_assert_cmpuint (n_before, <, row->n_stalled * MIB);
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpuint (rss, <, RSS_MAX);
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  culvert_test_allow_descriptors (N_CROWD * DESCRIPTORS_EACH + 500);

#define ADD(name, kind, test)                                                                      \
  g_test_add ("/ssh/session/crowd/" name, Fixture, GINT_TO_POINTER (kind), set_up, test, tear_down)
  ADD ("thousand/local", CULVERT_FORWARD_LOCAL, test_crowd);
  ADD ("thousand/remote", CULVERT_FORWARD_REMOTE, test_crowd);
#undef ADD
  for (gsize i = 0; i < G_N_ELEMENTS (stalled_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/crowd/", stalled_rows[i].name, NULL);

      g_test_add (path, Fixture, &stalled_rows[i], set_up, test_stalled, tear_down);
    }

  return g_test_run ();
}
