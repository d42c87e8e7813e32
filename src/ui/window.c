/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "ui/application.h"
#include "ui/notices.h"
#include "ui/quit-dialog.h"
#include "ui/settings.h"
#include "ui/welcome-page.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (CulvertWindow, culvert_window, ADW_TYPE_APPLICATION_WINDOW)

static void
update_visible_page (CulvertWindow *self)
{
  gboolean has_tunnels = g_list_model_get_n_items (G_LIST_MODEL (self->manager)) > 0;

  gtk_stack_set_visible_child_name (self->stack, has_tunnels ? "tunnels" : "welcome");
  if (!has_tunnels)
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->list));
}

static void
selected_changed_cb (CulvertWindow *self)
{
  CulvertTunnel *tunnel = culvert_tunnel_list_get_selected (self->list);

  g_set_object (&self->tunnel, tunnel);
  g_signal_group_set_target (self->tunnel_signals, tunnel);
  if (self->settings != NULL && tunnel != NULL)
    g_settings_set_string (self->settings, "last-tunnel", culvert_tunnel_get_id (tunnel));
  culvert_window_update_actions (self);
}

/* Beside the list the page needs no turning to, and the focus stays where it is. */
static void
show_page (CulvertWindow *self)
{
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->page));
}

static void
activated_cb (CulvertWindow *self)
{
  show_page (self);
}

/* (nullable): not in tests, whose application is another one */
static CulvertBackground *
get_background (CulvertWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  return CULVERT_IS_APPLICATION (application)
           ? culvert_application_get_background (CULVERT_APPLICATION (application))
           : NULL;
}

static void
quit (CulvertWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  culvert_window_settle_removals (self);
  culvert_application_stop_and_quit (CULVERT_APPLICATION (application), EXIT_SUCCESS);
}

static void
quit_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  CulvertWindow *self = CULVERT_WINDOW (user_data);

  if (g_str_equal (response, CULVERT_QUIT_RESPONSE))
    quit (self);
  else if (g_str_equal (response, CULVERT_MINIMIZE_RESPONSE))
    gtk_window_minimize (GTK_WINDOW (self));
}

static void
ask_before_quitting (CulvertWindow *self, CulvertClosing closing)
{
  guint      n_on = culvert_tunnel_manager_get_n_on (self->manager);
  GtkWidget *dialog = culvert_quit_dialog_new (GTK_WINDOW (self), n_on, closing);

  g_signal_connect_object (dialog, "response", G_CALLBACK (quit_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
culvert_window_quit (CulvertWindow *self)
{
  g_return_if_fail (CULVERT_IS_WINDOW (self));

  if (culvert_tunnel_manager_get_n_on (self->manager) > 0 &&
      gtk_widget_get_visible (GTK_WIDGET (self)))
    ask_before_quitting (self, CULVERT_CLOSING_QUITS);
  else
    quit (self);
}

static void
desktop_answered_cb (GObject *background, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertWindow) self = user_data;

  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
culvert_window_close_request (GtkWindow *window)
{
  CulvertWindow     *self = CULVERT_WINDOW (window);
  CulvertBackground *background = get_background (self);
  CulvertClosing     closing =
    background != NULL ? culvert_background_get_closing (background) : CULVERT_CLOSING_QUITS;

  if (closing == CULVERT_CLOSING_ASKS)
    {
      culvert_background_ask_async (background, desktop_answered_cb, g_object_ref (self));
      return GDK_EVENT_STOP;
    }
  if (closing == CULVERT_CLOSING_WAITS)
    return GDK_EVENT_STOP;
  if (closing == CULVERT_CLOSING_HIDES)
    {
      culvert_window_settle_removals (self);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      culvert_background_set_hidden (background, TRUE, TRUE);
      return GDK_EVENT_STOP;
    }
  if (culvert_tunnel_manager_get_n_on (self->manager) > 0)
    {
      ask_before_quitting (self, closing);
      return GDK_EVENT_STOP;
    }
  culvert_window_settle_removals (self);
  return GTK_WINDOW_CLASS (culvert_window_parent_class)->close_request (window);
}

static void
restore_state (CulvertWindow *self)
{
  self->settings = culvert_settings_new ();
  if (self->settings == NULL)
    return;
  g_settings_bind (self->settings, "width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "is-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static void
culvert_window_dispose (GObject *object)
{
  CulvertWindow *self = CULVERT_WINDOW (object);

  if (self->manager != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->manager, update_visible_page, self);
      culvert_window_settle_removals (self);
    }
  g_signal_group_set_target (self->tunnel_signals, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_WINDOW);
  g_clear_object (&self->tunnel);
  g_clear_object (&self->manager);
  g_clear_object (&self->secrets);
  g_clear_object (&self->prompter);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (culvert_window_parent_class)->dispose (object);
}

static void
culvert_window_finalize (GObject *object)
{
  CulvertWindow *self = CULVERT_WINDOW (object);

  g_clear_object (&self->tunnel_signals);
  g_clear_pointer (&self->removals, g_ptr_array_unref);
  G_OBJECT_CLASS (culvert_window_parent_class)->finalize (object);
}

static void
culvert_window_class_init (CulvertWindowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_window_dispose;
  object_class->finalize = culvert_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = culvert_window_close_request;

  g_type_ensure (CULVERT_TYPE_NOTICES);
  g_type_ensure (CULVERT_TYPE_TUNNEL_LIST);
  g_type_ensure (CULVERT_TYPE_TUNNEL_PAGE);
  g_type_ensure (CULVERT_TYPE_WELCOME_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/window.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, list);
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, page);
  gtk_widget_class_bind_template_child (widget_class, CulvertWindow, welcome_notices);
  gtk_widget_class_bind_template_callback (widget_class, selected_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  culvert_window_install_actions (widget_class);
}

static void
culvert_window_init (CulvertWindow *self)
{
  self->tunnel_signals = g_signal_group_new (CULVERT_TYPE_TUNNEL);
  g_signal_group_connect_swapped (self->tunnel_signals, "notify::state",
                                  G_CALLBACK (culvert_window_update_actions), self);
  self->removals = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  restore_state (self);
}

GtkWidget *
culvert_window_new (GtkApplication        *application,
                    CulvertTunnelManager  *manager,
                    CulvertSecretStore    *secrets,
                    CulvertDialogPrompter *prompter)
{
  CulvertWindow   *self = g_object_new (CULVERT_TYPE_WINDOW, "application", application, NULL);
  g_autofree char *last_id = NULL;
  CulvertTunnel   *last = NULL;

  /* Read before the list has chosen one, which is remembered in turn. */
  if (self->settings != NULL)
    last_id = g_settings_get_string (self->settings, "last-tunnel");
  self->manager = g_object_ref (manager);
  self->secrets = g_object_ref (secrets);
  g_set_object (&self->prompter, prompter);
  g_object_set (self->page, "manager", manager, NULL);
  culvert_notices_set_sources (CULVERT_NOTICES (self->welcome_notices),
                               culvert_tunnel_manager_get_store (manager), secrets);
  culvert_tunnel_list_set_sources (self->list, manager, secrets);
  if (self->settings != NULL)
    culvert_tunnel_list_bind_collapsed (self->list, self->settings);
  culvert_window_watch_turns (self);
  g_signal_connect_object (manager, "items-changed", G_CALLBACK (update_visible_page), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  if (last_id != NULL)
    last = culvert_tunnel_manager_find (manager, last_id);
  if (last != NULL)
    culvert_tunnel_list_select (self->list, last);
  update_visible_page (self);
  culvert_window_update_actions (self);
  culvert_tunnel_list_focus_selected (self->list);
  return GTK_WIDGET (self);
}

void
culvert_window_show_tunnel (CulvertWindow *self, const char *tunnel_id)
{
  CulvertTunnel *tunnel;

  g_return_if_fail (CULVERT_IS_WINDOW (self));
  tunnel = culvert_tunnel_manager_find (self->manager, tunnel_id);
  if (tunnel == NULL)
    return;
  culvert_tunnel_list_select (self->list, tunnel);
  culvert_tunnel_list_reveal_selected (self->list);
  show_page (self);
}

void
culvert_window_show_message (CulvertWindow *self, const char *text)
{
  AdwToast        *toast;
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_return_if_fail (CULVERT_IS_WINDOW (self));
  /* A toast's title is markup. */
  toast = adw_toast_new (escaped);
  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
