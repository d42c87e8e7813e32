/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/log-view.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "ui/clock.h"
#include "ui/drop-row.h"
#include "ui/drops-view.h"
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
  if (fixture->view != NULL)
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
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (
    gtk_widget_get_parent (find_widget (fixture->view, GTK_TYPE_TEXT_VIEW, NULL))));
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

static void
write_mixed (Fixture *fixture)
{
  CulvertLog *log = culvert_tunnel_get_log (fixture->tunnel);

  culvert_log_write (log, CULVERT_LOG_DEBUG, "keepalive sent");
  culvert_log_write (log, CULVERT_LOG_INFO, "Connection to BÜRO opened");
  culvert_log_write (log, CULVERT_LOG_WARNING, "agent does not answer");
  culvert_log_write (log, CULVERT_LOG_ERROR, "connection lost");
}

/* "12 of 34 lines", or "" */
static const char *
get_count (Fixture *fixture)
{
  GtkWidget *save = find_widget (fixture->view, GTK_TYPE_CHECK_BUTTON, NULL);

  return gtk_label_get_label (GTK_LABEL (gtk_widget_get_next_sibling (save)));
}

static void
search (Fixture *fixture, const char *text)
{
  GtkWidget *entry = find_widget (fixture->view, GTK_TYPE_SEARCH_ENTRY, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "search-changed");
}

static void
set_level (Fixture *fixture, guint selected)
{
  gtk_drop_down_set_selected (find_widget (fixture->view, GTK_TYPE_DROP_DOWN, NULL), selected);
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  GtkWidget *copy_shown;

  write_mixed (fixture);
  show (fixture);
  copy_shown = find_widget (fixture->view, GTK_TYPE_BUTTON, "Copy S_hown");
  g_assert_false (gtk_widget_get_visible (copy_shown));
  g_assert_cmpstr (get_count (fixture), ==, "");
  search (fixture, "CONNECTION");
  g_assert_true (has_text (fixture, "BÜRO"));
  g_assert_true (has_text (fixture, "Error: connection lost"));
  g_assert_false (has_text (fixture, "keepalive"));
  g_assert_cmpstr (get_count (fixture), ==, "2 of 4 lines");
  g_assert_true (gtk_widget_get_visible (copy_shown));
  search (fixture, "büro");
  g_assert_cmpstr (get_count (fixture), ==, "1 of 4 lines");
  search (fixture, "");

  set_level (fixture, 1);
  g_assert_false (has_text (fixture, "keepalive"));
  g_assert_cmpstr (get_count (fixture), ==, "3 of 4 lines");
  set_level (fixture, 2);
  g_assert_false (has_text (fixture, "BÜRO"));
  g_assert_true (has_text (fixture, "Warning: agent"));
  g_assert_cmpstr (get_count (fixture), ==, "2 of 4 lines");
  /* What comes is filtered, too. */
  write_mixed (fixture);
  culvert_test_wait_until (g_str_equal (get_count (fixture), "4 of 8 lines"), 5000);
  set_level (fixture, 0);
  g_assert_true (has_text (fixture, "keepalive"));
  g_assert_cmpstr (get_count (fixture), ==, "");
}

/* As many as the log keeps are shown, counted, copied and saved; those that came later are among them. */
static void
test_most_lines (Fixture *fixture, gconstpointer data)
{
  CulvertLog      *log = culvert_tunnel_get_log (fixture->tunnel);
  g_autofree char *expected =
    g_strdup_printf ("%u of %u lines", CULVERT_LOG_VIEW_MAX_LINES, CULVERT_LOG_VIEW_MAX_LINES);

  for (guint i = 0; i < CULVERT_LOG_VIEW_MAX_LINES; i++)
    culvert_log_write (log, CULVERT_LOG_INFO, "line %u", i);
  show (fixture);
  search (fixture, "line");
  g_assert_cmpstr (get_count (fixture), ==, expected);
  for (guint i = 0; i < 10; i++)
    culvert_log_write (log, CULVERT_LOG_INFO, "line again %u", i);
  culvert_test_wait_until (has_text (fixture, "line again 9"), 5000);
  g_assert_cmpstr (get_count (fixture), ==, expected);
  g_assert_false (has_text (fixture, "  line 9\n"));
  g_assert_true (has_text (fixture, "  line 10\n"));
}

static void
test_nothing_found (Fixture *fixture, gconstpointer data)
{
  GtkWidget *nothing;

  write_mixed (fixture);
  show (fixture);
  search (fixture, "zebra");
  nothing = gtk_widget_get_ancestor (find_widget (fixture->view, GTK_TYPE_LABEL, "No Such Line"),
                                     ADW_TYPE_STATUS_PAGE);
  g_assert_true (gtk_widget_get_visible (nothing));
  g_assert_cmpstr (get_count (fixture), ==, "0 of 4 lines");
  culvert_log_write (culvert_tunnel_get_log (fixture->tunnel), CULVERT_LOG_INFO, "a zebra");
  culvert_test_wait_until (!gtk_widget_get_visible (nothing), 5000);
}

static void
text_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **)user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static char *
copy (Fixture *fixture, const char *action)
{
  char *text = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), action, NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->view)), NULL,
                                 text_read_cb, &text);
  culvert_test_wait_until (text != NULL, 5000);
  return text;
}

static void
test_copy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *shown = NULL;
  g_autofree char *all = NULL;

  write_mixed (fixture);
  show (fixture);
  set_level (fixture, 2);
  shown = copy (fixture, "log.copy");
  g_assert_nonnull (strstr (shown, "Warning: agent does not answer\n"));
  g_assert_nonnull (strstr (shown, "Error: connection lost"));
  g_assert_null (strstr (shown, "keepalive"));
  all = copy (fixture, "log.copy-all");
  g_assert_nonnull (strstr (all, "keepalive sent\n"));
  g_assert_nonnull (strstr (all, "Error: connection lost"));
}

static CulvertDrop *
lose (Fixture *fixture)
{
  culvert_stage_set_up (fixture->tunnel, 60);
  culvert_stage_set_waiting (
    fixture->tunnel, 8, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE, "no route"));
  return g_list_model_get_item (G_LIST_MODEL (culvert_tunnel_get_drops (fixture->tunnel)), 0);
}

static void
test_drops (Fixture *fixture, gconstpointer data)
{
  GtkWidget *view = g_object_new (CULVERT_TYPE_DROPS_VIEW, "tunnel", fixture->tunnel, NULL);
  g_autoptr (CulvertDrop) drop = NULL;

  gtk_window_set_child (GTK_WINDOW (fixture->window), NULL);
  fixture->view = NULL;
  gtk_window_set_child (GTK_WINDOW (fixture->window), view);
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (gtk_widget_get_mapped (view), 5000);
  g_assert_true (gtk_widget_get_mapped (find_widget (view, GTK_TYPE_LABEL, "No Interruptions")));

  drop = lose (fixture);
  g_assert_nonnull (drop);
  culvert_test_wait_until (find_widget (view, CULVERT_TYPE_DROP_ROW, NULL) != NULL, 5000);
  g_assert_nonnull (find_widget (view, GTK_TYPE_LABEL, "It has not been tried again yet."));
  culvert_stage_set_state (fixture->tunnel, CULVERT_TUNNEL_CONNECTING, NULL);
  culvert_stage_set_up (fixture->tunnel, 0);
  g_assert_nonnull (
    find_widget (view, GTK_TYPE_LABEL, "It came back by itself, at the first try."));
  g_assert_false (culvert_clock_is_ticking (culvert_clock_get_default ()));
  /* A hundred, and those of another tunnel are not these. */
  for (guint i = 0; i < 100; i++)
    g_object_unref (lose (fixture));
  g_assert_nonnull (find_widget (view, GTK_TYPE_LABEL, "It has not been tried again yet."));
  culvert_stage_set_state (fixture->tunnel, CULVERT_TUNNEL_STOPPED, NULL);
  g_object_set (view, "tunnel", culvert_stage_add (fixture->stage, "Other", "ssh -L 1:b:2 other"),
                NULL);
  g_assert_null (find_widget (view, CULVERT_TYPE_DROP_ROW, NULL));
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
  ADD ("filter", test_filter);
  ADD ("most-lines", test_most_lines);
  ADD ("nothing-found", test_nothing_found);
  ADD ("copy", test_copy);
  ADD ("drops", test_drops);
  return g_test_run ();
}
