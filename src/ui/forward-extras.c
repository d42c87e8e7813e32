/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-extras.h"

#include "ui/entry.h"
#include "ui/hint-row.h"
#include "ui/problem-row.h"

struct _CulvertForwardExtras
{
  AdwPreferencesGroup parent_instance;
  gboolean            is_filling;

  AdwExpanderRow    *expander;
  GtkWidget         *ftp_row;
  GtkSwitch         *ftp;
  CulvertHintRow    *ftp_hint;
  GtkWidget         *https_row;
  GtkSwitch         *https;
  AdwEntryRow       *page;
  CulvertProblemRow *page_problem;
};

G_DEFINE_FINAL_TYPE (CulvertForwardExtras, culvert_forward_extras, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
changed_cb (CulvertForwardExtras *self)
{
  if (!self->is_filling)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
culvert_forward_extras_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_FORWARD_EXTRAS);
  G_OBJECT_CLASS (culvert_forward_extras_parent_class)->dispose (object);
}

static void
culvert_forward_extras_class_init (CulvertForwardExtrasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_forward_extras_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/forward-extras.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, expander);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, ftp_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, ftp);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, ftp_hint);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, https_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, https);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, page);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardExtras, page_problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
culvert_forward_extras_init (CulvertForwardExtras *self)
{
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_filling = FALSE;
}

void
culvert_forward_extras_set_forward (CulvertForwardExtras     *self,
                                    CulvertProfileDraft      *draft,
                                    const CulvertForwardSpec *spec)
{
  CulvertForwardFields fields;

  g_return_if_fail (CULVERT_IS_FORWARD_EXTRAS (self));
  g_return_if_fail (spec != NULL);

  fields = culvert_forward_spec_get_fields (spec);
  self->is_filling = TRUE;
  gtk_switch_set_active (self->ftp, fields.is_ftp);
  gtk_switch_set_active (self->https, fields.is_https);
  culvert_entry_set_text (self->page, fields.browser_path);
  self->is_filling = FALSE;
  adw_expander_row_set_expanded (self->expander,
                                 fields.is_ftp || fields.is_https || *fields.browser_path != '\0');
  culvert_problem_row_watch (
    self->page_problem, draft,
    &(CulvertProblemFilter){ .field = CULVERT_FIELD_FORWARD_BROWSER, .forward_id = fields.id },
    GTK_WIDGET (self->page));
}

static gboolean
is_tcp (const CulvertEndpoint *end)
{
  return end != NULL && culvert_endpoint_get_kind (end) == CULVERT_ENDPOINT_TCP;
}

void
culvert_forward_extras_apply (CulvertForwardExtras *self, CulvertForwardFields *fields)
{
  gboolean has_target;
  gboolean can_ftp;
  gboolean can_browse;

  g_return_if_fail (CULVERT_IS_FORWARD_EXTRAS (self));

  has_target = fields->kind == CULVERT_FORWARD_LOCAL || fields->kind == CULVERT_FORWARD_REMOTE;
  can_ftp = has_target && is_tcp (fields->listen) && is_tcp (fields->target);
  can_browse = fields->kind == CULVERT_FORWARD_LOCAL && is_tcp (fields->listen);
  gtk_widget_set_visible (self->ftp_row, can_ftp);
  gtk_widget_set_visible (GTK_WIDGET (self->ftp_hint),
                          can_ftp && gtk_switch_get_active (self->ftp));
  gtk_widget_set_visible (self->https_row, can_browse);
  gtk_widget_set_visible (GTK_WIDGET (self->page), can_browse);
  gtk_widget_set_visible (GTK_WIDGET (self), can_ftp || can_browse);
  fields->is_ftp = can_ftp && gtk_switch_get_active (self->ftp);
  fields->is_https = can_browse && gtk_switch_get_active (self->https);
  fields->browser_path = can_browse ? culvert_entry_get_text (self->page) : "";
}

gboolean
culvert_forward_extras_offers_ftp (CulvertForwardExtras *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_EXTRAS (self), FALSE);

  return gtk_widget_get_visible (self->ftp_row);
}

gboolean
culvert_forward_extras_has_ftp (CulvertForwardExtras *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_EXTRAS (self), FALSE);

  return gtk_switch_get_active (self->ftp);
}

void
culvert_forward_extras_set_ftp (CulvertForwardExtras *self)
{
  g_return_if_fail (CULVERT_IS_FORWARD_EXTRAS (self));

  adw_expander_row_set_expanded (self->expander, TRUE);
  gtk_switch_set_active (self->ftp, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->ftp));
}
