/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/form-stage.h"

#include "base/peer-user.h"
#include "ui/draft-forward-row.h"
#include "ui/forward-editor.h"
#include "support/loopback.h"
#include "words/tunnel-words.h"

#include <string.h>
#include <unistd.h>

#define DEADLINE_MS 5000
#define PORT        "Port on this computer"
#define PORT_THERE  "Port at the server"
#define TARGET      "Target as seen from bastion"
#define TARGET_HERE "Target as seen from this computer"
#define PICK        "The server picks the port"
#define FTP         "Carry FTP’s data connections too"
#define PAGE        "Page to open in the browser, such as /admin/"

typedef struct
{
  FormStage             stage;
  CulvertProfile       *profile;
  CulvertProfileEditor *editor;
  gpointer              alive; /* NULL once the form is gone */
} Fixture;

/* @data: the tunnel, as a command line; its first forward is open in its form */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  form_stage_set_up (&fixture->stage, NULL);
  fixture->profile = form_stage_parse (data);
  fixture->editor = form_stage_edit (&fixture->stage, fixture->profile);
  fixture->alive = fixture->editor;
  g_object_add_weak_pointer (fixture->alive, &fixture->alive);
  if (fixture->profile->forwards->len == 0)
    return;
  culvert_profile_editor_show_forward (
    fixture->editor, culvert_forward_spec_get_id (fixture->profile->forwards->pdata[0]));
  form_stage_settle (fixture->editor);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->alive != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->editor));
  culvert_test_wait_until (fixture->alive == NULL, DEADLINE_MS);
  culvert_profile_unref (fixture->profile);
  form_stage_tear_down (&fixture->stage, NULL);
}

static gboolean
can_save (Fixture *fixture)
{
  return gtk_widget_is_sensitive (form_stage_get (fixture->editor, GTK_TYPE_BUTTON, "Save"));
}

/* Saves, and gives the saved tunnel. */
static CulvertProfile *
save (Fixture *fixture)
{
  CulvertProfileEntry *entry;

  g_assert_true (can_save (fixture));
  form_stage_press (fixture->editor, "Save");
  culvert_test_wait_until (fixture->alive == NULL, DEADLINE_MS);
  entry = culvert_profile_store_find (fixture->stage.store, fixture->profile->id);
  g_assert_nonnull (entry);
  return culvert_profile_entry_get_profile (entry);
}

static void
go_back (Fixture *fixture)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->editor), "editor.back", NULL);
  culvert_test_wait_until (
    form_stage_find (fixture->editor, CULVERT_TYPE_FORWARD_EDITOR, NULL) == NULL, DEADLINE_MS);
}

static gboolean
is_marked (Fixture *fixture, const char *name, const char *style_class)
{
  return gtk_widget_has_css_class (form_stage_get (fixture->editor, ADW_TYPE_ENTRY_ROW, name),
                                   style_class);
}

/* The card with the purpose of @kind. */
static GtkToggleButton *
get_card (Fixture *fixture, CulvertForwardKind kind)
{
  GtkWidget *label = form_stage_get (form_stage_get (fixture->editor, GTK_TYPE_GRID, NULL),
                                     GTK_TYPE_LABEL, culvert_words_for_kind_purpose (kind));

  return GTK_TOGGLE_BUTTON (gtk_widget_get_ancestor (label, GTK_TYPE_TOGGLE_BUTTON));
}

static void
choose_kind (Fixture *fixture, CulvertForwardKind kind)
{
  gtk_toggle_button_set_active (get_card (fixture, kind), TRUE);
  form_stage_settle (fixture->editor);
}

static const char *
get_text (Fixture *fixture, const char *name)
{
  return gtk_editable_get_text (form_stage_get (fixture->editor, ADW_TYPE_ENTRY_ROW, name));
}

static gboolean
has_entry (Fixture *fixture, const char *name)
{
  return form_stage_find (fixture->editor, ADW_TYPE_ENTRY_ROW, name) != NULL;
}

static GtkSwitch *
get_switch (Fixture *fixture, const char *name)
{
  return form_stage_get (form_stage_get (fixture->editor, ADW_TYPE_ACTION_ROW, name),
                         GTK_TYPE_SWITCH, NULL);
}

static void
unfold (Fixture *fixture, const char *name)
{
  adw_expander_row_set_expanded (form_stage_get (fixture->editor, ADW_TYPE_EXPANDER_ROW, name),
                                 TRUE);
  form_stage_settle (fixture->editor);
}

static void
test_edit (Fixture *fixture, gconstpointer data)
{
  CulvertProfile     *saved;
  CulvertForwardSpec *spec;
  g_autofree char    *argument = NULL;

  g_assert_true (gtk_toggle_button_get_active (get_card (fixture, CULVERT_FORWARD_LOCAL)));
  form_stage_fill (fixture->editor, PORT, "6000");
  form_stage_fill (fixture->editor, TARGET, "web");
  form_stage_fill (fixture->editor, "Target port", "81");
  form_stage_fill (fixture->editor, "Name of the forward, if it needs one", "Web");
  gtk_switch_set_active (
    form_stage_get (form_stage_get (fixture->editor, ADW_TYPE_ACTION_ROW, "On"), GTK_TYPE_SWITCH,
                    NULL),
    FALSE);
  go_back (fixture);
  g_assert_nonnull (form_stage_find (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, "Web"));
  saved = save (fixture);
  g_assert_cmpuint (saved->forwards->len, ==, 2);
  spec = saved->forwards->pdata[0];
  argument = culvert_forward_spec_to_argument (spec);
  g_assert_cmpstr (argument, ==, "6000:web:81");
  g_assert_cmpstr (culvert_forward_spec_get_name (spec), ==, "Web");
  g_assert_false (culvert_forward_spec_is_enabled (spec));
  /* The same forward, and the other one as it was. */
  g_assert_cmpstr (culvert_forward_spec_get_id (spec), ==,
                   culvert_forward_spec_get_id (fixture->profile->forwards->pdata[0]));
  g_assert_true (
    culvert_forward_spec_equal (saved->forwards->pdata[1], fixture->profile->forwards->pdata[1]));
}

static void
test_problems (Fixture *fixture, gconstpointer data)
{
  form_stage_fill (fixture->editor, PORT, "80");
  g_assert_true (is_marked (fixture, PORT, "warning"));
  g_assert_true (form_stage_shows (fixture->editor, "a port such as 8080 needs none"));
  g_assert_true (can_save (fixture));
  form_stage_fill (fixture->editor, PORT, "8081");
  g_assert_false (is_marked (fixture, PORT, "warning"));
  /* The other forward has that one. */
  form_stage_fill (fixture->editor, PORT, "8080");
  g_assert_true (is_marked (fixture, PORT, "error"));
  g_assert_true (form_stage_shows (fixture->editor, "Another forward of this tunnel listens"));
  g_assert_false (can_save (fixture));
  /* Empty is a hint, and no more to be saved than wrong. */
  form_stage_fill (fixture->editor, PORT, "");
  g_assert_false (is_marked (fixture, PORT, "error"));
  g_assert_true (form_stage_shows (fixture->editor, "Choose the port to listen on"));
  g_assert_false (can_save (fixture));
  form_stage_fill (fixture->editor, PORT, "5433");
  form_stage_fill (fixture->editor, TARGET, "two words");
  g_assert_true (is_marked (fixture, TARGET, "error"));
  form_stage_fill (fixture->editor, TARGET, "web");
  form_stage_fill (fixture->editor, "Target port", "70000");
  g_assert_true (is_marked (fixture, "Target port", "error"));
  g_assert_false (is_marked (fixture, TARGET, "error"));
  form_stage_fill (fixture->editor, "Target port", "80");
  g_assert_true (can_save (fixture));
}

/* Each kind asks for what it needs, says at which side, and nothing else. */
static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  CulvertProfile *saved;

  g_assert_true (has_entry (fixture, PORT));
  g_assert_true (has_entry (fixture, TARGET));
  g_assert_false (has_entry (fixture, PORT_THERE));
  g_assert_null (form_stage_find (fixture->editor, ADW_TYPE_ACTION_ROW, PICK));
  g_assert_true (form_stage_shows (fixture->editor, "“localhost” is the server itself"));

  choose_kind (fixture, CULVERT_FORWARD_REMOTE);
  g_assert_true (form_stage_shows (fixture->editor, "Listens at the Server"));
  g_assert_true (has_entry (fixture, PORT_THERE));
  g_assert_true (has_entry (fixture, TARGET_HERE));
  g_assert_false (has_entry (fixture, PORT));
  g_assert_false (has_entry (fixture, TARGET));
  g_assert_true (form_stage_shows (fixture->editor, "“localhost” is this computer"));
  g_assert_true (form_stage_shows (fixture->editor, "Programs on bastion that connect to"));
  g_assert_true (can_save (fixture));

  choose_kind (fixture, CULVERT_FORWARD_DYNAMIC);
  g_assert_true (has_entry (fixture, PORT));
  g_assert_false (has_entry (fixture, TARGET));
  g_assert_null (form_stage_find (fixture->editor, ADW_TYPE_EXPANDER_ROW, "Advanced"));
  g_assert_false (form_stage_shows (fixture->editor, "can’t carry them"));
  g_assert_true (form_stage_shows (fixture->editor, "Listens on This Computer"));
  g_assert_true (form_stage_shows (fixture->editor, "SOCKS and HTTP on the same port"));
  g_assert_true (form_stage_shows (fixture->editor, "that use the proxy at"));

  /* Back again nothing of what was typed is lost. */
  choose_kind (fixture, CULVERT_FORWARD_LOCAL);
  g_assert_cmpstr (get_text (fixture, TARGET), ==, "db.internal");
  g_assert_cmpstr (get_text (fixture, PORT), ==, "5433");

  choose_kind (fixture, CULVERT_FORWARD_REVERSE_DYNAMIC);
  g_assert_true (has_entry (fixture, PORT_THERE));
  g_assert_true (form_stage_shows (fixture->editor, "gets there from this computer"));
  saved = save (fixture);
  g_assert_cmpint (culvert_forward_spec_get_kind (saved->forwards->pdata[0]), ==,
                   CULVERT_FORWARD_REVERSE_DYNAMIC);
  g_assert_null (culvert_forward_spec_get_target (saved->forwards->pdata[0]));
}

/* A new forward gets what is usual for its kind, as long as nothing else was typed. */
static void
test_defaults (Fixture *fixture, gconstpointer data)
{
  go_back (fixture);
  form_stage_press (fixture->editor, "Add Forward");
  form_stage_settle (fixture->editor);
  choose_kind (fixture, CULVERT_FORWARD_DYNAMIC);
  g_assert_cmpstr (get_text (fixture, PORT), ==, "1081"); /* the other one has 1080 */
  g_assert_true (can_save (fixture));
  choose_kind (fixture, CULVERT_FORWARD_LOCAL);
  g_assert_cmpstr (get_text (fixture, PORT), ==, "");
  g_assert_cmpstr (get_text (fixture, TARGET), ==, "");
  choose_kind (fixture, CULVERT_FORWARD_REMOTE);
  g_assert_cmpstr (get_text (fixture, PORT_THERE), ==, "");
  g_assert_cmpstr (get_text (fixture, TARGET_HERE), ==, "localhost");
  form_stage_fill (fixture->editor, TARGET_HERE, "web");
  choose_kind (fixture, CULVERT_FORWARD_REVERSE_DYNAMIC);
  g_assert_cmpstr (get_text (fixture, PORT_THERE), ==, "1080"); /* at the server it is free */
  form_stage_fill (fixture->editor, PORT_THERE, "1090");
  choose_kind (fixture, CULVERT_FORWARD_LOCAL);
  g_assert_cmpstr (get_text (fixture, PORT), ==, "1090");
  g_assert_cmpstr (get_text (fixture, TARGET), ==, "web");
}

static void
test_picked_port (Fixture *fixture, gconstpointer data)
{
  const CulvertEndpoint *listen;

  g_assert_false (has_entry (fixture, PORT_THERE));
  g_assert_true (gtk_switch_get_active (get_switch (fixture, PICK)));
  g_assert_true (form_stage_shows (fixture->editor, "connect to a port of its choice"));
  gtk_switch_set_active (get_switch (fixture, PICK), FALSE);
  g_assert_true (form_stage_shows (fixture->editor, "Left empty, the server picks a free port."));
  form_stage_fill (fixture->editor, PORT_THERE, "70000");
  g_assert_true (form_stage_shows (fixture->editor, "“70000” is no port"));
  form_stage_fill (fixture->editor, PORT_THERE, "8080");
  g_assert_false (form_stage_shows (fixture->editor, "the server picks a free"));
  g_assert_true (form_stage_shows (fixture->editor, "connect to localhost"));
  gtk_switch_set_active (get_switch (fixture, PICK), TRUE);
  listen = culvert_forward_spec_get_listen (save (fixture)->forwards->pdata[0]);
  g_assert_cmpuint (culvert_endpoint_get_port (listen), ==, 0);
}

/* @where: as the menu has it */
static void
choose_where (Fixture *fixture, const char *where)
{
  AdwComboRow *row;
  GListModel  *model;

  unfold (fixture, "Who can connect");
  row = form_stage_get (fixture->editor, ADW_TYPE_COMBO_ROW, "Listen for");
  model = adw_combo_row_get_model (row);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), where))
      {
        adw_combo_row_set_selected (row, i);
        form_stage_settle (fixture->editor);
        return;
      }
  g_error ("the menu has no “%s”", where);
}

static const char *
get_listen_host (Fixture *fixture)
{
  CulvertProfile *saved = save (fixture);

  return culvert_endpoint_get_host (culvert_forward_spec_get_listen (saved->forwards->pdata[0]));
}

static void
test_listen_for_all (Fixture *fixture, gconstpointer data)
{
  choose_where (fixture, "All interfaces");
  g_assert_true (form_stage_shows (fixture->editor, "Other computers can connect to"));
  g_assert_true (form_stage_shows (fixture->editor, "and on others that reach it"));
  g_assert_cmpstr (get_listen_host (fixture), ==, "*");
}

static void
test_listen_at_address (Fixture *fixture, gconstpointer data)
{
  choose_where (fixture, "A given address");
  g_assert_true (form_stage_shows (fixture->editor, "Type an address that this computer has"));
  form_stage_fill (fixture->editor, "Address", "not an address");
  g_assert_true (is_marked (fixture, "Address", "error"));
  form_stage_fill (fixture->editor, "Address", "0.0.0.0");
  g_assert_true (form_stage_shows (fixture->editor, "on every computer that reaches this one"));
  form_stage_fill (fixture->editor, "Address", "192.0.2.9");
  g_assert_true (form_stage_shows (fixture->editor, "reach one address of this computer"));
  g_assert_false (is_marked (fixture, "Address", "error"));
  g_assert_true (form_stage_shows (fixture->editor, "Other computers can connect to"));
  g_assert_cmpstr (get_listen_host (fixture), ==, "192.0.2.9");
}

static void
test_listen_at_loopback (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (get_text (fixture, "Address"), ==, "127.0.0.9");
  choose_where (fixture, "A given address");
  g_assert_cmpstr (get_text (fixture, "Address"), ==, "");
  choose_where (fixture, "Another loopback address");
  g_assert_cmpstr (get_text (fixture, "Address"), ==, "127.0.0.2");
  g_assert_false (form_stage_shows (fixture->editor, "Other computers can connect to"));
  g_assert_cmpstr (get_listen_host (fixture), ==, "127.0.0.2");
}

static void
test_listen_at_socket (Fixture *fixture, gconstpointer data)
{
  const char *const path = "Path of the socket file";
  CulvertProfile   *saved;

  choose_where (fixture, "A socket file");
  g_assert_false (has_entry (fixture, PORT));
  g_assert_true (form_stage_shows (fixture->editor, "Say where the forward listens"));
  g_assert_true (form_stage_shows (fixture->editor, "mode 0600"));
  g_assert_false (can_save (fixture));
  form_stage_fill (fixture->editor, path, "db.sock");
  g_assert_true (is_marked (fixture, path, "error"));
  form_stage_fill (fixture->editor, path, "/tmp/db.sock");
  saved = save (fixture);
  g_assert_cmpstr (
    culvert_endpoint_get_path (culvert_forward_spec_get_listen (saved->forwards->pdata[0])), ==,
    "/tmp/db.sock");
}

/* What others can do at the server is up to its administrator, and the form says how. */
static void
test_gateway_ports (Fixture *fixture, gconstpointer data)
{
  unfold (fixture, "Who can connect");
  g_assert_true (form_stage_shows (fixture->editor, "whatever it is asked for"));
  choose_where (fixture, "All interfaces");
  g_assert_true (
    form_stage_shows (fixture->editor, "“GatewayPorts yes” in sshd_config others can"));
  g_assert_true (
    form_stage_shows (fixture->editor, "Other computers may connect to *:8080 at the"));
  choose_where (fixture, "A given address");
  form_stage_fill (fixture->editor, "Address", "192.0.2.9");
  g_assert_true (form_stage_shows (fixture->editor, "it listens at this address"));
  g_assert_cmpstr (get_listen_host (fixture), ==, "192.0.2.9");
}

/* Stands in for the real one: whether the system tells whose a connection is. */
static gboolean is_telling = TRUE;

gboolean __wrap_culvert_peer_lookup_works (CulvertPeerLookup *lookup);

gboolean
__wrap_culvert_peer_lookup_works (CulvertPeerLookup *lookup)
{
  return is_telling;
}

static void
set_up_untelling (Fixture *fixture, gconstpointer data)
{
  is_telling = FALSE;
  set_up (fixture, data);
  is_telling = TRUE;
}

/* (nullable) */
static gpointer
find_my_user (Fixture *fixture)
{
  return form_stage_find (fixture->editor, ADW_TYPE_ACTION_ROW, "Only my user may connect");
}

static gboolean
saves_any_user (Fixture *fixture)
{
  return culvert_forward_spec_get_fields (save (fixture)->forwards->pdata[0]).any_user;
}

static void
test_my_user (Fixture *fixture, gconstpointer data)
{
  GtkSwitch *toggle;

  unfold (fixture, "Who can connect");
  toggle = form_stage_get (find_my_user (fixture), GTK_TYPE_SWITCH, NULL);
  g_assert_true (gtk_switch_get_active (toggle));
  g_assert_true (
    form_stage_shows (fixture->editor, "Connections of other users of this computer are refused"));
  gtk_switch_set_active (toggle, FALSE);
  g_assert_true (form_stage_shows (fixture->editor, "Every user of this computer can connect"));
  g_assert_true (saves_any_user (fixture));
}

/* Only where there is a user to look up. */
static void
test_my_user_where (Fixture *fixture, gconstpointer data)
{
  choose_where (fixture, "All interfaces");
  g_assert_null (find_my_user (fixture));
  choose_where (fixture, "A socket file");
  g_assert_null (find_my_user (fixture));
  choose_where (fixture, "A given address");
  form_stage_fill (fixture->editor, "Address", "192.0.2.7");
  g_assert_null (find_my_user (fixture));
  choose_where (fixture, "Another loopback address");
  g_assert_nonnull (find_my_user (fixture));
  choose_kind (fixture, CULVERT_FORWARD_REMOTE);
  g_assert_null (find_my_user (fixture));
  choose_kind (fixture, CULVERT_FORWARD_DYNAMIC);
  choose_where (fixture, "Only this computer");
  g_assert_nonnull (find_my_user (fixture));
}

/* What other computers could reach is for my user once they cannot any more. */
static void
test_my_user_again (Fixture *fixture, gconstpointer data)
{
  g_assert_true (culvert_forward_spec_get_fields (fixture->profile->forwards->pdata[0]).any_user);
  choose_where (fixture, "Only this computer");
  g_assert_false (saves_any_user (fixture));
}

/* The form says so where nobody can be seen, and changes nothing about it. */
static void
test_my_user_unseen (Fixture *fixture, gconstpointer data)
{
  unfold (fixture, "Who can connect");
  g_assert_false (gtk_widget_is_sensitive (find_my_user (fixture)));
  g_assert_false (
    gtk_switch_get_active (form_stage_get (find_my_user (fixture), GTK_TYPE_SWITCH, NULL)));
  g_assert_true (
    form_stage_shows (fixture->editor, "This system doesn’t tell whose a connection is"));
  form_stage_fill (fixture->editor, "Target port", "81");
  g_assert_false (saves_any_user (fixture));
}

/* What is saved as "localhost" stays so, and what is saved without a host too. */
static void
test_listen_stays_as_written (Fixture *fixture, gconstpointer data)
{
  form_stage_fill (fixture->editor, "Target port", "81");
  g_assert_cmpstr (get_listen_host (fixture), ==, "localhost");
}

static void
test_remote_socket (Fixture *fixture, gconstpointer data)
{
  choose_where (fixture, "A socket file");
  form_stage_fill (fixture->editor, "Path of the socket file", "/tmp/db.sock");
  choose_kind (fixture, CULVERT_FORWARD_REMOTE);
  g_assert_true (form_stage_shows (fixture->editor, "at the server is not possible"));
  g_assert_true (form_stage_shows (fixture->editor, "connect to localhost and that port"));
  g_assert_false (can_save (fixture));
  choose_where (fixture, "Only the server");
  g_assert_true (can_save (fixture));
}

static void
test_target_pasted (Fixture *fixture, gconstpointer data)
{
  form_stage_fill (fixture->editor, TARGET, "web.internal:8000");
  g_assert_cmpstr (
    gtk_editable_get_text (form_stage_get (fixture->editor, ADW_TYPE_ENTRY_ROW, TARGET)), ==,
    "web.internal");
  g_assert_cmpstr (
    gtk_editable_get_text (form_stage_get (fixture->editor, ADW_TYPE_ENTRY_ROW, "Target port")), ==,
    "8000");
  form_stage_fill (fixture->editor, TARGET, "fe80::1");
  g_assert_cmpstr (
    gtk_editable_get_text (form_stage_get (fixture->editor, ADW_TYPE_ENTRY_ROW, TARGET)), ==,
    "fe80::1");
}

static void
test_target_socket (Fixture *fixture, gconstpointer data)
{
  CulvertProfile *saved;

  form_stage_fill (fixture->editor, TARGET, "/run/db.sock");
  g_assert_null (form_stage_find (fixture->editor, ADW_TYPE_ENTRY_ROW, "Target port"));
  saved = save (fixture);
  g_assert_cmpstr (
    culvert_endpoint_get_path (culvert_forward_spec_get_target (saved->forwards->pdata[0])), ==,
    "/run/db.sock");
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  CulvertProfile *saved;

  form_stage_press (fixture->editor, "Remove Forward");
  culvert_test_wait_until (
    form_stage_find (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, NULL) != NULL, DEADLINE_MS);
  g_assert_null (form_stage_find (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW,
                                  "localhost:5433 → db.internal:5432"));
  culvert_test_wait_until (form_stage_find (fixture->editor, GTK_TYPE_BUTTON, "Undo") != NULL,
                           DEADLINE_MS);
  form_stage_press (fixture->editor, "Undo");
  g_assert_nonnull (form_stage_find (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW,
                                     "localhost:5433 → db.internal:5432"));
  saved = save (fixture);
  /* In its old place. */
  g_assert_true (
    culvert_forward_spec_equal (saved->forwards->pdata[0], fixture->profile->forwards->pdata[0]));
}

static void
test_untouched_is_none (Fixture *fixture, gconstpointer data)
{
  form_stage_press (fixture->editor, "Add Forward");
  form_stage_settle (fixture->editor);
  g_assert_false (can_save (fixture));
  go_back (fixture);
  g_assert_null (form_stage_find (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, NULL));
  g_assert_true (can_save (fixture));
}

/* Closing the window on it is no loss either: nobody is asked. */
static void
test_untouched_closes (Fixture *fixture, gconstpointer data)
{
  culvert_profile_editor_show_forward (fixture->editor, NULL);
  form_stage_settle (fixture->editor);
  gtk_window_close (GTK_WINDOW (fixture->editor));
  culvert_test_wait_until (fixture->alive == NULL, DEADLINE_MS);
}

/* One that was begun stays, and says in the list what it lacks. */
static void
test_begun_stays (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  form_stage_press (fixture->editor, "Add Forward");
  form_stage_settle (fixture->editor);
  form_stage_fill (fixture->editor, PORT, "8080");
  go_back (fixture);
  row = form_stage_get (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, NULL);
  g_assert_nonnull (form_stage_find (row, GTK_TYPE_IMAGE,
                                     "Say what the forward leads to: a name or address with a "
                                     "port, or a socket’s path."));
  g_assert_false (can_save (fixture));
  /* And opens again. */
  g_signal_emit_by_name (row, "activated");
  form_stage_settle (fixture->editor);
  g_assert_cmpstr (
    gtk_editable_get_text (form_stage_get (fixture->editor, ADW_TYPE_ENTRY_ROW, PORT)), ==, "8080");
}

static void
test_switch_in_list (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  go_back (fixture);
  row = form_stage_get (fixture->editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, NULL);
  gtk_switch_set_active (form_stage_get (row, GTK_TYPE_SWITCH, NULL), FALSE);
  g_assert_false (culvert_forward_spec_is_enabled (save (fixture)->forwards->pdata[0]));
}

/* What leads to FTP's port is asked about, and nothing is switched on unasked. */
static void
test_ftp_offer (Fixture *fixture, gconstpointer data)
{
  g_assert_false (form_stage_shows (fixture->editor, "Port 21 is FTP’s"));
  form_stage_fill (fixture->editor, "Target port", "21");
  g_assert_true (form_stage_shows (fixture->editor, "Port 21 is FTP’s"));
  g_assert_false (form_stage_shows (fixture->editor, "FTP’s data connections take the same way"));
  form_stage_press (fixture->editor, "Carry Them Too");
  form_stage_settle (fixture->editor);
  g_assert_false (form_stage_shows (fixture->editor, "Port 21 is FTP’s"));
  g_assert_true (gtk_switch_get_active (get_switch (fixture, FTP)));
  g_assert_true (form_stage_shows (fixture->editor, "AUTH TLS"));
  g_assert_true (form_stage_shows (fixture->editor, "FTP’s data connections take the same way"));
  /* A socket has no such connections. */
  form_stage_fill (fixture->editor, TARGET, "/run/ftp");
  g_assert_null (form_stage_find (fixture->editor, ADW_TYPE_ACTION_ROW, FTP));
  g_assert_false (form_stage_shows (fixture->editor, "FTP’s data connections take the same way"));
  form_stage_fill (fixture->editor, TARGET, "files");
  g_assert_true (culvert_forward_spec_get_fields (save (fixture)->forwards->pdata[0]).is_ftp);
}

static void
test_ftp_taken_back (Fixture *fixture, gconstpointer data)
{
  g_assert_true (gtk_switch_get_active (get_switch (fixture, FTP)));
  gtk_switch_set_active (get_switch (fixture, FTP), FALSE);
  g_assert_false (form_stage_shows (fixture->editor, "AUTH TLS"));
  g_assert_true (form_stage_shows (fixture->editor, "Port 21 is FTP’s"));
  g_assert_false (culvert_forward_spec_get_fields (save (fixture)->forwards->pdata[0]).is_ftp);
}

static void
test_browser (Fixture *fixture, gconstpointer data)
{
  CulvertForwardFields fields;

  unfold (fixture, "Advanced");
  form_stage_fill (fixture->editor, PAGE, "admin");
  g_assert_true (is_marked (fixture, PAGE, "error"));
  g_assert_true (form_stage_shows (fixture->editor, "beginning with /"));
  g_assert_false (can_save (fixture));
  form_stage_fill (fixture->editor, PAGE, "/admin/");
  gtk_switch_set_active (get_switch (fixture, "Open in the browser by HTTPS"), TRUE);
  /* It is of no use to what no browser here can reach, and comes back. */
  choose_kind (fixture, CULVERT_FORWARD_REMOTE);
  g_assert_false (has_entry (fixture, PAGE));
  choose_kind (fixture, CULVERT_FORWARD_LOCAL);
  fields = culvert_forward_spec_get_fields (save (fixture)->forwards->pdata[0]);
  g_assert_cmpstr (fields.browser_path, ==, "/admin/");
  g_assert_true (fields.is_https);
}

static void
fill_number (Fixture *fixture, const char *name, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  form_stage_fill (fixture->editor, name, text);
}

static guint
get_number (Fixture *fixture, const char *name)
{
  return (guint)g_ascii_strtoull (get_text (fixture, name), NULL, 10);
}

/* The button, once it is there, that uses another port. */
static GtkButton *
wait_for_proposal (Fixture *fixture, guint after)
{
  GtkButton *found = NULL;

  for (guint i = 1; i <= 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("Use Port %u", after + i);

      found = form_stage_find (fixture->editor, GTK_TYPE_BUTTON, name);
      if (found != NULL)
        break;
    }
  return found;
}

/* A port that something listens on is said, keeps nobody from saving, and one press uses another. */
static void
test_port_held (Fixture *fixture, gconstpointer data)
{
  guint16                     port = culvert_test_free_port ();
  int                         holder = culvert_loopback_listen ("127.0.0.1", port, 1, 0);
  g_autofree char            *words = g_strdup_printf ("Port %u is in use by Culvert itself", port);
  g_autofree char            *beside = g_strdup_printf ("Use 127.0.0.2:%u", port);
  g_autoptr (CulvertEndpoint) other = culvert_endpoint_new_tcp ("127.0.0.2", port);
  CulvertProfile             *saved;

  g_assert_cmpint (holder, >=, 0);
  fill_number (fixture, PORT, port);
  culvert_test_wait_until (form_stage_shows (fixture->editor, words), DEADLINE_MS);
  g_assert_true (can_save (fixture));
  g_assert_false (is_marked (fixture, PORT, "error"));
  g_assert_nonnull (wait_for_proposal (fixture, port));
  g_signal_emit_by_name (wait_for_proposal (fixture, port), "clicked");
  g_assert_cmpuint (get_number (fixture, PORT), >, port);
  g_assert_false (form_stage_shows (fixture->editor, words));

  fill_number (fixture, PORT, port);
  culvert_test_wait_until (form_stage_shows (fixture->editor, words), DEADLINE_MS);
  form_stage_press (fixture->editor, beside);
  form_stage_settle (fixture->editor);
  g_assert_false (form_stage_shows (fixture->editor, words));
  saved = save (fixture);
  g_assert_true (
    culvert_endpoint_equal (culvert_forward_spec_get_listen (saved->forwards->pdata[0]), other));
  close (holder);
}

/* One that another tunnel is saved with, though nothing listens there now. */
static void
test_port_of_another_tunnel (Fixture *fixture, gconstpointer data)
{
  guint16                    port = culvert_test_free_port ();
  g_autofree char           *command = g_strdup_printf ("ssh -L %u:db:5432 staging", port);
  g_autoptr (CulvertProfile) other = form_stage_parse (command);
  g_autoptr (GError)         error = NULL;
  const char *const          words = "The tunnel “Staging” has a forward on port";

  culvert_profile_set_string (&other->name, "Staging");
  culvert_tunnel_manager_save (fixture->stage.manager, other, &error);
  g_assert_no_error (error);
  fill_number (fixture, PORT, port);
  culvert_test_wait_until (form_stage_shows (fixture->editor, words), DEADLINE_MS);
  g_assert_true (can_save (fixture));
  g_assert_nonnull (wait_for_proposal (fixture, port));
  /* At another address, or at the server, it is in nobody's way. */
  choose_kind (fixture, CULVERT_FORWARD_REMOTE);
  g_assert_false (form_stage_shows (fixture->editor, words));
}

/* What needs a privilege comes with one that needs none. */
static void
test_low_port (Fixture *fixture, gconstpointer data)
{
  form_stage_fill (fixture->editor, PORT, "443");
  form_stage_settle (fixture->editor);
  g_assert_true (form_stage_shows (fixture->editor, "Listening on port 443 needs a privilege"));
  g_signal_emit_by_name (wait_for_proposal (fixture, 8442), "clicked");
  g_assert_cmpuint (get_number (fixture, PORT), >=, 8443);
  g_assert_false (form_stage_shows (fixture->editor, "needs a privilege"));
}

/* A new forward listens where its target does, or near it; what was typed stays. */
static void
test_suggested_port (Fixture *fixture, gconstpointer data)
{
  guint16 port = culvert_test_free_port ();
  int     holder;

  culvert_profile_editor_show_forward (fixture->editor, NULL);
  form_stage_settle (fixture->editor);
  form_stage_fill (fixture->editor, TARGET, "db");
  fill_number (fixture, "Target port", port);
  g_assert_cmpuint (get_number (fixture, PORT), ==, port);
  holder = culvert_loopback_listen ("::1", port, 1, 0);
  form_stage_fill (fixture->editor, "Target port", "");
  fill_number (fixture, "Target port", port);
  g_assert_cmpuint (get_number (fixture, PORT), >, port);
  form_stage_fill (fixture->editor, "Target port", "80");
  g_assert_cmpuint (get_number (fixture, PORT), >=, 8080);
  form_stage_fill (fixture->editor, PORT, "7777");
  form_stage_fill (fixture->editor, "Target port", "443");
  g_assert_cmpuint (get_number (fixture, PORT), ==, 7777);
  close (holder);
}

#define TWO "ssh -L 5433:db.internal:5432 -L 8080:web:80 bastion"
#define ADD(name, command, function)                                                               \
  g_test_add ("/ui/forward-editor/" name, Fixture, command, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  form_stage_init (&argc, &argv);
  ADD ("edit", TWO, test_edit);
  ADD ("problems", TWO, test_problems);
  ADD ("kinds", TWO, test_kinds);
  ADD ("defaults", "ssh -D 1080 bastion", test_defaults);
  ADD ("picked-port", "ssh -R 0:web:80 bastion", test_picked_port);
  ADD ("listen-for-all", TWO, test_listen_for_all);
  ADD ("listen-at-address", TWO, test_listen_at_address);
  ADD ("listen-at-loopback", "ssh -L 127.0.0.9:5433:db:5432 bastion", test_listen_at_loopback);
  ADD ("listen-at-socket", TWO, test_listen_at_socket);
  ADD ("gateway-ports", "ssh -R 8080:web:80 bastion", test_gateway_ports);
  ADD ("listen-stays-as-written", "ssh -L localhost:5433:db:5432 bastion",
       test_listen_stays_as_written);
  ADD ("my-user", TWO, test_my_user);
  ADD ("my-user/where", TWO, test_my_user_where);
  ADD ("my-user/again", "ssh -L *:5433:db.internal:5432 bastion", test_my_user_again);
  g_test_add ("/ui/forward-editor/my-user/unseen", Fixture, TWO, set_up_untelling,
              test_my_user_unseen, tear_down);
  ADD ("remote-socket", TWO, test_remote_socket);
  ADD ("target-pasted", TWO, test_target_pasted);
  ADD ("target-socket", TWO, test_target_socket);
  ADD ("remove", TWO, test_remove);
  ADD ("untouched-is-none", "ssh bastion", test_untouched_is_none);
  ADD ("untouched-closes", "ssh bastion", test_untouched_closes);
  ADD ("begun-stays", "ssh bastion", test_begun_stays);
  ADD ("switch-in-list", TWO, test_switch_in_list);
  ADD ("ftp-offer", TWO, test_ftp_offer);
  ADD ("ftp-taken-back", "ssh -L ftp/2121:host:21 bastion", test_ftp_taken_back);
  ADD ("browser", TWO, test_browser);
  ADD ("port-held", TWO, test_port_held);
  ADD ("port-of-another-tunnel", TWO, test_port_of_another_tunnel);
  ADD ("low-port", TWO, test_low_port);
  ADD ("suggested-port", "ssh bastion", test_suggested_port);
  return g_test_run ();
}
