/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/callout.h"

#include "ui/fold-layout.h"

struct _CulvertCallout
{
  GtkBox    parent_instance;
  char     *kind;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *why;
  GtkLabel *text;
  GtkBox   *content;
  GtkBox   *buttons;
};

enum
{
  PROP_0,
  PROP_KIND,
  PROP_TITLE,
  PROP_WHY,
  PROP_TEXT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GtkBuildableIface *parent_buildable;

static void
culvert_callout_add_child (GtkBuildable *buildable,
                           GtkBuilder   *builder,
                           GObject      *child,
                           const char   *type)
{
  CulvertCallout *self = CULVERT_CALLOUT (buildable);

  if (self->buttons == NULL || !GTK_IS_BUTTON (child))
    {
      parent_buildable->add_child (buildable, builder, child, type);
      return;
    }
  gtk_box_append (self->buttons, GTK_WIDGET (child));
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = culvert_callout_add_child;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertCallout,
                               culvert_callout,
                               GTK_TYPE_BOX,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static void
set_kind (CulvertCallout *self, const char *kind)
{
  const char *icon_name = CULVERT_APP_ID "-failed-symbolic";

  if (g_strcmp0 (kind, self->kind) == 0)
    return;
  if (self->kind != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->kind);
  g_free (self->kind);
  self->kind = g_strdup (kind);
  if (kind != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), kind);
  if (g_strcmp0 (kind, "waiting") == 0)
    icon_name = CULVERT_APP_ID "-waiting-symbolic";
  else if (g_strcmp0 (kind, "question") == 0)
    icon_name = CULVERT_APP_ID "-needs-you-symbolic";
  gtk_image_set_from_icon_name (self->icon, icon_name);
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
culvert_callout_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_CALLOUT);
  G_OBJECT_CLASS (culvert_callout_parent_class)->dispose (object);
}

static void
culvert_callout_finalize (GObject *object)
{
  g_clear_pointer (&CULVERT_CALLOUT (object)->kind, g_free);
  G_OBJECT_CLASS (culvert_callout_parent_class)->finalize (object);
}

static void
culvert_callout_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertCallout *self = CULVERT_CALLOUT (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (self->title));
      break;
    case PROP_WHY:
      g_value_set_string (value, gtk_label_get_label (self->why));
      break;
    case PROP_TEXT:
      g_value_set_string (value, gtk_label_get_label (self->text));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_callout_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  CulvertCallout *self = CULVERT_CALLOUT (object);

  switch (prop_id)
    {
    case PROP_KIND:
      set_kind (self, g_value_get_string (value));
      break;
    case PROP_TITLE:
      gtk_label_set_label (self->title, g_value_get_string (value));
      break;
    case PROP_WHY:
      set_text (self->why, g_value_get_string (value));
      break;
    case PROP_TEXT:
      set_text (self->text, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_callout_class_init (CulvertCalloutClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_callout_dispose;
  object_class->finalize = culvert_callout_finalize;
  object_class->get_property = culvert_callout_get_property;
  object_class->set_property = culvert_callout_set_property;
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_WHY] = g_param_spec_string ("why", NULL, NULL, NULL, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_type_ensure (CULVERT_TYPE_FOLD_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "callout");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/callout.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertCallout, icon);
  gtk_widget_class_bind_template_child (widget_class, CulvertCallout, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertCallout, text);
  gtk_widget_class_bind_template_child (widget_class, CulvertCallout, why);
  gtk_widget_class_bind_template_child (widget_class, CulvertCallout, content);
  gtk_widget_class_bind_template_child (widget_class, CulvertCallout, buttons);
}

static void
culvert_callout_init (CulvertCallout *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* A template can name only one. */
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->why, self->text, NULL, -1);
}
