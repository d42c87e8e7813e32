/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/file-choosers.h"

#include "core/errors.h"
#include "core/profile-file.h"
#include "words/failure.h"

#include <glib/gi18n.h>

typedef struct
{
  GWeakRef origin; /* of a widget: of "Save" the one that asked, of "Open" the parent */
  GBytes  *bytes;  /* to save */
  char    *name;   /* of the file that is read */
  char    *buffer; /* for its content */
  CulvertFileChosenFunc func;
  gpointer              user_data;
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
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->buffer, g_free);
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
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Choice)    choice = user_data;
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&choice->origin);
  g_autoptr (GError)    error = NULL;
  gsize                 n_bytes = 0;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_bytes, &error);
  if (origin == NULL)
    return;
  if (error == NULL && n_bytes > CULVERT_PROFILE_MAX_BYTES)
    g_set_error (&error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_TOO_LARGE,
                 "%s: larger than %d bytes", choice->name, CULVERT_PROFILE_MAX_BYTES);
  if (error != NULL)
    choice->func (choice->name, NULL, 0, error, choice->user_data);
  else
    choice->func (choice->name, choice->buffer, n_bytes, NULL, choice->user_data);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Choice)           choice = user_data;
  g_autoptr (GtkWidget)        origin = g_weak_ref_get (&choice->origin);
  g_autoptr (GError)           error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);
  char                        *buffer;

  choice->name = g_file_get_basename (G_FILE (source));
  if (stream == NULL)
    {
      if (origin != NULL)
        choice->func (choice->name, NULL, 0, error, choice->user_data);
      return;
    }
  /* One byte more than allowed tells a file that is too large from one that just fits. */
  buffer = choice->buffer = g_malloc (CULVERT_PROFILE_MAX_BYTES + 1);
  g_input_stream_read_all_async (G_INPUT_STREAM (stream), buffer, CULVERT_PROFILE_MAX_BYTES + 1,
                                 G_PRIORITY_DEFAULT, NULL, read_cb, g_steal_pointer (&choice));
}

void
culvert_read_tunnel_file (GtkWidget            *origin,
                          GFile                *file,
                          CulvertFileChosenFunc func,
                          gpointer              user_data)
{
  Choice *choice = choice_new (origin);

  choice->func = func;
  choice->user_data = user_data;
  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, opened_cb, choice);
}

static void
open_response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Choice)    choice = user_data;
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&choice->origin);
  g_autoptr (GFile)     file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL && origin != NULL)
    culvert_read_tunnel_file (origin, file, choice->func, choice->user_data);
  g_object_unref (dialog);
}

void
culvert_choose_tunnel_file (GtkWindow *parent, CulvertFileChosenFunc func, gpointer user_data)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    _ ("Import a Tunnel"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"), NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  Choice                   *choice = choice_new (parent);

  choice->func = func;
  choice->user_data = user_data;
  gtk_file_filter_set_name (filter, _ ("Culvert tunnels"));
  gtk_file_filter_add_suffix (filter, CULVERT_PROFILE_SUFFIX + 1);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (open_response_cb), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
