/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A window with one of everything that the tests of Culvert's window press, fill and read: what
 * display-run and atspi.py are proven with. */

#include <adwaita.h>

typedef struct
{
  GtkWindow       *window;
  AdwToastOverlay *toasts;
  GtkEditable     *host;
  GtkEditable     *password;
  GtkLabel        *status;
} Sample;

static void
greet_cb (GtkButton *button, gpointer data)
{
  Sample *sample = data;

  adw_toast_overlay_add_toast (sample->toasts, adw_toast_new ("Hello"));
}

static void
changed_cb (GtkEditable *editable, gpointer data)
{
  Sample          *sample = data;
  g_autofree char *text =
    g_strdup_printf ("host %s, password of %ld", gtk_editable_get_text (sample->host),
                     g_utf8_strlen (gtk_editable_get_text (sample->password), -1));

  gtk_label_set_text (sample->status, text);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Sample *sample = data;

  gtk_label_set_text (sample->status, response);
}

static void
ask_cb (GtkButton *button, gpointer data)
{
  Sample    *sample = data;
  GtkWidget *dialog = adw_message_dialog_new (sample->window, "Delete it?", "It will be gone.");

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", "_Cancel", "delete",
                                    "_Delete", NULL);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), sample);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
selected_cb (AdwComboRow *row, GParamSpec *pspec, gpointer data)
{
  Sample          *sample = data;
  g_autofree char *text = g_strdup_printf ("kind %u", adw_combo_row_get_selected (row));

  gtk_label_set_text (sample->status, text);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Sample *sample = data;

  gtk_label_set_text (sample->status, "about");
}

static GtkWidget *
make_header (void)
{
  GtkWidget        *header = adw_header_bar_new ();
  GtkWidget        *menu_button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, "_About", "app.about");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (menu_button), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (menu_button), G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Main menu", -1);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), menu_button);
  return header;
}

static GtkWidget *
make_form (Sample *sample)
{
  GtkWidget                *group = adw_preferences_group_new ();
  GtkWidget                *host = adw_entry_row_new ();
  GtkWidget                *password = adw_password_entry_row_new ();
  GtkWidget                *on = adw_action_row_new ();
  GtkWidget                *on_switch = gtk_switch_new ();
  GtkWidget                *kind = adw_combo_row_new ();
  const char *const         kinds[] = { "Local", "Remote", "Dynamic", NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (kinds);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (host), "Host");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (password), "Password");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (on), "Running");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (kind), "Kind");
  adw_combo_row_set_model (ADW_COMBO_ROW (kind), G_LIST_MODEL (list));
  gtk_widget_set_valign (on_switch, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (on), on_switch);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (on), on_switch);
  sample->host = GTK_EDITABLE (host);
  sample->password = GTK_EDITABLE (password);
  g_signal_connect (host, "changed", G_CALLBACK (changed_cb), sample);
  g_signal_connect (password, "changed", G_CALLBACK (changed_cb), sample);
  g_signal_connect (kind, "notify::selected", G_CALLBACK (selected_cb), sample);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), host);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), password);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), on);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), kind);
  return group;
}

static void
activate_cb (GtkApplication *application, gpointer data)
{
  static const GActionEntry actions[] = { { .name = "about", .activate = about_cb } };
  Sample                   *sample = data;
  GtkWidget                *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget                *greet = gtk_button_new_with_mnemonic ("_Greet");
  GtkWidget                *ask = gtk_button_new_with_mnemonic ("_Ask");

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   sample);
  sample->window = GTK_WINDOW (adw_application_window_new (application));
  sample->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  sample->status = GTK_LABEL (gtk_label_new ("ready"));
  g_signal_connect (greet, "clicked", G_CALLBACK (greet_cb), sample);
  g_signal_connect (ask, "clicked", G_CALLBACK (ask_cb), sample);
  gtk_box_append (GTK_BOX (box), make_header ());
  gtk_box_append (GTK_BOX (box), make_form (sample));
  gtk_box_append (GTK_BOX (box), greet);
  gtk_box_append (GTK_BOX (box), ask);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (sample->status));
  adw_toast_overlay_set_child (sample->toasts, box);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (sample->window),
                                      GTK_WIDGET (sample->toasts));
  gtk_window_set_title (sample->window, "Sample");
  gtk_window_set_default_size (sample->window, 500, 500);
  gtk_window_present (sample->window);
}

int
main (int argc, char *argv[])
{
  Sample                     sample = { 0 };
  g_autoptr (AdwApplication) application =
    adw_application_new ("io.github.culvert_app.Sample", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &sample);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
