/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/welcome-page.h"

#include "ui/choice-button.h"
#include "ui/import-reading.h"
#include "ui/sandbox-hint.h"

#include <glib/gi18n.h>

struct _CulvertWelcomePage
{
  AdwBin          parent_instance;
  GCancellable   *finding; /* NULL until it was shown */
  GtkWidget      *ssh_config;
  GtkWidget      *putty;
  GtkWidget      *sandbox_group;
  CulvertHintRow *sandbox_hint;
};

G_DEFINE_FINAL_TYPE (CulvertWelcomePage, culvert_welcome_page, ADW_TYPE_BIN)

static void
offer (GtkWidget *button, const CulvertImportPlace *place, const char *text)
{
  /* Translators: %s is a path: "~/.ssh/config" */
  g_autofree char *title = g_strdup_printf (_ ("Import from %s"), place->shown);

  g_object_set (button, "title", title, "text", text, NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button),
                                          g_variant_new_bytestring (place->path));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.import-from");
  gtk_widget_set_visible (button, TRUE);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) places = culvert_import_places_finish (result, &error);
  CulvertWelcomePage   *self = user_data;

  /* Cancelled: the page is gone. */
  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const CulvertImportPlace *place = g_ptr_array_index (places, i);
      g_autofree char          *text = NULL;

      if (place->kind == CULVERT_IMPORT_KIND_PUTTY)
        text = g_strdup_printf (
          ngettext ("%u session of PuTTY’s found", "%u sessions of PuTTY’s found", place->n_found),
          place->n_found);
      else
        text = g_strdup_printf (ngettext ("%u server found", "%u servers found", place->n_found),
                                place->n_found);
      offer (place->kind == CULVERT_IMPORT_KIND_PUTTY ? self->putty : self->ssh_config, place,
             text);
    }
}

/* Nobody who has tunnels waits for it. */
static void
culvert_welcome_page_map (GtkWidget *widget)
{
  CulvertWelcomePage *self = CULVERT_WELCOME_PAGE (widget);

  GTK_WIDGET_CLASS (culvert_welcome_page_parent_class)->map (widget);
  if (self->finding != NULL)
    return;
  self->finding = g_cancellable_new ();
  culvert_import_places_find (self->finding, found_cb, self);
}

static void
culvert_welcome_page_dispose (GObject *object)
{
  CulvertWelcomePage *self = CULVERT_WELCOME_PAGE (object);

  if (self->finding != NULL)
    g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (culvert_welcome_page_parent_class)->dispose (object);
}

static void
culvert_welcome_page_class_init (CulvertWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  G_OBJECT_CLASS (klass)->dispose = culvert_welcome_page_dispose;
  widget_class->map = culvert_welcome_page_map;
  g_type_ensure (CULVERT_TYPE_CHOICE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertWelcomePage, ssh_config);
  gtk_widget_class_bind_template_child (widget_class, CulvertWelcomePage, putty);
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
