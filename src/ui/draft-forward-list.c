/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/draft-forward-list.h"

#include "ui/draft-forward-row.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>

struct _CulvertDraftForwardList
{
  AdwPreferencesGroup  parent_instance;
  CulvertProfileDraft *draft;
  GPtrArray           *rows; /* of CulvertDraftForwardRow */
  GtkWidget           *add;
  GtkWidget           *problem;
};

G_DEFINE_FINAL_TYPE (CulvertDraftForwardList,
                     culvert_draft_forward_list,
                     ADW_TYPE_PREFERENCES_GROUP)

enum
{
  SIGNAL_OPEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
add_cb (CulvertDraftForwardList *self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, NULL);
}

static void
activated_cb (CulvertDraftForwardList *self, CulvertDraftForwardRow *row)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, culvert_draft_forward_row_get_forward_id (row));
}

/* Rows stay where they are and show what has moved to their place, so that the focus stays too. */
static void
update (CulvertDraftForwardList *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);
  GPtrArray           *forwards = culvert_profile_draft_peek (self->draft)->forwards;

  while (self->rows->len > forwards->len)
    adw_preferences_group_remove (group, g_ptr_array_steal_index (self->rows, self->rows->len - 1));
  while (self->rows->len < forwards->len)
    {
      GtkWidget *row = culvert_draft_forward_row_new (self->draft);

      g_signal_connect_object (row, "activated", G_CALLBACK (activated_cb), self,
                               G_CONNECT_SWAPPED);
      g_ptr_array_add (self->rows, row);
      adw_preferences_group_add (group, row);
    }
  for (guint i = 0; i < forwards->len; i++)
    culvert_draft_forward_row_set_forward (self->rows->pdata[i], forwards->pdata[i]);
}

static void
culvert_draft_forward_list_dispose (GObject *object)
{
  g_clear_object (&CULVERT_DRAFT_FORWARD_LIST (object)->draft);
  G_OBJECT_CLASS (culvert_draft_forward_list_parent_class)->dispose (object);
}

static void
culvert_draft_forward_list_finalize (GObject *object)
{
  g_ptr_array_unref (CULVERT_DRAFT_FORWARD_LIST (object)->rows);
  G_OBJECT_CLASS (culvert_draft_forward_list_parent_class)->finalize (object);
}

static void
culvert_draft_forward_list_class_init (CulvertDraftForwardListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_draft_forward_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_draft_forward_list_finalize;
  signals[SIGNAL_OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
culvert_draft_forward_list_init (CulvertDraftForwardList *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);
  GtkWidget *content = g_object_new (ADW_TYPE_BUTTON_CONTENT, "icon-name", "list-add-symbolic",
                                     "label", _ ("_Add Forward"), "use-underline", TRUE, NULL);

  self->rows = g_ptr_array_new ();
  self->add = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->add), content);
  gtk_widget_add_css_class (self->add, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Add Forward"), -1);
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_title (group, _ ("Forwards"));
  adw_preferences_group_set_header_suffix (group, self->add);
  self->problem = culvert_problem_row_new ();
  adw_preferences_group_add (group, self->problem);
}

void
culvert_draft_forward_list_set_draft (CulvertDraftForwardList *self, CulvertProfileDraft *draft)
{
  g_return_if_fail (CULVERT_IS_DRAFT_FORWARD_LIST (self));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  culvert_problem_row_watch (CULVERT_PROBLEM_ROW (self->problem), draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_FORWARDS }, NULL);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
culvert_draft_forward_list_focus (CulvertDraftForwardList *self, const char *forward_id)
{
  g_return_if_fail (CULVERT_IS_DRAFT_FORWARD_LIST (self));

  for (guint i = 0; i < self->rows->len && forward_id != NULL; i++)
    if (g_str_equal (culvert_draft_forward_row_get_forward_id (self->rows->pdata[i]), forward_id))
      {
        gtk_widget_grab_focus (self->rows->pdata[i]);
        return;
      }
  gtk_widget_grab_focus (self->add);
}
