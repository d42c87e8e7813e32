/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Importing in the window: where from, the preview, choosing, saving, and taking it back.  With
 * CULVERT_PICTURES_DIR set, leaves pictures there. */

#include "ui/import-dialog.h"
#include "ui/import-item.h"
#include "ui/import-row.h"
#include "ui/welcome-page.h"
#include "ui/window-private.h"

#include "support/culvert-test.h"
#include "ui/find-widget.h"
#include "ui/picture.h"
#include "ui/stage.h"

#include <glib/gstdio.h>
#include <string.h>

#define LONG                                                                                       \
  "a-server-with-a-rather-long-name-that-somebody-chose-17.production.eu-central-1.example.com"

typedef struct
{
  CulvertStage  *stage;
  CulvertWindow *window;
  GtkWidget     *dialog; /* NULL when it is closed */
  int            width;  /* of the dialog; 0: its own */
} Fixture;

static char *home; /* of the program */

static void
write_file (const char *name, const char *text)
{
  g_autofree char   *path = g_build_filename (home, name, NULL);
  g_autofree char   *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
remove_file (const char *name)
{
  g_autofree char *path = g_build_filename (home, name, NULL);

  g_remove (path);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->stage = culvert_stage_new ();
  fixture->window =
    CULVERT_WINDOW (culvert_window_new (NULL, culvert_stage_get_manager (fixture->stage),
                                        culvert_stage_get_secrets (fixture->stage), NULL));
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *)&fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->dialog != NULL)
    gtk_window_close (GTK_WINDOW (fixture->dialog));
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->window == NULL, 5000);
  culvert_stage_free (fixture->stage);
}

static void
find_dialog (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (CULVERT_IS_IMPORT_DIALOG (window) && fixture->dialog == NULL)
        {
          fixture->dialog = window;
          g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&fixture->dialog);
        }
    }
  g_assert_nonnull (fixture->dialog);
}

static gboolean
shows_list (Fixture *fixture)
{
  GtkStack *stack = find_widget (fixture->dialog, GTK_TYPE_STACK, NULL);

  return g_str_equal (gtk_stack_get_visible_child_name (stack), "list");
}

/* Opens it with a file of the home folder, and waits for what it found. */
static void
open_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (home, name, NULL);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.import-from", "^ay", path);
  find_dialog (fixture);
  if (fixture->width > 0)
    gtk_window_set_default_size (GTK_WINDOW (fixture->dialog), fixture->width, 800);
  culvert_test_wait_until (gtk_widget_get_mapped (fixture->dialog) && shows_list (fixture), 20000);
}

static GListModel *
get_items (Fixture *fixture)
{
  GtkListView *list = find_widget (fixture->dialog, GTK_TYPE_LIST_VIEW, NULL);

  return G_LIST_MODEL (gtk_list_view_get_model (list));
}

/* (transfer none) */
static CulvertImportItem *
get_item (Fixture *fixture, const char *title)
{
  GListModel *items = get_items (fixture);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (CulvertImportItem) item = g_list_model_get_item (items, i);

      if (g_str_equal (culvert_import_item_get_title (item), title))
        return item;
    }
  g_error ("there is no row “%s”", title);
}

static void
assert_row (Fixture *fixture, const char *title, const char *state, const char *details)
{
  CulvertImportItem *item = get_item (fixture, title);
  g_autofree char   *found_state = culvert_import_item_dup_state (item);
  g_autofree char   *found_details = culvert_import_item_dup_details (item);

  g_assert_cmpstr (found_state, ==, state);
  g_test_message ("%s", found_details);
  g_assert_nonnull (strstr (found_details, details));
}

static void
assert_button (Fixture *fixture, const char *label)
{
  GtkWidget *button = find_widget (fixture->dialog, GTK_TYPE_BUTTON, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_sensitive (button) == !g_str_equal (label, "_Import"));
}

static guint
count_tunnels (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (culvert_stage_get_manager (fixture->stage)));
}

static void
save (Fixture *fixture)
{
  gtk_widget_activate_action (fixture->dialog, "import.save", NULL);
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
}

static void
press_undo (Fixture *fixture)
{
  GtkWidget *button = NULL;

  culvert_test_wait_until (
    (button = find_widget (fixture->window, GTK_TYPE_BUTTON, "_Undo")) != NULL, 5000);
  g_signal_emit_by_name (button, "clicked");
}

static CulvertProfile *
get_profile (Fixture *fixture, const char *id)
{
  CulvertTunnel *tunnel =
    culvert_tunnel_manager_find (culvert_stage_get_manager (fixture->stage), id);

  return tunnel != NULL ? culvert_tunnel_get_profile (tunnel) : NULL;
}

static const char config[] = "Host web db\n  User alice\n  HostName %h.example.com\n"
                             "Host web\n  LocalForward 8080 localhost:80\n"
                             "Host db\n  LocalForward 5433 db:5432\n  ProxyCommand nc %h %p\n"
                             "Host git\n  User git\n"
                             "Host late\n  ConnectTimeout 9w\n"
                             "Host *\n  Ciphers aes128-ctr\n  ControlMaster auto\n";

static void
test_previews (Fixture *fixture, gconstpointer data)
{
  write_file (".ssh/config", config);
  open_file (fixture, ".ssh/config");
  assert_row (fixture, "web", "New", "");
  assert_row (fixture, "db", "New", "It is not run until you have allowed it");
  assert_row (fixture, "git", "New, without forwards", "");
  assert_row (fixture, "late", "Can’t be imported", "connecttimeout 9w");
  assert_row (fixture, "Concerns Several of Them", "", "ciphers aes128-ctr");
  assert_row (fixture, "Makes No Difference to a Tunnel", "", "controlmaster auto");
  assert_button (fixture, "_Import 2 Tunnels");
  g_assert_nonnull (find_widget (fixture->dialog, GTK_TYPE_LABEL,
                                 "3 tunnels can be imported. 1 can’t be imported."));
  culvert_import_item_set_chosen (get_item (fixture, "db"), FALSE);
  assert_button (fixture, "_Import 1 Tunnel");
  culvert_import_item_set_chosen (get_item (fixture, "late"), TRUE);
  assert_button (fixture, "_Import 1 Tunnel");
  culvert_import_item_set_chosen (get_item (fixture, "web"), FALSE);
  assert_button (fixture, "_Import");
  gtk_check_button_set_active (
    find_widget (fixture->dialog, GTK_TYPE_CHECK_BUTTON, "_All that are new"), TRUE);
  assert_button (fixture, "_Import 3 Tunnels");

  /* Nothing is saved before it is wanted. */
  g_assert_cmpuint (count_tunnels (fixture), ==, 0);
  save (fixture);
  g_assert_cmpuint (count_tunnels (fixture), ==, 3);
  g_assert_cmpuint (culvert_tunnel_manager_get_n_on (culvert_stage_get_manager (fixture->stage)),
                    ==, 0);
  g_assert_false (get_profile (fixture, "ssh-db")->proxy_command_allowed);
  press_undo (fixture);
  g_assert_cmpuint (count_tunnels (fixture), ==, 0);
}

/* One that is saved and differs is replaced or kept, and comes back. */
static void
test_differs (Fixture *fixture, gconstpointer data)
{
  write_file ("first",
              "Host web\n  LocalForward 8080 localhost:80\nHost other\n  DynamicForward 1\n");
  write_file ("second", "Host web\n  Port 23\n  LocalForward 8080 localhost:80\n"
                        "Host other\n  DynamicForward 1\n");
  open_file (fixture, "first");
  save (fixture);
  g_assert_cmpuint (get_profile (fixture, "ssh-web")->port, ==, 22);

  open_file (fixture, "second");
  assert_row (fixture, "web", "Differs from the saved one", "Port: 23 instead of 22");
  assert_row (fixture, "other", "Already there", "");
  g_assert_false (culvert_import_item_is_usable (get_item (fixture, "other")));
  assert_button (fixture, "_Import");
  culvert_import_item_set_choice (get_item (fixture, "web"), CULVERT_IMPORT_KEEP_BOTH);
  culvert_import_item_set_chosen (get_item (fixture, "web"), TRUE);
  assert_button (fixture, "_Import 1 Tunnel");
  save (fixture);
  g_assert_cmpuint (count_tunnels (fixture), ==, 3);
  g_assert_cmpuint (get_profile (fixture, "ssh-web")->port, ==, 22);
  adw_toast_overlay_add_toast (fixture->window->toasts, adw_toast_new ("between"));

  open_file (fixture, "second");
  culvert_import_item_set_chosen (get_item (fixture, "web"), TRUE);
  save (fixture);
  g_assert_cmpuint (count_tunnels (fixture), ==, 3);
  g_assert_cmpuint (get_profile (fixture, "ssh-web")->port, ==, 23);
}

/* Replaced and taken back: as it was. */
static void
test_takes_back (Fixture *fixture, gconstpointer data)
{
  CulvertTunnelManager         *manager = culvert_stage_get_manager (fixture->stage);
  g_autoptr (CulvertImportUndo) undo = culvert_import_undo_new ();
  g_autoptr (CulvertProfile)    before = NULL;
  g_autoptr (CulvertProfile)    after = NULL;
  g_autoptr (CulvertProfile)    later = NULL;
  g_autoptr (GError)            error = NULL;
  const char                   *id;

  before = culvert_profile_ref (
    culvert_tunnel_get_profile (culvert_stage_add (fixture->stage, "One", "ssh -D 1 host")));
  id = before->id;
  after = culvert_profile_edit (before);
  after->port = 23;
  g_assert_true (culvert_tunnel_manager_save (manager, after, &error));
  culvert_import_undo_add (undo, before, after);
  g_assert_true (culvert_import_undo_apply (undo, manager, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (get_profile (fixture, id)->port, ==, 22);

  /* What was changed meanwhile is the person's own. */
  later = culvert_profile_edit (get_profile (fixture, id));
  later->port = 24;
  g_assert_true (culvert_tunnel_manager_save (manager, later, &error));
  culvert_import_undo_add (undo, NULL, after);
  g_assert_true (culvert_import_undo_apply (undo, manager, &error));
  g_assert_cmpuint (get_profile (fixture, id)->port, ==, 24);
}

/* A row shows what its item says, and the check button leads. */
static void
test_rows (Fixture *fixture, gconstpointer data)
{
  GtkWidget       *row;
  GtkCheckButton  *check;
  GtkWidget       *title;
  g_autofree char *summary = NULL;

  write_file ("one", "Host web\n  LocalForward 8080 localhost:80\n");
  open_file (fixture, "one");
  culvert_test_wait_until (
    (row = find_widget (fixture->dialog, CULVERT_TYPE_IMPORT_ROW, NULL)) != NULL, 5000);
  check = find_widget (row, GTK_TYPE_CHECK_BUTTON, NULL);
  title = find_widget (row, GTK_TYPE_LABEL, "web");
  g_assert_nonnull (title);
  gtk_test_accessible_assert_relation (check, GTK_ACCESSIBLE_RELATION_LABELLED_BY, title, NULL);
  g_assert_true (gtk_check_button_get_active (check));
  gtk_check_button_set_active (check, FALSE);
  assert_button (fixture, "_Import");
  summary = culvert_import_item_dup_summary (get_item (fixture, "web"));
  g_test_message ("%s", summary);
  g_assert_true (g_str_has_suffix (summary, "web\nlocalhost:8080 → localhost:80"));
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, summary));
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  write_file ("broken", "\nHost a\n  Frob 1\n");
  open_file (fixture, "broken");
  assert_row (fixture, "broken", "Can’t be imported", "broken:3: \"frob\"");
  assert_button (fixture, "_Import");
}

/* What cannot be saved is said, and the dialog stays, whether the store has seen the other file yet or not. */
static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  const char      *dir = culvert_stage_get_dir (fixture->stage);
  g_autofree char *path = g_build_filename (dir, "ssh-web.culvert", NULL);
  GtkWidget       *trouble = NULL;

  write_file ("one", "Host web\n  LocalForward 8080 localhost:80\n");
  open_file (fixture, "one");
  /* Somebody else writes a tunnel of that id meanwhile. */
  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "[Tunnel]\nHost=mine\n", -1, NULL));
  if (data != NULL)
    culvert_test_wait_until (count_tunnels (fixture) == 1, 5000);
  gtk_widget_activate_action (fixture->dialog, "import.save", NULL);
  culvert_test_wait_until (
    (trouble = find_widget (fixture->dialog, GTK_TYPE_LABEL,
                            "“web” was not imported. Another program changed the tunnel meanwhile, "
                            "so nothing was saved. Look at its change, then make yours again.")) !=
        NULL &&
      gtk_widget_get_visible (trouble),
    5000);
  culvert_test_wait_until (shows_list (fixture), 5000);
}

static void
test_places (Fixture *fixture, gconstpointer data)
{
  GtkWidget *label = NULL;
  GtkWidget *row;

  write_file (".ssh/config", config);
  write_file (".putty/sessions/Office%20db",
              "Present=1\nHostName=alice@bastion\nPortForwardings=L5433=db:5432,\n");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.import", NULL);
  find_dialog (fixture);
  culvert_test_wait_until (
    (label = find_widget (fixture->dialog, GTK_TYPE_LABEL, "PuTTY: 1 session")) != NULL, 5000);
  g_assert_nonnull (find_widget (fixture->dialog, GTK_TYPE_LABEL, "ssh: 3 servers"));
  row = gtk_widget_get_ancestor (label, GTK_TYPE_LIST_BOX_ROW);
  gtk_widget_activate (row);
  culvert_test_wait_until (shows_list (fixture), 5000);
  assert_row (fixture, "Office db", "New", "");
  remove_file (".putty/sessions/Office%20db");
}

static void
test_welcome (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = find_widget (fixture->window, CULVERT_TYPE_WELCOME_PAGE, NULL);
  GtkWidget *label = NULL;
  GtkWidget *button;

  culvert_test_wait_until (
    (label = find_widget (page, GTK_TYPE_LABEL, "Import from ~/.ssh/config")) != NULL, 5000);
  button = gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);
  g_assert_true (gtk_widget_get_visible (button));
  g_assert_nonnull (find_widget (button, GTK_TYPE_LABEL, "3 servers found"));
  g_signal_emit_by_name (button, "clicked");
  find_dialog (fixture);
  culvert_test_wait_until (shows_list (fixture), 5000);
  assert_row (fixture, "web", "New", "");
}

static void
set_up_with_config (Fixture *fixture, gconstpointer data)
{
  write_file (".ssh/config", config);
  set_up (fixture, data);
}

/* Hundreds of rows scroll, and only those that are seen are made. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkEditable        *search;
  GtkCheckButton     *all;

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (text, "Host server-%03u\n  LocalForward %u h:80\n", i, 10000 + i);
  write_file ("many", text->str);
  open_file (fixture, "many");
  g_assert_cmpuint (g_list_model_get_n_items (get_items (fixture)), ==, 200);
  assert_button (fixture, "_Import 200 Tunnels");
  search = find_widget (fixture->dialog, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (search, "server-19");
  culvert_test_wait_until (g_list_model_get_n_items (get_items (fixture)) == 10, 5000);
  /* What is not shown stays chosen. */
  assert_button (fixture, "_Import 200 Tunnels");
  all = find_widget (fixture->dialog, GTK_TYPE_CHECK_BUTTON, "_All that are new");
  g_assert_nonnull (all);
  gtk_check_button_set_active (all, FALSE);
  assert_button (fixture, "_Import");
  gtk_check_button_set_active (all, TRUE);
  assert_button (fixture, "_Import 200 Tunnels");
}

/* Closing it while it reads or saves leaves nothing behind. */
static void
test_closes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (home, "many", NULL);
  guint            n_saved;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.import-from", "^ay", path);
  find_dialog (fixture);
  gtk_window_close (GTK_WINDOW (fixture->dialog));
  culvert_test_wait_until (fixture->dialog == NULL, 5000);

  open_file (fixture, "many");
  gtk_widget_activate_action (fixture->dialog, "import.save", NULL);
  culvert_test_wait_until (count_tunnels (fixture) >= 3, 5000);
  gtk_window_close (GTK_WINDOW (fixture->dialog));
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
  n_saved = count_tunnels (fixture);
  g_assert_cmpuint (n_saved, <, 200);
  press_undo (fixture);
  g_assert_cmpuint (count_tunnels (fixture), ==, 0);
}

typedef struct
{
  const char *name;
  gboolean    is_narrow;
  gboolean    is_dark;
} Shot;

static const Shot shots[] = { { "light", FALSE, FALSE },
                              { "dark", FALSE, TRUE },
                              { "narrow", TRUE, FALSE } };

/* Everything at once, in a window as narrow as can be, and in pictures. */
static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  const Shot      *shot = data;
  const char      *dir = g_getenv ("CULVERT_PICTURES_DIR");
  g_autofree char *path = NULL;
  GtkWidget       *list;
  int              minimum;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      shot->is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  culvert_stage_add (fixture->stage, "staging", "ssh -L 5433:db:5432 bastion");
  write_file (
    "all", "Host web\n  HostName web.example.com\n  User alice\n  LocalForward 8080 localhost:80\n"
           "Host staging\n  HostName bastion\n  Port 2222\n  LocalForward 5433 db:5432\n"
           "  DynamicForward 1080\n"
           "Host " LONG "\n  LocalForward 1 a:1\n  LocalForward 2 b:2\n  LocalForward 3 c:3\n"
           "  LocalForward 4 d:4\n  ProxyCommand nc -x proxy.example.com:1080 %h %p\n"
           "Host git\n  HostName git.example.com\n"
           "Host late\n  ConnectTimeout 9w\n"
           "Host *\n  Ciphers aes128-ctr\n  ControlMaster auto\n");
  fixture->width = shot->is_narrow ? 360 : 640;
  open_file (fixture, "all");
  list = find_widget (fixture->dialog, GTK_TYPE_LIST_VIEW, NULL);
  culvert_test_wait_until (find_widget (list, CULVERT_TYPE_IMPORT_ROW, NULL) != NULL, 5000);
  if (dir != NULL)
    culvert_test_spend (100);
  gtk_widget_measure (fixture->dialog, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  if (dir == NULL)
    return;
  path = g_strdup_printf ("%s/import-%s.png", dir, shot->name);
  culvert_picture_take (fixture->dialog, path);
  if (shot->is_narrow)
    {
      GtkAdjustment   *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
      g_autofree char *below = g_strdup_printf ("%s/import-narrow-below.png", dir);

      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
      culvert_test_spend (200);
      culvert_picture_take (fixture->dialog, below);
    }
}

/* The other pages. */
static void
test_more_pictures (Fixture *fixture, gconstpointer data)
{
  const char *dir = g_getenv ("CULVERT_PICTURES_DIR");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);
  write_file (".putty/sessions/Office%20db",
              "Present=1\nHostName=alice@bastion\nPublicKeyFile=C:\\keys\\work.ppk\n"
              "ProxyMethod=2\nProxyHost=proxy\nProxyPort=1080\nProxyPassword=x\n"
              "PortForwardings=L5433=db:5432,X1=2,\n");
  write_file (".putty/sessions/console", "Present=1\nHostName=\nProtocol=serial\n");
  write_file (".putty/sessions/broken", "Present=1\nHostName=h\nPortNumber=many\n");
  culvert_test_wait_until (
    find_widget (fixture->window, GTK_TYPE_LABEL, "Import from ~/.ssh/config") != NULL, 5000);
  if (dir != NULL)
    {
      g_autofree char *welcome = g_build_filename (dir, "import-welcome.png", NULL);

      culvert_picture_take (GTK_WIDGET (fixture->window), welcome);
    }
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.import", NULL);
  find_dialog (fixture);
  culvert_test_wait_until (
    find_widget (fixture->dialog, GTK_TYPE_LABEL, "PuTTY: 1 session") != NULL, 5000);
  if (dir != NULL)
    {
      g_autofree char *places = g_build_filename (dir, "import-places.png", NULL);

      culvert_picture_take (fixture->dialog, places);
    }
  gtk_window_close (GTK_WINDOW (fixture->dialog));
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
  open_file (fixture, ".putty/sessions");
  assert_row (fixture, "Office db", "New", "puttygen KEY -O private-openssh");
  assert_row (fixture, "Office db", "New", "The proxy’s password is not imported");
  assert_row (fixture, "Office db", "New", "The forward “X1=2” is left out");
  assert_row (fixture, "console", "Left out", "Not an SSH session, but one of serial");
  assert_row (fixture, "broken", "Can’t be imported", "(broken, line 3)");
  if (dir != NULL)
    {
      g_autofree char *putty = g_build_filename (dir, "import-putty.png", NULL);
      g_autofree char *many = g_build_filename (dir, "import-many.png", NULL);

      culvert_picture_take (fixture->dialog, putty);
      gtk_window_close (GTK_WINDOW (fixture->dialog));
      culvert_test_wait_until (fixture->dialog == NULL, 5000);
      open_file (fixture, "many");
      culvert_picture_take (fixture->dialog, many);
    }
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/import-dialog/" name, Fixture, NULL, set_up, function, tear_down)

/* As the application does it. */
static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/io/github/culvert_app/Culvert/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int argc, char **argv)
{
  CulvertTempDir *folder = culvert_temp_dir_new ();
  int             status;

  /* Before anything asks for it. */
  home = g_strdup (culvert_temp_dir_get_path (folder));
  g_setenv ("HOME", home, TRUE);
  gtk_test_init (&argc, &argv);
  adw_init ();
  load_style ();
  ADD ("previews", test_previews);
  ADD ("differs", test_differs);
  ADD ("takes-back", test_takes_back);
  ADD ("rows", test_rows);
  ADD ("failures", test_failures);
  ADD ("unwritable", test_unwritable);
  g_test_add ("/ui/import-dialog/unwritable-seen", Fixture, "seen", set_up, test_unwritable,
              tear_down);
  ADD ("places", test_places);
  g_test_add ("/ui/import-dialog/welcome", Fixture, NULL, set_up_with_config, test_welcome,
              tear_down);
  ADD ("many", test_many);
  ADD ("closes", test_closes);
  for (guint i = 0; i < G_N_ELEMENTS (shots); i++)
    {
      g_autofree char *name = g_strdup_printf ("/ui/import-dialog/pictures/%s", shots[i].name);

      g_test_add (name, Fixture, &shots[i], set_up, test_pictures, tear_down);
    }
  ADD ("pictures/more", test_more_pictures);
  status = g_test_run ();
  g_free (home);
  culvert_temp_dir_free (folder);
  return status;
}
