/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/paste-dialog.h"

#include "core/ssh-config.h"
#include "ui/command-reading.h"
#include "ui/no-break.h"
#include "ui/sandbox-hint.h"
#include "words/failure.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

struct _CulvertPasteDialog
{
  AdwWindow       parent_instance;
  CulvertProfile *draft;   /* NULL while the text is not a command that can be honoured */
  GCancellable   *reading; /* the clipboard */
  GCancellable   *parsing; /* what is typed; NULL when nothing is under way */
  GtkTextView    *text;
  GtkImage       *icon;
  GtkLabel       *message;
  GtkWidget      *sandbox_group;
  CulvertHintRow *sandbox_hint;
};

G_DEFINE_FINAL_TYPE (CulvertPasteDialog, culvert_paste_dialog, ADW_TYPE_WINDOW)

enum
{
  SIGNAL_PARSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_text (CulvertPasteDialog *self)
{
  GtkTextBuffer   *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter      start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  return g_strdup (g_strstrip (text));
}

static void
say (CulvertPasteDialog *self, const char *icon_name, const char *text)
{
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_label (self->message, text);
}

/* "alice@bastion · localhost:8080 → intranet:80" */
static char *
describe (const CulvertProfile *draft)
{
  g_autofree char *server = culvert_words_for_server (draft);
  GString         *text = g_string_new (server);

  for (guint i = 0; i < draft->forwards->len; i++)
    {
      g_autofree char *forward = culvert_words_for_forward_short (draft->forwards->pdata[i]);

      g_string_append_printf (text, "\n%s", forward);
    }
  return g_string_free (text, FALSE);
}

/* What the files of ssh_config ask for in vain. */
static void
add_notices (GString *text, GPtrArray *notices)
{
  for (guint i = 0; i < notices->len; i++)
    {
      const CulvertSshNotice *notice = g_ptr_array_index (notices, i);
      g_autofree char        *place = culvert_no_break (notice->place);

      if (notice->is_minor)
        continue;
      g_string_append_c (text, '\n');
      /* Translators: 1 is a line of a file, 2 the file with the line's number */
      g_string_append_printf (text, _ ("Left out: “%1$s” (%2$s)"), notice->what, place);
    }
}

static void
say_failure (CulvertPasteDialog *self, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);
  g_autofree char *text = words->next != NULL ? g_strdup_printf ("%s\n%s", words->what, words->next)
                                              : g_strdup (words->what);

  say (self, "dialog-warning-symbolic", text);
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertPasteDialog) self = user_data;
  g_autoptr (GPtrArray)          notices = NULL;
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertProfile)     draft = culvert_command_reading_finish (result, &notices, &error);
  g_autofree char               *description = NULL;
  g_autoptr (GString)            text = NULL;

  /* Another text is there, or the dialog is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->parsing);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paste.continue", draft != NULL);
  if (draft == NULL)
    {
      say_failure (self, error);
      return;
    }
  description = describe (draft);
  text = g_string_new (description);
  add_notices (text, notices);
  say (self, "object-select-symbolic", text->str);
  self->draft = g_steal_pointer (&draft);
}

static void
stop_parsing (CulvertPasteDialog *self)
{
  if (self->parsing != NULL)
    g_cancellable_cancel (self->parsing);
  g_clear_object (&self->parsing);
  g_clear_pointer (&self->draft, culvert_profile_unref);
}

static void
text_changed_cb (CulvertPasteDialog *self)
{
  g_autofree char *text = dup_text (self);

  stop_parsing (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "paste.continue", FALSE);
  if (*text == '\0')
    {
      say (self, "dialog-information-symbolic",
           _ ("For example: ssh -L 8080:intranet:80 alice@bastion.example.com"));
      return;
    }
  self->parsing = g_cancellable_new ();
  culvert_command_reading_start (text, self->parsing, parsed_cb, g_object_ref (self));
}

static void
continue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertPasteDialog        *self = CULVERT_PASTE_DIALOG (widget);
  g_autoptr (CulvertProfile) draft = g_steal_pointer (&self->draft);

  g_return_if_fail (draft != NULL);
  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[SIGNAL_PARSED], 0, draft);
  g_object_unref (self);
}

/* What was copied is taken only when it is one command and nothing was typed meanwhile. */
static void
clipboard_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertPasteDialog *self = user_data;
  g_autoptr (GError)  error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_autofree char *typed = NULL;
  const char      *command;

  /* Cancelled: the dialog is gone. */
  if (text == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  typed = dup_text (self);
  command = g_strstrip (text);
  if (g_str_has_prefix (command, "$ "))
    command += 2;
  if (*typed == '\0' && g_str_has_prefix (command, "ssh "))
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
}

static void
culvert_paste_dialog_dispose (GObject *object)
{
  CulvertPasteDialog *self = CULVERT_PASTE_DIALOG (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  stop_parsing (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_PASTE_DIALOG);
  G_OBJECT_CLASS (culvert_paste_dialog_parent_class)->dispose (object);
}

static void
culvert_paste_dialog_class_init (CulvertPasteDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_paste_dialog_dispose;
  signals[SIGNAL_PARSED] = g_signal_new ("parsed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, CULVERT_TYPE_PROFILE);
  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/paste-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertPasteDialog, text);
  gtk_widget_class_bind_template_child (widget_class, CulvertPasteDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, CulvertPasteDialog, message);
  gtk_widget_class_bind_template_child (widget_class, CulvertPasteDialog, sandbox_group);
  gtk_widget_class_bind_template_child (widget_class, CulvertPasteDialog, sandbox_hint);
  gtk_widget_class_install_action (widget_class, "paste.continue", NULL, continue_action);
}

static void
culvert_paste_dialog_init (CulvertPasteDialog *self)
{
  self->reading = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Aliases of ~/.ssh/config are not known then. */
  culvert_sandbox_hint_set (self->sandbox_hint, CULVERT_SANDBOX_SSH_FOLDER);
  gtk_widget_set_visible (self->sandbox_group,
                          (culvert_sandbox_get_lacks () & CULVERT_SANDBOX_SSH_FOLDER) != 0);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                           G_CALLBACK (text_changed_cb), self, G_CONNECT_SWAPPED);
  text_changed_cb (self);
}

GtkWidget *
culvert_paste_dialog_new (GtkWindow *parent)
{
  CulvertPasteDialog *self =
    g_object_new (CULVERT_TYPE_PASTE_DIALOG, "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);

  gtk_window_set_transient_for (GTK_WINDOW (self), parent);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->text));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (parent)), self->reading,
                                 clipboard_read_cb, self);
  return GTK_WIDGET (self);
}
