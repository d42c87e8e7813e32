/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window.h"

struct _CulvertWindow
{
  AdwApplicationWindow   parent_instance;
  CulvertTunnelManager  *manager;
  CulvertSecretStore    *secrets;
  CulvertDialogPrompter *prompter;
  AdwToastOverlay       *toasts;
};

G_DEFINE_FINAL_TYPE (CulvertWindow, culvert_window, ADW_TYPE_APPLICATION_WINDOW)

static void
culvert_window_dispose (GObject *object)
{
  CulvertWindow *self = CULVERT_WINDOW (object);

  g_clear_object (&self->manager);
  g_clear_object (&self->secrets);
  g_clear_object (&self->prompter);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_WINDOW);
  G_OBJECT_CLASS (culvert_window_parent_class)->dispose (object);
}

static void
culvert_window_class_init (CulvertWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/window.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, toasts);
}

static void
culvert_window_init (CulvertWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_window_new (GtkApplication        *application,
                    CulvertTunnelManager  *manager,
                    CulvertSecretStore    *secrets,
                    CulvertDialogPrompter *prompter)
{
  CulvertWindow *self = g_object_new (CULVERT_TYPE_WINDOW, "application", application, NULL);

  g_set_object (&self->manager, manager);
  g_set_object (&self->secrets, secrets);
  g_set_object (&self->prompter, prompter);
  return GTK_WIDGET (self);
}

void
culvert_window_show_message (CulvertWindow *self, const char *text)
{
  g_return_if_fail (CULVERT_IS_WINDOW (self));
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}
