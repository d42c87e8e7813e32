/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/application.h"

#include "ui/window.h"

struct _CulvertApplication
{
  AdwApplication         parent_instance;
  CulvertTunnelManager  *manager;
  CulvertSecretStore    *secrets;
  CulvertDialogPrompter *prompter;
  int                    exit_status;
};

G_DEFINE_FINAL_TYPE (CulvertApplication, culvert_application, ADW_TYPE_APPLICATION)

static void
culvert_application_activate (GApplication *application)
{
  CulvertApplication *self = CULVERT_APPLICATION (application);
  GtkWindow          *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (
      culvert_window_new (GTK_APPLICATION (self), self->manager, self->secrets, self->prompter));
  gtk_window_present (window);
}

static void
culvert_application_dispose (GObject *object)
{
  CulvertApplication *self = CULVERT_APPLICATION (object);

  g_clear_object (&self->manager);
  g_clear_object (&self->secrets);
  g_clear_object (&self->prompter);
  G_OBJECT_CLASS (culvert_application_parent_class)->dispose (object);
}

static void
culvert_application_class_init (CulvertApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_application_dispose;
  G_APPLICATION_CLASS (klass)->activate = culvert_application_activate;
}

static void
culvert_application_init (CulvertApplication *self)
{
}

CulvertApplication *
culvert_application_new (void)
{
  return g_object_new (CULVERT_TYPE_APPLICATION, "application-id", CULVERT_APP_ID, NULL);
}

void
culvert_application_set_parts (CulvertApplication    *self,
                               CulvertTunnelManager  *manager,
                               CulvertSecretStore    *secrets,
                               CulvertDialogPrompter *prompter)
{
  g_return_if_fail (CULVERT_IS_APPLICATION (self));
  g_set_object (&self->manager, manager);
  g_set_object (&self->secrets, secrets);
  g_set_object (&self->prompter, prompter);
}

GtkWindow *
culvert_application_get_parent (gpointer self)
{
  g_return_val_if_fail (CULVERT_IS_APPLICATION (self), NULL);
  return gtk_application_get_active_window (GTK_APPLICATION (self));
}
