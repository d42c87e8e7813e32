/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/draft-forward-row.h"

#include "ui/format.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

struct _CulvertDraftForwardRow
{
  AdwActionRow         parent_instance;
  CulvertProfileDraft *draft;
  CulvertForwardSpec  *spec;
  GtkImage            *kind;
  GtkImage            *problem;
  GtkSwitch           *toggle;
  gboolean             is_filling;
};

G_DEFINE_FINAL_TYPE (CulvertDraftForwardRow, culvert_draft_forward_row, ADW_TYPE_ACTION_ROW)

/* The worst of its problems. (nullable) */
static const CulvertProblem *
find_problem (CulvertDraftForwardRow *self)
{
  GPtrArray            *problems = culvert_profile_draft_get_problems (self->draft);
  const char           *id = culvert_forward_spec_get_id (self->spec);
  const CulvertProblem *found = NULL;

  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);

      if (g_strcmp0 (problem->forward_id, id) == 0 &&
          (found == NULL || (found->is_warning && !problem->is_warning)))
        found = problem;
    }
  return found;
}

static void
show_problem (CulvertDraftForwardRow *self, const CulvertProblem *problem)
{
  g_autofree char *words = problem != NULL ? culvert_words_for_problem (problem) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->problem), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->problem), "warning");
  if (problem == NULL)
    return;
  gtk_image_set_from_icon_name (self->problem, problem->is_warning ? "dialog-warning-symbolic"
                                                                   : "dialog-error-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), problem->is_warning ? "warning" : "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->problem), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->problem), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

static void
toggled_cb (CulvertDraftForwardRow *self)
{
  g_autoptr (CulvertForwardSpec) switched = NULL;

  if (self->is_filling || self->spec == NULL)
    return;
  switched = culvert_forward_spec_with_enabled (self->spec, gtk_switch_get_active (self->toggle));
  culvert_profile_put_forward (culvert_profile_draft_peek (self->draft), switched);
  culvert_profile_draft_touch (self->draft);
}

static void
culvert_draft_forward_row_dispose (GObject *object)
{
  CulvertDraftForwardRow *self = CULVERT_DRAFT_FORWARD_ROW (object);

  g_clear_object (&self->draft);
  g_clear_pointer (&self->spec, culvert_forward_spec_unref);
  G_OBJECT_CLASS (culvert_draft_forward_row_parent_class)->dispose (object);
}

static void
culvert_draft_forward_row_class_init (CulvertDraftForwardRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_draft_forward_row_dispose;
}

static void
culvert_draft_forward_row_init (CulvertDraftForwardRow *self)
{
  AdwActionRow *row = ADW_ACTION_ROW (self);
  GtkWidget    *next = g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                     "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  self->kind =
    g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->problem = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);
  self->toggle = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->toggle), GTK_ALIGN_CENTER);
  g_signal_connect_object (self->toggle, "notify::active", G_CALLBACK (toggled_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_add_prefix (row, GTK_WIDGET (self->kind));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->problem));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->toggle));
  adw_action_row_add_suffix (row, next);
  adw_action_row_set_title_lines (row, 2);
  adw_action_row_set_subtitle_lines (row, 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
}

GtkWidget *
culvert_draft_forward_row_new (CulvertProfileDraft *draft)
{
  CulvertDraftForwardRow *self = g_object_new (CULVERT_TYPE_DRAFT_FORWARD_ROW, NULL);

  self->draft = g_object_ref (draft);
  return GTK_WIDGET (self);
}

void
culvert_draft_forward_row_set_forward (CulvertDraftForwardRow *self, CulvertForwardSpec *spec)
{
  CulvertForwardKind kind;
  const char        *name;
  g_autofree char   *ends = NULL;
  g_autofree char   *label = NULL;

  g_return_if_fail (CULVERT_IS_DRAFT_FORWARD_ROW (self));
  g_return_if_fail (spec != NULL);

  culvert_forward_spec_ref (spec);
  g_clear_pointer (&self->spec, culvert_forward_spec_unref);
  self->spec = spec;
  kind = culvert_forward_spec_get_kind (spec);
  name = culvert_forward_spec_get_name (spec);
  ends = culvert_words_for_forward_short (spec);

  self->is_filling = TRUE;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), *name != '\0' ? name : ends);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               *name != '\0' ? ends : culvert_words_for_kind_purpose (kind));
  gtk_image_set_from_icon_name (self->kind, culvert_format_kind_icon (kind));
  gtk_switch_set_active (self->toggle, culvert_forward_spec_is_enabled (spec));
  self->is_filling = FALSE;
  /* Translators: %s is a forward: its name, or "localhost:5433 → db:5432" */
  label = g_strdup_printf (_ ("Switch for %s"), *name != '\0' ? name : ends);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  show_problem (self, find_problem (self));
}

const char *
culvert_draft_forward_row_get_forward_id (CulvertDraftForwardRow *self)
{
  g_return_val_if_fail (CULVERT_IS_DRAFT_FORWARD_ROW (self), NULL);
  return culvert_forward_spec_get_id (self->spec);
}
