/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "ui/import-dialog.h"

#include <glib/gi18n.h>

/* Importing tunnels, and taking that back. */

typedef struct
{
  CulvertWindow     *window; /* outlives its toasts */
  CulvertImportUndo *undo;
} Offer;

static void
offer_free_cb (gpointer data, GClosure *closure)
{
  Offer *offer = data;

  g_object_unref (offer->undo);
  g_free (offer);
}

static void
undo_cb (AdwToast *toast, Offer *offer)
{
  g_autoptr (GError) error = NULL;

  if (!culvert_import_undo_apply (offer->undo, offer->window->manager, &error))
    culvert_window_show_failure (offer->window, _ ("Not All Could Be Taken Back"), error);
}

static void
imported_cb (CulvertImportDialog *dialog, CulvertImportUndo *undo, gpointer user_data)
{
  CulvertWindow   *self = CULVERT_WINDOW (user_data);
  guint            n = culvert_import_undo_get_n (undo);
  g_autofree char *title =
    g_strdup_printf (ngettext ("%u tunnel imported", "%u tunnels imported", n), n);
  AdwToast *toast = adw_toast_new (title);
  Offer    *offer = g_new0 (Offer, 1);

  offer->window = self;
  offer->undo = g_object_ref (undo);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), offer, offer_free_cb, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
  culvert_window_show_tunnel (self, culvert_import_undo_get_first_id (undo));
}

static void
open_dialog (CulvertWindow *self, const char *const *paths)
{
  GtkWidget *dialog = culvert_import_dialog_new (GTK_WINDOW (self), self->manager, paths);

  g_signal_connect_object (dialog, "imported", G_CALLBACK (imported_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
import_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_dialog (CULVERT_WINDOW (widget), NULL);
}

static void
import_from_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *paths[] = { g_variant_get_bytestring (parameter), NULL };

  open_dialog (CULVERT_WINDOW (widget), paths);
}

void
culvert_window_install_import_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.import", NULL, import_action);
  gtk_widget_class_install_action (widget_class, "win.import-from", "ay", import_from_action);
}
