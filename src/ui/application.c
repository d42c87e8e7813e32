/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/application.h"

#include "engine/describe-libraries.h"
#include "engine/check-thread.h"
#include "engine/link-thread.h"
#include "ui/desktop-group.h"
#include "ui/notifier.h"
#include "ui/preferences.h"
#include "ui/presence.h"
#include "ui/settings.h"
#include "ui/window.h"
#include "ui/window-private.h"

#include <glib/gi18n.h>

#define LINGER_POLL_MS 10
#define LINGER_MAX_US  (2 * G_USEC_PER_SEC)

struct _CulvertApplication
{
  AdwApplication         parent_instance;
  CulvertTunnelManager  *manager;
  CulvertSecretStore    *secrets;
  CulvertDialogPrompter *prompter;
  CulvertNotifier       *notifier;
  GSettings             *settings; /* NULL where the schema is not installed */
  CulvertPresence       *presence; /* nullable: there is no session bus */
  CulvertBackground     *background;
  gboolean               starts_hidden; /* until it is activated for the first time */
  gboolean               is_held;       /* there has not been a window yet */
  gboolean               exit_after_startup;
  gboolean               has_started_marked;
  gboolean               is_ending;
  gint64                 linger_until_us;
  int                    exit_status;
};

G_DEFINE_FINAL_TYPE (CulvertApplication, culvert_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
  { "background", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Start without a window; the tray, or starting Culvert again, opens it"), NULL },
  { "new-tunnel", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Begin a new tunnel"), NULL },
  { "exit-after-startup", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, NULL,
    N_ ("Exit once the window is shown"), NULL },
  { "idle-limit", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, NULL,
    N_ ("As a service: exit after so many milliseconds without use"), NULL },
  { NULL },
};

/* (transfer none) (nullable): the main window, be it in front or not */
static GtkWindow *
find_window (CulvertApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (CULVERT_IS_WINDOW (l->data))
      return GTK_WINDOW (l->data);
  return NULL;
}

/* (transfer full) */
static char *
describe_versions (void)
{
  return g_strdup_printf ("Culvert %s\nGTK %u.%u.%u\nlibadwaita %u.%u.%u\nGLib %u.%u.%u\n%s",
                          CULVERT_VERSION, gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version (), glib_major_version,
                          glib_minor_version, glib_micro_version, culvert_describe_libraries ());
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  g_autofree char    *versions = describe_versions ();

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)),
                         "application-name", "Culvert", "application-icon", CULVERT_APP_ID,
                         "developer-name", _ ("The Culvert developers"), "version", CULVERT_VERSION,
                         "comments", _ ("Keeps SSH tunnels open, and says what they do"),
                         "license-type", GTK_LICENSE_GPL_3_0, "debug-info", versions,
                         "debug-info-filename", "culvert-versions.txt", NULL);
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  GtkWindow          *active = gtk_application_get_active_window (GTK_APPLICATION (self));
  GtkWidget          *preferences;

  /* The key works in them as well. */
  if (CULVERT_IS_PREFERENCES_WINDOW (active))
    return;
  preferences = culvert_preferences_window_new (active, self->settings);
  /* NULL without tunnels, as where a window alone is tested. */
  if (self->background != NULL)
    culvert_preferences_window_add_group (
      CULVERT_PREFERENCES_WINDOW (preferences),
      ADW_PREFERENCES_GROUP (culvert_desktop_group_new (self->background)));
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_activate (G_APPLICATION (user_data));
}

/* By way of the window, which asks when something is on. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  GtkWindow          *window = find_window (self);

  if (window != NULL)
    culvert_window_quit (CULVERT_WINDOW (window));
  else
    culvert_application_stop_and_quit (self, EXIT_SUCCESS);
}

/* (transfer none) (nullable): the one that an action is about */
static CulvertTunnel *
find_tunnel (gpointer self, GVariant *id)
{
  CulvertTunnelManager *manager = CULVERT_APPLICATION (self)->manager;

  return manager != NULL ? culvert_tunnel_manager_find (manager, g_variant_get_string (id, NULL))
                         : NULL;
}

/* The person clicked a notification: to the tunnel, and to its question if it is still open. */
static void
answer_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  CulvertTunnel      *tunnel = find_tunnel (self, parameter);
  GtkWindow          *window;

  g_application_activate (G_APPLICATION (self));
  window = find_window (self);
  if (window == NULL || tunnel == NULL)
    return;
  culvert_window_show_tunnel (CULVERT_WINDOW (window), culvert_tunnel_get_id (tunnel));
  if (culvert_tunnel_get_prompt (tunnel) != NULL)
    culvert_dialog_prompter_present (self->prompter, culvert_tunnel_get_prompt (tunnel));
}

static void
retry_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertTunnel *tunnel = find_tunnel (user_data, parameter);

  if (tunnel == NULL)
    return;
  if (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_FAILED)
    culvert_tunnel_start (tunnel);
  else if (culvert_tunnel_is_wanted (tunnel))
    culvert_tunnel_retry_now (tunnel);
}

static void
stop_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertTunnel *tunnel = find_tunnel (user_data, parameter);

  if (tunnel != NULL)
    culvert_tunnel_stop (tunnel);
}

/* Somebody picked it elsewhere, as in a search of the desktop. */
static void
show_tunnel_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  GtkWindow          *window;

  g_application_activate (G_APPLICATION (self));
  window = find_window (self);
  if (window != NULL)
    culvert_window_show_tunnel (CULVERT_WINDOW (window), g_variant_get_string (parameter, NULL));
}

/* From outside: the desktop's menu of this program. */
static void
new_tunnel_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window;

  g_application_activate (G_APPLICATION (user_data));
  window = find_window (CULVERT_APPLICATION (user_data));
  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.new", NULL);
}

static const GActionEntry actions[] = {
  { .name = "show-tunnel", .parameter_type = "s", .activate = show_tunnel_action },
  { .name = "new-tunnel", .activate = new_tunnel_action },
  { .name = "answer", .parameter_type = "s", .activate = answer_action },
  { .name = "about", .activate = about_action },
  { .name = "preferences", .activate = preferences_action },
  { .name = "open", .activate = open_action },
  { .name = "retry", .parameter_type = "s", .activate = retry_action },
  { .name = "stop", .parameter_type = "s", .activate = stop_action },
  { .name = "quit", .activate = quit_action },
};

static void
set_accels (CulvertApplication *self)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } table[] = {
    { "app.quit", { "<Control>q", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "win.new", { "<Control>n", NULL } },
    { "win.paste-command", { "<Control><Shift>v", NULL } },
    { "win.import", { "<Control>o", NULL } },
    { "win.search", { "<Control>f", NULL } },
    { "win.edit", { "<Control>e", NULL } },
    { "win.duplicate", { "<Control>d", NULL } },
    { "win.toggle", { "<Control>t", NULL } },
    { "win.move-to-group", { "<Control>g", NULL } },
    { "win.show-view::overview", { "<Alt>1", NULL } },
    { "win.show-view::connections", { "<Alt>2", NULL } },
    { "win.show-view::log", { "<Alt>3", NULL } },
    { "win.show-view::drops", { "<Alt>4", NULL } },
    { "win.search-log", { "<Control><Shift>f", NULL } },
    { "win.check", { "<Control>k", NULL } },
    { "win.answer", { "<Control><Shift>a", NULL } },
    { "win.back", { "<Alt>Left", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), table[i].action,
                                           table[i].accels);
}

static gboolean
exit_cb (gpointer user_data)
{
  culvert_application_stop_and_quit (CULVERT_APPLICATION (user_data), EXIT_SUCCESS);
  return G_SOURCE_REMOVE;
}

static void
culvert_application_startup (GApplication *application)
{
  CulvertApplication *self = CULVERT_APPLICATION (application);

  G_APPLICATION_CLASS (culvert_application_parent_class)->startup (application);
  g_set_application_name ("Culvert");
  gtk_window_set_default_icon_name (CULVERT_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self);
  self->settings = culvert_settings_new ();
  if (self->settings != NULL)
    culvert_preferences_follow_colours (self->settings);
}

static void
stay_without_window (CulvertApplication *self)
{
  self->starts_hidden = FALSE;
  self->is_held = TRUE;
  g_application_hold (G_APPLICATION (self));
  culvert_background_set_hidden (self->background, TRUE, FALSE);
}

static void
culvert_application_activate (GApplication *application)
{
  CulvertApplication *self = CULVERT_APPLICATION (application);
  GtkWindow          *window = find_window (self);

  g_return_if_fail (self->manager != NULL);
  if (self->is_ending)
    return;
  if (self->starts_hidden)
    {
      stay_without_window (self);
      return;
    }
  if (window == NULL)
    window = GTK_WINDOW (
      culvert_window_new (GTK_APPLICATION (self), self->manager, self->secrets, self->prompter));
  gtk_window_present (window);
  culvert_background_set_hidden (self->background, FALSE, TRUE);
  if (self->is_held)
    g_application_release (application);
  self->is_held = FALSE;
  /* After everything that the first frame needs. */
  if (self->exit_after_startup)
    g_idle_add_full (G_PRIORITY_LOW, exit_cb, g_object_ref (self), g_object_unref);
}

static gboolean
culvert_application_dbus_register (GApplication    *application,
                                   GDBusConnection *connection,
                                   const char      *object_path,
                                   GError         **error)
{
  CulvertApplication *self = CULVERT_APPLICATION (application);

  if (!G_APPLICATION_CLASS (culvert_application_parent_class)
         ->dbus_register (application, connection, object_path, error))
    return FALSE;
  self->presence = culvert_presence_new (GTK_APPLICATION (self), connection, error);
  return self->presence != NULL;
}

static void
culvert_application_dbus_unregister (GApplication    *application,
                                     GDBusConnection *connection,
                                     const char      *object_path)
{
  g_clear_pointer (&CULVERT_APPLICATION (application)->presence, culvert_presence_free);
  G_APPLICATION_CLASS (culvert_application_parent_class)
    ->dbus_unregister (application, connection, object_path);
}

/* Returns: as culvert_application_handle_local_options() */
static int
begin_hidden (CulvertApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (!g_application_register (G_APPLICATION (self), NULL, &error))
    {
      g_printerr ("culvert: %s\n", error->message);
      return EXIT_FAILURE;
    }
  /* It runs, with a window or without one: as the person has it. */
  if (g_application_get_is_remote (G_APPLICATION (self)))
    return EXIT_SUCCESS;
  self->starts_hidden = TRUE;
  return -1;
}

static int
culvert_application_handle_local_options (GApplication *application, GVariantDict *given)
{
  g_autofree char   *versions = NULL;
  g_autoptr (GError) error = NULL;
  int                idle_limit_ms;

  if (g_variant_dict_contains (given, "version"))
    {
      versions = describe_versions ();
      g_print ("%s\n", versions);
      return EXIT_SUCCESS;
    }
  if (g_variant_dict_lookup (given, "idle-limit", "i", &idle_limit_ms))
    g_application_set_inactivity_timeout (application, (guint)MAX (idle_limit_ms, 1));
  CULVERT_APPLICATION (application)->exit_after_startup =
    g_variant_dict_contains (given, "exit-after-startup");
  if (g_variant_dict_contains (given, "background"))
    return begin_hidden (CULVERT_APPLICATION (application));
  if (!g_variant_dict_contains (given, "new-tunnel"))
    return -1;
  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("culvert: %s\n", error->message);
      return EXIT_FAILURE;
    }
  g_action_group_activate_action (G_ACTION_GROUP (application), "new-tunnel", NULL);
  return g_application_get_is_remote (application) ? EXIT_SUCCESS : -1;
}

static void
culvert_application_dispose (GObject *object)
{
  CulvertApplication *self = CULVERT_APPLICATION (object);

  g_clear_pointer (&self->notifier, culvert_notifier_free);
  g_clear_object (&self->background);
  g_clear_object (&self->manager);
  g_clear_object (&self->secrets);
  g_clear_object (&self->prompter);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (culvert_application_parent_class)->dispose (object);
}

static void
culvert_application_class_init (CulvertApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_application_dispose;
  application_class->startup = culvert_application_startup;
  application_class->activate = culvert_application_activate;
  application_class->handle_local_options = culvert_application_handle_local_options;
  application_class->dbus_register = culvert_application_dbus_register;
  application_class->dbus_unregister = culvert_application_dbus_unregister;
}

static void
culvert_application_init (CulvertApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

CulvertApplication *
culvert_application_new (void)
{
  return g_object_new (CULVERT_TYPE_APPLICATION, "application-id", CULVERT_APP_ID,
                       "resource-base-path", "/io/github/culvert_app/Culvert", NULL);
}

static gboolean
has_attention_cb (gpointer user_data)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (user_data)); l != NULL; l = l->next)
    if (gtk_window_is_active (l->data))
      return TRUE;
  return FALSE;
}

static void
notify_cb (const char *id, GNotification *notification, gpointer user_data)
{
  GApplication *application = G_APPLICATION (user_data);

  if (!g_application_get_is_registered (application))
    return;
  if (notification != NULL &&
      !culvert_preferences_may_notify (CULVERT_APPLICATION (application)->settings))
    return;
  if (notification != NULL)
    g_application_send_notification (application, id, notification);
  else
    g_application_withdraw_notification (application, id);
}

/* From the tray, whose click may come with a token for the window it leads to. */
static void
open_cb (const char *tunnel_id, const char *token, gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  GtkWindow          *window = find_window (self);

  if (window != NULL && token != NULL)
    gtk_window_set_startup_id (window, token);
  if (tunnel_id != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), "answer",
                                    g_variant_new_string (tunnel_id));
  else
    g_application_activate (G_APPLICATION (self));
}

/* The menu has said what that stops. */
static void
tray_quit_cb (gpointer user_data)
{
  CulvertApplication *self = CULVERT_APPLICATION (user_data);
  GtkWindow          *window = find_window (self);

  if (window != NULL)
    culvert_window_settle_removals (CULVERT_WINDOW (window));
  culvert_application_stop_and_quit (self, EXIT_SUCCESS);
}

static const CulvertBackgroundFuncs background_funcs = { open_cb, tray_quit_cb };

void
culvert_application_set_parts (CulvertApplication    *self,
                               CulvertTunnelManager  *manager,
                               CulvertSecretStore    *secrets,
                               CulvertDialogPrompter *prompter)
{
  g_return_if_fail (CULVERT_IS_APPLICATION (self));
  g_return_if_fail (self->manager == NULL);

  self->manager = g_object_ref (manager);
  self->secrets = g_object_ref (secrets);
  g_set_object (&self->prompter, prompter);
  self->notifier = culvert_notifier_new (manager, NULL, has_attention_cb, notify_cb, self);
  if (self->presence != NULL)
    culvert_presence_set_manager (self->presence, manager);
  self->background =
    culvert_background_new (G_APPLICATION (self), manager, &background_funcs, self);
}

CulvertBackground *
culvert_application_get_background (CulvertApplication *self)
{
  g_return_val_if_fail (CULVERT_IS_APPLICATION (self), NULL);
  return self->background;
}

void
culvert_application_start_marked (CulvertApplication *self)
{
  g_return_if_fail (CULVERT_IS_APPLICATION (self));
  if (self->has_started_marked)
    return;
  self->has_started_marked = TRUE;
  culvert_tunnel_manager_start_marked (self->manager);
}

GtkWindow *
culvert_application_get_parent (gpointer self)
{
  g_return_val_if_fail (CULVERT_IS_APPLICATION (self), NULL);
  return gtk_application_get_active_window (GTK_APPLICATION (self));
}

/* A link thread may have a moment's work left; ending under it would take its libraries away. */
static gboolean
linger_cb (gpointer user_data)
{
  CulvertApplication *self = user_data;

  if (culvert_link_thread_count () + culvert_check_thread_count () > 0 &&
      g_get_monotonic_time () < self->linger_until_us)
    return G_SOURCE_CONTINUE;
  g_application_quit (G_APPLICATION (self));
  return G_SOURCE_REMOVE;
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertApplication) self = user_data;

  culvert_tunnel_manager_stop_all_finish (CULVERT_TUNNEL_MANAGER (source), result, NULL);
  self->linger_until_us = g_get_monotonic_time () + LINGER_MAX_US;
  g_timeout_add_full (G_PRIORITY_DEFAULT, LINGER_POLL_MS, linger_cb, g_object_ref (self),
                      g_object_unref);
}

void
culvert_application_stop_and_quit (CulvertApplication *self, int exit_status)
{
  GtkWindow *window;

  g_return_if_fail (CULVERT_IS_APPLICATION (self));

  /* Asked again while it ends: at once. */
  self->exit_status = exit_status;
  if (self->is_ending || self->manager == NULL)
    {
      g_application_quit (G_APPLICATION (self));
      return;
    }
  self->is_ending = TRUE;
  if (self->presence != NULL)
    culvert_presence_end (self->presence);
  culvert_background_set_hidden (self->background, FALSE, TRUE);
  window = find_window (self);
  if (window != NULL)
    gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  culvert_tunnel_manager_stop_all_async (self->manager, stopped_cb, g_object_ref (self));
}

int
culvert_application_get_exit_status (CulvertApplication *self)
{
  g_return_val_if_fail (CULVERT_IS_APPLICATION (self), EXIT_FAILURE);
  return self->exit_status;
}
