/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-drag.h"

#include "core/profile-groups.h"
#include "ui/group-row.h"
#include "words/failure.h"

static GdkContentProvider *
prepare_cb (GtkDragSource *source, double x, double y, CulvertTunnelRow *row)
{
  return gdk_content_provider_new_typed (CULVERT_TYPE_TUNNEL, culvert_tunnel_row_get_tunnel (row));
}

static void
drag_begin_cb (GtkDragSource *source, GdkDrag *drag, CulvertTunnelRow *row)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (row));

  gtk_drag_source_set_icon (source, picture, 0, 0);
}

void
culvert_tunnel_drag_add_source (CulvertTunnelRow *row)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), row);
  g_signal_connect (source, "drag-begin", G_CALLBACK (drag_begin_cb), row);
  gtk_widget_add_controller (GTK_WIDGET (row), GTK_EVENT_CONTROLLER (source));
}

/* (transfer none) (nullable): the row there, or the last one below all */
static GtkListBoxRow *
find_row (GtkListBox *rows, double y, gboolean *is_below)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (rows, (int)y);
  double         inner_y;

  if (row == NULL)
    {
      GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (rows));

      *is_below = TRUE;
      return GTK_IS_LIST_BOX_ROW (last) && gtk_widget_get_mapped (last) ? GTK_LIST_BOX_ROW (last)
                                                                        : NULL;
    }
  gtk_widget_translate_coordinates (GTK_WIDGET (rows), GTK_WIDGET (row), 0, y, NULL, &inner_y);
  *is_below = inner_y > gtk_widget_get_height (GTK_WIDGET (row)) / 2.0;
  return row;
}

/* At most one row shows where a drop would go. */
static void
mark (GtkListBox *rows, GtkListBoxRow *row, gboolean is_below)
{
  GtkListBoxRow *other;

  for (int i = 0; (other = gtk_list_box_get_row_at_index (rows, i)) != NULL; i++)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (other), "drop-above");
      gtk_widget_remove_css_class (GTK_WIDGET (other), "drop-below");
    }
  if (row != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row),
                              is_below || CULVERT_IS_GROUP_ROW (row) ? "drop-below" : "drop-above");
}

static GdkDragAction
motion_cb (GtkDropTarget *target, double x, double y, GtkListBox *rows)
{
  gboolean       is_below;
  GtkListBoxRow *row = find_row (rows, y, &is_below);

  mark (rows, row, is_below);
  return GDK_ACTION_MOVE;
}

static void
leave_cb (GtkDropTarget *target, GtkListBox *rows)
{
  mark (rows, NULL, FALSE);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, GtkListBox *rows)
{
  CulvertProfileStore *store = g_object_get_data (G_OBJECT (target), "store");
  gboolean             is_below;
  GtkListBoxRow       *row = find_row (rows, y, &is_below);

  mark (rows, NULL, FALSE);
  return row != NULL &&
         culvert_tunnel_drag_drop (rows, store, g_value_get_object (value), row, is_below);
}

void
culvert_tunnel_drag_add_target (GtkListBox *rows, CulvertProfileStore *store)
{
  GtkDropTarget *target = gtk_drop_target_new (CULVERT_TYPE_TUNNEL, GDK_ACTION_MOVE);

  g_object_set_data_full (G_OBJECT (target), "store", g_object_ref (store), g_object_unref);
  g_signal_connect (target, "motion", G_CALLBACK (motion_cb), rows);
  g_signal_connect (target, "leave", G_CALLBACK (leave_cb), rows);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), rows);
  gtk_widget_add_controller (GTK_WIDGET (rows), GTK_EVENT_CONTROLLER (target));
}

/* (nullable): of the first tunnel behind @row in its group, other than @tunnel */
static const char *
find_next (GtkListBox *rows, GtkListBoxRow *row, CulvertTunnel *tunnel, const char *group)
{
  for (int i = gtk_list_box_row_get_index (row) + 1;; i++)
    {
      GtkListBoxRow *next = gtk_list_box_get_row_at_index (rows, i);
      CulvertTunnel *other;

      if (next == NULL || !CULVERT_IS_TUNNEL_ROW (next))
        return NULL;
      other = culvert_tunnel_row_get_tunnel (CULVERT_TUNNEL_ROW (next));
      if (!g_str_equal (culvert_tunnel_get_profile (other)->group, group))
        return NULL;
      if (other != tunnel)
        return culvert_tunnel_get_id (other);
    }
}

gboolean
culvert_tunnel_drag_drop (GtkListBox          *rows,
                          CulvertProfileStore *store,
                          CulvertTunnel       *tunnel,
                          GtkListBoxRow       *on,
                          gboolean             is_below)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *group = NULL;
  g_autofree char   *before = NULL;

  if (CULVERT_IS_GROUP_ROW (on))
    {
      group = g_strdup (
        culvert_tunnel_group_get_name (culvert_group_row_get_group (CULVERT_GROUP_ROW (on))));
      before = g_strdup (find_next (rows, on, tunnel, group));
    }
  else
    {
      CulvertTunnel *there = culvert_tunnel_row_get_tunnel (CULVERT_TUNNEL_ROW (on));

      if (there == tunnel)
        return FALSE;
      group = g_strdup (culvert_tunnel_get_profile (there)->group);
      before =
        g_strdup (is_below ? find_next (rows, on, tunnel, group) : culvert_tunnel_get_id (there));
    }
  if (!culvert_profile_store_place (store, culvert_tunnel_get_id (tunnel), group, before, &error))
    {
      g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);

      gtk_widget_activate_action (GTK_WIDGET (rows), "win.show-message", "s", words->what);
      return FALSE;
    }
  return TRUE;
}
