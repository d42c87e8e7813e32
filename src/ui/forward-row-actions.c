/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-row-private.h"

#include "ui/forward-address.h"
#include "ui/recipe-dialog.h"
#include "words/failure.h"

#include <glib/gi18n.h>

void
culvert_forward_row_show_failure (CulvertForwardRow *self, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", words->what);
}

typedef char *(*AddressFunc) (const CulvertForwardSpec *spec,
                              const CulvertEndpoint    *bound,
                              const char               *server);

/* (transfer full) (nullable) */
static char *
dup_address (CulvertForwardRow *self, AddressFunc func)
{
  return func (culvert_forward_item_get_spec (self->item),
               culvert_forward_item_get_bound (self->item),
               culvert_tunnel_get_profile (self->tunnel)->host);
}

/* (transfer full) (nullable) */
static char *
dup_page (CulvertForwardRow *self)
{
  return culvert_forward_address_of_page (culvert_forward_item_get_spec (self->item),
                                          culvert_forward_item_get_bound (self->item));
}

static void
copy (CulvertForwardRow *self, const char *address)
{
  CulvertForwardSpec *spec = culvert_forward_item_get_spec (self->item);
  g_autofree char    *message = NULL;

  if (address == NULL)
    return;
  if (culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec)))
    /* Translators: %s is an address that programs at the server use */
    message = g_strdup_printf (_ ("“%s” copied: it is for programs at the server"), address);
  else
    message = g_strdup_printf (_ ("“%s” copied"), address);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), address);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", message);
}

static void
copy_address_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (widget);
  g_autofree char   *address = dup_address (self, culvert_forward_address);

  copy (self, address);
}

static void
copy_pac_address_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (widget);
  g_autofree char   *address = dup_address (self, culvert_forward_address_of_pac);

  copy (self, address);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (widget);
  g_autofree char   *uri = dup_page (self);
  GtkRoot           *root = gtk_widget_get_root (widget);

  if (uri != NULL)
    gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
}

/* (transfer full) (nullable) */
static CulvertEndpoint *
find_place (CulvertForwardRow *self)
{
  return culvert_forward_place (culvert_forward_item_get_spec (self->item),
                                culvert_forward_item_get_bound (self->item),
                                culvert_tunnel_get_profile (self->tunnel)->host);
}

static void
recipes_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow          *self = CULVERT_FORWARD_ROW (widget);
  g_autoptr (CulvertEndpoint) place = find_place (self);

  if (place != NULL)
    gtk_window_present (GTK_WINDOW (culvert_recipe_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), culvert_forward_item_get_spec (self->item), place,
      culvert_tunnel_get_profile (self->tunnel)->host)));
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (widget);

  gtk_widget_activate_action (widget, "win.edit-forward", "s",
                              culvert_forward_item_get_id (self->item));
}

static void
try_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (widget);

  culvert_tunnel_retry_forward (self->tunnel, culvert_forward_item_get_id (self->item));
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (widget);

  culvert_tunnel_test_forward (self->tunnel, culvert_forward_item_get_id (self->item));
}

static void
listen_at_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertForwardRow          *self = CULVERT_FORWARD_ROW (widget);
  g_autoptr (GError)          error = NULL;
  g_autoptr (CulvertEndpoint) listen =
    culvert_endpoint_parse (g_variant_get_string (parameter, NULL), &error);

  if (listen == NULL || !culvert_tunnel_manager_set_forward_listen (
                          self->manager, culvert_tunnel_get_id (self->tunnel),
                          culvert_forward_item_get_id (self->item), listen, &error))
    culvert_forward_row_show_failure (self, error);
}

void
culvert_forward_row_update_actions (CulvertForwardRow *self)
{
  GtkWidget                  *widget = GTK_WIDGET (self);
  g_autofree char            *address = dup_address (self, culvert_forward_address);
  g_autofree char            *pac = dup_address (self, culvert_forward_address_of_pac);
  g_autofree char            *page = dup_page (self);
  g_autoptr (CulvertEndpoint) place = find_place (self);

  gtk_widget_action_set_enabled (widget, "forward.recipes", place != NULL);
  gtk_widget_action_set_enabled (widget, "forward.copy-address", address != NULL);
  gtk_widget_action_set_enabled (widget, "forward.copy-pac-address", pac != NULL);
  gtk_widget_action_set_enabled (widget, "forward.open",
                                 page != NULL && culvert_forward_item_get_state (self->item) ==
                                                   CULVERT_FORWARD_LISTENING);
  gtk_widget_action_set_enabled (
    widget, "forward.test",
    culvert_forward_kind_is_remote (
      culvert_forward_spec_get_kind (culvert_forward_item_get_spec (self->item))) &&
      culvert_forward_item_get_state (self->item) == CULVERT_FORWARD_LISTENING &&
      culvert_forward_item_get_test_state (self->item) != CULVERT_TEST_RUNNING);
}

void
culvert_forward_row_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "forward.copy-address", NULL, copy_address_action);
  gtk_widget_class_install_action (widget_class, "forward.copy-pac-address", NULL,
                                   copy_pac_address_action);
  gtk_widget_class_install_action (widget_class, "forward.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "forward.recipes", NULL, recipes_action);
  gtk_widget_class_install_action (widget_class, "forward.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "forward.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "forward.try-again", NULL, try_again_action);
  gtk_widget_class_install_action (widget_class, "forward.listen-at", "s", listen_at_action);
}
