/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/rows-in-sight.h"

#include "ui/tunnel-row.h"

/* So much more than is in sight, on both sides: a row is ready before it comes. */
#define SLACK_PX 100

/* On the rows while they are about to be told. */
#define PENDING "culvert-rows-in-sight-pending"

static gboolean
is_in_sight (GtkWidget *row, GtkWidget *rows, GtkAdjustment *height)
{
  graphene_rect_t place;
  double          top = gtk_adjustment_get_value (height);
  double          bottom = top + gtk_adjustment_get_page_size (height);

  if (!gtk_widget_compute_bounds (row, rows, &place))
    return TRUE;
  return place.origin.y + place.size.height >= top - SLACK_PX &&
         place.origin.y <= bottom + SLACK_PX;
}

static void
tell_rows (GtkWidget *rows)
{
  GtkAdjustment *height = gtk_list_box_get_adjustment (GTK_LIST_BOX (rows));

  if (height == NULL || !gtk_widget_get_mapped (rows))
    return;
  for (GtkWidget *row = gtk_widget_get_first_child (rows); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (CULVERT_IS_TUNNEL_ROW (row))
      culvert_tunnel_row_set_in_sight (CULVERT_TUNNEL_ROW (row), is_in_sight (row, rows, height));
}

static gboolean
tell_rows_cb (gpointer user_data)
{
  g_object_set_data (user_data, PENDING, NULL);
  tell_rows (user_data);
  return G_SOURCE_REMOVE;
}

/* Once the rows have their new places, and once for all that have come by then. */
static void
places_changed_cb (GtkWidget *rows)
{
  if (g_object_get_data (G_OBJECT (rows), PENDING) != NULL)
    return;
  g_object_set_data (G_OBJECT (rows), PENDING, rows);
  g_idle_add_full (G_PRIORITY_LOW, tell_rows_cb, g_object_ref (rows), g_object_unref);
}

void
culvert_rows_in_sight_follow (GtkListBox *rows, GListModel *model)
{
  GtkAdjustment *height = gtk_list_box_get_adjustment (rows);

  g_return_if_fail (GTK_IS_LIST_BOX (rows));
  g_return_if_fail (G_IS_LIST_MODEL (model));
  g_return_if_fail (height != NULL);

  g_signal_connect_object (height, "value-changed", G_CALLBACK (tell_rows), rows,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (height, "changed", G_CALLBACK (places_changed_cb), rows,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (places_changed_cb), rows,
                           G_CONNECT_SWAPPED);
  g_signal_connect (rows, "map", G_CALLBACK (places_changed_cb), NULL);
}
