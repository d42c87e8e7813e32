/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/recipe-dialog.h"

#include "core/recipes.h"
#include "ui/copy-text.h"
#include "words/recipe-words.h"

#include <glib/gi18n.h>

struct _CulvertRecipeDialog
{
  AdwWindow   parent_instance;
  GtkWidget  *first; /* the button to begin with */
  GtkLabel   *sentence;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (CulvertRecipeDialog, culvert_recipe_dialog, ADW_TYPE_WINDOW)

static void
copy_cb (GtkWidget *button, GtkLabel *command)
{
  culvert_copy_text (button, gtk_label_get_label (command));
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
new_copy_button (const CulvertRecipe *recipe, GtkWidget *command)
{
  GtkWidget       *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *label = NULL;

  /* Translators: %s is what the person types into a terminal */
  label = g_strdup_printf (_ ("Copy “%s”"), recipe->text);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Copy"));
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (copy_cb), command, 0);
  return button;
}

static void
add_recipe (CulvertRecipeDialog *self, const CulvertRecipe *recipe)
{
  GtkWidget                *row = gtk_list_box_row_new ();
  GtkWidget                *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget                *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget                *title = new_label (culvert_words_for_recipe (recipe->use), "dim-label");
  GtkWidget                *command = new_label (recipe->text, "monospace");
  g_autoptr (PangoAttrList) plain = pango_attr_list_new ();
  GtkWidget                *button = new_copy_button (recipe, command);

  gtk_widget_add_css_class (title, "caption");
  /* A hyphen where a line does not fit would look like one of the command. */
  pango_attr_list_insert (plain, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (command), plain);
  gtk_label_set_selectable (GTK_LABEL (command), TRUE);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), title);
  gtk_box_append (GTK_BOX (texts), command);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), button);
  if (self->first == NULL)
    self->first = button;
  gtk_widget_add_css_class (box, "recipe");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->list, row);
}

static char *
describe (const CulvertForwardSpec *spec, const char *server)
{
  if (culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec)))
    /* Translators: %s is the name of a server */
    return g_strdup_printf (
      _ ("For a terminal on %s. Put your own in the place of the words in capitals."), server);
  return g_strdup (_ ("For a terminal. Put your own in the place of the words in capitals."));
}

static void
culvert_recipe_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_RECIPE_DIALOG);
  G_OBJECT_CLASS (culvert_recipe_dialog_parent_class)->dispose (object);
}

static void
culvert_recipe_dialog_class_init (CulvertRecipeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_recipe_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/recipe-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertRecipeDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, CulvertRecipeDialog, list);
}

static void
culvert_recipe_dialog_init (CulvertRecipeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_recipe_dialog_new (GtkWindow                *parent,
                           const CulvertForwardSpec *spec,
                           const CulvertEndpoint    *place,
                           const char               *server)
{
  CulvertRecipeDialog *self =
    g_object_new (CULVERT_TYPE_RECIPE_DIALOG, "transient-for", parent, NULL);
  g_autoptr (GPtrArray) recipes = culvert_recipes_new (spec, place);
  g_autofree char      *sentence = describe (spec, server);

  gtk_label_set_label (self->sentence, sentence);
  for (guint i = 0; i < recipes->len; i++)
    add_recipe (self, g_ptr_array_index (recipes, i));
  /* Or else the first command would be, and all of it selected. */
  gtk_window_set_focus (GTK_WINDOW (self), self->first);
  return GTK_WIDGET (self);
}
