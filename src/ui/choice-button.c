/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/choice-button.h"

struct _CulvertChoiceButton
{
  GtkButton  parent_instance;
  GtkWidget *picture;
  GtkWidget *title;
  GtkWidget *text;
};

enum
{
  PROP_PICTURE = 1,
  PROP_TITLE,
  PROP_TEXT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CulvertChoiceButton, culvert_choice_button, GTK_TYPE_BUTTON)

static void
culvert_choice_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CulvertChoiceButton *self = CULVERT_CHOICE_BUTTON (object);

  if (id == PROP_PICTURE)
    g_value_set_string (value, gtk_image_get_icon_name (GTK_IMAGE (self->picture)));
  else
    g_value_set_string (
      value, gtk_label_get_label (GTK_LABEL (id == PROP_TITLE ? self->title : self->text)));
}

static void
culvert_choice_button_set_property (GObject      *object,
                                    guint         id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  CulvertChoiceButton *self = CULVERT_CHOICE_BUTTON (object);
  const char          *text = g_value_get_string (value);

  if (id == PROP_PICTURE)
    gtk_image_set_from_icon_name (GTK_IMAGE (self->picture), text);
  else
    gtk_label_set_label (GTK_LABEL (id == PROP_TITLE ? self->title : self->text),
                         text != NULL ? text : "");
}

static void
culvert_choice_button_class_init (CulvertChoiceButtonClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = culvert_choice_button_get_property;
  object_class->set_property = culvert_choice_button_set_property;
  properties[PROP_PICTURE] = g_param_spec_string ("picture", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static GtkWidget *
make_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
culvert_choice_button_init (CulvertChoiceButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->picture = g_object_new (GTK_TYPE_IMAGE, "pixel-size", 32, "accessible-role",
                                GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->title = make_label ("heading");
  self->text = make_label ("body");
  gtk_widget_add_css_class (self->text, "dim-label");
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), self->title);
  gtk_box_append (GTK_BOX (texts), self->text);
  gtk_box_append (GTK_BOX (box), self->picture);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "choice");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->title, NULL, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->text, NULL, -1);
}
