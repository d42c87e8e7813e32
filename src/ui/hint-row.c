/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/hint-row.h"

struct _CulvertHintRow
{
  AdwPreferencesRow parent_instance;
  GtkLabel         *label;
  GtkButton        *button;
};

G_DEFINE_FINAL_TYPE (CulvertHintRow, culvert_hint_row, ADW_TYPE_PREFERENCES_ROW)

enum
{
  PROP_0,
  PROP_WORDS,
  PROP_BUTTON_LABEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
clicked_cb (CulvertHintRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CLICKED], 0);
}

static void
culvert_hint_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertHintRow *self = CULVERT_HINT_ROW (object);

  switch (prop_id)
    {
    case PROP_WORDS:
      g_value_set_string (value, gtk_label_get_label (self->label));
      break;
    case PROP_BUTTON_LABEL:
      g_value_set_string (value, gtk_button_get_label (self->button));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_hint_row_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  CulvertHintRow *self = CULVERT_HINT_ROW (object);

  switch (prop_id)
    {
    case PROP_WORDS:
      culvert_hint_row_set_words (self, g_value_get_string (value));
      break;
    case PROP_BUTTON_LABEL:
      gtk_button_set_label (self->button, g_value_get_string (value));
      gtk_widget_set_visible (GTK_WIDGET (self->button), g_value_get_string (value) != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_hint_row_class_init (CulvertHintRowClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = culvert_hint_row_get_property;
  object_class->set_property = culvert_hint_row_set_property;
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, flags);
  properties[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_CLICKED] = g_signal_new ("clicked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_hint_row_init (CulvertHintRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box),
                  g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-information-symbolic",
                                "valign", GTK_ALIGN_START, "accessible-role",
                                GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->label, 0);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->label));
  self->button = GTK_BUTTON (gtk_button_new ());
  gtk_button_set_use_underline (self->button, TRUE);
  gtk_widget_set_halign (GTK_WIDGET (self->button), GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self->button), FALSE);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (clicked_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->button));
  gtk_box_append (GTK_BOX (box), column);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "problem");
  gtk_widget_add_css_class (GTK_WIDGET (self), "hint");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
culvert_hint_row_set_words (CulvertHintRow *self, const char *words)
{
  g_return_if_fail (CULVERT_IS_HINT_ROW (self));

  gtk_label_set_label (self->label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self), words != NULL);
}
