/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/preferences.h"

#include <glib/gi18n.h>

#define COLOURS       "colour-scheme"
#define NOTIFICATIONS "notifications"

struct _CulvertPreferencesWindow
{
  AdwPreferencesWindow parent_instance;
  AdwPreferencesPage  *page;
  GtkWidget           *not_kept;
  AdwComboRow         *colours;
  GtkSwitch           *notifications;
};

G_DEFINE_FINAL_TYPE (CulvertPreferencesWindow,
                     culvert_preferences_window,
                     ADW_TYPE_PREFERENCES_WINDOW)

/* As the schema numbers them. */
static const AdwColorScheme schemes[] = {
  ADW_COLOR_SCHEME_DEFAULT,
  ADW_COLOR_SCHEME_FORCE_LIGHT,
  ADW_COLOR_SCHEME_FORCE_DARK,
};

static void
culvert_preferences_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_PREFERENCES_WINDOW);
  G_OBJECT_CLASS (culvert_preferences_window_parent_class)->dispose (object);
}

static void
culvert_preferences_window_class_init (CulvertPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_preferences_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertPreferencesWindow, page);
  gtk_widget_class_bind_template_child (widget_class, CulvertPreferencesWindow, not_kept);
  gtk_widget_class_bind_template_child (widget_class, CulvertPreferencesWindow, colours);
  gtk_widget_class_bind_template_child (widget_class, CulvertPreferencesWindow, notifications);
}

static void
culvert_preferences_window_init (CulvertPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
get_colours (GValue *value, GVariant *variant, gpointer user_data)
{
  GSettings *settings = user_data;

  g_value_set_uint (value, (guint)g_settings_get_enum (settings, COLOURS));
  return TRUE;
}

static GVariant *
set_colours (const GValue *value, const GVariantType *type, gpointer user_data)
{
  static const char *const nicks[] = { "system", "light", "dark" };
  guint                    selected = g_value_get_uint (value);

  return selected < G_N_ELEMENTS (nicks) ? g_variant_new_string (nicks[selected]) : NULL;
}

GtkWidget *
culvert_preferences_window_new (GtkWindow *parent, GSettings *settings)
{
  CulvertPreferencesWindow *self =
    g_object_new (CULVERT_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);

  gtk_widget_set_visible (self->not_kept, settings == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->colours), settings != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->notifications), settings != NULL);
  if (settings == NULL)
    return GTK_WIDGET (self);
  g_settings_bind_with_mapping (settings, COLOURS, self->colours, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_colours, set_colours,
                                g_object_ref (settings), g_object_unref);
  g_settings_bind (settings, NOTIFICATIONS, self->notifications, "active", G_SETTINGS_BIND_DEFAULT);
  return GTK_WIDGET (self);
}

void
culvert_preferences_window_add_group (CulvertPreferencesWindow *self, AdwPreferencesGroup *group)
{
  g_return_if_fail (CULVERT_IS_PREFERENCES_WINDOW (self));
  adw_preferences_page_add (self->page, group);
}

static void
colours_changed_cb (GSettings *settings)
{
  int chosen = g_settings_get_enum (settings, COLOURS);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[CLAMP (chosen, 0, (int)G_N_ELEMENTS (schemes) - 1)]);
}

void
culvert_preferences_follow_colours (GSettings *settings)
{
  g_return_if_fail (G_IS_SETTINGS (settings));
  g_signal_connect (settings, "changed::" COLOURS, G_CALLBACK (colours_changed_cb), NULL);
  colours_changed_cb (settings);
}

gboolean
culvert_preferences_may_notify (GSettings *settings)
{
  return settings == NULL || g_settings_get_boolean (settings, NOTIFICATIONS);
}
