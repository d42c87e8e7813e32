/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/form-stage.h"

#include "core/profile-file.h"
#include "ui/draft-forward-row.h"
#include "ui/problem-row.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_MS 5000

typedef FormStage Fixture;

static CulvertProfile *
get_saved (Fixture *fixture, const char *id)
{
  CulvertProfileEntry *entry = culvert_profile_store_find (fixture->store, id);

  g_assert_nonnull (entry);
  return culvert_profile_entry_get_profile (entry);
}

static gboolean
can_save (CulvertProfileEditor *editor)
{
  return gtk_widget_is_sensitive (form_stage_get (editor, GTK_TYPE_BUTTON, "Save"));
}

static gboolean
has_class (gpointer root, GType type, const char *name, const char *style_class)
{
  return gtk_widget_has_css_class (form_stage_get (root, type, name), style_class);
}

static const char *
get_entry (gpointer root, const char *name)
{
  return gtk_editable_get_text (form_stage_get (root, ADW_TYPE_ENTRY_ROW, name));
}

static void
saved_cb (CulvertProfileEditor *editor, const char *id, gpointer user_data)
{
  char **saved_id = user_data;

  g_assert_null (*saved_id);
  *saved_id = g_strdup (id);
}

static gpointer
watch (gpointer object, gpointer *location)
{
  *location = object;
  g_object_add_weak_pointer (object, location);
  return object;
}

/* A profile that is saved already. */
static CulvertProfile *
save_first (Fixture *fixture, const char *command)
{
  g_autoptr (CulvertProfile) profile = form_stage_parse (command);
  g_autoptr (GError)         error = NULL;

  culvert_tunnel_manager_save (fixture->manager, profile, &error);
  g_assert_no_error (error);
  return culvert_profile_ref (get_saved (fixture, profile->id));
}

static void
test_make (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);
  CulvertProfile            *saved;
  CulvertForwardFields       fields;
  g_autofree char           *id = NULL;
  gpointer                   alive;

  watch (editor, &alive);
  g_signal_connect (editor, "saved", G_CALLBACK (saved_cb), &id);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (editor)), ==, "New Tunnel");
  g_assert_false (can_save (editor));

  form_stage_fill (editor, "Host", "bastion.example.com");
  form_stage_fill (editor, "Port", "2222");
  form_stage_fill (editor, "User name", "alice");
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Add Forward");
  form_stage_settle (editor);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (editor)), ==, "New Forward");
  g_assert_false (can_save (editor));
  form_stage_fill (editor, "Port on this computer", "5433");
  form_stage_fill (editor, "Target as seen from bastion.example.com", "db.internal");
  form_stage_fill (editor, "Target port", "5432");
  g_assert_true (form_stage_shows (editor, "reach db.internal:\u2060"
                                           "5432, as seen from bastion.example.com."));
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Save");

  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  g_assert_cmpstr (id, ==, draft->id);
  saved = get_saved (fixture, id);
  g_assert_cmpstr (saved->host, ==, "bastion.example.com");
  g_assert_cmpuint (saved->port, ==, 2222);
  g_assert_cmpstr (saved->user, ==, "alice");
  g_assert_cmpstr (saved->name, ==, "");
  g_assert_cmpuint (saved->forwards->len, ==, 1);
  fields = culvert_forward_spec_get_fields (saved->forwards->pdata[0]);
  g_assert_cmpint (fields.kind, ==, CULVERT_FORWARD_LOCAL);
  g_assert_cmpuint (culvert_endpoint_get_port (fields.listen), ==, 5433);
  g_assert_cmpstr (culvert_endpoint_get_host (fields.listen), ==, "");
  g_assert_cmpstr (culvert_endpoint_get_host (fields.target), ==, "db.internal");
  g_assert_cmpuint (culvert_endpoint_get_port (fields.target), ==, 5432);
  g_assert_true (fields.is_enabled);
}

/* Filling the form from a profile and saving it again changes nothing in it. */
static void
test_untouched (Fixture *fixture, gconstpointer data)
{
  static const char text[] =
    "[Tunnel]\nVersion=1\nName=Everything\nHost=bastion.example.com\nPort=2222\nUser=alice\n"
    "Colour=blue\n";
  g_autofree char           *path = culvert_temp_dir_write (fixture->dir, "every.culvert", text);
  g_autoptr (CulvertProfile) profile = NULL;
  CulvertProfileEditor      *editor;
  g_autofree char           *written = NULL;
  gpointer                   alive;
  static const char *const   arguments[] = { "127.0.0.5:81:/run/x.sock", "*:82:db:5432",
                                             "localhost:83:[::1]:84", "/tmp/a.sock:web:80" };

  culvert_profile_store_refresh (fixture->store);
  profile = culvert_profile_edit (get_saved (fixture, "every"));
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    g_ptr_array_add (profile->forwards,
                     culvert_forward_spec_parse (CULVERT_FORWARD_LOCAL, arguments[i], NULL));
  g_ptr_array_add (profile->forwards,
                   culvert_forward_spec_parse (CULVERT_FORWARD_REMOTE, "0:localhost:3000", NULL));
  g_ptr_array_add (profile->forwards,
                   culvert_forward_spec_parse (CULVERT_FORWARD_DYNAMIC, "1080", NULL));
  g_array_set_size (profile->methods, 1);
  profile->agent_socket = (g_free (profile->agent_socket), g_strdup ("/run/agent"));
  profile->only_listed_keys = profile->never_ask = profile->legacy_algorithms = TRUE;
  profile->start_with_program = TRUE;
  profile->reconnect = FALSE;
  profile->keepalive_interval_s = 0;
  profile->connect_timeout_s = 77;
  profile->address_family = CULVERT_ADDRESS_FAMILY_IPV6;
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_strsplit ("~/one ~/two", " ", -1);

  editor = form_stage_edit (fixture, profile);
  watch (editor, &alive);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (editor)), ==, "Edit Tunnel");
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      culvert_profile_editor_show_forward (
        editor, culvert_forward_spec_get_id (profile->forwards->pdata[i]));
      form_stage_settle (editor);
      gtk_widget_activate_action (GTK_WIDGET (editor), "editor.back", NULL);
      culvert_test_spend (20);
    }
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);

  g_assert_true (culvert_profile_equal (get_saved (fixture, "every"), profile));
  written = culvert_test_read_text (path);
  g_assert_cmpuint (culvert_test_count_text (written, "Colour=blue"), ==, 1);
}

static void
test_unknown_keys (Fixture *fixture, gconstpointer data)
{
  static const char     text[] = "[Tunnel]\nVersion=1\nHost=bastion\nFuture=kept\n\n"
                                 "# mine\n[Forward one]\nKind=local\nListen=8080\nTarget=web:80\n"
                                 "Shape=round\n\n[Elsewhere]\nKey=value\n";
  g_autofree char      *path = culvert_temp_dir_write (fixture->dir, "later.culvert", text);
  CulvertProfileEditor *editor;
  g_autofree char      *written = NULL;
  gpointer              alive;

  culvert_profile_store_refresh (fixture->store);
  editor = form_stage_edit (fixture, get_saved (fixture, "later"));
  watch (editor, &alive);
  form_stage_fill (editor, "Name", "Renamed");
  culvert_profile_editor_show_forward (editor, "one");
  form_stage_settle (editor);
  form_stage_fill (editor, "Port on this computer", "8081");
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);

  written = culvert_test_read_text (path);
  g_assert_cmpuint (culvert_test_count_text (written, "Name=Renamed"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (written, "8081"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (written, "Future=kept"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (written, "Shape=round"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (written, "# mine"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (written, "[Elsewhere]\nKey=value"), ==, 1);
}

/* What is missing is a hint; what is wrong is an error, at its field, with the way out. */
static void
test_problems (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);
  CulvertProblemRow         *problem = form_stage_get (editor, CULVERT_TYPE_PROBLEM_ROW, NULL);
  GtkWidget                 *save = form_stage_get (editor, GTK_TYPE_BUTTON, "Save");

  g_assert_true (form_stage_shows (problem, "Type the name or address of the server."));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (problem), "hint"));
  g_assert_false (has_class (editor, ADW_TYPE_ENTRY_ROW, "Host", "error"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (save), ==,
                   "Type the name or address of the server.");

  form_stage_fill (editor, "Host", "two words");
  g_assert_true (form_stage_shows (problem, "“two words” can’t be a name or address"));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (problem), "error"));
  g_assert_true (has_class (editor, ADW_TYPE_ENTRY_ROW, "Host", "error"));
  g_assert_cmpstr (get_entry (editor, "Host"), ==, "two words");
  g_assert_false (can_save (editor));

  form_stage_fill (editor, "Host", "words");
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (problem)));
  g_assert_false (has_class (editor, ADW_TYPE_ENTRY_ROW, "Host", "error"));
  g_assert_true (can_save (editor));
  g_assert_null (gtk_widget_get_tooltip_text (save));

  form_stage_fill (editor, "Port", "0");
  g_assert_true (has_class (editor, ADW_TYPE_ENTRY_ROW, "Port", "error"));
  g_assert_true (form_stage_shows (editor, "A port is a number from 1 to 65535."));
  g_assert_false (can_save (editor));
  form_stage_fill (editor, "Port", "twenty");
  g_assert_true (has_class (editor, ADW_TYPE_ENTRY_ROW, "Port", "error"));
  /* Nothing typed is the usual one. */
  form_stage_fill (editor, "Port", "");
  g_assert_false (has_class (editor, ADW_TYPE_ENTRY_ROW, "Port", "error"));
  g_assert_true (can_save (editor));
}

static void
test_paste (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);

  form_stage_fill (editor, "User name", "bob");
  form_stage_fill (editor, "Host", "b");
  form_stage_fill (editor, "Host", "ssh -p 2222 -L 5433:db:5432 alice@bastion");
  g_assert_cmpstr (get_entry (editor, "Host"), ==, "bastion");
  g_assert_cmpstr (get_entry (editor, "Port"), ==, "2222");
  g_assert_cmpstr (get_entry (editor, "User name"), ==, "alice");
  g_assert_nonnull (
    form_stage_find (editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, "localhost:5433 → db:5432"));
  g_assert_true (form_stage_shows (editor, "Filled in: alice@bastion:\u2060"
                                           "2222, 1 forward."));

  form_stage_press (editor, "Undo");
  g_assert_cmpstr (get_entry (editor, "User name"), ==, "bob");
  g_assert_cmpstr (get_entry (editor, "Port"), ==, "22");
  g_assert_null (form_stage_find (editor, CULVERT_TYPE_DRAFT_FORWARD_ROW, NULL));
  g_assert_false (form_stage_shows (editor, "Filled in"));
}

/* Typed letter by letter it is looked at when the field is left, or Enter pressed. */
static void
test_type_place (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);
  GtkEditable               *host = form_stage_get (editor, ADW_TYPE_ENTRY_ROW, "Host");

  for (const char *p = "alice@bastion:22"; *p != '\0'; p++)
    {
      int position = -1;

      gtk_editable_insert_text (gtk_editable_get_delegate (host), p, 1, &position);
    }
  g_assert_cmpstr (gtk_editable_get_text (host), ==, "alice@bastion:22");
  g_signal_emit_by_name (gtk_editable_get_delegate (host), "activate");
  g_assert_cmpstr (get_entry (editor, "Host"), ==, "bastion");
  g_assert_cmpstr (get_entry (editor, "User name"), ==, "alice");
}

static void
test_refused_command (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);

  form_stage_fill (editor, "Host", "ssh -w 0:0 bastion");
  g_assert_cmpstr (get_entry (editor, "Host"), ==, "ssh -w 0:0 bastion");
  g_assert_true (form_stage_shows (editor, "The ssh command can’t be used for a tunnel: -w"));
  g_assert_false (form_stage_shows (editor, "can’t be a name or address"));
  g_assert_false (can_save (editor));
  form_stage_fill (editor, "Host", "two words");
  g_assert_true (form_stage_shows (editor, "can’t be a name or address"));
}

static void
test_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);

  g_assert_cmpstr (get_entry (editor, "Name"), ==, "");
  form_stage_fill (editor, "Host", "ssh -L 5433:db:5432 bastion");
  g_assert_cmpstr (get_entry (editor, "Name"), ==, "bastion → db:5432");
  g_assert_true (has_class (editor, ADW_TYPE_ENTRY_ROW, "Name", "suggested"));
  form_stage_fill (editor, "Host", "gateway");
  g_assert_cmpstr (get_entry (editor, "Name"), ==, "gateway → db:5432");

  form_stage_fill (editor, "Name", "Mine");
  g_assert_false (has_class (editor, ADW_TYPE_ENTRY_ROW, "Name", "suggested"));
  form_stage_fill (editor, "Host", "bastion");
  g_assert_cmpstr (get_entry (editor, "Name"), ==, "Mine");

  /* Emptied, it stays empty under the hands, and is suggested again afterwards. */
  form_stage_fill (editor, "Name", "");
  g_assert_cmpstr (get_entry (editor, "Name"), ==, "");
  form_stage_fill (editor, "Host", "gateway");
  culvert_test_wait_until (g_str_equal (get_entry (editor, "Name"), "gateway → db:5432"),
                           DEADLINE_MS);
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  AdwComboRow               *method = form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Method");
  g_autofree char           *key = culvert_temp_dir_write (fixture->dir, "id_test", "key");
  CulvertProfile            *saved;
  gpointer                   alive;

  watch (editor, &alive);
  g_assert_cmpuint (adw_combo_row_get_selected (method), ==, 0);
  g_assert_null (form_stage_find (editor, ADW_TYPE_EXPANDER_ROW, "Key Files"));
  adw_combo_row_set_selected (method, 1);
  form_stage_settle (editor);
  form_stage_fill (editor, "Key file", "/nowhere/id_gone");
  g_assert_true (has_class (editor, ADW_TYPE_ENTRY_ROW, "Key file", "error"));
  g_assert_true (form_stage_shows (editor, "There is no file “/nowhere/id_gone”"));
  g_assert_false (can_save (editor));
  form_stage_fill (editor, "Key file", key);
  g_assert_false (has_class (editor, ADW_TYPE_ENTRY_ROW, "Key file", "error"));
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);

  saved = get_saved (fixture, profile->id);
  g_assert_cmpuint (saved->methods->len, ==, 1);
  g_assert_true (culvert_profile_has_method (saved, CULVERT_AUTH_KEY));
  g_assert_cmpuint (g_strv_length (saved->key_files), ==, 1);
  g_assert_cmpstr (saved->key_files[0], ==, key);
}

/* A certificate is there for whoever has one, and out of the way of everybody else. */
static void
test_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  AdwExpanderRow            *list = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Certificates");
  AdwComboRow               *method = form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Method");
  g_autofree char           *path = culvert_temp_dir_write (fixture->dir, "me-cert.pub", "x");
  CulvertProfile            *saved;
  gpointer                   alive;

  watch (editor, &alive);
  g_assert_false (adw_expander_row_get_expanded (list));
  adw_expander_row_set_expanded (list, TRUE);
  form_stage_settle (editor);
  form_stage_fill (editor, "Certificate", "/nowhere/gone-cert.pub");
  g_assert_true (form_stage_shows (editor,
                                   "There is no file “/nowhere/gone-cert.pub”: choose another "
                                   "certificate."));
  g_assert_false (can_save (editor));
  form_stage_fill (editor, "Certificate", path);
  g_assert_true (can_save (editor));
  /* It proves nothing to a server that is told a password. */
  adw_combo_row_set_selected (method, 2);
  form_stage_settle (editor);
  g_assert_null (form_stage_find (editor, ADW_TYPE_EXPANDER_ROW, "Certificates"));
  adw_combo_row_set_selected (method, 0);
  form_stage_settle (editor);
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  saved = get_saved (fixture, profile->id);
  g_assert_cmpuint (g_strv_length (saved->certificate_files), ==, 1);
  g_assert_cmpstr (saved->certificate_files[0], ==, path);
}

static void
test_jump_hosts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 -J gate bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  AdwExpanderRow            *list = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Jump Hosts");
  const char                *title = "Jump host, as user@host:port";
  CulvertProfile            *saved;
  gpointer                   alive;

  watch (editor, &alive);
  g_assert_nonnull (strstr (adw_expander_row_get_subtitle (list), "gate."));
  adw_expander_row_set_expanded (list, TRUE);
  form_stage_settle (list);
  g_assert_cmpstr (get_entry (list, title), ==, "gate");
  /* They are no files. */
  g_assert_null (form_stage_find (list, GTK_TYPE_BUTTON, "Choose a File"));
  form_stage_fill (list, title, "a b");
  g_assert_true (has_class (list, ADW_TYPE_ENTRY_ROW, title, "error"));
  g_assert_true (form_stage_shows (list, "“a b” can’t be a jump host"));
  g_assert_false (can_save (editor));
  form_stage_fill (list, title, "me@gate:2222");
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  saved = get_saved (fixture, profile->id);
  g_assert_cmpuint (g_strv_length (saved->hops), ==, 1);
  g_assert_cmpstr (saved->hops[0], ==, "me@gate:2222");
}

static void
test_proxy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  AdwComboRow               *proxy = form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Proxy");
  const char                *title = "Proxy’s address";
  gpointer                   alive;

  watch (editor, &alive);
  g_assert_cmpuint (adw_combo_row_get_selected (proxy), ==, 0);
  g_assert_null (form_stage_find (editor, ADW_TYPE_ENTRY_ROW, title));
  adw_combo_row_set_selected (proxy, 2);
  form_stage_settle (editor);
  g_assert_false (can_save (editor));
  form_stage_fill (editor, title, "me:secret@proxy.lan");
  g_assert_true (form_stage_shows (editor, "Leave the password out"));
  /* The kind comes with what is pasted. */
  form_stage_fill (editor, title, "socks5://me@proxy.lan:1081");
  g_assert_cmpstr (get_entry (editor, title), ==, "me@proxy.lan:1081");
  g_assert_cmpuint (adw_combo_row_get_selected (proxy), ==, 3);
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  g_assert_cmpstr (get_saved (fixture, profile->id)->proxy, ==, "socks5://me@proxy.lan:1081");
}

/* A command that was pasted waits for permission, and a changed one for another. */
static void
test_proxy_command (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile =
    save_first (fixture, "ssh -L 80:web:80 -o 'ProxyCommand=nc %h %p' bastion");
  CulvertProfileEditor *editor = form_stage_edit (fixture, profile);
  GtkWidget            *row = form_stage_get (editor, ADW_TYPE_ACTION_ROW, "Allow this command");
  GtkSwitch            *allowed = form_stage_get (row, GTK_TYPE_SWITCH, NULL);
  CulvertProfile       *saved;
  gpointer              alive;

  watch (editor, &alive);
  g_assert_cmpstr (get_entry (editor, "Command"), ==, "nc %h %p");
  g_assert_false (gtk_switch_get_active (allowed));
  g_assert_true (form_stage_shows (editor, "can’t start before you allow"));
  gtk_switch_set_active (allowed, TRUE);
  form_stage_settle (editor);
  g_assert_false (form_stage_shows (editor, "can’t start before you allow"));
  form_stage_fill (editor, "Command", "nc -x %h %p");
  g_assert_false (gtk_switch_get_active (allowed));
  gtk_switch_set_active (allowed, TRUE);
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  saved = get_saved (fixture, profile->id);
  g_assert_cmpstr (saved->proxy_command, ==, "nc -x %h %p");
  g_assert_true (saved->proxy_command_allowed);
  /* No command, no permission that the next one could find. */
  editor = form_stage_edit (fixture, saved);
  watch (editor, &alive);
  adw_combo_row_set_selected (form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Proxy"), 0);
  form_stage_settle (editor);
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  saved = get_saved (fixture, profile->id);
  g_assert_cmpstr (saved->proxy_command, ==, "");
  g_assert_false (saved->proxy_command_allowed);
}

static void
test_several_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = form_stage_parse ("ssh -i ~/.ssh/a -i ~/.ssh/b bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  AdwComboRow               *method = form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Method");
  GtkWidget                 *list;
  GtkWidget                 *adder;

  g_assert_cmpuint (adw_combo_row_get_selected (method), ==, 1);
  list = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Key Files");
  g_assert_true (form_stage_shows (list, "There is no file “~/.ssh/a”"));
  g_assert_true (form_stage_shows (list, "There is no file “~/.ssh/b”"));
  adder = form_stage_get (list, ADW_TYPE_ACTION_ROW, "Add Another");
  g_signal_emit_by_name (adder, "activated");
  form_stage_settle (list);
  /* Nothing more to add while there is room. */
  g_assert_null (form_stage_find (list, ADW_TYPE_ACTION_ROW, "Add Another"));
  form_stage_press (list, "Take Off the List");
  form_stage_settle (list);
  g_assert_false (form_stage_shows (list, "“~/.ssh/a”"));
  g_assert_true (form_stage_shows (list, "“~/.ssh/b”"));
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  GtkWidget                 *order = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Order");
  AdwComboRow               *method = form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Method");
  CulvertProfile            *saved;
  gpointer                   alive;

  watch (editor, &alive);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (order), TRUE);
  form_stage_settle (order);
  /* The first of them is the agent's. */
  form_stage_press (order, "Try Later");
  g_assert_cmpuint (adw_combo_row_get_selected (method), ==, 4);
  g_assert_cmpstr (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (order)), ==,
                   "Key file → SSH agent → Password → The server’s questions");
  for (guint i = 0; i < 4; i++)
    {
      static const char *const names[] = { "SSH agent", "Key file", "Password",
                                           "The server’s questions" };
      GtkWidget               *row = form_stage_get (order, ADW_TYPE_ACTION_ROW, names[i]);

      gtk_switch_set_active (form_stage_get (row, GTK_TYPE_SWITCH, NULL), FALSE);
    }
  g_assert_true (form_stage_shows (editor, "Choose at least one way to sign in."));
  g_assert_false (can_save (editor));
  gtk_switch_set_active (
    form_stage_get (form_stage_get (order, ADW_TYPE_ACTION_ROW, "Password"), GTK_TYPE_SWITCH, NULL),
    TRUE);
  gtk_switch_set_active (form_stage_get (form_stage_get (order, ADW_TYPE_ACTION_ROW, "SSH agent"),
                                         GTK_TYPE_SWITCH, NULL),
                         TRUE);
  g_assert_true (can_save (editor));
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  saved = get_saved (fixture, profile->id);
  g_assert_cmpuint (saved->methods->len, ==, 2);
  g_assert_cmpint (g_array_index (saved->methods, CulvertAuthMethod, 0), ==, CULVERT_AUTH_AGENT);
  g_assert_cmpint (g_array_index (saved->methods, CulvertAuthMethod, 1), ==, CULVERT_AUTH_PASSWORD);
}

static void
test_behaviour (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  GtkWidget      *behaviour = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Behaviour");
  GtkWidget      *advanced = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Advanced");
  GtkWidget      *hosts = form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Known-Hosts Files");
  CulvertProfile *saved;
  gpointer        alive;
  static const char *const switches[][2] = {
    { "Come back by itself", "Behaviour" },       { "Start with Culvert", "Behaviour" },
    { "Connect on demand", "Behaviour" },         { "Legacy server", "Advanced" },
    { "Offer only the listed keys", "Advanced" }, { "Never ask me", "Advanced" },
    { "Ask for quick replies", "Advanced" },      { "Notify me", "Behaviour" },
  };

  watch (editor, &alive);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (behaviour), TRUE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (advanced), TRUE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (hosts), TRUE);
  form_stage_settle (editor);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      GtkSwitch *toggle = form_stage_get (
        form_stage_get (editor, ADW_TYPE_ACTION_ROW, switches[i][0]), GTK_TYPE_SWITCH, NULL);

      gtk_switch_set_active (toggle, !gtk_switch_get_active (toggle));
    }
  gtk_spin_button_set_value (
    form_stage_get (form_stage_get (editor, ADW_TYPE_ACTION_ROW, "Check the connection"),
                    GTK_TYPE_SPIN_BUTTON, NULL),
    60);
  gtk_spin_button_set_value (
    form_stage_get (form_stage_get (editor, ADW_TYPE_ACTION_ROW, "Disconnect when unused"),
                    GTK_TYPE_SPIN_BUTTON, NULL),
    3);
  gtk_spin_button_set_value (
    form_stage_get (form_stage_get (editor, ADW_TYPE_ACTION_ROW, "Give up connecting"),
                    GTK_TYPE_SPIN_BUTTON, NULL),
    7);
  adw_combo_row_set_selected (
    form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Addresses of the server"),
    CULVERT_ADDRESS_FAMILY_IPV6);
  form_stage_fill (editor, "SSH agent’s socket, if not the usual one", "agent.sock");
  g_assert_true (form_stage_shows (editor, "“agent.sock” can’t be an agent’s socket"));
  g_assert_false (can_save (editor));
  form_stage_fill (editor, "SSH agent’s socket, if not the usual one", "~/agent.sock");
  form_stage_fill (editor, "Known-hosts file", "~/hosts");
  adw_combo_row_set_selected (
    form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Servers that are not known yet"),
    CULVERT_HOST_KEY_STRICT);
  form_stage_fill (editor, "Name in the known hosts, if not the server’s", "cluster");
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);

  saved = get_saved (fixture, profile->id);
  g_assert_false (saved->reconnect);
  g_assert_true (saved->start_with_program);
  g_assert_true (saved->on_demand);
  g_assert_false (saved->notify);
  g_assert_cmpuint (saved->idle_timeout_s, ==, 180);
  g_assert_true (saved->legacy_algorithms);
  g_assert_true (saved->only_listed_keys);
  g_assert_true (saved->never_ask);
  g_assert_false (saved->quick_replies);
  g_assert_cmpuint (saved->keepalive_interval_s, ==, 60);
  g_assert_cmpuint (saved->connect_timeout_s, ==, 7);
  g_assert_cmpint (saved->address_family, ==, CULVERT_ADDRESS_FAMILY_IPV6);
  g_assert_cmpstr (saved->agent_socket, ==, "~/agent.sock");
  g_assert_cmpstr (saved->known_hosts_files[0], ==, "~/hosts");
  g_assert_cmpint (saved->host_key_policy, ==, CULVERT_HOST_KEY_STRICT);
  g_assert_cmpstr (saved->host_key_alias, ==, "cluster");
}

static void
set_names (Fixture *fixture, const char *name)
{
  const char *const               list[] = { name, NULL };
  g_autoptr (CulvertNetworkNames) names = culvert_network_names_new (name != NULL ? list : NULL);

  culvert_tunnel_manager_set_network_names (fixture->manager, names);
}

static void
test_networks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  AdwComboRow               *rule = form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Connect on");
  CulvertProfile            *saved;
  gpointer                   alive;

  watch (editor, &alive);
  set_names (fixture, NULL);
  /* Who has no such wish sees nothing of it. */
  g_assert_null (form_stage_find (editor, ADW_TYPE_EXPANDER_ROW, "Networks"));
  g_assert_false (form_stage_shows (editor, "NetworkManager does not answer."));
  adw_combo_row_set_selected (rule, CULVERT_NETWORK_RULE_ONLY);
  g_assert_true (form_stage_shows (editor, "Name at least one network"));
  g_assert_true (form_stage_shows (editor, "NetworkManager does not answer."));
  g_assert_false (can_save (editor));

  set_names (fixture, "Office");
  form_stage_settle (editor);
  g_assert_true (form_stage_shows (editor, "Now on “Office”"));
  form_stage_press (editor, "Add This Network");
  g_assert_false (form_stage_shows (editor, "Name at least one network"));
  g_assert_null (form_stage_find (editor, GTK_TYPE_BUTTON, "Add This Network"));
  g_assert_true (can_save (editor));
  set_names (fixture, "Cafe");
  g_assert_nonnull (form_stage_find (editor, GTK_TYPE_BUTTON, "Add This Network"));
  adw_combo_row_set_selected (rule, CULVERT_NETWORK_RULE_EXCEPT);
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);

  saved = get_saved (fixture, profile->id);
  g_assert_cmpint (saved->network_rule, ==, CULVERT_NETWORK_RULE_EXCEPT);
  g_assert_cmpuint (g_strv_length (saved->networks), ==, 1);
  g_assert_cmpstr (saved->networks[0], ==, "Office");
}

static void
test_close_untouched (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  gpointer                   alive;

  watch (editor, &alive);
  /* Typed and taken back is no change. */
  form_stage_fill (editor, "User name", "alice");
  form_stage_fill (editor, "User name", "");
  form_stage_press (editor, "Cancel");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
}

static void
test_discard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  gpointer                   alive;
  GtkWidget                 *dialog;

  watch (editor, &alive);
  form_stage_fill (editor, "User name", "alice");
  form_stage_press (editor, "Cancel");
  dialog = form_stage_find_dialog (GTK_WIDGET (editor));
  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "Discard Changes?");
  form_stage_press (dialog, "Keep Editing");
  culvert_test_wait_until (form_stage_find_dialog (GTK_WIDGET (editor)) == NULL, DEADLINE_MS);
  g_assert_nonnull (alive);
  g_assert_cmpstr (get_entry (editor, "User name"), ==, "alice");

  gtk_widget_activate_action (GTK_WIDGET (editor), "editor.back", NULL);
  form_stage_press (form_stage_find_dialog (GTK_WIDGET (editor)), "Discard");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  g_assert_cmpstr (get_saved (fixture, profile->id)->user, ==, "");
}

/* Another program's change, made while the form was open. */
static char *
change_outside (Fixture *fixture, const CulvertProfile *profile)
{
  g_autofree char *name = g_strconcat (profile->id, CULVERT_PROFILE_SUFFIX, NULL);
  g_autofree char *text = culvert_profile_to_text (profile);
  g_autofree char *changed = g_strconcat (text, "\n[Other]\nKey=theirs\n", NULL);

  return culvert_temp_dir_write (fixture->dir, name, changed);
}

static void
test_conflict_overwrite (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  g_autofree char           *path = NULL;
  g_autofree char           *written = NULL;
  gpointer                   alive;

  watch (editor, &alive);
  path = change_outside (fixture, profile);
  form_stage_fill (editor, "User name", "alice");
  form_stage_press (editor, "Save");
  form_stage_settle (editor);
  culvert_test_wait_until (form_stage_shows (editor, "Another program changed the tunnel"),
                           DEADLINE_MS);
  g_assert_nonnull (alive);
  form_stage_press (editor, "Overwrite It");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  written = culvert_test_read_text (path);
  g_assert_cmpuint (culvert_test_count_text (written, "User=alice"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (written, "Key=theirs"), ==, 0);
}

static void
test_conflict_reload (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = save_first (fixture, "ssh -L 80:web:80 bastion");
  g_autoptr (CulvertProfile) theirs = culvert_profile_edit (profile);
  CulvertProfileEditor      *editor = form_stage_edit (fixture, profile);
  g_autofree char           *path = NULL;
  gpointer                   alive;

  watch (editor, &alive);
  culvert_profile_set_string (&theirs->host, "elsewhere");
  path = change_outside (fixture, theirs);
  form_stage_fill (editor, "User name", "alice");
  form_stage_press (editor, "Save");
  culvert_test_wait_until (form_stage_find (editor, GTK_TYPE_BUTTON, "Load the Other Change"),
                           DEADLINE_MS);
  form_stage_press (editor, "Load the Other Change");
  g_assert_cmpstr (get_entry (editor, "Host"), ==, "elsewhere");
  g_assert_cmpstr (get_entry (editor, "User name"), ==, "");
  /* It counts as read anew: nothing to lose, and saving works. */
  form_stage_fill (editor, "User name", "carol");
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  g_assert_cmpstr (get_saved (fixture, profile->id)->user, ==, "carol");
  g_assert_cmpstr (get_saved (fixture, profile->id)->host, ==, "elsewhere");
}

static void
test_cannot_write (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft = form_stage_parse ("ssh -L 80:web:80 bastion");
  CulvertProfileEditor      *editor = form_stage_edit (fixture, draft);
  const char                *dir = culvert_temp_dir_get_path (fixture->dir);
  gpointer                   alive;

  watch (editor, &alive);
  /* A file stands where the folder should be: that stops even root. */
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  g_assert_true (g_file_set_contents (dir, "", -1, NULL));
  form_stage_press (editor, "Save");
  culvert_test_wait_until (form_stage_shows (editor, "The change can’t be saved"), DEADLINE_MS);
  g_assert_nonnull (alive);
  g_assert_null (form_stage_find (editor, GTK_TYPE_BUTTON, "Overwrite It"));

  g_assert_cmpint (g_unlink (dir), ==, 0);
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  form_stage_press (editor, "Save");
  culvert_test_wait_until (alive == NULL, DEADLINE_MS);
  g_assert_cmpstr (get_saved (fixture, draft->id)->host, ==, "bastion");
}

/* Every button says what it does, every field what belongs there. */
static void
assert_named (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (ADW_IS_PREFERENCES_ROW (widget) && !CULVERT_IS_PROBLEM_ROW (widget) &&
      gtk_widget_get_focusable (widget))
    g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), !=, "");
  if (GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL &&
      gtk_widget_get_ancestor (widget, GTK_TYPE_SPIN_BUTTON) == NULL)
    g_assert_true (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_named (child);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) draft =
    form_stage_parse ("ssh -i ~/.ssh/a -i ~/.ssh/b -L 80:web:80 bastion");
  CulvertProfileEditor *editor = form_stage_edit (fixture, draft);

  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Order"), TRUE);
  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Advanced"), TRUE);
  form_stage_settle (editor);
  assert_named (GTK_WIDGET (editor));
  culvert_profile_editor_show_forward (editor, NULL);
  form_stage_settle (editor);
  assert_named (GTK_WIDGET (editor));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/profile-editor/" name, Fixture, NULL, form_stage_set_up, function,              \
              form_stage_tear_down)

int
main (int argc, char **argv)
{
  form_stage_init (&argc, &argv);
  ADD ("make", test_make);
  ADD ("untouched", test_untouched);
  ADD ("unknown-keys", test_unknown_keys);
  ADD ("problems", test_problems);
  ADD ("paste", test_paste);
  ADD ("type-place", test_type_place);
  ADD ("refused-command", test_refused_command);
  ADD ("name", test_name);
  ADD ("jump-hosts", test_jump_hosts);
  ADD ("proxy", test_proxy);
  ADD ("proxy-command", test_proxy_command);
  ADD ("sign-in", test_sign_in);
  ADD ("certificate", test_certificate);
  ADD ("several-keys", test_several_keys);
  ADD ("order", test_order);
  ADD ("behaviour", test_behaviour);
  ADD ("networks", test_networks);
  ADD ("close-untouched", test_close_untouched);
  ADD ("discard", test_discard);
  ADD ("conflict-overwrite", test_conflict_overwrite);
  ADD ("conflict-reload", test_conflict_reload);
  ADD ("cannot-write", test_cannot_write);
  ADD ("names", test_names);
  return g_test_run ();
}
