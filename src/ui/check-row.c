/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/check-row.h"

#include "ui/fold-layout.h"
#include "words/check-words.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

struct _CulvertCheckRow
{
  GtkListBoxRow      parent_instance;
  CulvertCheckStage *stage;
  CulvertProfile    *profile;

  GtkImage    *icon;
  GtkLabel    *title;
  GtkLabel    *outcome;
  GtkLabel    *text;
  GtkExpander *expander;
  GtkLabel    *why;
  GtkLabel    *next;
  GtkLabel    *technical;
};

G_DEFINE_FINAL_TYPE (CulvertCheckRow, culvert_check_row, GTK_TYPE_LIST_BOX_ROW)

typedef struct
{
  const char *icon;
  const char *style;
} Look;

/* The shape says the state; the word beside it says it again. */
static const Look looks[] = {
  [CULVERT_STAGE_PENDING] = { "content-loading-symbolic", "pending" },
  [CULVERT_STAGE_RUNNING] = { "io.github.culvert_app.Culvert-connecting-symbolic", "connecting" },
  [CULVERT_STAGE_PASSED] = { "object-select-symbolic", "passed" },
  [CULVERT_STAGE_FAILED] = { "window-close-symbolic", "failed" },
  [CULVERT_STAGE_SKIPPED] = { "list-remove-symbolic", "skipped" },
};

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && text[0] != '\0');
}

static void
update_look (CulvertCheckRow *self, const CulvertCheckStageFields *stage)
{
  CulvertStageState state = stage->state;
  gboolean          is_step = stage->kind == CULVERT_STAGE_SIGN_IN_STEP;
  const char       *classes[] = { "check-row", looks[state].style, is_step ? "step" : NULL, NULL };
  const char       *icon_classes[] = { looks[state].style, NULL };

  gtk_image_set_from_icon_name (self->icon, looks[state].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), icon_classes);
  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
}

static void
update_failure (CulvertCheckRow *self, const CulvertCheckStageFields *stage)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (stage->state == CULVERT_STAGE_FAILED)
    words = culvert_failure_words_for_stage (stage, self->profile);
  gtk_widget_set_visible (GTK_WIDGET (self->expander), words != NULL);
  if (words == NULL)
    {
      gtk_expander_set_expanded (self->expander, FALSE);
      return;
    }
  set_text (self->why, words->why);
  set_text (self->next, words->next);
  set_text (self->technical, stage->error->message);
}

static void
update (CulvertCheckRow *self)
{
  const CulvertCheckStageFields *stage = culvert_check_stage_get_fields (self->stage);
  g_autofree char               *title = culvert_words_for_stage_title (stage, self->profile);
  g_autofree char               *text = culvert_words_for_stage (stage, self->profile);
  g_autofree char               *time = culvert_words_for_latency (stage->duration_us);
  const char                    *word = culvert_words_for_stage_state (stage);
  g_autofree char               *outcome = NULL;
  g_autofree char               *name = NULL;

  outcome = stage->duration_us >= 0
              /* Translators: 1 is how a stage of a check went, such as “Passed”, 2 is a time */
              ? g_strdup_printf (_ ("%1$s · %2$s"), word, time)
              : g_strdup (word);
  update_look (self, stage);
  set_text (self->title, title);
  set_text (self->outcome, outcome);
  set_text (self->text, text);
  update_failure (self, stage);
  /* Translators: what a screen reader says of a stage of a check: 1 is what is looked at, 2 how it went, 3
   * is nothing or a sentence */
  name = g_strdup_printf (_ ("%1$s: %2$s. %3$s"), title, word, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
culvert_check_row_dispose (GObject *object)
{
  CulvertCheckRow *self = CULVERT_CHECK_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_CHECK_ROW);
  g_clear_object (&self->stage);
  g_clear_pointer (&self->profile, culvert_profile_unref);
  G_OBJECT_CLASS (culvert_check_row_parent_class)->dispose (object);
}

static void
culvert_check_row_class_init (CulvertCheckRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_check_row_dispose;
  g_type_ensure (CULVERT_TYPE_FOLD_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/check-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, outcome);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, text);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, expander);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, why);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, next);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckRow, technical);
}

static void
culvert_check_row_init (CulvertCheckRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_check_row_new (CulvertCheckStage *stage, CulvertProfile *profile)
{
  CulvertCheckRow *self = g_object_new (CULVERT_TYPE_CHECK_ROW, NULL);

  self->stage = g_object_ref (stage);
  self->profile = culvert_profile_ref (profile);
  g_signal_connect_object (stage, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

CulvertCheckStage *
culvert_check_row_get_stage (CulvertCheckRow *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK_ROW (self), NULL);
  return self->stage;
}

void
culvert_check_row_open (CulvertCheckRow *self)
{
  g_return_if_fail (CULVERT_IS_CHECK_ROW (self));
  if (gtk_widget_get_visible (GTK_WIDGET (self->expander)))
    gtk_expander_set_expanded (self->expander, TRUE);
}
