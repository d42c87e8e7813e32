/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/file-choosers.h"

#include <glib/gi18n.h>

typedef struct
{
  GWeakRef origin; /* of a widget: of "Save" the one that asked, of "Open" the parent */
  GBytes  *bytes;  /* to save */
  CulvertFilesChosenFunc func;
  gpointer               user_data;
} Choice;

static Choice *
choice_new (gpointer origin)
{
  Choice *self = g_new0 (Choice, 1);

  g_weak_ref_init (&self->origin, origin);
  return self;
}

static void
choice_free (Choice *self)
{
  g_weak_ref_clear (&self->origin);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_free)

static GtkWindow *
get_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Choice)    choice = user_data;
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&choice->origin);
  g_autoptr (GError)    error = NULL;
  g_autofree char      *name = g_file_get_basename (G_FILE (source));
  g_autofree char      *message = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    message = g_strdup_printf (_ ("“%s” saved"), name);
  else
    message = g_strdup_printf (_ ("“%s” could not be saved: %s"), name, error->message);
  if (origin != NULL)
    gtk_widget_activate_action (origin, "win.show-message", "s", message);
}

static void
save_response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Choice) choice = user_data;
  g_autoptr (GFile)  file = NULL;
  GBytes            *bytes = choice->bytes;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                         G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                         NULL, saved_cb, g_steal_pointer (&choice));
  g_object_unref (dialog);
}

void
culvert_choose_and_save (GtkWidget  *widget,
                         const char *title,
                         const char *file_name,
                         const char *text)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    title, get_window (widget), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  Choice *choice = choice_new (widget);

  choice->bytes = g_bytes_new (text, strlen (text));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file_name);
  g_signal_connect (dialog, "response", G_CALLBACK (save_response_cb), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
open_response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Choice)       choice = user_data;
  g_autoptr (GtkWidget)    origin = g_weak_ref_get (&choice->origin);
  g_autoptr (GListModel)   files = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           paths = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char  *path = g_file_get_path (file);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  paths = g_strv_builder_end (builder);
  if (paths[0] != NULL && origin != NULL)
    choice->func ((const char *const *)paths, choice->user_data);
  g_object_unref (dialog);
}

void
culvert_choose_import_files (GtkWindow *parent, CulvertFilesChosenFunc func, gpointer user_data)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _ ("Import Tunnels"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), NULL);
  Choice *choice = choice_new (parent);

  choice->func = func;
  choice->user_data = user_data;
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (open_response_cb), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
