/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-row.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "ui/clock.h"
#include "ui/find-widget.h"
#include "ui/history-view.h"
#include "ui/sparkline.h"
#include "ui/stage.h"
#include "ui/state-icon.h"

typedef struct
{
  CulvertStage     *stage;
  CulvertTunnel    *tunnel;
  GtkWidget        *window;
  CulvertTunnelRow *row;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget *list = gtk_list_box_new ();

  fixture->stage = culvert_stage_new ();
  fixture->tunnel = culvert_stage_add (
    fixture->stage, "Database", "ssh -L 5433:db:5432 -L 5434:db:5433 alice@bastion.example.com");
  fixture->row = CULVERT_TUNNEL_ROW (culvert_tunnel_row_new (fixture->tunnel));
  fixture->window = gtk_window_new ();
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (fixture->row));
  gtk_window_set_child (GTK_WINDOW (fixture->window), list);
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->row)), 5000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->row), (gpointer *)&fixture->row);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->row == NULL, 5000);
  g_assert_false (culvert_clock_is_ticking (culvert_clock_get_default ()));
  culvert_stage_free (fixture->stage);
}

static GtkSwitch *
get_switch (Fixture *fixture)
{
  return find_widget (fixture->row, GTK_TYPE_SWITCH, NULL);
}

static void
assert_now (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (culvert_tunnel_row_get_now (fixture->row), ==, expected);
}

static void
test_follows_the_state (Fixture *fixture, gconstpointer data)
{
  CulvertStateIcon *icon = find_widget (fixture->row, CULVERT_TYPE_STATE_ICON, NULL);
  GtkWidget        *graph = find_widget (fixture->row, CULVERT_TYPE_SPARKLINE, NULL);

  assert_now (fixture, "alice@bastion.example.com");
  g_assert_false (gtk_widget_get_visible (graph));
  culvert_stage_set_state (fixture->tunnel, CULVERT_TUNNEL_CONNECTING, NULL);
  assert_now (fixture, "Connecting to bastion.example.com");
  culvert_stage_set_up (fixture->tunnel, 10);
  assert_now (fixture, "Connected, idle");
  gtk_test_accessible_assert_property (icon, GTK_ACCESSIBLE_PROPERTY_LABEL, "Connected");
  g_assert_true (gtk_widget_get_visible (graph));
  culvert_stage_set_state (
    fixture->tunnel, CULVERT_TUNNEL_FAILED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_REFUSED, "x"));
  assert_now (fixture, "Failed: sign-in refused");
  g_assert_false (gtk_widget_get_visible (graph));
}

static void
test_shows_rates (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_up (fixture->tunnel, 10);
  culvert_stage_add_sample (fixture->tunnel, 0, 0);
  culvert_stage_add_sample (fixture->tunnel, 1000000, 1000);
  g_assert_true (g_str_has_prefix (culvert_tunnel_row_get_now (fixture->row), "↓ "));
  g_assert_nonnull (strstr (culvert_tunnel_row_get_now (fixture->row), "B/s"));
}

static void
test_counts_failed_forwards (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_up (fixture->tunnel, 10);
  for (guint i = 0; i < 2; i++)
    culvert_stage_set_forward (
      fixture->tunnel, i, CULVERT_FORWARD_FAILED,
      g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "x"),
      CULVERT_TARGET_UNKNOWN, NULL);
  assert_now (fixture, "2 forwards do not listen");
  culvert_stage_set_forward (fixture->tunnel, 0, CULVERT_FORWARD_LISTENING, NULL,
                             CULVERT_TARGET_UNKNOWN, NULL);
  assert_now (fixture, "1 forward does not listen");
}

static void
test_counts_down (Fixture *fixture, gconstpointer data)
{
  CulvertClock *clock = culvert_clock_get_default ();

  g_assert_false (culvert_clock_is_ticking (clock));
  culvert_stage_set_waiting (
    fixture->tunnel, 3,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE, "x"));
  g_assert_true (culvert_clock_is_ticking (clock));
  assert_now (fixture, "Waiting 3 s: no route");
  culvert_test_wait_until (
    g_str_equal (culvert_tunnel_row_get_now (fixture->row), "Waiting 2 s: no route"), 5000);
  culvert_test_wait_until (
    g_str_equal (culvert_tunnel_row_get_now (fixture->row), "Waiting 1 s: no route"), 5000);
}

/* Nobody looks, nothing ticks. */
static void
test_rests_out_of_sight (Fixture *fixture, gconstpointer data)
{
  CulvertClock *clock = culvert_clock_get_default ();

  culvert_stage_set_waiting (
    fixture->tunnel, 60,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE, "x"));
  g_assert_true (culvert_clock_is_ticking (clock));
  gtk_widget_set_visible (fixture->window, FALSE);
  g_assert_false (culvert_clock_is_ticking (clock));
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (culvert_clock_is_ticking (clock), 5000);
  culvert_stage_set_state (fixture->tunnel, CULVERT_TUNNEL_STOPPED, NULL);
  g_assert_false (culvert_clock_is_ticking (clock));
}

/* The switch is the person's wish, told to the tunnel; without a server to reach it waits. */
static void
test_switch (Fixture *fixture, gconstpointer data)
{
  GtkSwitch *toggle = get_switch (fixture);

  g_assert_false (gtk_switch_get_active (toggle));
  gtk_widget_activate (GTK_WIDGET (toggle));
  culvert_test_wait_until (culvert_tunnel_is_wanted (fixture->tunnel), 5000);
  g_assert_true (gtk_switch_get_active (toggle));
  culvert_tunnel_stop (fixture->tunnel);
  g_assert_false (gtk_switch_get_active (toggle));
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->tunnel) == CULVERT_TUNNEL_STOPPED,
                           5000);
}

static void
test_has_a_name (Fixture *fixture, gconstpointer data)
{
  GtkWidget *title = find_widget (fixture->row, GTK_TYPE_LABEL, "Database");

  g_assert_nonnull (title);
  gtk_test_accessible_assert_role (fixture->row, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_relation (fixture->row, GTK_ACCESSIBLE_RELATION_LABELLED_BY, title,
                                       NULL);
  gtk_test_accessible_assert_relation (get_switch (fixture), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                       title, NULL);
}

/* A sample is drawn when it changed the picture, and only in sight. */
static void
test_graph_draws_only_news (Fixture *fixture, gconstpointer data)
{
  CulvertHistoryView *graph = find_widget (fixture->row, CULVERT_TYPE_SPARKLINE, NULL);
  guint               n_redraws;

  culvert_stage_set_up (fixture->tunnel, 10);
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (graph)), 5000);
  n_redraws = culvert_history_view_get_n_redraws (graph);
  for (guint i = 0; i < 5; i++)
    culvert_stage_add_sample (fixture->tunnel, 0, 0);
  g_assert_cmpuint (culvert_history_view_get_n_redraws (graph), ==, n_redraws);

  culvert_stage_add_sample (fixture->tunnel, 5000, 0);
  g_assert_cmpuint (culvert_history_view_get_n_redraws (graph), ==, n_redraws + 1);

  gtk_widget_set_visible (fixture->window, FALSE);
  culvert_stage_add_sample (fixture->tunnel, 5000, 0);
  culvert_stage_add_sample (fixture->tunnel, 5000, 0);
  g_assert_cmpuint (culvert_history_view_get_n_redraws (graph), ==, n_redraws + 1);
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (culvert_history_view_get_n_redraws (graph) == n_redraws + 2, 5000);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/tunnel-row/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  ADD ("follows-the-state", test_follows_the_state);
  ADD ("shows-rates", test_shows_rates);
  ADD ("counts-failed-forwards", test_counts_failed_forwards);
  ADD ("counts-down", test_counts_down);
  ADD ("rests-out-of-sight", test_rests_out_of_sight);
  ADD ("switch", test_switch);
  ADD ("has-a-name", test_has_a_name);
  ADD ("graph-draws-only-news", test_graph_draws_only_news);
  return g_test_run ();
}
