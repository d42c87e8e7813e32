/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/drops-view.h"

#include "ui/drop-row.h"

#include <glib/gi18n.h>

struct _CulvertDropsView
{
  CulvertTunnelPart parent_instance;
  GtkListBox       *rows;
  GtkStack         *stack;
  GtkLabel         *note;
  GListModel       *drops; /* nullable */
};

G_DEFINE_FINAL_TYPE (CulvertDropsView, culvert_drops_view, CULVERT_TYPE_TUNNEL_PART)

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  return culvert_drop_row_new (item, culvert_tunnel_part_get_tunnel (user_data));
}

static void
update (CulvertDropsView *self)
{
  guint n_drops = self->drops != NULL ? g_list_model_get_n_items (self->drops) : 0;

  gtk_stack_set_visible_child_name (self->stack, n_drops > 0 ? "drops" : "none");
  gtk_widget_set_visible (GTK_WIDGET (self->note), n_drops >= CULVERT_DROP_HISTORY_MAX);
}

static void
set_drops (CulvertDropsView *self, GListModel *drops)
{
  if (self->drops != NULL)
    g_signal_handlers_disconnect_by_func (self->drops, update, self);
  if (!g_set_object (&self->drops, drops))
    return;
  gtk_list_box_bind_model (self->rows, drops, create_row_cb, self, NULL);
  if (drops != NULL)
    g_signal_connect_swapped (drops, "items-changed", G_CALLBACK (update), self);
}

static void
culvert_drops_view_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertDropsView *self = CULVERT_DROPS_VIEW (part);
  CulvertTunnel    *tunnel = culvert_tunnel_part_get_tunnel (part);

  set_drops (self, tunnel != NULL ? G_LIST_MODEL (culvert_tunnel_get_drops (tunnel)) : NULL);
  update (self);
}

static void
culvert_drops_view_dispose (GObject *object)
{
  CulvertDropsView *self = CULVERT_DROPS_VIEW (object);

  if (self->drops != NULL)
    set_drops (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_DROPS_VIEW);
  G_OBJECT_CLASS (culvert_drops_view_parent_class)->dispose (object);
}

static void
culvert_drops_view_class_init (CulvertDropsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_drops_view_dispose;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_drops_view_tunnel_changed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/drops-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertDropsView, rows);
  gtk_widget_class_bind_template_child (widget_class, CulvertDropsView, stack);
  gtk_widget_class_bind_template_child (widget_class, CulvertDropsView, note);
}

static void
culvert_drops_view_init (CulvertDropsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
