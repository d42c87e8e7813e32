/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Where tunnels stand in the list, and the groups that they are in. */

#include "core/profile-groups.h"
#include "ui/group-dialog.h"
#include "ui/window-private.h"

#include <glib/gi18n.h>

static CulvertProfileStore *
get_store (CulvertWindow *self)
{
  return culvert_tunnel_manager_get_store (self->manager);
}

/* (transfer full) (element-type CulvertTunnel): those beside which the tunnel that is shown can stand */
static GPtrArray *
list_neighbours (CulvertWindow *self, guint *position)
{
  GPtrArray  *neighbours = g_ptr_array_new_with_free_func (g_object_unref);
  const char *group = culvert_tunnel_get_profile (self->tunnel)->group;
  GListModel *model = G_LIST_MODEL (self->manager);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (model, i);

      if (!g_str_equal (culvert_tunnel_get_profile (tunnel)->group, group))
        continue;
      if (tunnel == self->tunnel)
        *position = neighbours->len;
      g_ptr_array_add (neighbours, g_steal_pointer (&tunnel));
    }
  return neighbours;
}

static void
place (CulvertWindow *self, const char *id, const char *group, const char *before)
{
  g_autoptr (GError) error = NULL;

  if (!culvert_profile_store_place (get_store (self), id, group, before, &error))
    culvert_window_show_failure (self, _ ("The Tunnel Could Not Be Moved"), error);
}

static void
move_tunnel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow        *self = CULVERT_WINDOW (widget);
  gboolean              is_up = g_str_equal (name, "win.move-up");
  guint                 position = 0;
  g_autoptr (GPtrArray) neighbours = list_neighbours (self, &position);
  guint                 before = is_up ? position - 1 : position + 2;
  gboolean              has_focus = culvert_tunnel_list_has_focus (self->list);

  if (is_up ? position == 0 : position + 1 >= neighbours->len)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  place (self, culvert_tunnel_get_id (self->tunnel),
         culvert_tunnel_get_profile (self->tunnel)->group,
         before < neighbours->len ? culvert_tunnel_get_id (g_ptr_array_index (neighbours, before))
                                  : NULL);
  /* The row is another one at its new place. */
  if (has_focus)
    culvert_tunnel_list_focus_selected (self->list);
}

typedef struct
{
  CulvertWindow *window;  /* not held: the dialog goes with it */
  char          *subject; /* a tunnel's id, or a group's name */
} Choice;

static void
choice_free (gpointer data)
{
  Choice *self = data;

  g_free (self->subject);
  g_free (self);
}

static Choice *
choice_new (CulvertWindow *window, const char *subject)
{
  Choice *self = g_new0 (Choice, 1);

  self->window = window;
  self->subject = g_strdup (subject);
  return self;
}

static void
tunnel_group_chosen_cb (const char *group, gpointer user_data)
{
  Choice            *choice = user_data;
  CulvertTunnelList *list = choice->window->list;
  gboolean           has_focus = culvert_tunnel_list_has_focus (list);

  place (choice->window, choice->subject, group, NULL);
  culvert_tunnel_list_reveal_selected (list);
  /* The row is another one at its new place. */
  if (has_focus)
    culvert_tunnel_list_focus_selected (list);
}

static void
move_to_group_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (culvert_group_dialog_new_for_tunnel (
    GTK_WINDOW (self), self->tunnel, culvert_tunnel_manager_get_groups (self->manager),
    tunnel_group_chosen_cb, choice_new (self, culvert_tunnel_get_id (self->tunnel)), choice_free)));
}

static void
new_name_chosen_cb (const char *group, gpointer user_data)
{
  Choice              *choice = user_data;
  CulvertTunnelList   *list = choice->window->list;
  CulvertTunnelGroups *groups = culvert_tunnel_manager_get_groups (choice->window->manager);
  gboolean             is_new = culvert_tunnel_groups_find (groups, group) == NULL;
  gboolean             is_collapsed = culvert_tunnel_list_is_collapsed (list, choice->subject);
  g_autoptr (GError)   error = NULL;

  if (!culvert_profile_store_rename_group (get_store (choice->window), choice->subject, group,
                                           &error))
    culvert_window_show_failure (choice->window, _ ("The Group Could Not Be Renamed"), error);
  if (is_new)
    culvert_tunnel_list_set_collapsed (list, group, is_collapsed);
  /* Its heading is another row now. */
  culvert_tunnel_list_focus_group (list, group);
}

static void
rename_group_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);
  const char    *group = g_variant_get_string (parameter, NULL);

  gtk_window_present (GTK_WINDOW (culvert_group_dialog_new_for_group (
    GTK_WINDOW (self), group, culvert_tunnel_manager_get_groups (self->manager), new_name_chosen_cb,
    choice_new (self, group), choice_free)));
}

static void
move_group_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow     *self = CULVERT_WINDOW (widget);
  const char        *group = g_variant_get_string (parameter, NULL);
  gboolean           is_up = g_str_equal (name, "win.move-group-up");
  g_auto (GStrv)     groups = culvert_profile_store_list_groups (get_store (self));
  guint              n_groups = g_strv_length (groups);
  guint              position = 0;
  g_autoptr (GError) error = NULL;

  while (position < n_groups && !g_str_equal (groups[position], group))
    position++;
  if (is_up ? position == 0 : position + 1 >= n_groups)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  /* Behind the last there is NULL, which is the end. */
  if (!culvert_profile_store_move_group (get_store (self), group,
                                         groups[is_up ? position - 1 : position + 2], &error))
    culvert_window_show_failure (self, _ ("The Group Could Not Be Moved"), error);
  culvert_tunnel_list_focus_group (self->list, group);
}

/* One at a time */

/* Who was switched on, and who was switched off for it. */
typedef struct
{
  CulvertWindow *window; /* outlives its toasts */
  CulvertTunnel *tunnel;
  char          *before_id;
} Turn;

static void
turn_free (gpointer data, GClosure *closure)
{
  Turn *self = data;

  g_object_unref (self->tunnel);
  g_free (self->before_id);
  g_free (self);
}

static void
undo_turn_cb (AdwToast *toast, Turn *turn)
{
  CulvertTunnel *before = culvert_tunnel_manager_find (turn->window->manager, turn->before_id);

  culvert_tunnel_stop (turn->tunnel);
  /* It may have been removed meanwhile. */
  if (before != NULL)
    culvert_tunnel_start (before);
}

static void
turn_toast_gone_cb (CulvertWindow *self, AdwToast *toast)
{
  if (self->turn_toast == toast)
    self->turn_toast = NULL;
}

static void
turn_taken_cb (CulvertWindow *self, CulvertTunnel *tunnel, GPtrArray *stopped)
{
  CulvertTunnel   *before = g_ptr_array_index (stopped, 0);
  Turn            *turn = g_new0 (Turn, 1);
  g_autofree char *text = g_strdup_printf (
    /* Translators: the first %s is the name of a tunnel, the second that of its group */
    _ ("“%s” switched off: only one of “%s” is on at a time"), culvert_tunnel_get_title (before),
    culvert_tunnel_get_profile (tunnel)->group);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  /* Only the latest can be undone. */
  if (self->turn_toast != NULL)
    adw_toast_dismiss (self->turn_toast);
  self->turn_toast = adw_toast_new (escaped);
  turn->window = self;
  turn->tunnel = g_object_ref (tunnel);
  turn->before_id = g_strdup (culvert_tunnel_get_id (before));
  adw_toast_set_button_label (self->turn_toast, _ ("_Undo"));
  g_signal_connect_data (self->turn_toast, "button-clicked", G_CALLBACK (undo_turn_cb), turn,
                         turn_free, 0);
  g_signal_connect_object (self->turn_toast, "dismissed", G_CALLBACK (turn_toast_gone_cb), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, self->turn_toast);
}

void
culvert_window_watch_turns (CulvertWindow *self)
{
  g_signal_connect_object (self->manager, "turn-taken", G_CALLBACK (turn_taken_cb), self,
                           G_CONNECT_SWAPPED);
}

void
culvert_window_install_group_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.move-up", NULL, move_tunnel_action);
  gtk_widget_class_install_action (widget_class, "win.move-down", NULL, move_tunnel_action);
  gtk_widget_class_install_action (widget_class, "win.move-to-group", NULL, move_to_group_action);
  gtk_widget_class_install_action (widget_class, "win.rename-group", "s", rename_group_action);
  gtk_widget_class_install_action (widget_class, "win.move-group-up", "s", move_group_action);
  gtk_widget_class_install_action (widget_class, "win.move-group-down", "s", move_group_action);
}
