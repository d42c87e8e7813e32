/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/culvert-test.h"
#include "ui/application.h"
#include "ui/clock.h"
#include "ui/find-widget.h"
#include "ui/sparkline.h"
#include "ui/stage.h"
#include "ui/tunnel-row.h"
#include "ui/window-private.h"

#define N_TUNNELS 60

static CulvertApplication *application;

typedef struct
{
  CulvertStage  *stage;
  GtkWidget     *window;
  GtkWidget     *list;
  GtkAdjustment *height;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  fixture->stage = culvert_stage_new ();
  culvert_stage_add_many (fixture->stage, N_TUNNELS, N_TUNNELS);
  for (guint i = 0; i < N_TUNNELS; i++)
    {
      g_autoptr (CulvertTunnel) tunnel =
        g_list_model_get_item (G_LIST_MODEL (culvert_stage_get_manager (fixture->stage)), i);

      culvert_stage_set_up (tunnel, 10);
      culvert_stage_add_sample (tunnel, 0, 0);
    }
  fixture->window =
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (fixture->stage),
                        culvert_stage_get_secrets (fixture->stage), NULL);
  gtk_window_present (GTK_WINDOW (fixture->window));
  row = find_widget (CULVERT_WINDOW (fixture->window)->list, CULVERT_TYPE_TUNNEL_ROW, NULL);
  fixture->list = gtk_widget_get_parent (row);
  fixture->height = gtk_list_box_get_adjustment (GTK_LIST_BOX (fixture->list));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_stage_free (fixture->stage);
}

/* The one at the end, or @n before it. */
static CulvertTunnelRow *
get_row_from_end (Fixture *fixture, guint n)
{
  GtkWidget *row = gtk_widget_get_last_child (fixture->list);

  while (!CULVERT_IS_TUNNEL_ROW (row) || n-- > 0)
    row = gtk_widget_get_prev_sibling (row);
  return CULVERT_TUNNEL_ROW (row);
}

static CulvertTunnelRow *
get_first_row (Fixture *fixture)
{
  return find_widget (fixture->list, CULVERT_TYPE_TUNNEL_ROW, NULL);
}

static guint
get_n_redraws (CulvertTunnelRow *row)
{
  return culvert_history_view_get_n_redraws (find_widget (row, CULVERT_TYPE_SPARKLINE, NULL));
}

static void
sample (CulvertTunnelRow *row)
{
  culvert_stage_add_sample (culvert_tunnel_row_get_tunnel (row), 1000000, 0);
}

/* TRUE when it took the sample in. */
static gboolean
follows (CulvertTunnelRow *row)
{
  guint n_redraws = get_n_redraws (row);

  sample (row);
  return get_n_redraws (row) > n_redraws;
}

static void
test_far_rows_rest (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelRow *last = get_row_from_end (fixture, 0);

  culvert_test_wait_until (!follows (last), 5000);
  g_assert_true (follows (get_first_row (fixture)));
  g_assert_true (g_str_has_prefix (culvert_tunnel_row_get_now (get_first_row (fixture)), "↓ "));

  /* Its rates stand, its state does not. */
  g_assert_false (follows (last));
  culvert_stage_set_state (culvert_tunnel_row_get_tunnel (last), CULVERT_TUNNEL_CONNECTING, NULL);
  g_assert_true (g_str_has_prefix (culvert_tunnel_row_get_now (last), "Connecting to "));
}

static void
test_scrolled_rows_are_right (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelRow *last = get_row_from_end (fixture, 0);

  culvert_test_wait_until (!follows (last), 5000);
  gtk_adjustment_set_value (fixture->height, gtk_adjustment_get_upper (fixture->height));
  /* At once: nobody sees it as it was. */
  g_assert_true (g_str_has_prefix (culvert_tunnel_row_get_now (last), "↓ "));
  g_assert_true (follows (last));
  g_assert_false (follows (get_first_row (fixture)));
}

/* What is new, moved, or opened again is looked at anew. */
static void
test_moved_rows_follow (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelRow *near_end = get_row_from_end (fixture, 1);
  CulvertTunnel    *tunnel = culvert_tunnel_row_get_tunnel (near_end);
  GtkWidget        *entry =
    find_widget (CULVERT_WINDOW (fixture->window)->list, GTK_TYPE_SEARCH_ENTRY, NULL);
  const char *title = culvert_tunnel_get_title (tunnel);

  culvert_test_wait_until (!follows (near_end), 5000);
  gtk_editable_set_text (GTK_EDITABLE (entry), title);
  culvert_test_wait_until (culvert_tunnel_row_get_tunnel (get_first_row (fixture)) == tunnel, 5000);
  culvert_test_spend (100);
  g_assert_true (follows (get_first_row (fixture)));
}

/* A row that waits far away does not make the clock tick. */
static void
test_far_countdown (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelRow *last = get_row_from_end (fixture, 0);
  CulvertClock     *clock = culvert_clock_get_default ();
  gboolean          ticked;

  culvert_test_wait_until (!follows (last), 5000);
  culvert_tunnel_list_select (CULVERT_WINDOW (fixture->window)->list,
                              culvert_tunnel_row_get_tunnel (get_first_row (fixture)));
  culvert_stage_set_state (culvert_tunnel_row_get_tunnel (get_first_row (fixture)),
                           CULVERT_TUNNEL_STOPPED, NULL);
  culvert_stage_set_waiting (culvert_tunnel_row_get_tunnel (last), 600, NULL);
  ticked = culvert_clock_is_ticking (clock);
  gtk_adjustment_set_value (fixture->height, gtk_adjustment_get_upper (fixture->height));
  g_assert_false (ticked);
  g_assert_true (culvert_clock_is_ticking (clock));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/rows-in-sight/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  gtk_test_init (&argc, &argv, NULL);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ADD ("far-rows-rest", test_far_rows_rest);
  ADD ("scrolled-rows-are-right", test_scrolled_rows_are_right);
  ADD ("moved-rows-follow", test_moved_rows_follow);
  ADD ("far-countdown", test_far_countdown);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
