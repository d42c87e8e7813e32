/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/culvert-test.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"
#include "ui/application.h"
#include "ui/find-widget.h"
#include "ui/stage.h"
#include "ui/window-private.h"

#include <time.h>

/* Nothing makes the window stand still.
 *
 * While a gigabyte moves through a real tunnel, its own loop must not notice: the longest
 * gap between two ticks at the priority of redrawing is measured and printed. */

#define MIB ((guint64)1024 * 1024)
/* Far above what is hoped for (25 ms): a sanitizer or a loaded machine must not fail it, a window
 * that waits for the engine must. */
#define LONGEST_GAP_MS 400.0

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
  double alone_ms;

  gtk_window_present (GTK_WINDOW (window));
  culvert_tunnel_start (tunnel);
  culvert_test_wait_until (culvert_tunnel_is_ready (tunnel), 20000);
  culvert_test_spend (500);

  /* What the window costs itself, to compare with. */
  meter = culvert_tick_meter_new (NULL, 4, GDK_PRIORITY_REDRAW);
  culvert_test_spend (2000);
  alone_ms = culvert_tick_meter_get_longest_ms (meter);
  culvert_tick_meter_reset (meter);

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
  g_test_message ("1 GiB in %.1f s; longest gap between ticks of the window's loop %.1f ms "
                  "(%.1f ms with nothing moving)",
                  culvert_traffic_get_seconds (traffic), culvert_tick_meter_get_longest_ms (meter),
                  alone_ms);
  culvert_traffic_finish (traffic);
  /* Sampled four times a second. */
  culvert_test_wait_until (culvert_tunnel_get_n_received (tunnel) >= 1024 * MIB, 5000);
  g_assert_cmpfloat (culvert_tick_meter_get_longest_ms (meter), <,
                     LONGEST_GAP_MS * culvert_test_get_patience ());

  culvert_tunnel_stop (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED, 5000);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A table of 5,000 connections, sorted by their rate, is scrolled while all of them move: how long its
 * frames take is printed. */

#define N_CONNECTIONS 5000
#define N_FRAMES      120

typedef struct
{
  GtkAdjustment *height;
  CulvertTunnel *tunnel;
  gint64         began_us;
  gint64         moved_us;  /* how long the connections took to */
  gboolean       has_moved; /* since the last frame */
  double         frame_ms[N_FRAMES];
  double         gap_ms[N_FRAMES];
  double         cpu_ms[N_FRAMES];
  gint64         began_cpu_us;
  gint64         last_us;
  guint          n_frames;
} Scroll;

/* Of this thread: what others do on the machine is not in it. */
static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
before_paint_cb (GdkFrameClock *clock, Scroll *self)
{
  self->began_us = g_get_monotonic_time ();
  self->began_cpu_us = get_cpu_us ();
}

static void
after_paint_cb (GdkFrameClock *clock, Scroll *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->n_frames == N_FRAMES || self->began_us == 0)
    return;
  self->frame_ms[self->n_frames] = (double)(now_us - self->began_us) / 1000;
  self->cpu_ms[self->n_frames] = (double)(get_cpu_us () - self->began_cpu_us) / 1000;
  self->gap_ms[self->n_frames] = self->last_us != 0 ? (double)(now_us - self->last_us) / 1000 : 0;
  self->last_us = now_us;
  self->n_frames++;
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Scroll *self = user_data;

  /* GTK cannot scroll between a change of the list and its next layout. */
  if (self->has_moved)
    self->has_moved = FALSE;
  else
    gtk_adjustment_set_value (self->height, gtk_adjustment_get_value (self->height) + 60);
  return G_SOURCE_CONTINUE;
}

static gboolean
move_cb (gpointer user_data)
{
  Scroll *self = user_data;
  gint64  began_us = get_cpu_us ();

  culvert_stage_move_connections (self->tunnel, 1000);
  self->has_moved = TRUE;
  self->moved_us = MAX (self->moved_us, get_cpu_us () - began_us);
  return G_SOURCE_CONTINUE;
}

static int
compare_ms (const void *a, const void *b)
{
  return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
}

static void
report (double *ms, const char *what)
{
  guint n_long = 0;

  for (guint i = 0; i < N_FRAMES; i++)
    n_long += ms[i] > 33;
  qsort (ms, N_FRAMES, sizeof (double), compare_ms);
  g_test_message ("%u connections: %s: half within %.1f ms, 95 %% within %.1f ms, longest %.1f ms; "
                  "%u of %u over 33 ms",
                  N_CONNECTIONS, what, ms[N_FRAMES / 2], ms[N_FRAMES * 95 / 100], ms[N_FRAMES - 1],
                  n_long, N_FRAMES);
}

static CulvertTunnel *
add_connected (CulvertStage *stage)
{
  CulvertTunnel          *tunnel = culvert_stage_add (stage, "Many", "ssh -D 1080 bastion");
  CulvertStageConnection *many = g_new0 (CulvertStageConnection, N_CONNECTIONS);
  g_autoptr (GPtrArray)   texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      g_ptr_array_add (texts, g_strdup_printf ("127.0.0.1:%u", 20000 + i));
      g_ptr_array_add (texts, g_strdup_printf ("host-%u.internal:443", i));
      many[i] = (CulvertStageConnection){ .id = i + 1,
                                          .client = texts->pdata[2 * i],
                                          .target = texts->pdata[2 * i + 1],
                                          .program = i % 2 == 0 ? "firefox" : NULL,
                                          .state = CULVERT_CONNECTION_OPEN,
                                          .age_s = i };
    }
  culvert_stage_set_up (tunnel, 60);
  culvert_stage_set_connections (tunnel, many, N_CONNECTIONS);
  g_free (many);
  return tunnel;
}

static void
sort_by_rate (GtkColumnView *table)
{
  g_autoptr (GtkColumnViewColumn) rate =
    g_list_model_get_item (gtk_column_view_get_columns (table), 5);

  gtk_column_view_sort_by_column (table, rate, GTK_SORT_DESCENDING);
}

static void
test_smooth_connections (void)
{
  g_autoptr (CulvertStage) stage = culvert_stage_new ();
  Scroll                   scroll = { .tunnel = add_connected (stage) };
  GtkWidget               *window =
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (stage),
                        culvert_stage_get_secrets (stage), NULL);
  GtkColumnView *table;
  GdkFrameClock *clock;
  guint          move_id;

  gtk_window_present (GTK_WINDOW (window));
  culvert_tunnel_page_show_view (CULVERT_WINDOW (window)->page, "connections");
  table = find_widget (CULVERT_WINDOW (window)->page, GTK_TYPE_COLUMN_VIEW, NULL);
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (table)), 5000);
  sort_by_rate (table);
  culvert_test_spend (500);

  scroll.height = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (table));
  clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), &scroll);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &scroll);
  move_id = g_timeout_add (500, move_cb, &scroll);
  gtk_widget_add_tick_callback (GTK_WIDGET (table), scroll_cb, &scroll, NULL);
  culvert_test_wait_until (scroll.n_frames == N_FRAMES, 60000);
  g_source_remove (move_id);
  g_signal_handlers_disconnect_by_data (clock, &scroll);
  g_assert_cmpfloat (gtk_adjustment_get_value (scroll.height), >, 1000);

  report (scroll.frame_ms, "frames");
  report (scroll.cpu_ms, "their processor time");
  report (scroll.gap_ms, "from frame to frame");
  g_test_message ("%u connections: taking a list in: %.1f ms of processor time at most",
                  N_CONNECTIONS, (double)scroll.moved_us / 1000);
  g_assert_cmpfloat (scroll.frame_ms[N_FRAMES - 1], <,
                     LONGEST_GAP_MS * culvert_test_get_patience ());
  gtk_window_destroy (GTK_WINDOW (window));
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
  g_test_add_func ("/ui/smooth/connections", test_smooth_connections);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
