/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/group-dialog.h"

#include "ui/entry.h"
#include "ui/group-entry.h"

#include <glib/gi18n.h>

#define ACCEPT "accept"

/* What belongs to one dialog; lives as long as that. */
typedef struct
{
  AdwMessageDialog    *dialog;
  CulvertGroupEntry   *entry;
  CulvertTunnelGroups *groups;
  char                *present; /* the name now */
  gboolean             may_be_none;
  char                *body;
  CulvertGroupFunc     chosen;
  gpointer             user_data;
  GDestroyNotify       free_user_data;
} Asking;

static void
asking_free (gpointer data, GClosure *closure)
{
  Asking *self = data;

  if (self->free_user_data != NULL)
    self->free_user_data (self->user_data);
  g_object_unref (self->groups);
  g_free (self->present);
  g_free (self->body);
  g_free (self);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, Asking *self)
{
  g_autofree char *group = culvert_group_entry_dup_group (self->entry);

  if (g_str_equal (response, ACCEPT))
    self->chosen (group, self->user_data);
}

/* What it would lead to, or why it cannot. (transfer full) (nullable) */
static char *
describe (Asking *self, const char *group)
{
  if (*group == '\0')
    return NULL;
  if (!culvert_group_is_valid (group))
    return g_strdup (
      _ ("This can’t be a group’s name: it is too long, or has characters that can’t "
         "be typed."));
  if (!self->may_be_none && !g_str_equal (group, self->present) &&
      culvert_tunnel_groups_find (self->groups, group) != NULL)
    /* Translators: %s is the name of a group */
    return g_strdup_printf (_ ("There is a group “%s” already. Both become one."), group);
  return NULL;
}

static void
changed_cb (Asking *self)
{
  g_autofree char *group = culvert_group_entry_dup_group (self->entry);
  g_autofree char *words = describe (self, group);
  gboolean         is_good = *group == '\0' ? self->may_be_none : culvert_group_is_valid (group);

  adw_message_dialog_set_response_enabled (self->dialog, ACCEPT,
                                           is_good && !g_str_equal (group, self->present));
  adw_message_dialog_set_body (self->dialog, words != NULL ? words : self->body);
}

static GtkWidget *
dialog_new (GtkWindow *parent, const char *heading, const char *accept, Asking *self)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, heading, self->body);
  GtkWidget *list = gtk_list_box_new ();

  self->dialog = ADW_MESSAGE_DIALOG (dialog);
  self->entry = g_object_new (CULVERT_TYPE_GROUP_ENTRY, "activates-default", TRUE, NULL);
  culvert_group_entry_set_groups (self->entry, self->groups);
  if (!self->may_be_none)
    culvert_group_entry_require_group (self->entry);
  culvert_entry_set_text (ADW_ENTRY_ROW (self->entry), self->present);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (self->entry));
  adw_message_dialog_set_extra_child (self->dialog, list);
  adw_message_dialog_add_responses (self->dialog, "cancel", _ ("_Cancel"), ACCEPT, accept, NULL);
  adw_message_dialog_set_response_appearance (self->dialog, ACCEPT, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (self->dialog, ACCEPT);
  adw_message_dialog_set_close_response (self->dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), self, asking_free, 0);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (changed_cb), self);
  changed_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return dialog;
}

static Asking *
asking_new (CulvertTunnelGroups *groups,
            const char          *present,
            CulvertGroupFunc     chosen,
            gpointer             user_data,
            GDestroyNotify       free_user_data)
{
  Asking *self = g_new0 (Asking, 1);

  self->groups = g_object_ref (groups);
  self->present = g_strdup (present);
  self->chosen = chosen;
  self->user_data = user_data;
  self->free_user_data = free_user_data;
  return self;
}

GtkWidget *
culvert_group_dialog_new_for_tunnel (GtkWindow           *parent,
                                     CulvertTunnel       *tunnel,
                                     CulvertTunnelGroups *groups,
                                     CulvertGroupFunc     chosen,
                                     gpointer             user_data,
                                     GDestroyNotify       free_user_data)
{
  Asking *self = asking_new (groups, culvert_tunnel_get_profile (tunnel)->group, chosen, user_data,
                             free_user_data);

  self->may_be_none = TRUE;
  /* Translators: %s is the name of a tunnel */
  self->body = g_strdup_printf (
    _ ("“%s” is listed under the name of its group. A new name makes a new group."),
    culvert_tunnel_get_title (tunnel));
  return dialog_new (parent, _ ("Move to a Group"), _ ("_Move"), self);
}

GtkWidget *
culvert_group_dialog_new_for_group (GtkWindow           *parent,
                                    const char          *name,
                                    CulvertTunnelGroups *groups,
                                    CulvertGroupFunc     chosen,
                                    gpointer             user_data,
                                    GDestroyNotify       free_user_data)
{
  Asking *self = asking_new (groups, name, chosen, user_data, free_user_data);

  self->body = g_strdup ("");
  return dialog_new (parent, _ ("Rename Group"), _ ("_Rename"), self);
}
