/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/log-view.h"

#include "support/culvert-test.h"
#include "ui/clock.h"
#include "ui/find-widget.h"
#include "ui/stage.h"

typedef struct
{
  CulvertStage   *stage;
  CulvertTunnel  *tunnel;
  GtkWidget      *window;
  CulvertLogView *view;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->stage = culvert_stage_new ();
  fixture->tunnel = culvert_stage_add (fixture->stage, "Database", "ssh -L 5433:db:5432 bastion");
  fixture->view = g_object_new (CULVERT_TYPE_LOG_VIEW, "tunnel", fixture->tunnel, NULL);
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 400, 300);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
}

static void
show (Fixture *fixture)
{
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->view)), 5000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->view), (gpointer *)&fixture->view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->view == NULL, 5000);
  g_assert_false (culvert_clock_is_ticking (culvert_clock_get_default ()));
  culvert_stage_free (fixture->stage);
}

static gboolean
has_text (Fixture *fixture, const char *text)
{
  g_autofree char *all = culvert_log_view_dup_text (fixture->view);

  return strstr (all, text) != NULL;
}

static void
test_shows_what_was_and_what_comes (Fixture *fixture, gconstpointer data)
{
  CulvertLog *log = culvert_tunnel_get_log (fixture->tunnel);

  culvert_log_write (log, CULVERT_LOG_INFO, "connecting to %s", "bastion");
  show (fixture);
  g_assert_true (has_text (fixture, "connecting to bastion"));
  culvert_log_write (log, CULVERT_LOG_WARNING, "agent does not answer");
  culvert_test_wait_until (has_text (fixture, "Warning: agent does not answer"), 5000);
  culvert_log_write (log, CULVERT_LOG_ERROR, "refused");
  culvert_test_wait_until (has_text (fixture, "Error: refused"), 5000);
}

static void
test_empty_says_so (Fixture *fixture, gconstpointer data)
{
  GtkWidget *empty;

  show (fixture);
  empty = find_widget (fixture->view, ADW_TYPE_STATUS_PAGE, NULL);
  g_assert_true (gtk_widget_get_mapped (empty));
  culvert_log_write (culvert_tunnel_get_log (fixture->tunnel), CULVERT_LOG_INFO, "up");
  culvert_test_wait_until (!gtk_widget_get_mapped (empty), 5000);
}

static void
test_rests_out_of_sight (Fixture *fixture, gconstpointer data)
{
  g_assert_false (culvert_clock_is_ticking (culvert_clock_get_default ()));
  show (fixture);
  g_assert_true (culvert_clock_is_ticking (culvert_clock_get_default ()));
  gtk_widget_set_visible (fixture->window, FALSE);
  g_assert_false (culvert_clock_is_ticking (culvert_clock_get_default ()));
}

static void
test_another_tunnel_another_log (Fixture *fixture, gconstpointer data)
{
  CulvertTunnel *other = culvert_stage_add (fixture->stage, "Other", "ssh -L 1:b:2 other");

  culvert_log_write (culvert_tunnel_get_log (fixture->tunnel), CULVERT_LOG_INFO, "first");
  culvert_log_write (culvert_tunnel_get_log (other), CULVERT_LOG_INFO, "second");
  show (fixture);
  g_assert_true (has_text (fixture, "first"));
  g_object_set (fixture->view, "tunnel", other, NULL);
  g_assert_false (has_text (fixture, "first"));
  g_assert_true (has_text (fixture, "second"));
}

static GtkAdjustment *
get_height (Fixture *fixture)
{
  return gtk_scrolled_window_get_vadjustment (
    find_widget (fixture->view, GTK_TYPE_SCROLLED_WINDOW, NULL));
}

static gboolean
is_at_end (Fixture *fixture)
{
  GtkAdjustment *height = get_height (fixture);

  return gtk_adjustment_get_upper (height) > 2 * gtk_adjustment_get_page_size (height) &&
         gtk_adjustment_get_value (height) + gtk_adjustment_get_page_size (height) >
           gtk_adjustment_get_upper (height) - 2;
}

static void
write_many (Fixture *fixture)
{
  for (guint i = 0; i < 200; i++)
    culvert_log_write (culvert_tunnel_get_log (fixture->tunnel), CULVERT_LOG_INFO, "line %u", i);
}

static void
test_follows_the_end (Fixture *fixture, gconstpointer data)
{
  write_many (fixture);
  show (fixture);
  culvert_test_wait_until (is_at_end (fixture), 5000);
  write_many (fixture);
  culvert_log_write (culvert_tunnel_get_log (fixture->tunnel), CULVERT_LOG_INFO, "the last");
  culvert_test_wait_until (has_text (fixture, "the last"), 5000);
  culvert_test_wait_until (is_at_end (fixture), 5000);
}

static void
test_stays_when_told_to (Fixture *fixture, gconstpointer data)
{
  write_many (fixture);
  show (fixture);
  culvert_test_wait_until (is_at_end (fixture), 5000);
  gtk_check_button_set_active (find_widget (fixture->view, GTK_TYPE_CHECK_BUTTON, NULL), FALSE);
  gtk_adjustment_set_value (get_height (fixture), 0);
  culvert_log_write (culvert_tunnel_get_log (fixture->tunnel), CULVERT_LOG_INFO, "the last");
  culvert_test_wait_until (has_text (fixture, "the last"), 5000);
  culvert_test_spend (200);
  g_assert_cmpfloat (gtk_adjustment_get_value (get_height (fixture)), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/log-view/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  adw_init ();
  ADD ("shows-what-was-and-what-comes", test_shows_what_was_and_what_comes);
  ADD ("empty-says-so", test_empty_says_so);
  ADD ("rests-out-of-sight", test_rests_out_of_sight);
  ADD ("another-tunnel-another-log", test_another_tunnel_another_log);
  ADD ("follows-the-end", test_follows_the_end);
  ADD ("stays-when-told-to", test_stays_when_told_to);
  return g_test_run ();
}
