/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/group-entry.h"

#include "ui/entry.h"

#include <glib/gi18n.h>

struct _CulvertGroupEntry
{
  AdwEntryRow          parent_instance;
  CulvertTunnelGroups *groups;
  GMenu               *menu;
  GtkWidget           *chooser;
  gboolean             must_be_one;
};

G_DEFINE_FINAL_TYPE (CulvertGroupEntry, culvert_group_entry, ADW_TYPE_ENTRY_ROW)

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  culvert_entry_set_text (ADW_ENTRY_ROW (widget), g_variant_get_string (parameter, NULL));
}

static void
add_choice (GMenu *menu, const char *label, const char *group)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "group-entry.choose", "s", group);
  g_menu_append_item (menu, item);
}

static void
update_menu (CulvertGroupEntry *self)
{
  GListModel       *groups = G_LIST_MODEL (self->groups);
  guint             n_groups = g_list_model_get_n_items (groups);
  g_autoptr (GMenu) names = g_menu_new ();

  g_menu_remove_all (self->menu);
  for (guint i = 0; i < n_groups; i++)
    {
      g_autoptr (CulvertTunnelGroup) group = g_list_model_get_item (groups, i);
      const char                    *name = culvert_tunnel_group_get_name (group);
      /* What is underlined in a menu is not to be in a name. */
      g_auto (GStrv)   parts = g_strsplit (name, "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);

      add_choice (names, label, name);
    }
  g_menu_append_section (self->menu, NULL, G_MENU_MODEL (names));
  if (!self->must_be_one)
    add_choice (self->menu, _ ("_No Group"), "");
  gtk_widget_set_visible (self->chooser, n_groups > 0);
}

static void
culvert_group_entry_dispose (GObject *object)
{
  CulvertGroupEntry *self = CULVERT_GROUP_ENTRY (object);

  if (self->groups != NULL)
    g_signal_handlers_disconnect_by_func (self->groups, update_menu, self);
  g_clear_object (&self->groups);
  g_clear_object (&self->menu);
  G_OBJECT_CLASS (culvert_group_entry_parent_class)->dispose (object);
}

static void
culvert_group_entry_class_init (CulvertGroupEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_group_entry_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "group-entry.choose", "s",
                                   choose_action);
}

static void
culvert_group_entry_init (CulvertGroupEntry *self)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("_Group"));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (self), TRUE);
  self->menu = g_menu_new ();
  self->chooser = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->chooser), "pan-down-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->chooser), G_MENU_MODEL (self->menu));
  gtk_widget_set_valign (self->chooser, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->chooser, _ ("Choose a Group"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chooser), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Choose a Group"), -1);
  gtk_widget_add_css_class (self->chooser, "flat");
  gtk_widget_set_visible (self->chooser, FALSE);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), self->chooser);
}

void
culvert_group_entry_set_groups (CulvertGroupEntry *self, CulvertTunnelGroups *groups)
{
  g_return_if_fail (CULVERT_IS_GROUP_ENTRY (self));
  g_return_if_fail (self->groups == NULL);

  self->groups = g_object_ref (groups);
  g_signal_connect_object (groups, "items-changed", G_CALLBACK (update_menu), self,
                           G_CONNECT_SWAPPED);
  update_menu (self);
}

void
culvert_group_entry_require_group (CulvertGroupEntry *self)
{
  g_return_if_fail (CULVERT_IS_GROUP_ENTRY (self));
  self->must_be_one = TRUE;
  update_menu (self);
}

char *
culvert_group_entry_dup_group (CulvertGroupEntry *self)
{
  g_return_val_if_fail (CULVERT_IS_GROUP_ENTRY (self), NULL);
  return g_strstrip (g_strdup (culvert_entry_get_text (ADW_ENTRY_ROW (self))));
}
