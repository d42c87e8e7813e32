/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/kind-card.h"

#include "words/tunnel-words.h"

#define PLACE_PX 20
#define ARROW_PX 12

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

static void
add_image (GtkWidget *box, const char *icon_name, int pixel_size, const char *style_class)
{
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name, "pixel-size", pixel_size,
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_add_css_class (image, style_class);
  gtk_box_append (GTK_BOX (box), image);
}

/* The way of a connection, as the picture below the cards has it large. */
static GtkWidget *
new_picture (CulvertForwardKind kind)
{
  GtkWidget  *picture = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  gboolean    is_remote = culvert_forward_kind_is_remote (kind);
  gboolean    has_target = kind == CULVERT_FORWARD_LOCAL || kind == CULVERT_FORWARD_REMOTE;
  const char *here = "computer-symbolic";
  const char *there = "network-server-symbolic";

  add_image (picture, is_remote ? there : here, PLACE_PX, "place");
  add_image (picture, "go-next-symbolic", ARROW_PX, "arrow");
  add_image (picture, is_remote ? here : there, PLACE_PX, "place");
  add_image (picture, "go-next-symbolic", ARROW_PX, "arrow");
  add_image (picture, has_target ? "network-workgroup-symbolic" : "web-browser-symbolic", PLACE_PX,
             "place");
  return picture;
}

GtkWidget *
culvert_kind_card_new (CulvertForwardKind kind)
{
  GtkWidget *card = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box), new_picture (kind));
  gtk_box_append (GTK_BOX (box), new_label (culvert_words_for_kind_purpose (kind), "purpose"));
  gtk_box_append (GTK_BOX (box), new_label (culvert_words_for_kind (kind), "caption"));
  gtk_button_set_child (GTK_BUTTON (card), box);
  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "kind-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  culvert_words_for_kind_purpose (kind), -1);
  return card;
}
