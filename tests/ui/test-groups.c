/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Groups in the list: headings, their switch, what is collapsed, places, and the rule of one at a time. */

#include "core/profile-groups.h"
#include "engine/tunnel-private.h"
#include "support/culvert-test.h"
#include "ui/application.h"
#include "ui/find-widget.h"
#include "ui/group-dialog.h"
#include "ui/group-entry.h"
#include "ui/group-row.h"
#include "ui/profile-editor.h"
#include "ui/settings.h"
#include "ui/stage.h"
#include "ui/tunnel-drag.h"
#include "ui/tunnel-row.h"
#include "ui/window-private.h"

typedef struct
{
  CulvertStage        *stage;
  CulvertProfileStore *store;
  CulvertTunnel       *a; /* no group */
  CulvertTunnel       *b; /* Work */
  CulvertTunnel       *c; /* Work */
  CulvertTunnel       *d; /* Home */
  CulvertWindow       *window;
  GtkListBox          *rows;
} Fixture;

static CulvertApplication *application;

static CulvertTunnel *
add (Fixture *fixture, const char *name, const char *group)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (fixture->stage, name, "ssh -p 1 -L 5433:db:5432 alice@127.0.0.1");
  g_autoptr (GError) error = NULL;

  culvert_profile_store_place (fixture->store, culvert_tunnel_get_id (tunnel), group, NULL, &error);
  g_assert_no_error (error);
  return tunnel;
}

static void
show_window (Fixture *fixture)
{
  fixture->window = CULVERT_WINDOW (
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (fixture->stage),
                        culvert_stage_get_secrets (fixture->stage), NULL));
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *)&fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)), 5000);
  fixture->rows = find_widget (fixture->window->list, GTK_TYPE_LIST_BOX, NULL);
}

static void
close_window (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->window == NULL, 5000);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = culvert_settings_new ();

  g_settings_reset (settings, "collapsed-groups");
  g_settings_reset (settings, "last-tunnel");
  fixture->stage = culvert_stage_new ();
  fixture->store = culvert_stage_get_store (fixture->stage);
  fixture->a = add (fixture, "a", "");
  fixture->b = add (fixture, "b", "Work");
  fixture->c = add (fixture, "c", "Work");
  fixture->d = add (fixture, "d", "Home");
  show_window (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_window (fixture);
  culvert_stage_free (fixture->stage);
}

static GtkListBoxRow *
get_row (Fixture *fixture, const char *title)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (fixture->rows, i)) != NULL; i++)
    if (find_widget (row, GTK_TYPE_LABEL, title) != NULL)
      return row;
  g_assert_not_reached ();
}

/* "a [Work] b c": what is listed */
static void
assert_rows (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkListBoxRow      *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (fixture->rows, i)) != NULL; i++)
    {
      g_string_append (text, i > 0 ? " " : "");
      if (CULVERT_IS_GROUP_ROW (row))
        g_string_append_printf (
          text, "[%s]",
          culvert_tunnel_group_get_name (culvert_group_row_get_group (CULVERT_GROUP_ROW (row))));
      else
        g_string_append (text, culvert_tunnel_get_title (
                                 culvert_tunnel_row_get_tunnel (CULVERT_TUNNEL_ROW (row))));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
activate (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
}

static const char *
get_state_words (Fixture *fixture, const char *group)
{
  GtkListBoxRow   *row = get_row (fixture, group);
  g_autofree char *words =
    culvert_group_row_dup_words (culvert_group_row_get_group (CULVERT_GROUP_ROW (row)));
  GtkWidget *label = find_widget (row, GTK_TYPE_LABEL, words);

  g_assert_nonnull (label);
  return gtk_label_get_text (GTK_LABEL (label));
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  assert_rows (fixture, "a [Work] b c [Home] d");
  gtk_test_accessible_assert_state (get_row (fixture, "Work"), GTK_ACCESSIBLE_STATE_EXPANDED, TRUE);
  g_assert_nonnull (find_widget (get_row (fixture, "Work"), GTK_TYPE_MENU_BUTTON, "Group Menu"));
  /* A group goes with its last tunnel. */
  culvert_tunnel_list_select (fixture->window->list, fixture->d);
  activate (fixture, "win.remove");
  assert_rows (fixture, "a [Work] b c");
}

static gboolean
begins_with_a_group (Fixture *fixture)
{
  return CULVERT_IS_GROUP_ROW (gtk_list_box_get_row_at_index (fixture->rows, 0));
}

static void
test_collapse (Fixture *fixture, gconstpointer data)
{
  GtkListBoxRow *work = get_row (fixture, "Work");

  culvert_tunnel_list_select (fixture->window->list, fixture->b);
  gtk_widget_activate (GTK_WIDGET (work));
  assert_rows (fixture, "a [Work] [Home] d");
  gtk_test_accessible_assert_state (work, GTK_ACCESSIBLE_STATE_EXPANDED, FALSE);
  /* Its page stays. */
  g_assert_true (fixture->window->tunnel == fixture->b);
  /* A search looks into it. */
  culvert_tunnel_list_search (fixture->window->list);
  gtk_editable_set_text (find_widget (fixture->window->list, GTK_TYPE_SEARCH_ENTRY, NULL), "work");
  culvert_test_wait_until (begins_with_a_group (fixture), 5000);
  assert_rows (fixture, "[Work] b c");
  gtk_editable_set_text (find_widget (fixture->window->list, GTK_TYPE_SEARCH_ENTRY, NULL), "");
  culvert_test_wait_until (!begins_with_a_group (fixture), 5000);

  /* It is remembered, and opened for a tunnel that is to be shown. */
  close_window (fixture);
  show_window (fixture);
  assert_rows (fixture, "a [Work] [Home] d");
  culvert_window_show_tunnel (fixture->window, culvert_tunnel_get_id (fixture->c));
  assert_rows (fixture, "a [Work] b c [Home] d");
}

static void
test_switch (Fixture *fixture, gconstpointer data)
{
  GtkListBoxRow *work = get_row (fixture, "Work");
  GtkSwitch     *toggle = find_widget (work, GTK_TYPE_SWITCH, NULL);

  g_assert_cmpstr (get_state_words (fixture, "Work"), ==, "Off");
  gtk_test_accessible_assert_state (toggle, GTK_ACCESSIBLE_STATE_CHECKED,
                                    GTK_ACCESSIBLE_TRISTATE_FALSE);
  culvert_tunnel_start (fixture->b);
  g_assert_cmpstr (get_state_words (fixture, "Work"), ==, "1 of 2 on");
  g_assert_false (gtk_switch_get_active (toggle));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (toggle), "mixed"));
  gtk_test_accessible_assert_state (toggle, GTK_ACCESSIBLE_STATE_CHECKED,
                                    GTK_ACCESSIBLE_TRISTATE_MIXED);

  gtk_widget_activate (GTK_WIDGET (toggle));
  culvert_test_wait_until (culvert_tunnel_is_wanted (fixture->c), 5000);
  g_assert_true (culvert_tunnel_is_wanted (fixture->b));
  g_assert_false (culvert_tunnel_is_wanted (fixture->d));
  g_assert_cmpstr (get_state_words (fixture, "Work"), ==, "All on");
  g_assert_true (gtk_switch_get_active (toggle));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (toggle), "mixed"));

  culvert_test_spend (300);
  gtk_widget_activate (GTK_WIDGET (toggle));
  culvert_test_wait_until (!culvert_tunnel_is_wanted (fixture->c), 5000);
  g_assert_false (culvert_tunnel_is_wanted (fixture->b));
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->b) == CULVERT_TUNNEL_STOPPED, 5000);
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->c) == CULVERT_TUNNEL_STOPPED, 5000);
}

static void
test_one_at_a_time (Fixture *fixture, gconstpointer data)
{
  GtkListBoxRow *work = get_row (fixture, "Work");
  GtkWidget     *toast;
  GtkWidget     *undo;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (work), "group.one-at-a-time", NULL));
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Work"));
  culvert_tunnel_start (fixture->b);
  g_assert_cmpstr (get_state_words (fixture, "Work"), ==, "One on");
  g_assert_true (gtk_switch_get_active (find_widget (work, GTK_TYPE_SWITCH, NULL)));
  culvert_tunnel_start (fixture->c);
  g_assert_false (culvert_tunnel_is_wanted (fixture->b));

  /* It is told, with a way back. */
  toast = find_widget (fixture->window->toasts, GTK_TYPE_LABEL,
                       "“b” switched off: only one of “Work” is on at a time");
  g_assert_nonnull (toast);
  undo = find_widget (fixture->window->toasts, GTK_TYPE_BUTTON, "_Undo");
  g_assert_nonnull (undo);
  g_signal_emit_by_name (undo, "clicked");
  g_assert_true (culvert_tunnel_is_wanted (fixture->b));
  g_assert_false (culvert_tunnel_is_wanted (fixture->c));
  culvert_tunnel_stop (fixture->b);
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->b) == CULVERT_TUNNEL_STOPPED, 5000);
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->c) == CULVERT_TUNNEL_STOPPED, 5000);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (work), "group.one-at-a-time", NULL));
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Work"));

  /* Who is on before there is the rule stays on, and is not called one. */
  culvert_tunnel_start (fixture->b);
  culvert_tunnel_start (fixture->c);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (work), "group.one-at-a-time", NULL));
  g_assert_cmpstr (get_state_words (fixture, "Work"), ==, "All on");
  culvert_tunnel_stop (fixture->b);
  culvert_tunnel_stop (fixture->c);
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->b) == CULVERT_TUNNEL_STOPPED, 5000);
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->c) == CULVERT_TUNNEL_STOPPED, 5000);
}

/* What was removed meanwhile is not started where nobody sees it. */
static void
test_turn_of_a_removed_one (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertTunnel) b = g_object_ref (fixture->b);
  gpointer                  undo;

  g_assert_true (culvert_profile_store_set_exclusive (fixture->store, "Work", TRUE, NULL));
  culvert_tunnel_start (b);
  culvert_tunnel_start (fixture->c);
  undo = find_widget (fixture->window->toasts, GTK_TYPE_BUTTON, "_Undo");
  g_assert_nonnull (undo);
  g_assert_true (culvert_profile_store_remove (fixture->store, culvert_tunnel_get_id (b), NULL));
  g_signal_emit_by_name (undo, "clicked");
  g_assert_false (culvert_tunnel_is_wanted (b));
  g_assert_false (culvert_tunnel_is_wanted (fixture->c));
  culvert_test_wait_until (culvert_tunnel_get_state (fixture->c) == CULVERT_TUNNEL_STOPPED, 5000);
}

static void
test_move_by_keys (Fixture *fixture, gconstpointer data)
{
  culvert_tunnel_list_select (fixture->window->list, fixture->c);
  culvert_tunnel_list_focus_selected (fixture->window->list);
  activate (fixture, "win.move-up");
  assert_rows (fixture, "a [Work] c b [Home] d");
  /* The focus and the page go with it; at the edge of the group it stops. */
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) ==
                 GTK_WIDGET (get_row (fixture, "c")));
  activate (fixture, "win.move-up");
  assert_rows (fixture, "a [Work] c b [Home] d");
  activate (fixture, "win.move-down");
  activate (fixture, "win.move-down");
  assert_rows (fixture, "a [Work] b c [Home] d");
  g_assert_true (fixture->window->tunnel == fixture->c);

  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, "Home")), "group.move-up", NULL));
  assert_rows (fixture, "a [Home] d [Work] b c");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) ==
                 GTK_WIDGET (get_row (fixture, "Home")));
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, "Home")), "group.move-down", NULL));
  assert_rows (fixture, "a [Work] b c [Home] d");
}

static void
drop (Fixture *fixture, CulvertTunnel *tunnel, const char *on, gboolean is_below)
{
  g_assert_true (culvert_tunnel_drag_drop (fixture->rows, fixture->store, tunnel,
                                           get_row (fixture, on), is_below));
}

static void
test_drop (Fixture *fixture, gconstpointer data)
{
  drop (fixture, fixture->c, "b", FALSE);
  assert_rows (fixture, "a [Work] c b [Home] d");
  drop (fixture, fixture->c, "b", TRUE);
  assert_rows (fixture, "a [Work] b c [Home] d");
  /* into another group, in front of one and behind it */
  drop (fixture, fixture->a, "d", FALSE);
  assert_rows (fixture, "[Work] b c [Home] a d");
  drop (fixture, fixture->b, "d", TRUE);
  assert_rows (fixture, "[Work] c [Home] a d b");
  /* onto a heading: its first */
  drop (fixture, fixture->b, "Work", TRUE);
  assert_rows (fixture, "[Work] b c [Home] a d");
  drop (fixture, fixture->d, "Home", TRUE);
  assert_rows (fixture, "[Work] b c [Home] d a");
  /* onto itself: nothing */
  g_assert_false (culvert_tunnel_drag_drop (fixture->rows, fixture->store, fixture->b,
                                            get_row (fixture, "b"), TRUE));
}

/* (transfer none) (nullable) */
static GtkWidget *
find_window (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }
  return NULL;
}

/* Types @group into the dialog and takes @response. */
static void
answer (Fixture *fixture, const char *group, const char *response)
{
  GtkWidget *dialog = find_window (ADW_TYPE_MESSAGE_DIALOG);
  GtkWidget *entry = find_widget (dialog, CULVERT_TYPE_GROUP_ENTRY, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), group);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static gboolean
offers_no_group (void)
{
  GtkWidget *entry =
    find_widget (find_window (ADW_TYPE_MESSAGE_DIALOG), CULVERT_TYPE_GROUP_ENTRY, NULL);
  GMenuModel *menu =
    gtk_menu_button_get_menu_model (find_widget (entry, GTK_TYPE_MENU_BUTTON, NULL));

  /* The section of the groups is there in any case. */
  return g_menu_model_get_n_items (menu) > 1;
}

static void
rename_group_to (Fixture *fixture, const char *from, const char *to)
{
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, from)), "group.rename", NULL));
  answer (fixture, to, "accept");
}

static void
test_move_to_a_group (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;
  GtkWidget *entry;

  culvert_tunnel_list_select (fixture->window->list, fixture->a);
  activate (fixture, "win.move-to-group");
  dialog = find_window (ADW_TYPE_MESSAGE_DIALOG);
  entry = find_widget (dialog, CULVERT_TYPE_GROUP_ENTRY, NULL);
  /* Where it is already, and what is no name, is nothing to move it to. */
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));
  g_assert_true (offers_no_group ());
  gtk_editable_set_text (GTK_EDITABLE (entry), "x\u202ey");
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));
  g_assert_true (gtk_widget_activate_action (entry, "group-entry.choose", "s", "Home"));
  g_assert_true (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));
  culvert_tunnel_list_focus_selected (fixture->window->list);
  answer (fixture, " Home ", "accept");
  assert_rows (fixture, "[Work] b c [Home] d a");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) ==
                 GTK_WIDGET (get_row (fixture, "a")));
  activate (fixture, "win.move-to-group");
  answer (fixture, "New", "cancel");
  assert_rows (fixture, "[Work] b c [Home] d a");
  activate (fixture, "win.move-to-group");
  answer (fixture, "", "accept");
  assert_rows (fixture, "a [Work] b c [Home] d");
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, "Work")), "group.rename", NULL));
  g_assert_false (offers_no_group ());
  answer (fixture, "Office", "accept");
  assert_rows (fixture, "a [Office] b c [Home] d");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) ==
                 GTK_WIDGET (get_row (fixture, "Office")));
  /* As collapsed as it was. */
  gtk_widget_activate (GTK_WIDGET (get_row (fixture, "Office")));
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, "Office")), "group.rename", NULL));
  answer (fixture, "Bureau", "accept");
  assert_rows (fixture, "a [Bureau] [Home] d");
  gtk_widget_activate (GTK_WIDGET (get_row (fixture, "Bureau")));
  rename_group_to (fixture, "Bureau", "Office");
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, "Office")), "group.rename", NULL));
  gtk_editable_set_text (
    find_widget (find_window (ADW_TYPE_MESSAGE_DIALOG), CULVERT_TYPE_GROUP_ENTRY, NULL), "Home");
  g_assert_nonnull (strstr (
    adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (find_window (ADW_TYPE_MESSAGE_DIALOG))),
    "Both become one"));
  answer (fixture, "Home", "accept");
  assert_rows (fixture, "a [Home] b c d");
}

static void
test_editor (Fixture *fixture, gconstpointer data)
{
  GtkWidget *editor;
  GtkWidget *entry;

  culvert_tunnel_list_select (fixture->window->list, fixture->b);
  activate (fixture, "win.edit");
  editor = find_window (CULVERT_TYPE_PROFILE_EDITOR);
  entry = find_widget (editor, CULVERT_TYPE_GROUP_ENTRY, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "Work");
  gtk_editable_set_text (GTK_EDITABLE (entry), "a\u202eb");
  g_assert_false (gtk_widget_activate_action (editor, "editor.save", NULL) &&
                  find_window (CULVERT_TYPE_PROFILE_EDITOR) == NULL);
  g_assert_nonnull (find_window (CULVERT_TYPE_PROFILE_EDITOR));
  gtk_editable_set_text (GTK_EDITABLE (entry), "Home ");
  g_assert_true (gtk_widget_activate_action (editor, "editor.save", NULL));
  culvert_test_wait_until (find_window (CULVERT_TYPE_PROFILE_EDITOR) == NULL, 5000);
  g_assert_cmpstr (culvert_tunnel_get_profile (fixture->b)->group, ==, "Home");
}

/* What is removed and taken back is in its group, at its place, and has its secrets. */
static void
test_undo_of_a_removal (Fixture *fixture, gconstpointer data)
{
  culvert_tunnel_list_select (fixture->window->list, fixture->b);
  activate (fixture, "win.remove");
  assert_rows (fixture, "a [Work] c [Home] d");
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_row (fixture, "Home")), "group.move-up", NULL));
  g_signal_emit_by_name (find_widget (fixture->window->toasts, GTK_TYPE_BUTTON, "_Undo"),
                         "clicked");
  assert_rows (fixture, "a [Home] d [Work] b c");
  g_assert_cmpuint (
    culvert_fake_secret_store_get_n_forgets (culvert_stage_get_fake_secrets (fixture->stage)), ==,
    0);
}

/* A hundred rows in ten groups are all reached. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  culvert_stage_add_many (fixture->stage, 100, 10);
  g_assert_cmpuint (culvert_tunnel_list_get_n_shown (fixture->window->list), ==, 104);
  g_assert_true (CULVERT_IS_GROUP_ROW (get_row (fixture, "Group 10")));
  gtk_widget_activate (GTK_WIDGET (get_row (fixture, "Group 1")));
  g_assert_cmpuint (culvert_tunnel_list_get_n_shown (fixture->window->list), ==, 94);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/groups/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  gtk_test_init (&argc, &argv);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ADD ("rows", test_rows);
  ADD ("collapse", test_collapse);
  ADD ("switch", test_switch);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("move-by-keys", test_move_by_keys);
  ADD ("drop", test_drop);
  ADD ("move-to-a-group", test_move_to_a_group);
  ADD ("rename", test_rename);
  ADD ("editor", test_editor);
  ADD ("turn-of-a-removed-one", test_turn_of_a_removed_one);
  ADD ("undo-of-a-removal", test_undo_of_a_removal);
  ADD ("many", test_many);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
