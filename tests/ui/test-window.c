/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "ui/application.h"
#include "ui/find-widget.h"
#include "ui/forward-picture.h"
#include "ui/known-hosts-page.h"
#include "ui/no-break.h"
#include "ui/profile-editor.h"
#include "ui/route-card.h"
#include "ui/stage.h"
#include "ui/welcome-page.h"

typedef struct
{
  CulvertStage  *stage;
  CulvertWindow *window;
} Fixture;

static CulvertApplication *application;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->stage = culvert_stage_new ();
  for (const char *const *name = data; name != NULL && *name != NULL; name++)
    culvert_stage_add (fixture->stage, *name, "ssh -p 1 -L 5433:db:5432 alice@127.0.0.1");
  fixture->window = CULVERT_WINDOW (
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (fixture->stage),
                        culvert_stage_get_secrets (fixture->stage), NULL));
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *)&fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)), 5000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->window == NULL, 5000);
  culvert_stage_free (fixture->stage);
}

static const char *const two[] = { "Alpha", "Beta", NULL };

static gboolean
shows (Fixture *fixture, const char *page)
{
  return g_str_equal (gtk_stack_get_visible_child_name (fixture->window->stack), page);
}

static const char *
get_title (Fixture *fixture)
{
  return culvert_tunnel_get_title (fixture->window->tunnel);
}

static void
activate (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
}

static guint
get_n_tunnels (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (culvert_stage_get_manager (fixture->stage)));
}

static guint
get_n_forgets (Fixture *fixture)
{
  return culvert_fake_secret_store_get_n_forgets (culvert_stage_get_fake_secrets (fixture->stage));
}

/* (transfer none) (nullable): a window over ours that says @heading, or any of @type */
static GtkWidget *
find_dialog (GType type, const char *heading)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) &&
          (heading == NULL || find_widget (window, GTK_TYPE_LABEL, heading) != NULL))
        return window;
    }
  return NULL;
}

static void
test_first_start (Fixture *fixture, gconstpointer data)
{
  g_assert_true (shows (fixture, "welcome"));
  g_assert_null (fixture->window->tunnel);
  culvert_stage_add (fixture->stage, "Alpha", "ssh -L 1:b:2 bastion");
  g_assert_true (shows (fixture, "tunnels"));
  g_assert_cmpstr (get_title (fixture), ==, "Alpha");
}

static void
test_three_ways_to_begin (Fixture *fixture, gconstpointer data)
{
  static const char *const choices[][2] = {
    { "New Tunnel", "win.new" },
    { "Paste an ssh Command", "win.paste-command" },
    { "Import Files", "win.import" },
  };
  GtkWidget *page = find_widget (fixture->window, CULVERT_TYPE_WELCOME_PAGE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      GtkWidget *label = find_widget (page, GTK_TYPE_LABEL, choices[i][0]);
      GtkWidget *button = gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);

      g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, choices[i][1]);
      gtk_test_accessible_assert_relation (button, GTK_ACCESSIBLE_RELATION_LABELLED_BY, label,
                                           NULL);
    }
}

static void
test_page_follows_the_list (Fixture *fixture, gconstpointer data)
{
  CulvertTunnel *shown = NULL;

  g_assert_cmpstr (get_title (fixture), ==, "Alpha");
  culvert_tunnel_list_select (
    fixture->window->list,
    g_list_model_get_item (G_LIST_MODEL (culvert_stage_get_manager (fixture->stage)), 1));
  g_assert_cmpstr (get_title (fixture), ==, "Beta");
  g_object_get (fixture->window->page, "tunnel", &shown, NULL);
  g_assert_true (shown == fixture->window->tunnel);
  g_object_unref (shown);
  g_object_unref (shown);
}

/* The page says what a tunnel goes through while it does. */
static void
test_way (Fixture *fixture, gconstpointer data)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (fixture->stage, "Gamma", "ssh -J me@gate,door -L 8080:h:80 server");

  culvert_tunnel_list_select (fixture->window->list, tunnel);
  g_assert_cmpstr (get_title (fixture), ==, "Gamma");
  g_assert_null (find_widget (fixture->window->page, GTK_TYPE_LABEL, "me@gate → door"));
  culvert_stage_set_up (tunnel, 10);
  g_assert_nonnull (find_widget (fixture->window->page, GTK_TYPE_LABEL, "me@gate → door"));
}

static void
test_remove_and_undo (Fixture *fixture, gconstpointer data)
{
  GtkWidget *undo;

  activate (fixture, "win.remove");
  g_assert_cmpuint (get_n_tunnels (fixture), ==, 1);
  g_assert_cmpstr (get_title (fixture), ==, "Beta");

  undo = find_widget (fixture->window, GTK_TYPE_BUTTON, "_Undo");
  g_assert_nonnull (undo);
  gtk_widget_activate (undo);
  culvert_test_wait_until (get_n_tunnels (fixture) == 2, 5000);
  g_assert_cmpstr (get_title (fixture), ==, "Alpha");
  culvert_test_wait_until (fixture->window->removals->len == 0, 10000);
  g_assert_cmpuint (get_n_forgets (fixture), ==, 0);
}

static void
test_removed_for_good_is_forgotten (Fixture *fixture, gconstpointer data)
{
  activate (fixture, "win.remove");
  g_assert_cmpuint (get_n_forgets (fixture), ==, 0);
  gtk_window_close (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->window == NULL, 5000);
  g_assert_cmpuint (get_n_forgets (fixture), ==, 1);
}

static void
test_last_one_removed (Fixture *fixture, gconstpointer data)
{
  activate (fixture, "win.remove");
  activate (fixture, "win.remove");
  g_assert_true (shows (fixture, "welcome"));
  g_assert_null (fixture->window->tunnel);
}

static void
test_close_asks_while_on (Fixture *fixture, gconstpointer data)
{
  CulvertTunnel *tunnel = fixture->window->tunnel;
  GtkWidget     *dialog = NULL;

  /* Its server is a port where nobody answers: on, and waiting. */
  culvert_tunnel_start (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_WAITING, 10000);
  gtk_window_close (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (
    (dialog = find_dialog (ADW_TYPE_MESSAGE_DIALOG, "1 Tunnel Is On")) != NULL, 5000);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  culvert_test_spend (100);
  g_assert_nonnull (fixture->window);
  g_assert_true (culvert_tunnel_is_wanted (tunnel));

  culvert_tunnel_stop (tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED, 5000);
  gtk_window_close (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->window == NULL, 5000);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelList *list = fixture->window->list;

  g_assert_cmpuint (culvert_tunnel_list_get_n_shown (list), ==, 2);
  activate (fixture, "win.search");
  gtk_editable_set_text (find_widget (list, GTK_TYPE_SEARCH_ENTRY, NULL), "beta");
  culvert_test_wait_until (culvert_tunnel_list_get_n_shown (list) == 1, 5000);
  g_assert_cmpstr (get_title (fixture), ==, "Alpha");
  gtk_search_bar_set_search_mode (find_widget (list, GTK_TYPE_SEARCH_BAR, NULL), FALSE);
  culvert_test_wait_until (culvert_tunnel_list_get_n_shown (list) == 2, 5000);
}

static void
test_notices (Fixture *fixture, gconstpointer data)
{
  static const char no_keyring[] = "No keyring: passwords are kept until you quit";
  g_autofree char  *bad =
    g_build_filename (culvert_stage_get_dir (fixture->stage), "broken.culvert", NULL);
  GtkWidget *button;

  g_assert_null (find_widget (fixture->window->list, GTK_TYPE_LABEL, no_keyring));
  culvert_fake_secret_store_set_situation (culvert_stage_get_fake_secrets (fixture->stage),
                                           CULVERT_FAKE_SECRETS_ABSENT);
  g_assert_nonnull (find_widget (fixture->window->list, GTK_TYPE_LABEL, no_keyring));

  g_assert_true (g_file_set_contents (bad, "[Tunnel", -1, NULL));
  culvert_profile_store_refresh (culvert_stage_get_store (fixture->stage));
  button = find_widget (fixture->window->list, GTK_TYPE_BUTTON, "_Show File");
  g_assert_nonnull (button);
  g_assert_true (g_str_has_prefix (
    gtk_label_get_label (GTK_LABEL (gtk_widget_get_prev_sibling (button))), "broken.culvert: "));
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Show File broken.culvert");
  g_assert_cmpuint (get_n_tunnels (fixture), ==, 2);

  g_assert_true (g_file_set_contents (bad, "[Tunnel]\nVersion=1\nHost=bastion\n", -1, NULL));
  culvert_profile_store_refresh (culvert_stage_get_store (fixture->stage));
  g_assert_null (find_widget (fixture->window->list, GTK_TYPE_BUTTON, "_Show File"));
}

static void
got_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy_command (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  activate (fixture, "win.copy-command");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->window)), NULL,
                                 got_text_cb, &text);
  culvert_test_wait_until (text != NULL, 5000);
  g_assert_true (g_str_has_prefix (text, "ssh "));
  g_assert_nonnull (strstr (text, "5433:db:5432"));
}

/* The commands of a tunnel need one. */
static void
test_commands_follow_the_tunnel (Fixture *fixture, gconstpointer data)
{
  GtkWidget *edit = find_widget (fixture->window->page, GTK_TYPE_BUTTON, "Edit Tunnel");

  g_assert_false (gtk_widget_get_sensitive (edit));
  culvert_stage_add (fixture->stage, "Alpha", "ssh -L 1:b:2 bastion");
  g_assert_true (gtk_widget_get_sensitive (edit));
}

static void
test_edit_opens_the_form (Fixture *fixture, gconstpointer data)
{
  GtkWidget *editor = NULL;

  activate (fixture, "win.edit");
  culvert_test_wait_until ((editor = find_dialog (CULVERT_TYPE_PROFILE_EDITOR, NULL)) != NULL,
                           5000);
  g_assert_true (gtk_window_get_modal (GTK_WINDOW (editor)));
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (editor)) ==
                 GTK_WINDOW (fixture->window));
}

static gboolean
is_visible_child (Fixture *fixture, gpointer child)
{
  return adw_leaflet_get_visible_child (fixture->window->leaflet) == child;
}

static void
test_two_steps_when_narrow (Fixture *fixture, gconstpointer data)
{
  GtkListBox    *rows = find_widget (fixture->window->list, GTK_TYPE_LIST_BOX, NULL);
  GtkListBoxRow *second = gtk_list_box_get_row_at_index (rows, 1);

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 600);
  culvert_test_wait_until (adw_leaflet_get_folded (fixture->window->leaflet), 5000);
  g_assert_true (is_visible_child (fixture, fixture->window->list));
  g_assert_null (gtk_list_box_get_selected_row (rows));

  gtk_widget_activate (GTK_WIDGET (second));
  culvert_test_wait_until (is_visible_child (fixture, fixture->window->page), 5000);
  g_assert_cmpstr (get_title (fixture), ==, "Beta");
  activate (fixture, "win.back");
  culvert_test_wait_until (is_visible_child (fixture, fixture->window->list), 5000);

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 600);
  culvert_test_wait_until (!adw_leaflet_get_folded (fixture->window->leaflet), 5000);
  g_assert_true (gtk_list_box_get_selected_row (rows) == second);
}

/* Texts of the outside are shown as they are, and never as markup. */
static void
test_messages_are_no_markup (Fixture *fixture, gconstpointer data)
{
  culvert_window_show_message (fixture->window, "<b>a & b</b>");
  culvert_test_spend (50);
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "&lt;b&gt;a &amp; b&lt;/b&gt;"));
}

/* (transfer none) (nullable): a label that says @words, addresses unbroken */
static GtkWidget *
find_words (GtkWidget *root, const char *words)
{
  g_autofree char *unbroken = culvert_no_break (words);

  return find_widget (root, GTK_TYPE_LABEL, unbroken);
}

/* What the server tells is on the page of a tunnel that is up, folded away, and as it is. */
static void
test_banner (Fixture *fixture, gconstpointer data)
{
  GtkWidget *title = find_widget (fixture->window, GTK_TYPE_LABEL, "Message from the Server");
  GtkWidget *row = gtk_widget_get_ancestor (title, ADW_TYPE_EXPANDER_ROW);
  GtkWidget *text;

  culvert_stage_set_up (fixture->window->tunnel, 10);
  g_assert_false (gtk_widget_get_visible (row));
  culvert_stage_set_banner (fixture->window->tunnel, "Staff <b>only</b>.\n& watched");
  g_assert_true (gtk_widget_get_visible (row));
  g_assert_false (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)));
  text = find_widget (row, GTK_TYPE_LABEL, "Staff <b>only</b>.\n& watched");
  g_assert_nonnull (text);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (text)), ==, "Staff <b>only</b>.\n& watched");
  g_assert_false (gtk_label_get_use_markup (GTK_LABEL (text)));
  culvert_stage_set_state (fixture->window->tunnel, CULVERT_TUNNEL_STOPPED, NULL);
  g_assert_false (gtk_widget_get_visible (row));
}

/* Where the way breaks is said below its picture, as long as it does. */
static void
test_route (Fixture *fixture, gconstpointer data)
{
  const char    *words = "The way breaks between 127.0.0.1 and db:5432.";
  CulvertTunnel *tunnel = fixture->window->tunnel;
  GtkWidget     *card = find_widget (fixture->window, CULVERT_TYPE_ROUTE_CARD, NULL);
  GtkWidget     *label;
  GError        *refused =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED, "connection refused");

  culvert_test_wait_until (
    gtk_widget_get_mapped (find_widget (card, CULVERT_TYPE_FORWARD_PICTURE, NULL)), 5000);
  culvert_stage_set_up (tunnel, 10);
  g_assert_null (find_words (card, words));
  culvert_stage_set_forward (tunnel, 0, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_REFUSED,
                             refused);
  label = find_words (card, words);
  g_assert_nonnull (label);
  g_assert_true (gtk_widget_get_visible (label));
  culvert_stage_set_forward (tunnel, 0, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_ANSWERED,
                             NULL);
  g_assert_false (gtk_widget_get_visible (label));
}

static void
test_remembers (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelManager     *manager = culvert_stage_get_manager (fixture->stage);
  g_autoptr (CulvertTunnel) second = g_list_model_get_item (G_LIST_MODEL (manager), 1);
  CulvertWindow            *again;

  g_assert_nonnull (fixture->window->settings);
  culvert_tunnel_list_select (fixture->window->list, second);
  again = CULVERT_WINDOW (culvert_window_new (GTK_APPLICATION (application), manager,
                                              culvert_stage_get_secrets (fixture->stage), NULL));
  g_assert_true (again->tunnel == second);
  gtk_window_destroy (GTK_WINDOW (again));
}

#define ADD(name, data, function)                                                                  \
  g_test_add ("/ui/window/" name, Fixture, data, set_up, function, tear_down)

/* A changed key: all there is to know, and no way on but the known hosts. */
static void
test_changed_key (Fixture *fixture, gconstpointer data)
{
  GError    *error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED, "changed");
  GtkWidget *button;
  GtkWidget *page;

  g_assert_false (
    gtk_widget_get_mapped (find_widget (fixture->window, GTK_TYPE_BUTTON, "_Known Hosts…")));
  culvert_error_set_fact (&error, CULVERT_FACT_SHOWN, "SHA256:new");
  culvert_error_set_fact (&error, CULVERT_FACT_RECORDED, "SHA256:old");
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/nowhere/known_hosts");
  culvert_error_set_fact (&error, CULVERT_FACT_LINE, "12");
  culvert_error_set_fact (&error, CULVERT_FACT_NAMES, "[127.0.0.1]:1");
  culvert_error_set_fact (&error, CULVERT_FACT_TIME, "1772366400");
  culvert_stage_set_state (fixture->window->tunnel, CULVERT_TUNNEL_FAILED, error);
  culvert_test_wait_until (
    (button = find_widget (fixture->window, GTK_TYPE_BUTTON, "_Known Hosts…")) != NULL &&
      gtk_widget_get_mapped (button),
    5000);
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "SHA256:new"));
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL, "SHA256:old"));
  g_assert_nonnull (find_widget (fixture->window, GTK_TYPE_LABEL,
                                 "ssh-keygen -R '[127.0.0.1]:1' -f /nowhere/known_hosts"));

  g_signal_emit_by_name (button, "clicked");
  culvert_test_wait_until ((page = find_dialog (CULVERT_TYPE_KNOWN_HOSTS_PAGE, NULL)) != NULL,
                           5000);
  g_assert_cmpstr (gtk_editable_get_text (find_widget (page, GTK_TYPE_SEARCH_ENTRY, NULL)), ==,
                   "/nowhere/known_hosts:12");
  gtk_window_close (GTK_WINDOW (page));
}

int
main (int argc, char **argv)
{
  int status;

  gtk_test_init (&argc, &argv);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ADD ("first-start", NULL, test_first_start);
  ADD ("three-ways-to-begin", NULL, test_three_ways_to_begin);
  ADD ("page-follows-the-list", two, test_page_follows_the_list);
  ADD ("way", two, test_way);
  ADD ("remove-and-undo", two, test_remove_and_undo);
  ADD ("removed-for-good-is-forgotten", two, test_removed_for_good_is_forgotten);
  ADD ("last-one-removed", two, test_last_one_removed);
  ADD ("close-asks-while-on", two, test_close_asks_while_on);
  ADD ("search", two, test_search);
  ADD ("notices", two, test_notices);
  ADD ("copy-command", two, test_copy_command);
  ADD ("commands-follow-the-tunnel", NULL, test_commands_follow_the_tunnel);
  ADD ("edit-opens-the-form", two, test_edit_opens_the_form);
  ADD ("two-steps-when-narrow", two, test_two_steps_when_narrow);
  ADD ("messages-are-no-markup", two, test_messages_are_no_markup);
  ADD ("banner", two, test_banner);
  ADD ("route", two, test_route);
  ADD ("changed-key", two, test_changed_key);
  ADD ("remembers", two, test_remembers);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
