/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-state.h"

#include "core/errors.h"

#define N_STATES 9

/* What may follow what, as the description of a tunnel's life has it. */
static const char *const edges[] = {
  "stopped connecting",

  "connecting signing-in",
  "connecting waiting",
  "connecting needs-you",
  "connecting stopping",
  "connecting failed",
  "connecting idle",
  "signing-in connecting",
  "signing-in up",
  "signing-in waiting",
  "signing-in needs-you",
  "signing-in stopping",
  "signing-in failed",
  "signing-in idle",
  "up connecting",
  "up waiting",
  "up stopping",
  "up failed",
  "up idle",
  "waiting connecting",
  "waiting stopping",
  "waiting idle",
  "needs-you connecting",
  "needs-you signing-in",
  "needs-you up",
  "needs-you waiting",
  "needs-you stopping",
  "needs-you failed",
  "needs-you idle",
  "stopping stopped",
  "failed connecting",
  "failed stopped",
  "idle connecting",
  "idle waiting",
  "idle stopping",
  NULL,
};

static void
test_edges (void)
{
  guint n = 0;

  for (int from = 0; from < N_STATES; from++)
    for (int to = 0; to < N_STATES; to++)
      {
        g_autofree char *edge = g_strdup_printf ("%s %s", culvert_tunnel_state_to_nick (from),
                                                 culvert_tunnel_state_to_nick (to));
        gboolean         allowed = g_strv_contains (edges, edge);

        g_test_message ("%s", edge);
        g_assert_cmpint (culvert_tunnel_state_can_follow (from, to), ==, allowed);
        n += allowed;
      }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (edges) - 1);
}

static void
test_change_writes_one_line (void)
{
  g_autoptr (CulvertLog) log = culvert_log_new (10);
  g_autoptr (GPtrArray)  lines = NULL;
  CulvertTunnelState     state = CULVERT_TUNNEL_SIGNING_IN;
  CulvertLogLine        *line;

  g_assert_true (culvert_tunnel_state_change (&state, CULVERT_TUNNEL_UP, "after 0.4 s", log));
  g_assert_cmpint (state, ==, CULVERT_TUNNEL_UP);
  /* The same again is no change. */
  g_assert_false (culvert_tunnel_state_change (&state, CULVERT_TUNNEL_UP, "again", log));
  /* Without a log it is silent. */
  g_assert_true (culvert_tunnel_state_change (&state, CULVERT_TUNNEL_STOPPING, "off", NULL));

  lines = culvert_log_get_lines (log, 0);
  g_assert_cmpuint (lines->len, ==, 1);
  line = g_ptr_array_index (lines, 0);
  g_assert_cmpstr (line->text, ==, "signing-in → up (after 0.4 s)");
  g_assert_cmpint (line->level, ==, CULVERT_LOG_INFO);
}

static void
test_wrong_edge_is_refused (void)
{
  if (g_test_subprocess ())
    {
      CulvertTunnelState state = CULVERT_TUNNEL_STOPPING;

      /* Here the complaint shall not be the end. */
      g_log_set_always_fatal (G_LOG_FATAL_MASK);
      g_assert_false (
        culvert_tunnel_state_change (&state, CULVERT_TUNNEL_UP, "a late answer", NULL));
      g_assert_cmpint (state, ==, CULVERT_TUNNEL_STOPPING);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*up cannot follow stopping (a late answer)*");
}

static void
test_is_on (void)
{
  const gboolean is_on[N_STATES] = {
    [CULVERT_TUNNEL_CONNECTING] = TRUE, [CULVERT_TUNNEL_SIGNING_IN] = TRUE,
    [CULVERT_TUNNEL_UP] = TRUE,         [CULVERT_TUNNEL_WAITING] = TRUE,
    [CULVERT_TUNNEL_NEEDS_YOU] = TRUE,  [CULVERT_TUNNEL_IDLE] = TRUE,
  };

  for (int state = 0; state < N_STATES; state++)
    g_assert_cmpint (culvert_tunnel_state_is_on (state), ==, is_on[state]);
}

static void
assert_transient (GQuark domain, int code, gboolean is_transient)
{
  g_autoptr (GError) error = g_error_new (domain, code, "code %d", code);

  g_assert_cmpint (culvert_error_is_transient (error), ==, is_transient);
}

/* Every code is in one of the two lists: a new one must be thought about. */
static void
test_transient (void)
{
  const CulvertSshError transient[] = {
    CULVERT_SSH_ERROR_NAME_UNKNOWN, CULVERT_SSH_ERROR_REFUSED,
    CULVERT_SSH_ERROR_UNREACHABLE,  CULVERT_SSH_ERROR_TIMED_OUT,
    CULVERT_SSH_ERROR_NOT_SSH,      CULVERT_SSH_ERROR_HANDSHAKE,
    CULVERT_SSH_ERROR_CLOSED,       CULVERT_SSH_ERROR_LOST,
    CULVERT_SSH_ERROR_PROTOCOL,     CULVERT_SSH_ERROR_NO_NAME_SERVICE,
    CULVERT_SSH_ERROR_NO_ADDRESS,   CULVERT_SSH_ERROR_SILENT,
    CULVERT_SSH_ERROR_TURNED_AWAY,  CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT,
    CULVERT_SSH_ERROR_NO_NETWORK,   CULVERT_SSH_ERROR_AUTH_TIMED_OUT,
    CULVERT_SSH_ERROR_AUTH_CLOSED,
  };

  for (int code = 0; code <= CULVERT_SSH_ERROR_OPEN_TIMED_OUT; code++)
    {
      gboolean is_transient = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (transient); i++)
        is_transient = is_transient || (int)transient[i] == code;
      assert_transient (CULVERT_SSH_ERROR, code, is_transient);
    }

  assert_transient (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, FALSE);
  assert_transient (G_IO_ERROR, G_IO_ERROR_FAILED, FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tunnel-state/edges", test_edges);
  g_test_add_func ("/engine/tunnel-state/change-writes-one-line", test_change_writes_one_line);
  g_test_add_func ("/engine/tunnel-state/wrong-edge-is-refused", test_wrong_edge_is_refused);
  g_test_add_func ("/engine/tunnel-state/is-on", test_is_on);
  g_test_add_func ("/engine/tunnel-state/transient", test_transient);

  return g_test_run ();
}
