/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/desktop-group.h"

#include "words/failure.h"

#include <glib/gi18n.h>

struct _CulvertDesktopGroup
{
  AdwPreferencesGroup parent_instance;
  CulvertBackground  *background;
  gboolean            is_filling;
  AdwActionRow       *run;
  GtkSwitch          *run_switch;
  AdwActionRow       *start;
  GtkSwitch          *start_switch;
};

G_DEFINE_FINAL_TYPE (CulvertDesktopGroup, culvert_desktop_group, ADW_TYPE_PREFERENCES_GROUP)

/* What closing the window will do. */
static const char *
describe_run (CulvertBackground *background)
{
  if (!culvert_background_is_wanted (background))
    return _ ("Closing the window quits, and stops the tunnels");
  switch (culvert_background_get_closing (background))
    {
    case CULVERT_CLOSING_HIDES:
      return culvert_background_has_tray (background)
               ? _ ("The tunnels stay up, and the icon in the tray opens the window again")
               : _ ("The tunnels stay up, and starting Culvert again opens the window");
    case CULVERT_CLOSING_ASKS:
    case CULVERT_CLOSING_WAITS:
      return _ ("The desktop is asked when the window is closed");
    case CULVERT_CLOSING_DENIED:
      return _ ("The desktop does not let Culvert run without its window, so closing it quits. The "
                "settings of the desktop can allow it.");
    case CULVERT_CLOSING_QUITS:
    case CULVERT_CLOSING_NO_TRAY:
    default:
      return _ (
        "This desktop shows no tray now, so closing the window quits. GNOME has one with the "
        "AppIndicator extension.");
    }
}

static void
show_run (CulvertDesktopGroup *self)
{
  adw_action_row_set_subtitle (self->run, describe_run (self->background));
}

static void
show_start (CulvertDesktopGroup *self)
{
  self->is_filling = TRUE;
  gtk_switch_set_active (self->start_switch,
                         culvert_background_starts_at_log_in (self->background));
  self->is_filling = FALSE;
}

/* (transfer full): why it could not be switched */
static char *
describe_failure (const GError *error)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return g_strdup (
      _ ("This desktop does not let programs in a sandbox ask for that. Its own settings may "
         "have a list of what starts at log-in."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_strdup (_ ("The desktop did not allow it. Its settings say what Culvert may do."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup (_ ("The desktop did not answer. Try again."));
  words = culvert_failure_words_for_other (error);
  return g_strdup (words->what);
}

static void
switched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertDesktopGroup) self = user_data;
  g_autoptr (GError)              error = NULL;
  g_autofree char                *why = NULL;

  if (!culvert_background_set_starts_finish (CULVERT_BACKGROUND (source), result, &error))
    why = describe_failure (error);
  adw_action_row_set_subtitle (self->start, why != NULL ? why : _ ("Without a window"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->start_switch), TRUE);
  show_start (self);
  show_run (self);
}

static void
start_switched_cb (CulvertDesktopGroup *self)
{
  if (self->is_filling)
    return;
  /* The desktop may ask the person first. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->start_switch), FALSE);
  culvert_background_set_starts_async (self->background, gtk_switch_get_active (self->start_switch),
                                       switched_cb, g_object_ref (self));
}

static void
probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertDesktopGroup) self = user_data;
  g_autoptr (GError)              error = NULL;
  g_autofree char                *why = NULL;

  if (culvert_background_probe_finish (CULVERT_BACKGROUND (source), result, &error))
    return;
  why = describe_failure (error);
  adw_action_row_set_subtitle (self->start, why);
  gtk_widget_set_sensitive (GTK_WIDGET (self->start), FALSE);
}

static void
culvert_desktop_group_dispose (GObject *object)
{
  CulvertDesktopGroup *self = CULVERT_DESKTOP_GROUP (object);

  g_clear_object (&self->background);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_DESKTOP_GROUP);
  G_OBJECT_CLASS (culvert_desktop_group_parent_class)->dispose (object);
}

static void
culvert_desktop_group_class_init (CulvertDesktopGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_desktop_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/desktop-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertDesktopGroup, run);
  gtk_widget_class_bind_template_child (widget_class, CulvertDesktopGroup, run_switch);
  gtk_widget_class_bind_template_child (widget_class, CulvertDesktopGroup, start);
  gtk_widget_class_bind_template_child (widget_class, CulvertDesktopGroup, start_switch);
  gtk_widget_class_bind_template_callback (widget_class, start_switched_cb);
}

static void
culvert_desktop_group_init (CulvertDesktopGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_action_row_set_subtitle (self->start, _ ("Without a window"));
}

GtkWidget *
culvert_desktop_group_new (CulvertBackground *background)
{
  CulvertDesktopGroup *self = g_object_new (CULVERT_TYPE_DESKTOP_GROUP, NULL);
  GSettings           *settings = culvert_background_get_settings (background);

  self->background = g_object_ref (background);
  if (settings != NULL)
    {
      g_settings_bind (settings, "run-in-background", self->run_switch, "active",
                       G_SETTINGS_BIND_DEFAULT);
      g_signal_connect_object (settings, "changed::run-in-background", G_CALLBACK (show_run), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->run), settings != NULL);
  g_signal_connect_object (background, "notify::has-tray", G_CALLBACK (show_run), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (background, "notify::may-run", G_CALLBACK (show_run), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (background, "notify::starts-at-log-in", G_CALLBACK (show_start), self,
                           G_CONNECT_SWAPPED);
  show_run (self);
  show_start (self);
  culvert_background_probe_async (background, probed_cb, g_object_ref (self));
  return GTK_WIDGET (self);
}
