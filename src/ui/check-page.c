/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/check-page.h"

#include "ui/check-row.h"
#include "ui/dialog-prompter.h"
#include "words/check-words.h"

#include <glib/gi18n.h>

struct _CulvertCheckPage
{
  AdwWindow              parent_instance;
  CulvertCheck          *check;
  CulvertDialogPrompter *prompter;
  CulvertCheckStage     *opened; /* nullable: the failure that was shown, so that it is once */

  AdwToastOverlay *toasts;
  AdwWindowTitle  *heading;
  GtkStack        *buttons;
  GtkLabel        *summary;
  GtkListBox      *list;
};

G_DEFINE_FINAL_TYPE (CulvertCheckPage, culvert_check_page, ADW_TYPE_WINDOW)

static guint
count_failed (GListModel *stages)
{
  guint n_failed = 0;

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage)  stage = g_list_model_get_item (stages, i);
      const CulvertCheckStageFields *fields = culvert_check_stage_get_fields (stage);

      n_failed +=
        fields->state == CULVERT_STAGE_FAILED && fields->note != CULVERT_NOTE_ENDED_HERE ? 1 : 0;
    }
  return n_failed;
}

/* (transfer full) */
static char *
describe (CulvertCheckPage *self)
{
  g_autoptr (CulvertPrompt) prompt = NULL;
  guint                     n_failed;

  switch (culvert_check_get_state (self->check))
    {
    case CULVERT_CHECK_PASSED:
      return g_strdup (_ ("Everything works."));
    case CULVERT_CHECK_FAILED:
      n_failed = count_failed (culvert_check_get_stages (self->check));
      return g_strdup_printf (
        ngettext ("%u thing does not work.", "%u things do not work.", n_failed), n_failed);
    case CULVERT_CHECK_CANCELLED:
      return g_strdup (_ ("The check was cancelled."));
    case CULVERT_CHECK_READY:
    case CULVERT_CHECK_RUNNING:
    default:
      g_object_get (self->check, "prompt", &prompt, NULL);
      return prompt != NULL ? g_strdup (_ ("Waiting for your answer…"))
                            : g_strdup (_ ("Checking…"));
    }
}

/* (transfer none) (nullable): the row of what failed first */
static CulvertCheckRow *
find_failure_row (CulvertCheckPage *self)
{
  CulvertCheckStage *failure = culvert_check_get_failure (self->check);
  GtkWidget         *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    if (CULVERT_IS_CHECK_ROW (row) &&
        culvert_check_row_get_stage (CULVERT_CHECK_ROW (row)) == failure)
      return CULVERT_CHECK_ROW (row);
  return NULL;
}

static void
open_failure (CulvertCheckPage *self)
{
  CulvertCheckStage *failure = culvert_check_get_failure (self->check);
  CulvertCheckRow   *row;

  if (failure == NULL || failure == self->opened)
    return;
  self->opened = failure;
  row = find_failure_row (self);
  if (row != NULL)
    culvert_check_row_open (row);
}

/* With the focus it scrolls into view. */
static void
show_failure (CulvertCheckPage *self)
{
  CulvertCheckRow *row = find_failure_row (self);

  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
update (CulvertCheckPage *self)
{
  gboolean         is_running = culvert_check_get_state (self->check) == CULVERT_CHECK_RUNNING;
  g_autofree char *text = describe (self);

  gtk_label_set_label (self->summary, text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.cancel", is_running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "check.again", !is_running);
  gtk_stack_set_visible_child_name (self->buttons, is_running ? "running" : "over");
  if (culvert_check_get_state (self->check) == CULVERT_CHECK_FAILED)
    show_failure (self);
}

static void
stage_changed_cb (CulvertCheckStage *stage, CulvertCheckPage *self)
{
  open_failure (self);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  CulvertCheckPage *self = user_data;
  GtkWidget        *row =
    culvert_check_row_new (CULVERT_CHECK_STAGE (item), culvert_check_get_profile (self->check));

  /* After the row's own. */
  g_signal_connect_object (item, "changed", G_CALLBACK (stage_changed_cb), self, 0);
  return row;
}

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertCheckPage *self = CULVERT_CHECK_PAGE (widget);

  self->opened = NULL;
  culvert_check_start (self->check);
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  culvert_check_cancel (CULVERT_CHECK_PAGE (widget)->check);
}

static void
copy_report_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertCheckPage *self = CULVERT_CHECK_PAGE (widget);
  g_autofree char  *report = culvert_words_for_check_report (
     culvert_check_get_stages (self->check), culvert_check_get_profile (self->check));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), report);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Report copied")));
}

static void
culvert_check_page_dispose (GObject *object)
{
  CulvertCheckPage *self = CULVERT_CHECK_PAGE (object);

  if (self->check != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->check, self);
      culvert_check_cancel (self->check);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_CHECK_PAGE);
  g_clear_object (&self->check);
  g_clear_object (&self->prompter);
  G_OBJECT_CLASS (culvert_check_page_parent_class)->dispose (object);
}

static void
culvert_check_page_class_init (CulvertCheckPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_check_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/check-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckPage, heading);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckPage, summary);
  gtk_widget_class_bind_template_child (widget_class, CulvertCheckPage, list);
  gtk_widget_class_install_action (widget_class, "check.again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "check.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "check.copy-report", NULL, copy_report_action);
}

static void
culvert_check_page_init (CulvertCheckPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWindow *
get_parent (gpointer user_data)
{
  return GTK_WINDOW (user_data);
}

GtkWidget *
culvert_check_page_new (GtkWindow          *parent,
                        CulvertProfile     *profile,
                        CulvertSecretStore *secrets,
                        GListModel         *tunnels)
{
  CulvertCheckPage *self = g_object_new (CULVERT_TYPE_CHECK_PAGE, "transient-for", parent, NULL);
  g_autofree char  *title = culvert_profile_dup_title (profile);

  self->prompter = culvert_dialog_prompter_new (get_parent, self);
  culvert_dialog_prompter_set_secret_store (self->prompter, secrets);
  self->check = culvert_check_new (profile, CULVERT_PROMPTER (self->prompter), secrets, tunnels);
  adw_window_title_set_subtitle (self->heading, title);
  gtk_list_box_bind_model (self->list, culvert_check_get_stages (self->check), make_row, self,
                           NULL);
  g_signal_connect_swapped (self->check, "notify::state", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->check, "notify::prompt", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

CulvertCheck *
culvert_check_page_get_check (CulvertCheckPage *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK_PAGE (self), NULL);
  return self->check;
}
