/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notices.h"

#include "words/failure.h"

#include <glib/gi18n.h>

/* The list beside is as wide as its tunnels want it. */
#define MAX_WIDTH_CHARS 36

struct _CulvertNotices
{
  GtkBox               parent_instance;
  CulvertProfileStore *store;
  CulvertSecretStore  *secrets;
};

G_DEFINE_FINAL_TYPE (CulvertNotices, culvert_notices, GTK_TYPE_BOX)

static void
shown_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError)    error = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    return;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (widget, "win.show-message", "s",
                                _ ("The folder could not be opened"));
}

/* The file itself may belong to no program; its folder always does. */
static void
show_file_cb (GtkButton *button, gpointer user_data)
{
  const char      *path = g_object_get_data (G_OBJECT (button), "culvert-path");
  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *uri = g_filename_to_uri (dir, NULL, NULL);
  GtkRoot         *root = gtk_widget_get_root (GTK_WIDGET (button));

  if (uri != NULL && GTK_IS_WINDOW (root))
    gtk_show_uri_full (GTK_WINDOW (root), uri, GDK_CURRENT_TIME, NULL, shown_cb,
                       g_object_ref (button));
}

/* (transfer none): the box for the text of a notice and what can be done, already in @self */
static GtkWidget *
add_notice (CulvertNotices *self, const char *icon_name, const char *text)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *image =
    g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name, "accessible-role",
                  GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_START, NULL);
  GtkWidget *label =
    g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0, "hexpand", TRUE, "wrap", TRUE,
                  "wrap-mode", PANGO_WRAP_WORD_CHAR, "natural-wrap-mode", GTK_NATURAL_WRAP_NONE,
                  "max-width-chars", MAX_WIDTH_CHARS, NULL);

  gtk_widget_add_css_class (box, "notice");
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), content);
  gtk_box_append (GTK_BOX (content), label);
  gtk_box_append (GTK_BOX (self), box);
  return content;
}

static void
add_bad_file (CulvertNotices *self, const CulvertBadFile *bad)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (bad->error);
  g_autofree char                *name = g_path_get_basename (bad->path);
  g_autofree char                *text = NULL;
  g_autofree char                *button_name = NULL;
  GtkWidget                      *box;
  GtkWidget                      *button = gtk_button_new_with_mnemonic (_ ("_Show File"));

  text = words->next != NULL ? g_strdup_printf ("%s: %s %s", name, words->what, words->next)
                             : g_strdup_printf ("%s: %s", name, words->what);
  box = add_notice (self, "dialog-warning-symbolic", text);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (button), "culvert-path", g_strdup (bad->path), g_free);
  button_name = g_strdup_printf (_ ("Show File %s"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  button_name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (show_file_cb), NULL);
  gtk_box_append (GTK_BOX (box), button);
}

static void
rebuild (CulvertNotices *self)
{
  GPtrArray *bad_files = culvert_profile_store_get_bad_files (self->store);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
  for (guint i = 0; i < bad_files->len; i++)
    add_bad_file (self, bad_files->pdata[i]);
  if (culvert_secret_store_get_kind (self->secrets) == CULVERT_SECRET_STORE_MEMORY)
    add_notice (self, "dialog-information-symbolic",
                _ ("No keyring: passwords are kept until you quit"));
  else if (culvert_secret_store_get_kind (self->secrets) == CULVERT_SECRET_STORE_DENIED)
    add_notice (self, "dialog-information-symbolic",
                _ ("The keyring does not let Culvert in: passwords are kept until you quit"));
  gtk_widget_set_visible (GTK_WIDGET (self),
                          gtk_widget_get_first_child (GTK_WIDGET (self)) != NULL);
}

static void
culvert_notices_dispose (GObject *object)
{
  CulvertNotices *self = CULVERT_NOTICES (object);

  g_clear_object (&self->store);
  g_clear_object (&self->secrets);
  G_OBJECT_CLASS (culvert_notices_parent_class)->dispose (object);
}

static void
culvert_notices_class_init (CulvertNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_notices_dispose;
}

static void
culvert_notices_init (CulvertNotices *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
culvert_notices_set_sources (CulvertNotices      *self,
                             CulvertProfileStore *store,
                             CulvertSecretStore  *secrets)
{
  g_return_if_fail (CULVERT_IS_NOTICES (self));
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->secrets = g_object_ref (secrets);
  g_signal_connect_object (store, "bad-files-changed", G_CALLBACK (rebuild), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (secrets, "kind-changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
}
