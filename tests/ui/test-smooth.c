/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-private.h"
#include "support/culvert-test.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"
#include "ui/application.h"
#include "ui/scroll.h"
#include "ui/stage.h"
#include "ui/window.h"

#include <stdio.h>

/* Nothing makes the window stand still, and nothing wakes it for nothing.
 *
 * While a gigabyte moves through a real tunnel, its own loop must not notice: the longest
 * gap between two ticks at the priority of redrawing is measured and printed. */

#define MIB ((guint64)1024 * 1024)
/* Far above what is hoped for (25 ms): a sanitizer or a loaded machine must not fail it, a window
 * that waits for the engine must. */
#define LONGEST_GAP_MS 400.0

#define IDLE_S 3

static CulvertApplication *application;

static CulvertTunnel *
add_tunnel (CulvertStage *stage, CulvertSshd *sshd, CulvertTempDir *dir, guint16 target_port)
{
  g_autofree char *known_hosts = culvert_temp_dir_build (dir, "known_hosts");
  g_autofree char *command = g_strdup_printf (
    "ssh -p %u -i %s -o UserKnownHostsFile=%s -o IdentitiesOnly=yes -L %u:127.0.0.1:%u %s@127.0.0.1",
    culvert_sshd_get_port (sshd), culvert_sshd_get_user_key (sshd, CULVERT_KEY_ED25519),
    known_hosts, culvert_test_free_port (), target_port, culvert_sshd_get_user_name (sshd));

  culvert_sshd_write_known_hosts (sshd, known_hosts, 0);
  return culvert_stage_add (stage, "A gigabyte", command);
}

static guint16
get_port (CulvertTunnel *tunnel)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), 0);

  return culvert_endpoint_get_port (culvert_forward_item_get_bound (item));
}

/* For how long this thread has wanted a processor and others had them all: the machine's fault, not ours. */
static double
get_kept_waiting_ms (void)
{
  g_autofree char *text = NULL;
  unsigned long    waited_ns = 0;

  if (g_file_get_contents ("/proc/thread-self/schedstat", &text, NULL, NULL))
    sscanf (text, "%*u %lu", &waited_ns);
  return (double)waited_ns / 1e6;
}

static void
test_smooth (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autoptr (CulvertTarget)  target = culvert_target_new (
     &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 7, .n_bytes = 1024 * MIB });
  g_autoptr (CulvertStage)     stage = culvert_stage_new ();
  g_autoptr (CulvertTickMeter) meter = NULL;
  CulvertTunnel  *tunnel = add_tunnel (stage, sshd, dir, culvert_target_get_port (target));
  CulvertTraffic *traffic;
  GtkWidget      *window =
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (stage),
                        culvert_stage_get_secrets (stage), NULL);
  double alone_ms, waited_ms;

  gtk_window_present (GTK_WINDOW (window));
  culvert_tunnel_start (tunnel);
  culvert_test_wait_until (culvert_tunnel_is_ready (tunnel), 20000);
  culvert_test_spend (500);

  /* What the window costs itself, to compare with. */
  meter = culvert_tick_meter_new (NULL, 4, GDK_PRIORITY_REDRAW);
  culvert_test_spend (2000);
  alone_ms = culvert_tick_meter_get_longest_ms (meter);
  culvert_tick_meter_reset (meter);
  waited_ms = get_kept_waiting_ms ();

  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_DOWNLOAD,
    .port = get_port (tunnel),
    .n_bytes = 1024 * MIB,
    .seed = 7,
    .deadline_ms = 120000,
  });
  culvert_test_wait_until (
    culvert_rate_history_get_current (culvert_tunnel_get_history (tunnel)).received > 1e6, 20000);
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 120000);
  waited_ms = get_kept_waiting_ms () - waited_ms;
  g_test_message ("1 GiB in %.1f s; longest gap between ticks of the window's loop %.1f ms "
                  "(%.1f ms with nothing moving)",
                  culvert_traffic_get_seconds (traffic), culvert_tick_meter_get_longest_ms (meter),
                  alone_ms);
  culvert_traffic_finish (traffic);
  /* Sampled four times a second. */
  culvert_test_wait_until (culvert_tunnel_get_n_received (tunnel) >= 1024 * MIB, 5000);
  g_assert_cmpfloat (culvert_tick_meter_get_longest_ms (meter), <,
                     LONGEST_GAP_MS * culvert_test_get_patience () + 2 * alone_ms + waited_ms);

  culvert_tunnel_stop (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED, 5000);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* With nothing to do the loop does nothing. */

static guint n_polls;

static gint
poll_cb (GPollFD *fds, guint n_fds, gint timeout_ms)
{
  n_polls++;
  return g_poll (fds, n_fds, timeout_ms);
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static guint
count_polls (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  n_polls = 0;
  g_timeout_add_seconds (IDLE_S, quit_cb, loop);
  g_main_loop_run (loop);
  return n_polls;
}

/* Not a matter of time: a busy machine makes it wake more rarely.  What came late is waited for. */
static void
test_idle (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autoptr (CulvertStage)   stage = culvert_stage_new ();
  CulvertTunnel             *tunnel = add_tunnel (stage, sshd, dir, 80);
  GtkWidget                 *window =
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (stage),
                        culvert_stage_get_secrets (stage), NULL);

  gtk_window_present (GTK_WINDOW (window));
  culvert_tunnel_start (tunnel);
  culvert_test_wait_until (culvert_tunnel_is_ready (tunnel), 20000);
  /* In its first minute it counts seconds. */
  tunnel->up_since_us -= (gint64)3600 * G_USEC_PER_SEC;
  g_object_notify (G_OBJECT (tunnel), "up-since-us");
  culvert_test_spend (1500);

  g_main_context_set_poll_func (NULL, poll_cb);
  culvert_test_wait_until (count_polls () < 2 * IDLE_S, 30000);
  g_main_context_set_poll_func (NULL, NULL);
  g_test_message ("idle with a window: woken %u times in %u s", n_polls, IDLE_S);

  culvert_tunnel_stop (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED, 5000);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What frames cost is printed; tests/bench --window says what is asked of them.  A test that fails because
 * others use the machine would help nobody. */

static void
report (const double *ms, const char *scene, const char *what)
{
  g_test_message ("%s: %s: half within %.1f ms, 95 %% within %.1f ms, longest %.1f ms; "
                  "%u of %u over 33 ms",
                  scene, what, ms[CULVERT_SCROLL_N_FRAMES / 2],
                  ms[CULVERT_SCROLL_N_FRAMES * 95 / 100], ms[CULVERT_SCROLL_N_FRAMES - 1],
                  culvert_scroll_count_long (ms), CULVERT_SCROLL_N_FRAMES);
}

static void
scroll (CulvertScrollKind kind, const char *scene)
{
  CulvertScrollFigures figures;

  culvert_scroll_measure (GTK_APPLICATION (application), kind, &figures);
  report (figures.frame, scene, "frames");
  report (figures.cpu, scene, "their processor time");
  report (figures.gap, scene, "from frame to frame");
  g_test_message ("%s: moving all of it: %.1f ms of processor time at most", scene, figures.moved);
}

static void
test_smooth_connections (void)
{
  scroll (CULVERT_SCROLL_TABLE, "5,000 connections");
}

static void
test_smooth_tunnels (void)
{
  scroll (CULVERT_SCROLL_LIST, "200 tunnels");
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("SSH_AUTH_SOCK", "", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func ("/ui/smooth/gigabyte", test_smooth);
  g_test_add_func ("/ui/smooth/idle", test_idle);
  g_test_add_func ("/ui/smooth/connections", test_smooth_connections);
  g_test_add_func ("/ui/smooth/tunnels", test_smooth_tunnels);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
