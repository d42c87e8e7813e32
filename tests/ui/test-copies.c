/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Copies of a tunnel for elsewhere: other forms, what its server has to allow, recipes, files.  With
 * CULVERT_TOUR_DIR set it leaves pictures of the dialogs there, to be looked at. */

#include "core/errors.h"
#include "core/profile-file.h"
#include "support/culvert-test.h"
#include "ui/application.h"
#include "ui/export-folder.h"
#include "ui/find-widget.h"
#include "ui/forward-row.h"
#include "ui/picture.h"
#include "ui/recipe-dialog.h"
#include "ui/server-kit-dialog.h"
#include "ui/stage.h"
#include "ui/text-box.h"
#include "ui/window-private.h"

#include <string.h>

#define PUBLIC_KEY                                                                                 \
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzU1DIn/5TBXJnVeJdgAkLT8fBmmfMRpa4QjSOOW+f5"

typedef struct
{
  CulvertStage  *stage;
  CulvertWindow *window;
  CulvertTunnel *tunnel;
} Fixture;

static CulvertApplication *application;
static int                 width = 640; /* of dialogs that are shown */

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char    *key = NULL;
  g_autofree char    *public_key = NULL;
  g_autoptr (GString) command = NULL;
  g_autoptr (GError)  error = NULL;

  fixture->stage = culvert_stage_new ();
  key = g_build_filename (culvert_stage_get_dir (fixture->stage), "key", NULL);
  public_key = g_strconcat (key, ".pub", NULL);
  g_file_set_contents (public_key, PUBLIC_KEY " me@desk\n", -1, &error);
  g_assert_no_error (error);
  command = g_string_new (data);
  g_string_replace (command, "KEY", key, 1);
  fixture->tunnel = culvert_stage_add (fixture->stage, "Production: 100% <db>", command->str);
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
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->window == NULL, 5000);
  culvert_stage_free (fixture->stage);
}

static void
text_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

/* (transfer full) */
static char *
read_clipboard (gpointer widget)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, text_read_cb, &text);
  culvert_test_wait_until (text != NULL, 5000);
  return text;
}

/* (transfer full): what an action of the window copies */
static char *
copy_by (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
  return read_clipboard (fixture->window);
}

/* (transfer none): the dialog of @type over the window, shown */
static GtkWidget *
wait_for_dialog (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  GtkWidget  *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (G_OBJECT_TYPE (window) == type)
        found = window;
    }
  g_assert_nonnull (found);
  gtk_window_set_default_size (GTK_WINDOW (found), width, 760);
  culvert_test_wait_until (gtk_widget_get_mapped (found), 5000);
  return found;
}

static void
close_dialog (GtkWidget *dialog)
{
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *)&dialog);
  gtk_window_close (GTK_WINDOW (dialog));
  culvert_test_wait_until (dialog == NULL, 5000);
}

/* Pictures of the dialog that @open shows, only where somebody looks. */
static void
take_pictures (Fixture *fixture, const char *name, GtkWidget *(*open) (Fixture *fixture))
{
  const char *dir = g_getenv ("CULVERT_TOUR_DIR");
  static const struct
  {
    const char *name;
    int         width;
    gboolean    is_dark;
  } looks[] = { { "wide", 640, FALSE }, { "dark", 640, TRUE }, { "narrow", 360, FALSE } };

  for (guint i = 0; dir != NULL && i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *file = g_strdup_printf ("%s-%s.png", name, looks[i].name);
      g_autofree char *path = g_build_filename (dir, file, NULL);
      GtkWidget       *dialog;

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          looks[i].is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
      width = looks[i].width;
      dialog = open (fixture);
      culvert_test_spend (600);
      culvert_picture_take (dialog, path);
      close_dialog (dialog);
    }
}

static void
test_other_forms (Fixture *fixture, gconstpointer data)
{
  g_autofree char *config = copy_by (fixture, "win.copy-ssh-config");
  g_autofree char *unit = copy_by (fixture, "win.copy-systemd-unit");
  g_autofree char *command = copy_by (fixture, "win.copy-command");
  g_autofree char *run = g_strdup_printf (" run %s\n", culvert_tunnel_get_id (fixture->tunnel));

  g_assert_true (g_str_has_prefix (config, "# Production: 100% <db>, from Culvert."));
  g_assert_nonnull (strstr (config, "\nHost production-100-db\n"));
  g_assert_nonnull (
    find_widget (fixture->window, GTK_TYPE_LABEL,
                 "Copied, for the end of ~/.ssh/config: then “ssh -N production-100-db” opens it"));
  g_assert_nonnull (strstr (unit, "\n[Service]\n"));
  g_assert_nonnull (strstr (unit, run));
  g_assert_true (g_str_has_prefix (command, "ssh -N "));
}

static GtkWidget *
open_kit (Fixture *fixture)
{
  GtkWidget *dialog;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.server-kit", NULL));
  dialog = wait_for_dialog (CULVERT_TYPE_SERVER_KIT_DIALOG);
  culvert_test_wait_until (find_widget (dialog, GTK_TYPE_LABEL, "sshd_config") != NULL, 5000);
  return dialog;
}

/* (transfer full): what the button with that tooltip copies */
static char *
press_copy (GtkWidget *dialog, const char *tooltip)
{
  GtkWidget *button = find_widget (dialog, GTK_TYPE_BUTTON, tooltip);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  culvert_test_wait_until (find_widget (dialog, GTK_TYPE_LABEL, "Copied") != NULL, 5000);
  return read_clipboard (dialog);
}

static void
test_server_kit (Fixture *fixture, gconstpointer data)
{
  GtkWidget       *dialog = open_kit (fixture);
  g_autofree char *keys = press_copy (dialog, "Copy the lines for authorized_keys");
  g_autofree char *config = press_copy (dialog, "Copy the lines for sshd_config");
  int              minimum;

  g_assert_nonnull (strstr (keys, "permitopen=\"db.internal:5432\",permitlisten="));
  g_assert_nonnull (strstr (keys, " " PUBLIC_KEY " me@desk\n"));
  g_assert_nonnull (strstr (config, "\nMatch User alice\n"));
  g_assert_nonnull (strstr (config, "\n    PermitOpen db.internal:5432\n"));
  /* One server needs no headings. */
  g_assert_null (find_widget (dialog, GTK_TYPE_LABEL, "On the server bastion.example.com"));
  gtk_widget_measure (dialog, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  close_dialog (dialog);
  take_pictures (fixture, "server-kit", open_kit);
}

static void
test_server_kit_of_a_way (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog = open_kit (fixture);

  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL, "On the jump server gate"));
  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL, "On the server bastion.example.com"));
  close_dialog (dialog);
  take_pictures (fixture, "server-kit-way", open_kit);
}

/* Gone before the keys are found. */
static void
test_closes_while_it_reads (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.server-kit", NULL));
  dialog = wait_for_dialog (CULVERT_TYPE_SERVER_KIT_DIALOG);
  close_dialog (dialog);
}

static GtkWidget *
open_recipes (Fixture *fixture)
{
  GtkWidget *row = find_widget (fixture->window, CULVERT_TYPE_FORWARD_ROW, NULL);

  g_assert_true (gtk_widget_activate_action (row, "forward.recipes", NULL));
  return wait_for_dialog (CULVERT_TYPE_RECIPE_DIALOG);
}

static void
test_recipes (Fixture *fixture, gconstpointer data)
{
  GtkWidget       *dialog = open_recipes (fixture);
  g_autofree char *copied = press_copy (dialog, "Copy");
  int              minimum;

  g_assert_cmpstr (copied, ==, "psql -h localhost -p 5433");
  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL, "A session with PostgreSQL"));
  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL, "postgresql://localhost:5433/DATABASE"));
  gtk_widget_measure (dialog, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  close_dialog (dialog);
  take_pictures (fixture, "recipes", open_recipes);
}

static void
test_recipes_of_a_proxy (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog = open_recipes (fixture);

  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL, "http://localhost:1080/proxy.pac"));
  g_assert_nonnull (find_widget (
    dialog, GTK_TYPE_LABEL, "For a terminal. Put your own in the place of the words in capitals."));
  close_dialog (dialog);
  take_pictures (fixture, "recipes-proxy", open_recipes);
}

/* The port that the server picks is not known before it is up. */
static void
test_recipes_at_the_server (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = find_widget (fixture->window, CULVERT_TYPE_FORWARD_ROW, NULL);
  GtkWidget *dialog;

  g_assert_true (gtk_widget_activate_action (row, "forward.recipes", NULL));
  g_assert_null (find_widget (fixture->window, CULVERT_TYPE_RECIPE_DIALOG, NULL));
  culvert_stage_set_up (fixture->tunnel, 1);
  culvert_stage_set_picked (fixture->tunnel, 0, "localhost", 41873);
  dialog = open_recipes (fixture);
  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL, "curl http://localhost:41873/"));
  g_assert_nonnull (find_widget (dialog, GTK_TYPE_LABEL,
                                 "For a terminal on bastion.example.com. Put your own in the place "
                                 "of the words in capitals."));
  close_dialog (dialog);
}

/* Every tunnel, and nothing in the place of another file. */
static void
test_export_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autoptr (GFile)          folder = g_file_new_for_path (culvert_temp_dir_get_path (dir));
  g_autofree char           *first = culvert_temp_dir_build (dir, "Production- 100% -db-.culvert");
  g_autofree char           *second = culvert_temp_dir_build (dir, "Other.culvert");
  g_autofree char           *again = culvert_temp_dir_build (dir, "Other (2).culvert");
  g_autofree char           *base = g_file_get_basename (folder);
  g_autofree char *said = g_strdup_printf ("All tunnels exported into “%s”, without secrets", base);
  g_autofree char           *text = NULL;
  g_autoptr (CulvertProfile) read = NULL;
  g_autoptr (GError)         error = NULL;

  culvert_stage_add (fixture->stage, "Other", "ssh -L 1:db:1 bob@host");
  culvert_window_export_into (fixture->window, folder);
  culvert_test_wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, said) != NULL, 5000);
  text = culvert_test_read_text (second);
  read = culvert_profile_parse ("x", text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->user, ==, "bob");
  g_assert_true (g_file_test (first, G_FILE_TEST_IS_REGULAR));

  g_assert_false (g_file_test (again, G_FILE_TEST_EXISTS));
  culvert_window_export_into (fixture->window, folder);
  culvert_test_wait_until (g_file_test (again, G_FILE_TEST_EXISTS), 5000);
}

static gboolean
says (Fixture *fixture, const char *start)
{
  GtkWidget *label = find_widget (fixture->window->toasts, ADW_TYPE_TOAST_OVERLAY, NULL);

  /* The toast is the last child of its overlay. */
  label = find_widget (gtk_widget_get_last_child (label), GTK_TYPE_LABEL, NULL);
  return label != NULL && g_str_has_prefix (gtk_label_get_label (GTK_LABEL (label)), start);
}

static void
test_export_into_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path ("/nowhere/at-all");

  culvert_window_export_into (fixture->window, folder);
  culvert_test_wait_until (says (fixture, "Not all tunnels could be exported into “at-all”: "),
                           5000);
}

/* What the person has allowed here does not leave. */
static void
test_names_and_permissions (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *file;
  } rows[] = {
    { "a/b\\c:d", "a-b-c-d.culvert" }, { "..", "x...culvert" },
    { "x\ny", "x-y.culvert" },         { "  ", "x.culvert" },
    { "数据库", "数据库.culvert" },
  };
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *text = NULL;

  culvert_profile_set_string (&profile->id, "x");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = NULL;

      culvert_profile_set_string (&profile->name, rows[i].name);
      name = culvert_export_name (profile);
      g_assert_cmpstr (name, ==, rows[i].file);
    }
  culvert_profile_set_string (&profile->proxy_command, "nc %h %p");
  profile->proxy_command_allowed = TRUE;
  text = culvert_profile_to_shared_text (profile);
  g_assert_nonnull (strstr (text, "nc %h %p"));
  g_assert_null (strstr (text, "ProxyCommandAllowed"));
}

#define PLAIN "ssh -i KEY -L 5433:db.internal:5432 alice@bastion.example.com"
#define ADD(name, command, func)                                                                   \
  g_test_add ("/ui/copies/" name, Fixture, command, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  gtk_test_init (&argc, &argv);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ADD ("other-forms", PLAIN, test_other_forms);
  ADD ("server-kit", PLAIN, test_server_kit);
  ADD ("server-kit-of-a-way", "ssh -i KEY -J gate -L 1:db:1 -R 0:x:1 alice@bastion.example.com",
       test_server_kit_of_a_way);
  ADD ("closes-while-it-reads", PLAIN, test_closes_while_it_reads);
  ADD ("recipes", PLAIN, test_recipes);
  ADD ("recipes-of-a-proxy", "ssh -i KEY -D 1080 alice@bastion.example.com",
       test_recipes_of_a_proxy);
  ADD ("recipes-at-the-server", "ssh -i KEY -R 0:localhost:80 alice@bastion.example.com",
       test_recipes_at_the_server);
  ADD ("export-all", PLAIN, test_export_all);
  ADD ("export-into-nowhere", PLAIN, test_export_into_nowhere);
  ADD ("names-and-permissions", PLAIN, test_names_and_permissions);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
