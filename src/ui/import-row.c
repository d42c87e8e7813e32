/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/import-row.h"

struct _CulvertImportRow
{
  GtkBox             parent_instance;
  CulvertImportItem *item; /* nullable */
  GBinding          *chosen;
  GtkWidget         *check;
  GtkImage          *icon;
  GtkLabel          *title;
  GtkLabel          *state;
  GtkLabel          *summary;
  GtkLabel          *details;
  GtkDropDown       *choice;
};

G_DEFINE_FINAL_TYPE (CulvertImportRow, culvert_import_row, GTK_TYPE_BOX)

/* The drop-down's rows. */
static const CulvertImportChoice choices[] = { CULVERT_IMPORT_REPLACE, CULVERT_IMPORT_KEEP_BOTH };

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
choice_changed_cb (CulvertImportRow *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (self->item == NULL || selected >= G_N_ELEMENTS (choices) ||
      !gtk_widget_get_visible (GTK_WIDGET (self->choice)) ||
      culvert_import_item_get_choice (self->item) == choices[selected])
    return;
  culvert_import_item_set_choice (self->item, choices[selected]);
  culvert_import_item_set_chosen (self->item, TRUE);
}

static void
show_item (CulvertImportRow *self)
{
  const CulvertImportCandidate *candidate = culvert_import_item_get_candidate (self->item);
  gboolean                      is_usable = culvert_import_item_is_usable (self->item);
  gboolean                      differs = is_usable && candidate->state == CULVERT_IMPORT_DIFFERENT;
  g_autofree char              *state = culvert_import_item_dup_state (self->item);
  g_autofree char              *summary = culvert_import_item_dup_summary (self->item);
  g_autofree char              *details = culvert_import_item_dup_details (self->item);
  const char                   *title = culvert_import_item_get_title (self->item);

  set_text (self->title, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  set_text (self->state, state);
  set_text (self->summary, summary);
  set_text (self->details, details);
  gtk_widget_set_visible (self->check, is_usable);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !is_usable);
  gtk_image_set_from_icon_name (self->icon, culvert_import_item_get_icon_name (self->item));
  gtk_widget_set_visible (GTK_WIDGET (self->choice), differs);
  if (differs)
    gtk_drop_down_set_selected (self->choice,
                                culvert_import_item_get_choice (self->item) == choices[1] ? 1 : 0);
  if (candidate != NULL && candidate->state == CULVERT_IMPORT_IMPOSSIBLE)
    gtk_widget_add_css_class (GTK_WIDGET (self), "failed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "failed");
}

void
culvert_import_row_set_item (CulvertImportRow *self, CulvertImportItem *item)
{
  if (self->chosen != NULL)
    g_binding_unbind (self->chosen);
  g_clear_object (&self->chosen);
  /* What the widgets still show is of the item before. */
  g_clear_object (&self->item);
  if (item == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->choice), FALSE);
  self->item = g_object_ref (item);
  show_item (self);
  self->chosen = g_object_ref (g_object_bind_property (
    item, "is-chosen", self->check, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE));
}

static void
culvert_import_row_dispose (GObject *object)
{
  culvert_import_row_set_item (CULVERT_IMPORT_ROW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_IMPORT_ROW);
  G_OBJECT_CLASS (culvert_import_row_parent_class)->dispose (object);
}

static void
culvert_import_row_class_init (CulvertImportRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_import_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/import-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, check);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, state);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, summary);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, details);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportRow, choice);
  gtk_widget_class_bind_template_callback (widget_class, choice_changed_cb);
}

static void
culvert_import_row_init (CulvertImportRow *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen where the line is broken would read as part of the text. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->title, attributes);
  gtk_label_set_attributes (self->summary, attributes);
  gtk_label_set_attributes (self->details, attributes);
}

GtkWidget *
culvert_import_row_new (void)
{
  return g_object_new (CULVERT_TYPE_IMPORT_ROW, NULL);
}
