/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-group.h"

#include "ui/forward-row.h"

struct _CulvertForwardGroup
{
  CulvertTunnelPart parent_instance;
  GtkListBox       *forwards;
  GtkWidget        *none;
  GListModel       *model; /* nullable */
};

G_DEFINE_FINAL_TYPE (CulvertForwardGroup, culvert_forward_group, CULVERT_TYPE_TUNNEL_PART)

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  CulvertTunnelPart *part = CULVERT_TUNNEL_PART (user_data);

  return culvert_forward_row_new (culvert_tunnel_part_get_manager (part),
                                  culvert_tunnel_part_get_tunnel (part), item);
}

static void
update (CulvertForwardGroup *self)
{
  gboolean is_empty = self->model == NULL || g_list_model_get_n_items (self->model) == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->forwards), !is_empty);
  gtk_widget_set_visible (self->none, is_empty);
}

static void
set_model (CulvertForwardGroup *self, GListModel *model)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, update, self);
  g_set_object (&self->model, model);
  gtk_list_box_bind_model (self->forwards, model, model != NULL ? create_row_cb : NULL, self, NULL);
  if (model != NULL)
    g_signal_connect_swapped (model, "items-changed", G_CALLBACK (update), self);
}

static void
culvert_forward_group_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertForwardGroup *self = CULVERT_FORWARD_GROUP (part);
  CulvertTunnel       *tunnel = culvert_tunnel_part_get_tunnel (part);

  set_model (self, tunnel != NULL ? culvert_tunnel_get_forwards (tunnel) : NULL);
  update (self);
}

static void
culvert_forward_group_dispose (GObject *object)
{
  CulvertForwardGroup *self = CULVERT_FORWARD_GROUP (object);

  if (self->forwards != NULL)
    set_model (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_FORWARD_GROUP);
  G_OBJECT_CLASS (culvert_forward_group_parent_class)->dispose (object);
}

static void
culvert_forward_group_class_init (CulvertForwardGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_forward_group_dispose;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_forward_group_tunnel_changed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/forward-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardGroup, forwards);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardGroup, none);
}

static void
culvert_forward_group_init (CulvertForwardGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
