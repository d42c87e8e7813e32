/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/preferences.h"

#include "support/culvert-test.h"
#include "ui/find-widget.h"
#include "ui/settings.h"

typedef struct
{
  GSettings                *settings;
  GtkWidget                *parent;
  CulvertPreferencesWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->settings = culvert_settings_new ();
  g_settings_reset (fixture->settings, "colour-scheme");
  g_settings_reset (fixture->settings, "notifications");
  fixture->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (fixture->parent));
  fixture->window = CULVERT_PREFERENCES_WINDOW (
    culvert_preferences_window_new (GTK_WINDOW (fixture->parent), fixture->settings));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer window = fixture->window;

  g_object_add_weak_pointer (window, &window);
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  culvert_test_wait_until (window == NULL, 5000);
  g_object_unref (fixture->settings);
}

static void
test_colours (Fixture *fixture, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  gpointer         row = find_widget (fixture->window, ADW_TYPE_COMBO_ROW, NULL);

  culvert_preferences_follow_colours (fixture->settings);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  adw_combo_row_set_selected (row, 2);
  g_assert_cmpint (g_settings_get_enum (fixture->settings, "colour-scheme"), ==, 2);
  g_assert_cmpint (adw_style_manager_get_color_scheme (style), ==, ADW_COLOR_SCHEME_FORCE_DARK);
  /* Whoever changes it elsewhere is seen here. */
  g_settings_set_string (fixture->settings, "colour-scheme", "light");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 1);
  g_assert_cmpint (adw_style_manager_get_color_scheme (style), ==, ADW_COLOR_SCHEME_FORCE_LIGHT);
  adw_combo_row_set_selected (row, 0);
  g_assert_cmpint (adw_style_manager_get_color_scheme (style), ==, ADW_COLOR_SCHEME_DEFAULT);
}

static void
test_notifications (Fixture *fixture, gconstpointer data)
{
  gpointer toggle = find_widget (fixture->window, GTK_TYPE_SWITCH, NULL);

  g_assert_true (gtk_switch_get_active (toggle));
  g_assert_true (culvert_preferences_may_notify (fixture->settings));
  gtk_switch_set_active (toggle, FALSE);
  g_assert_false (culvert_preferences_may_notify (fixture->settings));
  g_settings_reset (fixture->settings, "notifications");
  g_assert_true (gtk_switch_get_active (toggle));
}

static void
test_another_group (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), "Elsewhere");
  culvert_preferences_window_add_group (fixture->window, ADW_PREFERENCES_GROUP (group));
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "Elsewhere"));
}

/* Where nothing can be kept nothing can be chosen, and that is said. */
static void
test_without_schema (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = culvert_preferences_window_new (GTK_WINDOW (fixture->parent), NULL);

  g_assert_false (gtk_widget_get_sensitive (find_widget (window, ADW_TYPE_COMBO_ROW, NULL)));
  g_assert_false (gtk_widget_get_sensitive (find_widget (window, GTK_TYPE_SWITCH, NULL)));
  g_assert_true (gtk_widget_get_visible (gtk_widget_get_ancestor (
    find_widget (window, GTK_TYPE_LABEL,
                 "Preferences cannot be kept here: Culvert’s settings are not installed."),
    ADW_TYPE_PREFERENCES_GROUP)));
  g_assert_true (culvert_preferences_may_notify (NULL));
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/preferences/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  adw_init ();
  ADD ("colours", test_colours);
  ADD ("notifications", test_notifications);
  ADD ("another-group", test_another_group);
  ADD ("without-schema", test_without_schema);
  return g_test_run ();
}
