/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "core/profile-file.h"
#include "core/ssh-command.h"
#include "core/ssh-config-write.h"
#include "core/systemd-unit.h"
#include "desktop/own-command.h"
#include "ui/export-folder.h"
#include "ui/file-choosers.h"
#include "ui/server-kit-dialog.h"

#include <glib/gi18n.h>

static void
copy (GtkWidget *widget, const char *text, const char *message)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  culvert_window_show_message (CULVERT_WINDOW (widget), message);
}

static void
copy_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow   *self = CULVERT_WINDOW (widget);
  g_autofree char *command =
    culvert_ssh_command_from_profile (culvert_tunnel_get_profile (self->tunnel));

  copy (widget, command, _ ("ssh command copied"));
}

static void
copy_ssh_config_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfile  *profile = culvert_tunnel_get_profile (CULVERT_WINDOW (widget)->tunnel);
  g_autofree char *alias = culvert_ssh_config_alias (profile);
  g_autofree char *block = culvert_ssh_config_from_profile (profile, alias);
  g_autofree char *message =
    /* Translators: %s is a name for use behind “ssh” */
    g_strdup_printf (_ ("Copied, for the end of ~/.ssh/config: then “ssh -N %s” opens it"), alias);

  copy (widget, block, message);
}

static void
copy_systemd_unit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfile  *profile = culvert_tunnel_get_profile (CULVERT_WINDOW (widget)->tunnel);
  g_auto (GStrv)   program = culvert_own_command ();
  g_autofree char *unit = culvert_systemd_unit_from_profile (profile, (const char *const *)program,
                                                             g_getenv ("CULVERT_CONFIG_DIR"));

  copy (widget, unit, _ ("systemd user unit copied: its first lines say where it belongs"));
}

static void
server_kit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (
    culvert_server_kit_dialog_new (GTK_WINDOW (self), culvert_tunnel_get_profile (self->tunnel))));
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfile  *profile = culvert_tunnel_get_profile (CULVERT_WINDOW (widget)->tunnel);
  g_autofree char *text = culvert_profile_to_shared_text (profile);
  g_autofree char *file_name = culvert_export_name (profile);

  culvert_choose_and_save (widget, _ ("Export Tunnel"), file_name, text);
}

/* (transfer full) (element-type CulvertProfile) */
static GPtrArray *
get_profiles (CulvertWindow *self)
{
  GListModel *tunnels = G_LIST_MODEL (self->manager);
  GPtrArray  *profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);

  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      g_ptr_array_add (profiles, culvert_profile_ref (culvert_tunnel_get_profile (tunnel)));
    }
  return profiles;
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertWindow) self = user_data;
  g_autofree char          *folder = g_file_get_basename (G_FILE (source));
  g_autofree char          *message = NULL;
  g_autoptr (GError)        error = NULL;

  if (culvert_export_folder_finish (result, &error))
    /* Translators: %s is the name of a folder */
    message = g_strdup_printf (_ ("All tunnels exported into “%s”, without secrets"), folder);
  else
    /* Translators: 1 is the name of a folder, 2 a reason */
    message = g_strdup_printf (_ ("Not all tunnels could be exported into “%1$s”: %2$s"), folder,
                               error->message);
  culvert_window_show_message (self, message);
}

void
culvert_window_export_into (CulvertWindow *self, GFile *folder)
{
  g_autoptr (GPtrArray) profiles = get_profiles (self);

  culvert_export_folder_start (folder, profiles, exported_cb, g_object_ref (self));
}

static void
folder_chosen_cb (GtkNativeDialog *dialog, int response, CulvertWindow *self)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (folder != NULL)
    culvert_window_export_into (self, folder);
  g_object_unref (dialog);
}

static void
export_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_ ("Export All Tunnels into a Folder"), GTK_WINDOW (widget),
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Export"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (folder_chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
culvert_window_install_export_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.copy-command", NULL, copy_command_action);
  gtk_widget_class_install_action (widget_class, "win.copy-ssh-config", NULL,
                                   copy_ssh_config_action);
  gtk_widget_class_install_action (widget_class, "win.copy-systemd-unit", NULL,
                                   copy_systemd_unit_action);
  gtk_widget_class_install_action (widget_class, "win.server-kit", NULL, server_kit_action);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "win.export-all", NULL, export_all_action);
}
