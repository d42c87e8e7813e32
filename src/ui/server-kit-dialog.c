/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/server-kit-dialog.h"

#include "core/public-keys.h"
#include "core/server-kit.h"
#include "ui/text-box.h"

#include <glib/gi18n.h>

struct _CulvertServerKitDialog
{
  AdwWindow       parent_instance;
  CulvertProfile *profile;
  GCancellable   *reading;
  GtkBox         *content;
};

G_DEFINE_FINAL_TYPE (CulvertServerKitDialog, culvert_server_kit_dialog, ADW_TYPE_WINDOW)

static void
add_heading (CulvertServerKitDialog *self, const CulvertServerKit *kit)
{
  /* Translators: %s is the name of a server */
  const char      *format = kit->is_jump ? _ ("On the jump server %s") : _ ("On the server %s");
  g_autofree char *text = NULL;
  GtkWidget       *label;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  text = g_strdup_printf (format, kit->server);
#pragma GCC diagnostic pop
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "title-4");
  gtk_box_append (self->content, label);
}

static void
add_kit (CulvertServerKitDialog *self, const CulvertServerKit *kit)
{
  g_autofree char *keys = NULL;
  g_autofree char *config = NULL;

  keys = g_strdup_printf (
    /* Translators: %s is a user name at the server */
    _ ("One line for the file .ssh/authorized_keys in the home folder of %s. It limits this key, "
       "and no other."),
    kit->user);
  config = g_strdup_printf (
    /* Translators: %s is a user name at the server */
    _ ("For the end of the file /etc/ssh/sshd_config. It limits %s however they sign in, and "
       "leaves them no shell: for a user who is there for this tunnel alone."),
    kit->user);
  gtk_box_append (self->content,
                  culvert_text_box_new ("authorized_keys", keys, kit->authorized_keys));
  gtk_box_append (self->content, culvert_text_box_new ("sshd_config", config, kit->sshd_config));
}

static void
keys_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertServerKitDialog *self = CULVERT_SERVER_KIT_DIALOG (source);
  g_auto (GStrv)          keys = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GPtrArray)   kits = NULL;

  /* The dialog is gone. */
  if (keys == NULL)
    return;
  kits = culvert_server_kits_new (self->profile, (const char *const *)keys);
  for (guint i = 0; i < kits->len; i++)
    {
      if (kits->len > 1)
        add_heading (self, g_ptr_array_index (kits, i));
      add_kit (self, g_ptr_array_index (kits, i));
    }
}

static void
find_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, culvert_public_keys_find (data), (GDestroyNotify)g_strfreev);
}

static void
find_keys (CulvertServerKitDialog *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->reading, keys_found_cb, NULL);

  g_task_set_source_tag (task, find_keys);
  g_task_set_task_data (task, culvert_profile_ref (self->profile),
                        (GDestroyNotify)culvert_profile_unref);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, find_in_thread);
}

static void
culvert_server_kit_dialog_dispose (GObject *object)
{
  CulvertServerKitDialog *self = CULVERT_SERVER_KIT_DIALOG (object);

  g_cancellable_cancel (self->reading);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_SERVER_KIT_DIALOG);
  G_OBJECT_CLASS (culvert_server_kit_dialog_parent_class)->dispose (object);
}

static void
culvert_server_kit_dialog_finalize (GObject *object)
{
  CulvertServerKitDialog *self = CULVERT_SERVER_KIT_DIALOG (object);

  g_clear_object (&self->reading);
  g_clear_pointer (&self->profile, culvert_profile_unref);
  G_OBJECT_CLASS (culvert_server_kit_dialog_parent_class)->finalize (object);
}

static void
culvert_server_kit_dialog_class_init (CulvertServerKitDialogClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_server_kit_dialog_dispose;
  object_class->finalize = culvert_server_kit_dialog_finalize;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/culvert_app/Culvert/server-kit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertServerKitDialog, content);
}

static void
culvert_server_kit_dialog_init (CulvertServerKitDialog *self)
{
  self->reading = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_server_kit_dialog_new (GtkWindow *parent, CulvertProfile *profile)
{
  CulvertServerKitDialog *self =
    g_object_new (CULVERT_TYPE_SERVER_KIT_DIALOG, "transient-for", parent, NULL);

  self->profile = culvert_profile_ref (profile);
  find_keys (self);
  return GTK_WIDGET (self);
}
