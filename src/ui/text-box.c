/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/text-box.h"

#include "ui/copy-text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _CulvertTextBox
{
  AdwBin       parent_instance;
  char        *content;
  GtkLabel    *title;
  GtkLabel    *sentence;
  GtkTextView *text;
  GtkWidget   *copy;
};

G_DEFINE_FINAL_TYPE (CulvertTextBox, culvert_text_box, ADW_TYPE_BIN)

static void
copy_cb (CulvertTextBox *self)
{
  culvert_copy_text (GTK_WIDGET (self), self->content);
}

static void
culvert_text_box_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_TEXT_BOX);
  G_OBJECT_CLASS (culvert_text_box_parent_class)->dispose (object);
}

static void
culvert_text_box_finalize (GObject *object)
{
  g_free (CULVERT_TEXT_BOX (object)->content);
  G_OBJECT_CLASS (culvert_text_box_parent_class)->finalize (object);
}

static void
culvert_text_box_class_init (CulvertTextBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_text_box_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_text_box_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/text-box.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertTextBox, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertTextBox, sentence);
  gtk_widget_class_bind_template_child (widget_class, CulvertTextBox, text);
  gtk_widget_class_bind_template_child (widget_class, CulvertTextBox, copy);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
culvert_text_box_init (CulvertTextBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* @text without the end of its last line, which would look like an empty one, and without hyphens where a
 * line does not fit, which would look like text. */
static void
show (CulvertTextBox *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextTag    *tag = gtk_text_buffer_create_tag (buffer, NULL, "insert-hyphens", FALSE, NULL);
  GtkTextIter    start, end;

  gtk_text_buffer_set_text (buffer, text, strlen (text) - (g_str_has_suffix (text, "\n") ? 1 : 0));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_apply_tag (buffer, tag, &start, &end);
}

GtkWidget *
culvert_text_box_new (const char *title, const char *sentence, const char *text)
{
  CulvertTextBox  *self = g_object_new (CULVERT_TYPE_TEXT_BOX, NULL);
  g_autofree char *copy = NULL;

  /* Translators: %s is the name of a file */
  copy = g_strdup_printf (_ ("Copy the lines for %s"), title);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->sentence, sentence);
  self->content = g_strdup (text);
  show (self, text);
  gtk_widget_set_tooltip_text (self->copy, copy);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy), GTK_ACCESSIBLE_PROPERTY_LABEL, copy,
                                  -1);
  return GTK_WIDGET (self);
}
