/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/kind-card.h"

#include "ui/format.h"
#include "words/tunnel-words.h"

static GtkWidget *
new_label (const char *text, const char *style_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_add_css_class (label, style_class);
  return label;
}

GtkWidget *
culvert_kind_card_new (CulvertForwardKind kind)
{
  GtkWidget *card = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *icon =
    g_object_new (GTK_TYPE_IMAGE, "icon-name", culvert_format_kind_icon (kind), "pixel-size", 20,
                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_box_append (GTK_BOX (head), icon);
  gtk_box_append (GTK_BOX (head), new_label (culvert_words_for_kind (kind), "caption"));
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), new_label (culvert_words_for_kind_purpose (kind), "purpose"));
  gtk_button_set_child (GTK_BUTTON (card), box);
  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "kind-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  culvert_words_for_kind_purpose (kind), -1);
  return card;
}
