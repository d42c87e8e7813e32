/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/lights.h"

#include "ui/format.h"

enum
{
  SESSION,
  LISTENER,
  TARGET,
  N_LIGHTS
};

#define LIGHT_SIZE_PX 10

struct _CulvertLights
{
  GtkWidget           parent_instance;
  GtkImage           *images[N_LIGHTS];
  CulvertTunnelState  session;
  CulvertForwardState listener;
  CulvertTargetState  target;
  gboolean            is_enabled;
};

G_DEFINE_FINAL_TYPE (CulvertLights, culvert_lights, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_LISTENER,
  PROP_TARGET,
  PROP_IS_ENABLED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* Listener and target borrow the shapes of the session's states, so that a shape means the same
 * wherever it is met. */
static CulvertTunnelState
get_shape (CulvertLights *self, guint light)
{
  switch (light)
    {
    case LISTENER:
      if (self->listener == CULVERT_FORWARD_FAILED)
        return CULVERT_TUNNEL_FAILED;
      if (self->listener == CULVERT_FORWARD_STARTING && self->session == CULVERT_TUNNEL_UP)
        return CULVERT_TUNNEL_CONNECTING;
      return self->listener == CULVERT_FORWARD_LISTENING ? CULVERT_TUNNEL_UP
                                                         : CULVERT_TUNNEL_STOPPED;
    case TARGET:
      if (self->target == CULVERT_TARGET_REFUSED)
        return CULVERT_TUNNEL_FAILED;
      return self->target == CULVERT_TARGET_ANSWERED ? CULVERT_TUNNEL_UP : CULVERT_TUNNEL_STOPPED;
    case SESSION:
    default:
      return self->session;
    }
}

static const char *
get_words (CulvertLights *self, guint light)
{
  switch (light)
    {
    case LISTENER:
      return culvert_format_listener_light (self->listener, self->is_enabled);
    case TARGET:
      return culvert_format_target_light (self->target);
    case SESSION:
    default:
      return culvert_format_session_light (self->session);
    }
}

static void
show_lights (CulvertLights *self)
{
  g_autofree char *words = culvert_lights_dup_words (self);

  for (guint i = 0; i < N_LIGHTS; i++)
    {
      CulvertTunnelState shape = get_shape (self, i);
      const char        *classes[] = { culvert_format_state_class (shape), NULL };

      gtk_image_set_from_icon_name (self->images[i], culvert_format_state_icon (shape));
      gtk_widget_set_css_classes (GTK_WIDGET (self->images[i]), classes);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->images[i]), get_words (self, i));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
culvert_lights_dispose (GObject *object)
{
  CulvertLights *self = CULVERT_LIGHTS (object);

  for (guint i = 0; i < N_LIGHTS; i++)
    {
      if (self->images[i] != NULL)
        gtk_widget_unparent (GTK_WIDGET (self->images[i]));
      self->images[i] = NULL;
    }
  G_OBJECT_CLASS (culvert_lights_parent_class)->dispose (object);
}

static void
culvert_lights_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertLights *self = CULVERT_LIGHTS (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_enum (value, (int)self->session);
      break;
    case PROP_LISTENER:
      g_value_set_enum (value, (int)self->listener);
      break;
    case PROP_TARGET:
      g_value_set_enum (value, (int)self->target);
      break;
    case PROP_IS_ENABLED:
      g_value_set_boolean (value, self->is_enabled);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_lights_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  CulvertLights *self = CULVERT_LIGHTS (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      self->session = (CulvertTunnelState)g_value_get_enum (value);
      break;
    case PROP_LISTENER:
      self->listener = (CulvertForwardState)g_value_get_enum (value);
      break;
    case PROP_TARGET:
      self->target = (CulvertTargetState)g_value_get_enum (value);
      break;
    case PROP_IS_ENABLED:
      self->is_enabled = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  show_lights (self);
}

static void
culvert_lights_class_init (CulvertLightsClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_lights_dispose;
  object_class->get_property = culvert_lights_get_property;
  object_class->set_property = culvert_lights_set_property;
  properties[PROP_SESSION] = g_param_spec_enum ("session", NULL, NULL, CULVERT_TYPE_TUNNEL_STATE,
                                                CULVERT_TUNNEL_STOPPED, flags);
  properties[PROP_LISTENER] = g_param_spec_enum ("listener", NULL, NULL, CULVERT_TYPE_FORWARD_STATE,
                                                 CULVERT_FORWARD_OFF, flags);
  properties[PROP_TARGET] = g_param_spec_enum ("target", NULL, NULL, CULVERT_TYPE_TARGET_STATE,
                                               CULVERT_TARGET_UNKNOWN, flags);
  properties[PROP_IS_ENABLED] = g_param_spec_boolean ("is-enabled", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "lights");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
culvert_lights_init (CulvertLights *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 3);
  for (guint i = 0; i < N_LIGHTS; i++)
    {
      self->images[i] =
        g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                      "pixel-size", LIGHT_SIZE_PX, NULL);
      gtk_widget_set_parent (GTK_WIDGET (self->images[i]), GTK_WIDGET (self));
    }
  show_lights (self);
}

char *
culvert_lights_dup_words (CulvertLights *self)
{
  g_return_val_if_fail (CULVERT_IS_LIGHTS (self), NULL);
  return g_strdup_printf ("%s · %s · %s", get_words (self, SESSION), get_words (self, LISTENER),
                          get_words (self, TARGET));
}
