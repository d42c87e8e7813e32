/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/problem-row.h"

#include "words/tunnel-words.h"

struct _CulvertProblemRow
{
  AdwPreferencesRow    parent_instance;
  CulvertProfileDraft *draft;
  CulvertProblemFilter filter; /* its strings are ours */
  GtkWidget           *entry;  /* weak */
  char                *words;  /* nullable: instead of the usual ones */
  GtkImage            *icon;
  GtkLabel            *label;
};

G_DEFINE_FINAL_TYPE (CulvertProblemRow, culvert_problem_row, ADW_TYPE_PREFERENCES_ROW)

typedef enum
{
  LOOK_HINT,
  LOOK_WARNING,
  LOOK_ERROR,
} Look;

static const struct
{
  const char *style_class;
  const char *icon_name;
} looks[] = {
  [LOOK_HINT] = { "hint", "dialog-information-symbolic" },
  [LOOK_WARNING] = { "warning", "dialog-warning-symbolic" },
  [LOOK_ERROR] = { "error", "dialog-error-symbolic" },
};

static gboolean
matches (const CulvertProblemFilter *filter, const CulvertProblem *problem)
{
  return problem->field == filter->field &&
         (filter->codes == 0 || (filter->codes & (1u << problem->code)) != 0) &&
         (filter->forward_id == NULL || g_strcmp0 (filter->forward_id, problem->forward_id) == 0) &&
         (filter->subject == NULL || g_strcmp0 (filter->subject, problem->subject) == 0);
}

/* The worst that matches; of equals the first. */
static const CulvertProblem *
find_problem (CulvertProblemRow *self)
{
  GPtrArray            *problems = culvert_profile_draft_get_problems (self->draft);
  const CulvertProblem *found = NULL;

  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);

      if (matches (&self->filter, problem) &&
          (found == NULL || (found->is_warning && !problem->is_warning)))
        found = problem;
    }
  return found;
}

static Look
get_look (CulvertProblemRow *self, const CulvertProblem *problem)
{
  gboolean is_empty =
    GTK_IS_EDITABLE (self->entry) && *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0';

  if (problem->code == CULVERT_PROBLEM_MISSING || problem->code == CULVERT_PROBLEM_NO_FORWARDS ||
      is_empty)
    return LOOK_HINT;
  return problem->is_warning ? LOOK_WARNING : LOOK_ERROR;
}

static void
set_look (GtkWidget *widget, const char *style_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (widget, looks[i].style_class);
  if (style_class != NULL)
    gtk_widget_add_css_class (widget, style_class);
}

static void
mark_entry (CulvertProblemRow *self, const CulvertProblem *problem, Look look)
{
  if (self->entry == NULL)
    return;
  set_look (self->entry, problem != NULL && look != LOOK_HINT ? looks[look].style_class : NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL && look == LOOK_ERROR ? GTK_ACCESSIBLE_INVALID_TRUE
                                                                     : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
update (CulvertProblemRow *self)
{
  const CulvertProblem *problem = find_problem (self);
  g_autofree char      *words = NULL;
  Look                  look;

  gtk_widget_set_visible (GTK_WIDGET (self), problem != NULL);
  if (problem == NULL)
    {
      mark_entry (self, NULL, LOOK_HINT);
      return;
    }
  look = get_look (self, problem);
  words = self->words != NULL ? g_strdup (self->words) : culvert_words_for_problem (problem);
  gtk_label_set_label (self->label, words);
  gtk_image_set_from_icon_name (self->icon, looks[look].icon_name);
  set_look (GTK_WIDGET (self), looks[look].style_class);
  mark_entry (self, problem, look);
}

static void
stop_watching (CulvertProblemRow *self)
{
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_func (self->draft, update, self);
  g_clear_object (&self->draft);
  g_clear_weak_pointer (&self->entry);
  g_free ((char *)self->filter.forward_id);
  g_free ((char *)self->filter.subject);
  self->filter = (CulvertProblemFilter){ 0 };
}

static void
culvert_problem_row_dispose (GObject *object)
{
  stop_watching (CULVERT_PROBLEM_ROW (object));
  G_OBJECT_CLASS (culvert_problem_row_parent_class)->dispose (object);
}

static void
culvert_problem_row_finalize (GObject *object)
{
  g_free (CULVERT_PROBLEM_ROW (object)->words);
  G_OBJECT_CLASS (culvert_problem_row_parent_class)->finalize (object);
}

static void
culvert_problem_row_class_init (CulvertProblemRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_problem_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_problem_row_finalize;
}

static void
culvert_problem_row_init (CulvertProblemRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  self->icon = GTK_IMAGE (g_object_new (GTK_TYPE_IMAGE, "valign", GTK_ALIGN_START,
                                        "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->label, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "problem");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
culvert_problem_row_new (void)
{
  return g_object_new (CULVERT_TYPE_PROBLEM_ROW, NULL);
}

void
culvert_problem_row_watch (CulvertProblemRow          *self,
                           CulvertProfileDraft        *draft,
                           const CulvertProblemFilter *filter,
                           GtkWidget                  *entry)
{
  g_return_if_fail (CULVERT_IS_PROBLEM_ROW (self));
  g_return_if_fail (CULVERT_IS_PROFILE_DRAFT (draft));

  stop_watching (self);
  self->draft = g_object_ref (draft);
  self->filter = *filter;
  self->filter.forward_id = g_strdup (filter->forward_id);
  self->filter.subject = g_strdup (filter->subject);
  g_set_weak_pointer (&self->entry, entry);
  if (entry != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                    self->label, NULL, -1);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
culvert_problem_row_set_words (CulvertProblemRow *self, const char *words)
{
  g_return_if_fail (CULVERT_IS_PROBLEM_ROW (self));

  if (g_strcmp0 (self->words, words) == 0)
    return;
  g_free (self->words);
  self->words = g_strdup (words);
  if (self->draft != NULL)
    update (self);
}
