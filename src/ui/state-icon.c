/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/state-icon.h"

#include "ui/format.h"
#include "words/tunnel-words.h"

struct _CulvertStateIcon
{
  GtkWidget          parent_instance;
  GtkImage          *image;
  CulvertTunnelState state;
};

G_DEFINE_FINAL_TYPE (CulvertStateIcon, culvert_state_icon, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_PIXEL_SIZE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
show_state (CulvertStateIcon *self)
{
  const char *classes[] = { culvert_format_state_class (self->state), NULL };
  const char *word = culvert_words_for_state (self->state);

  gtk_image_set_from_icon_name (self->image, culvert_format_state_icon (self->state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->image), classes);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), word);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, word, -1);
}

static void
culvert_state_icon_dispose (GObject *object)
{
  CulvertStateIcon *self = CULVERT_STATE_ICON (object);

  if (self->image != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->image));
  self->image = NULL;
  G_OBJECT_CLASS (culvert_state_icon_parent_class)->dispose (object);
}

static void
culvert_state_icon_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertStateIcon *self = CULVERT_STATE_ICON (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case PROP_PIXEL_SIZE:
      g_value_set_int (value, gtk_image_get_pixel_size (self->image));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_state_icon_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  CulvertStateIcon *self = CULVERT_STATE_ICON (object);

  switch (prop_id)
    {
    case PROP_STATE:
      culvert_state_icon_set_state (self, (CulvertTunnelState)g_value_get_enum (value));
      break;
    case PROP_PIXEL_SIZE:
      gtk_image_set_pixel_size (self->image, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_state_icon_class_init (CulvertStateIconClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_state_icon_dispose;
  object_class->get_property = culvert_state_icon_get_property;
  object_class->set_property = culvert_state_icon_set_property;
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CULVERT_TYPE_TUNNEL_STATE, CULVERT_TUNNEL_STOPPED,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_PIXEL_SIZE] = g_param_spec_int ("pixel-size", NULL, NULL, -1, G_MAXINT, 16,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "state");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
culvert_state_icon_init (CulvertStateIcon *self)
{
  self->image = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                              "pixel-size", 16, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->image), GTK_WIDGET (self));
  show_state (self);
}

void
culvert_state_icon_set_state (CulvertStateIcon *self, CulvertTunnelState state)
{
  g_return_if_fail (CULVERT_IS_STATE_ICON (self));

  if (self->state == state)
    return;
  self->state = state;
  show_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}
