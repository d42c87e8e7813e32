/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-row.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "ui/find-widget.h"
#include "ui/lights.h"
#include "ui/stage.h"

#include <glib/gstdio.h>

typedef struct
{
  CulvertStage       *stage;
  CulvertTunnel      *tunnel;
  CulvertForwardItem *item;
  GtkWidget          *window;
  CulvertForwardRow  *row;
  char               *message; /* what "win.show-message" was last told */
} Fixture;

static void
show_message_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_free (fixture->message);
  fixture->message = g_variant_dup_string (parameter, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const GActionEntry actions[] = {
    { .name = "show-message", .activate = show_message_cb, .parameter_type = "s" },
  };
  const char *command = data != NULL ? data : "ssh -L 5433:db:5432 alice@bastion.example.com";
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget                     *list = gtk_list_box_new ();

  fixture->stage = culvert_stage_new ();
  fixture->tunnel = culvert_stage_add (fixture->stage, "Database", command);
  fixture->item = g_list_model_get_item (culvert_tunnel_get_forwards (fixture->tunnel), 0);
  fixture->row = CULVERT_FORWARD_ROW (culvert_forward_row_new (
    culvert_stage_get_manager (fixture->stage), fixture->tunnel, fixture->item));
  fixture->window = gtk_window_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), fixture);
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
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
  g_clear_object (&fixture->item);
  culvert_stage_free (fixture->stage);
  g_free (fixture->message);
}

static gboolean
is_shown (Fixture *fixture, const char *text)
{
  GtkWidget *label = find_widget (fixture->row, GTK_TYPE_LABEL, text);

  return label != NULL && gtk_widget_get_mapped (label);
}

static gpointer
get_switch (Fixture *fixture)
{
  return find_widget (fixture->row, GTK_TYPE_SWITCH, NULL);
}

static void
test_says_where_and_whither (Fixture *fixture, gconstpointer data)
{
  GtkWidget *title;

  g_assert_true (is_shown (fixture, "localhost:5433 → db:5432"));
  g_assert_true (is_shown (fixture, "not listening yet"));
  title = find_widget (fixture->row, GTK_TYPE_LABEL, "localhost:5433 → db:5432");
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (title), "bastion.example.com"));
}

static void
test_name_goes_first (Fixture *fixture, gconstpointer data)
{
  culvert_stage_name_forward (fixture->stage, fixture->tunnel, 0, "Books");
  g_assert_true (is_shown (fixture, "Books"));
  g_assert_true (is_shown (fixture, "localhost:5433 → db:5432"));
}

static void
test_shows_connections (Fixture *fixture, gconstpointer data)
{
  GtkLabel *traffic;

  culvert_stage_set_up (fixture->tunnel, 5);
  g_assert_true (is_shown (fixture, "0 connections"));
  culvert_stage_set_open (fixture->tunnel, 0, 3);
  traffic = find_widget (fixture->row, CULVERT_TYPE_LIGHTS, NULL);
  traffic = GTK_LABEL (gtk_widget_get_next_sibling (GTK_WIDGET (traffic)));
  g_assert_true (g_str_has_prefix (gtk_label_get_label (traffic), "3 connections · ↓ "));
}

/* Where it says why it does not work. */
static GtkWidget *
find_trouble (Fixture *fixture)
{
  GtkWidget *button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Try Again");

  return gtk_widget_get_prev_sibling (gtk_widget_get_parent (button));
}

static gboolean
has_trouble (Fixture *fixture, const char *text)
{
  return strstr (gtk_label_get_label (GTK_LABEL (find_trouble (fixture))), text) != NULL;
}

static void
test_shows_who_was_sent_away (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_sent_away (fixture->tunnel, 0, 1, 0);
  g_assert_true (is_shown (fixture, "1 connection of another user of this computer was refused."));
  culvert_stage_set_sent_away (fixture->tunnel, 0, 3, 2);
  g_assert_true (is_shown (
    fixture, "3 connections of other users of this computer were refused.\n2 connections were "
             "refused: they had closed before their user could be seen."));
}

static void
test_failure_and_a_way_on (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Try Again");
  GtkWidget *trouble;

  culvert_stage_set_up (fixture->tunnel, 5);
  g_assert_false (gtk_widget_get_mapped (button));
  culvert_stage_set_forward (
    fixture->tunnel, 0, CULVERT_FORWARD_FAILED,
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "in use"),
    CULVERT_TARGET_UNKNOWN, NULL);
  g_assert_true (gtk_widget_get_mapped (button));
  g_assert_true (is_shown (fixture, "not listening"));
  trouble = find_trouble (fixture);
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (trouble)), "5433"));

  culvert_stage_set_forward (fixture->tunnel, 0, CULVERT_FORWARD_LISTENING, NULL,
                             CULVERT_TARGET_UNKNOWN, NULL);
  g_assert_false (gtk_widget_get_mapped (trouble));
}

static GError *
make_port_error (const char *holder, const char *program, const char *pid)
{
  GError *error =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "in use");

  culvert_error_set_fact (&error, CULVERT_FACT_HOLDER, holder);
  culvert_error_set_fact (&error, CULVERT_FACT_PROGRAM, program);
  culvert_error_set_fact (&error, CULVERT_FACT_PID, pid);
  culvert_error_set_fact (&error, CULVERT_FACT_FREE_PORT, "5434");
  culvert_error_set_fact (&error, CULVERT_FACT_FREE_ADDRESS, "127.0.0.2");
  return error;
}

/* (transfer none): where the forward is saved to listen */
static const CulvertEndpoint *
get_saved_listen (Fixture *fixture)
{
  CulvertProfileEntry *entry = culvert_profile_store_find (culvert_stage_get_store (fixture->stage),
                                                           culvert_tunnel_get_id (fixture->tunnel));
  CulvertProfile      *profile = culvert_profile_entry_get_profile (entry);

  return culvert_forward_spec_get_listen (g_ptr_array_index (profile->forwards, 0));
}

/* Who has the port is said, and one press is enough to listen elsewhere. */
static void
test_port_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertEndpoint) elsewhere = culvert_endpoint_new_tcp ("127.0.0.2", 5433);
  GtkWidget                  *button;

  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_forward (fixture->tunnel, 0, CULVERT_FORWARD_FAILED,
                             make_port_error ("process", "postgres", "1234"),
                             CULVERT_TARGET_UNKNOWN, NULL);
  g_assert_true (has_trouble (fixture, "Port 5433 is in use by postgres (process 1234)."));
  g_assert_true (has_trouble (fixture, "Use port 5434 or the address 127.0.0.2"));
  button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Use 127.0.0.2:5433");
  g_assert_true (gtk_widget_get_mapped (button));
  g_assert_true (
    gtk_widget_get_mapped (find_widget (fixture->row, GTK_TYPE_BUTTON, "Use Port 5434")));
  g_signal_emit_by_name (button, "clicked");
  culvert_test_wait_until (culvert_endpoint_equal (get_saved_listen (fixture), elsewhere), 5000);
  g_assert_true (culvert_endpoint_equal (
    culvert_forward_spec_get_listen (culvert_forward_item_get_spec (fixture->item)), elsewhere));

  culvert_stage_set_forward (fixture->tunnel, 0, CULVERT_FORWARD_LISTENING, NULL,
                             CULVERT_TARGET_UNKNOWN, NULL);
  g_assert_null (find_widget (fixture->row, GTK_TYPE_BUTTON, "Use Port 5434"));
}

/* What another tunnel has is told by its name, and what another is saved with is not proposed. */
static void
test_port_of_another_tunnel (Fixture *fixture, gconstpointer data)
{
  CulvertTunnel *other =
    culvert_stage_add (fixture->stage, "Staging", "ssh -L *:5433:db:1 -L 5434:db:2 bob@staging");
  g_autofree char *pid = g_strdup_printf ("%d", 1234);

  culvert_stage_set_up (other, 5);
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_forward (fixture->tunnel, 0, CULVERT_FORWARD_FAILED,
                             make_port_error ("self", NULL, pid), CULVERT_TARGET_UNKNOWN, NULL);
  g_assert_true (has_trouble (fixture, "Port 5433 is in use by the tunnel “Staging”."));
  g_assert_false (has_trouble (fixture, "5434"));
  g_assert_null (find_widget (fixture->row, GTK_TYPE_BUTTON, "Use Port 5434"));
}

/* The port that the server picked stands where the wish for any stood. */
static void
test_picked_port (Fixture *fixture, gconstpointer data)
{
  g_assert_true (is_shown (fixture, "localhost:any free port at the server → localhost:3000"));
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_picked (fixture->tunnel, 0, "localhost", 41873);
  culvert_test_wait_until (is_shown (fixture, "localhost:41873 at the server → localhost:3000"),
                           5000);
  gtk_widget_activate_action (GTK_WIDGET (fixture->row), "forward.copy-address", NULL);
  g_assert_cmpstr (fixture->message, ==,
                   "“localhost:41873” copied: it is for programs at the server");
  g_assert_cmpstr (
    gtk_widget_get_tooltip_text (
      find_widget (fixture->row, GTK_TYPE_LABEL, "localhost:41873 at the server → localhost:3000")),
    ==,
    "Programs on bastion.example.com that connect to localhost:41873 reach "
    "localhost:3000, as seen from this computer.");
}

/* Tries an action that may be disabled. */
static gboolean
copies (Fixture *fixture, const char *action, const char *message)
{
  g_clear_pointer (&fixture->message, g_free);
  gtk_widget_activate_action (GTK_WIDGET (fixture->row), action, NULL);
  return g_strcmp0 (fixture->message, message) == 0;
}

static void
test_proxy (Fixture *fixture, gconstpointer data)
{
  g_assert_true (is_shown (fixture, "Proxy on localhost:1080"));
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_open (fixture->tunnel, 0, 12);
  g_assert_true (copies (fixture, "forward.copy-address", "“socks5h://localhost:1080” copied"));
  g_assert_true (
    copies (fixture, "forward.copy-pac-address", "“http://localhost:1080/proxy.pac” copied"));
}

static void
test_proxy_at_the_server (Fixture *fixture, gconstpointer data)
{
  /* Nobody knows the port yet. */
  g_assert_true (copies (fixture, "forward.copy-address", NULL));
  g_assert_true (copies (fixture, "forward.copy-pac-address", NULL));
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_picked (fixture->tunnel, 0, "localhost", 41873);
  culvert_test_wait_until (is_shown (fixture, "Proxy on localhost:41873 at the server"), 5000);
  g_assert_true (copies (fixture, "forward.copy-address",
                         "“socks5h://localhost:41873” copied: it is for programs at the server"));
}

static void
test_no_pac_of_others (Fixture *fixture, gconstpointer data)
{
  g_assert_true (copies (fixture, "forward.copy-pac-address", NULL));
}

/* What others can connect to says so, at either side. */
static void
test_badge (Fixture *fixture, gconstpointer data)
{
  const char *command = data;
  GtkWidget  *badge = find_widget (fixture->row, GTK_TYPE_LABEL, "Open to others");

  if (command == NULL)
    {
      g_assert_false (gtk_widget_get_mapped (badge));
      return;
    }
  g_assert_true (gtk_widget_get_mapped (badge));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (badge), ==,
                   strstr (command, "-R") != NULL
                     ? "Other computers that reach bastion.example.com can connect too, if its "
                       "GatewayPorts lets them."
                     : "Other computers that reach this one can connect too.");
}

/* The server listens for everybody although it was asked not to: seen, and no failure. */
static void
test_exposed_by_server (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Try Again");

  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_picked (fixture->tunnel, 0, "localhost", 8080);
  g_assert_false (has_trouble (fixture, "GatewayPorts"));
  g_assert_false (is_shown (fixture, "Open to others"));
  culvert_stage_set_picked (fixture->tunnel, 0, "*", 8080);
  culvert_test_wait_until (is_shown (fixture, "*:8080 at the server → localhost:3000"), 5000);
  g_assert_true (has_trouble (fixture, "not of localhost alone: other computers"));
  g_assert_true (has_trouble (fixture, "“GatewayPorts yes”"));
  g_assert_true (is_shown (fixture, "Open to others"));
  g_assert_false (gtk_widget_get_mapped (button));
}

/* It counts down while the server holds the port. */
static void
test_countdown (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_retrying (
    fixture->tunnel, 0, 8,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LISTEN_HELD, "refused"));
  g_assert_true (has_trouble (fixture, "still holds"));
  culvert_test_wait_until (has_trouble (fixture, "Trying again in 8 s."), 5000);
  culvert_test_wait_until (has_trouble (fixture, "Trying again in 7 s."), 5000);
}

static GtkWidget *
find_test_label (Fixture *fixture)
{
  GtkWidget *button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Try Again");
  GtkWidget *proposals = gtk_widget_get_parent (button);
  GtkWidget *trouble_box = gtk_widget_get_parent (proposals);

  return gtk_widget_get_prev_sibling (trouble_box);
}

/* A button is as sensitive as its action is enabled. */
static gboolean
is_test_offered (Fixture *fixture)
{
  GtkWidget *button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Try Again");
  GtkWidget *probe = gtk_button_new ();
  gboolean   is_offered;

  gtk_actionable_set_action_name (GTK_ACTIONABLE (probe), "forward.test");
  gtk_box_append (GTK_BOX (gtk_widget_get_parent (button)), probe);
  is_offered = gtk_widget_get_sensitive (probe);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (button)), probe);
  return is_offered;
}

/* A test is offered for what listens at the server, and its result stands in the row. */
static void
test_self_test (Fixture *fixture, gconstpointer data)
{
  GtkWidget *label = find_test_label (fixture);
  GError    *refused =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY,
                         "the server listens for itself");

  g_assert_false (is_test_offered (fixture));
  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_picked (fixture->tunnel, 0, "localhost", 41873);
  g_assert_false (gtk_widget_get_visible (label));
  g_assert_true (is_test_offered (fixture));

  culvert_stage_set_test (fixture->tunnel, 0, CULVERT_TEST_RUNNING, NULL);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (label)), ==, "Testing…");
  g_assert_false (is_test_offered (fixture));
  culvert_stage_set_test (fixture->tunnel, 0, CULVERT_TEST_WORKS, NULL);
  g_assert_true (g_str_has_prefix (gtk_label_get_label (GTK_LABEL (label)), "Tested at "));
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (label)), "It works"));
  g_assert_false (gtk_widget_has_css_class (label, "trouble"));

  culvert_error_set_fact (&refused, CULVERT_FACT_TARGET, "192.0.2.1:41873");
  culvert_stage_set_test (fixture->tunnel, 0, CULVERT_TEST_FAILED, refused);
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (label)), "192.0.2.1:41873 refuses"));
  g_assert_true (gtk_widget_has_css_class (label, "trouble"));
  culvert_stage_set_test (fixture->tunnel, 0, CULVERT_TEST_NONE, NULL);
  g_assert_false (gtk_widget_get_visible (label));
}

/* One that listens here has no such test. */
static void
test_no_self_test (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_up (fixture->tunnel, 5);
  g_assert_false (is_test_offered (fixture));
}

/* The forward itself is well: it can be told, but not tried again. */
static void
test_target_that_refuses (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = find_widget (fixture->row, GTK_TYPE_BUTTON, "Try Again");

  culvert_stage_set_up (fixture->tunnel, 5);
  culvert_stage_set_forward (
    fixture->tunnel, 0, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_REFUSED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED, "refused"));
  g_assert_true (gtk_widget_get_mapped (find_trouble (fixture)));
  g_assert_false (gtk_widget_get_mapped (button));
}

static void
test_switch_is_saved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfileStore) again = NULL;
  CulvertProfileEntry            *entry;

  g_assert_true (gtk_switch_get_active (get_switch (fixture)));
  gtk_widget_activate (get_switch (fixture));
  culvert_test_wait_until (!culvert_forward_item_is_enabled (fixture->item), 5000);
  g_assert_false (gtk_switch_get_active (get_switch (fixture)));
  g_assert_true (is_shown (fixture, "switched off"));
  g_assert_null (fixture->message);

  again = culvert_profile_store_new (culvert_stage_get_dir (fixture->stage));
  entry = culvert_profile_store_find (again, culvert_tunnel_get_id (fixture->tunnel));
  g_assert_false (culvert_forward_spec_is_enabled (
    culvert_profile_entry_get_profile (entry)->forwards->pdata[0]));
}

/* What could not be saved is not switched, and said. */
static void
test_switch_that_cannot_be_saved (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("%s.culvert", culvert_tunnel_get_id (fixture->tunnel));
  g_autofree char *path = g_build_filename (culvert_stage_get_dir (fixture->stage), name, NULL);

  g_assert_true (g_file_set_contents (path, "[Tunnel]\nVersion=1\nHost=elsewhere\n", -1, NULL));
  gtk_widget_activate (get_switch (fixture));
  culvert_test_wait_until (fixture->message != NULL, 5000);
  g_assert_true (culvert_forward_item_is_enabled (fixture->item));
  g_assert_true (gtk_switch_get_active (get_switch (fixture)));
}

static void
got_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copies_the_address (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  gtk_widget_activate_action (GTK_WIDGET (fixture->row), "forward.copy-address", NULL);
  g_assert_cmpstr (fixture->message, ==, "“localhost:5433” copied");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->row)), NULL,
                                 got_text_cb, &text);
  culvert_test_wait_until (text != NULL, 5000);
  g_assert_cmpstr (text, ==, "localhost:5433");
}

static void
test_names_for_who_cannot_see (Fixture *fixture, gconstpointer data)
{
  GtkWidget *title = find_widget (fixture->row, GTK_TYPE_LABEL, "localhost:5433 → db:5432");

  gtk_test_accessible_assert_relation (get_switch (fixture), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                       title, NULL);
  gtk_test_accessible_assert_relation (fixture->row, GTK_ACCESSIBLE_RELATION_LABELLED_BY, title,
                                       NULL);
  gtk_test_accessible_assert_property (
    fixture->row, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "Programs on this computer that connect to localhost:5433 reach db:5432, as seen from "
    "bastion.example.com.");
  gtk_test_accessible_assert_property (find_widget (fixture->row, GTK_TYPE_MENU_BUTTON, NULL),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Forward Menu");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/forward-row/" name, Fixture, NULL, set_up, function, tear_down)

#define ADD_FOR(name, command, function)                                                           \
  g_test_add ("/ui/forward-row/" name, Fixture, command, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  ADD ("says-where-and-whither", test_says_where_and_whither);
  ADD ("name-goes-first", test_name_goes_first);
  ADD ("shows-connections", test_shows_connections);
  ADD ("shows-who-was-sent-away", test_shows_who_was_sent_away);
  ADD ("failure-and-a-way-on", test_failure_and_a_way_on);
  ADD ("port-in-use", test_port_in_use);
  ADD ("port-of-another-tunnel", test_port_of_another_tunnel);
  ADD ("target-that-refuses", test_target_that_refuses);
  g_test_add ("/ui/forward-row/exposed-by-server", Fixture,
              "ssh -R 8080:localhost:3000 alice@bastion.example.com", set_up,
              test_exposed_by_server, tear_down);
  g_test_add ("/ui/forward-row/picked-port", Fixture,
              "ssh -R 0:localhost:3000 alice@bastion.example.com", set_up, test_picked_port,
              tear_down);
  ADD_FOR ("proxy", "ssh -D 1080 alice@bastion.example.com", test_proxy);
  ADD_FOR ("proxy-at-the-server", "ssh -R 0 alice@bastion.example.com", test_proxy_at_the_server);
  ADD ("no-pac-of-others", test_no_pac_of_others);
  ADD ("no-badge", test_badge);
  ADD_FOR ("badge", "ssh -L *:5433:db:5432 alice@bastion.example.com", test_badge);
  ADD_FOR ("badge-at-the-server", "ssh -R *:8080:localhost:80 alice@bastion.example.com",
           test_badge);
  g_test_add ("/ui/forward-row/countdown", Fixture,
              "ssh -R 8081:localhost:3000 alice@bastion.example.com", set_up, test_countdown,
              tear_down);
  g_test_add ("/ui/forward-row/self-test", Fixture,
              "ssh -R 0:localhost:3000 alice@bastion.example.com", set_up, test_self_test,
              tear_down);
  ADD ("no-self-test", test_no_self_test);
  ADD ("switch-is-saved", test_switch_is_saved);
  ADD ("switch-that-cannot-be-saved", test_switch_that_cannot_be_saved);
  ADD ("copies-the-address", test_copies_the_address);
  ADD ("names-for-who-cannot-see", test_names_for_who_cannot_see);
  return g_test_run ();
}
