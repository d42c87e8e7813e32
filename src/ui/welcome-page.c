/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/welcome-page.h"

#include "ui/sandbox-hint.h"

struct _CulvertWelcomePage
{
  AdwBin          parent_instance;
  GtkWidget      *sandbox_group;
  CulvertHintRow *sandbox_hint;
};

G_DEFINE_FINAL_TYPE (CulvertWelcomePage, culvert_welcome_page, ADW_TYPE_BIN)

static void
culvert_welcome_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (culvert_welcome_page_parent_class)->dispose (object);
}

static void
culvert_welcome_page_class_init (CulvertWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  G_OBJECT_CLASS (klass)->dispose = culvert_welcome_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertWelcomePage, sandbox_group);
  gtk_widget_class_bind_template_child (widget_class, CulvertWelcomePage, sandbox_hint);
}

static void
culvert_welcome_page_init (CulvertWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  culvert_sandbox_hint_set (self->sandbox_hint, CULVERT_SANDBOX_AGENT | CULVERT_SANDBOX_SSH_FOLDER);
  gtk_widget_set_visible (self->sandbox_group,
                          culvert_sandbox_get_lacks () != CULVERT_SANDBOX_NOTHING);
}
