/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/form-stage.h"

#include "base/low-ports.h"
#include "core/ssh-command.h"
#include "ui/application.h"

#include <string.h>

#define DEADLINE_MS 5000

static CulvertApplication *application;

void
form_stage_init (int *argc, char ***argv)
{
  /* As for an ordinary user, whoever runs the tests. */
  culvert_low_ports_set_first (1024);
  gtk_test_init (argc, argv);
  /* Brings the style sheet. */
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
}

void
form_stage_set_up (FormStage *stage, gconstpointer data)
{
  stage->dir = culvert_temp_dir_new ();
  stage->store = culvert_profile_store_new (culvert_temp_dir_get_path (stage->dir));
  stage->manager = culvert_tunnel_manager_new (stage->store, NULL, NULL);
  stage->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 640, 400);
  gtk_window_present (GTK_WINDOW (stage->window));
  gtk_test_widget_wait_for_draw (stage->window);
}

/* Nothing that was made for the test outlives it. */
void
form_stage_tear_down (FormStage *stage, gconstpointer data)
{
  gpointer window = stage->window;
  gpointer manager = stage->manager;

  g_object_add_weak_pointer (window, &window);
  g_object_add_weak_pointer (manager, &manager);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  culvert_test_wait_until (window == NULL, DEADLINE_MS);
  g_object_unref (stage->manager);
  culvert_test_wait_until (manager == NULL, DEADLINE_MS);
  g_object_unref (stage->store);
  culvert_temp_dir_free (stage->dir);
}

CulvertProfileEditor *
form_stage_edit (FormStage *stage, CulvertProfile *profile)
{
  GtkWidget *editor = culvert_profile_editor_new (stage->manager, profile);

  gtk_window_set_transient_for (GTK_WINDOW (editor), GTK_WINDOW (stage->window));
  gtk_window_present (GTK_WINDOW (editor));
  form_stage_settle (editor);
  return CULVERT_PROFILE_EDITOR (editor);
}

CulvertProfile *
form_stage_parse (const char *command)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile = culvert_ssh_command_parse_line (command, &error);

  g_assert_no_error (error);
  return profile;
}

/* (transfer full): what a widget is called, without the marks of its mnemonic */
static char *
dup_name (GtkWidget *widget)
{
  char *name = NULL;

  if (ADW_IS_PREFERENCES_ROW (widget))
    name = g_strdup (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)));
  else if (GTK_IS_LABEL (widget))
    name = g_strdup (gtk_label_get_text (GTK_LABEL (widget)));
  else if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    name = g_strdup (gtk_button_get_label (GTK_BUTTON (widget)));
  else if (GTK_IS_BUTTON (widget) &&
           ADW_IS_BUTTON_CONTENT (gtk_button_get_child (GTK_BUTTON (widget))))
    name = g_strdup (adw_button_content_get_label (
      ADW_BUTTON_CONTENT (gtk_button_get_child (GTK_BUTTON (widget)))));
  else
    name = g_strdup (gtk_widget_get_tooltip_text (widget));
  if (name == NULL)
    name = g_strdup ("");
  for (char *p = name; *p != '\0';)
    if (*p == '_')
      memmove (p, p + 1, strlen (p));
    else
      p++;
  return name;
}

gpointer
form_stage_find (gpointer root, GType type, const char *name)
{
  GtkWidget *widget = root;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    {
      g_autofree char *own = dup_name (widget);

      if (name == NULL || g_str_equal (own, name))
        return widget;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = form_stage_find (child, type, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

gpointer
form_stage_get (gpointer root, GType type, const char *name)
{
  gpointer found = form_stage_find (root, type, name);

  if (found == NULL)
    g_error ("there is no %s called “%s”", g_type_name (type), name);
  return found;
}

GtkWidget *
form_stage_find_dialog (GtkWidget *window)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (toplevels, i);

      if (gtk_window_get_transient_for (other) == GTK_WINDOW (window) &&
          gtk_widget_get_mapped (GTK_WIDGET (other)))
        return GTK_WIDGET (other);
    }
  return NULL;
}

void
form_stage_fill (gpointer root, const char *name, const char *text)
{
  GtkEditable *entry = form_stage_get (root, ADW_TYPE_ENTRY_ROW, name);
  GtkEditable *inner = gtk_editable_get_delegate (entry);
  int          position = 0;

  gtk_widget_grab_focus (GTK_WIDGET (entry));
  gtk_editable_delete_text (inner, 0, -1);
  gtk_editable_insert_text (inner, text, -1, &position);
}

gboolean
form_stage_shows (gpointer root, const char *part)
{
  GtkWidget *widget = root;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (form_stage_shows (child, part))
      return TRUE;
  return FALSE;
}

void
form_stage_press (gpointer root, const char *name)
{
  g_signal_emit_by_name (form_stage_get (root, GTK_TYPE_BUTTON, name), "clicked");
}

void
form_stage_settle (gpointer widget)
{
  culvert_test_wait_until (gtk_widget_get_mapped (widget), DEADLINE_MS);
  gtk_test_widget_wait_for_draw (widget);
}
