/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-list.h"

#include "ui/forward-row.h"

struct _CulvertForwardList
{
  CulvertTunnelPart parent_instance;
  GtkListBox       *forwards;
};

G_DEFINE_FINAL_TYPE (CulvertForwardList, culvert_forward_list, CULVERT_TYPE_TUNNEL_PART)

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  CulvertTunnelPart *part = CULVERT_TUNNEL_PART (user_data);

  return culvert_forward_row_new (culvert_tunnel_part_get_manager (part),
                                  culvert_tunnel_part_get_tunnel (part), item);
}

static void
culvert_forward_list_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertForwardList *self = CULVERT_FORWARD_LIST (part);
  CulvertTunnel      *tunnel = culvert_tunnel_part_get_tunnel (part);

  gtk_list_box_bind_model (self->forwards,
                           tunnel != NULL ? culvert_tunnel_get_forwards (tunnel) : NULL,
                           tunnel != NULL ? create_row_cb : NULL, self, NULL);
}

static void
culvert_forward_list_dispose (GObject *object)
{
  CulvertForwardList *self = CULVERT_FORWARD_LIST (object);

  if (self->forwards != NULL)
    gtk_list_box_bind_model (self->forwards, NULL, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_FORWARD_LIST);
  G_OBJECT_CLASS (culvert_forward_list_parent_class)->dispose (object);
}

static void
culvert_forward_list_class_init (CulvertForwardListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_forward_list_dispose;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_forward_list_tunnel_changed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/forward-list.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardList, forwards);
}

static void
culvert_forward_list_init (CulvertForwardList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
