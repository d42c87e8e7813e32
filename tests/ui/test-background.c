/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/background.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "support/fake-notifications.h"
#include "support/fake-portal.h"
#include "support/fake-tray.h"
#include "ui/application.h"
#include "ui/desktop-group.h"
#include "ui/find-widget.h"
#include "ui/picture.h"
#include "ui/stage.h"

#include <string.h>

/* The whole program: its icon is read and clicked over the bus, its window closed. */

#define PATIENCE_MS 10000
#define N_MANY      200

typedef struct
{
  CulvertStage             *stage;
  CulvertTunnel            *office;
  CulvertTunnel            *home;
  CulvertFakeNotifications *desktop;
  CulvertFakeTray          *tray;
  CulvertApplication       *application;
  CulvertBackground        *background;
  GSettings                *settings; /* of the background */
} Fixture;

/* GTK never lets go of an application that did not run, so there is one for all tests. */
static Fixture program;

static void
start_program (void)
{
  Fixture                          *self = &program;
  g_autoptr (CulvertDialogPrompter) prompter = NULL;
  g_autoptr (GError)                error = NULL;

  self->stage = culvert_stage_new ();
  self->application = culvert_application_new ();
  g_application_register (G_APPLICATION (self->application), NULL, &error);
  g_assert_no_error (error);
  g_application_set_default (G_APPLICATION (self->application));
  prompter = culvert_dialog_prompter_new (culvert_application_get_parent, self->application);
  culvert_application_set_parts (self->application, culvert_stage_get_manager (self->stage),
                                 culvert_stage_get_secrets (self->stage), prompter);
  self->background = culvert_application_get_background (self->application);
  self->settings = culvert_background_get_settings (self->background);
  g_assert_nonnull (self->settings);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  *self = program;
  self->office = culvert_stage_add (self->stage, "Office", "ssh -p 1 -L 5433:db:5432 a@127.0.0.1");
  self->home = culvert_stage_add (self->stage, "Home_2", "ssh -p 1 -L 5434:db:5432 a@127.0.0.1");
  self->desktop = culvert_fake_notifications_new ();
  self->tray = culvert_fake_tray_new ();
}

static void
close_all (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  while (g_list_model_get_n_items (toplevels) > 0)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, 0);

      gtk_window_destroy (window);
    }
}

static void
remove_all (Fixture *self)
{
  GListModel *tunnels = G_LIST_MODEL (culvert_stage_get_manager (self->stage));

  while (g_list_model_get_n_items (tunnels) > 0)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, 0);
      g_autoptr (GError)        error = NULL;

      culvert_tunnel_manager_remove (culvert_stage_get_manager (self->stage),
                                     culvert_tunnel_get_id (tunnel), &error);
      g_assert_no_error (error);
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_all ();
  remove_all (self);
  g_settings_reset (self->settings, "run-in-background");
  g_settings_reset (self->settings, "told-of-background");
  g_settings_reset (self->settings, "starts-at-log-in");
  culvert_background_set_sandboxed (self->background, FALSE);
  culvert_fake_tray_free (self->tray);
  culvert_test_wait_until (!culvert_background_has_tray (self->background), PATIENCE_MS);
  culvert_background_set_hidden (self->background, FALSE, TRUE);
  culvert_test_spend (50); /* what it takes back */
  culvert_fake_notifications_free (self->desktop);
}

static void
start_tray (Fixture *self)
{
  culvert_fake_tray_start (self->tray, TRUE);
  culvert_test_wait_until (culvert_background_has_tray (self->background), PATIENCE_MS);
}

/* (transfer none): the main window, on the screen */
static GtkWindow *
open_window (Fixture *self)
{
  GtkWindow *window;

  g_application_activate (G_APPLICATION (self->application));
  window = gtk_application_get_active_window (GTK_APPLICATION (self->application));
  g_assert_nonnull (window);
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)), PATIENCE_MS);
  return window;
}

/* (transfer none) (nullable): the question before quitting */
static gpointer
find_question (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return window;
    }
  return NULL;
}

/* For who looks: with CULVERT_TOUR_DIR set it leaves a picture there. */
static void
take_picture (gpointer widget, const char *name)
{
  const char      *dir = g_getenv ("CULVERT_TOUR_DIR");
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = dir != NULL ? g_build_filename (dir, file, NULL) : NULL;

  if (path != NULL)
    culvert_picture_take (GTK_WIDGET (gtk_widget_get_root (widget)), path);
}

static void
assert_menu (Fixture *self, const char *expected)
{
  g_autofree char *menu = culvert_fake_tray_read_menu (self->tray);

  g_assert_cmpstr (menu, ==, expected);
}

static void
assert_icon (Fixture *self, const char *text, const char *status)
{
  g_autofree char     *described = culvert_fake_tray_get_string (self->tray, "IconAccessibleDesc");
  g_autofree char     *shown = culvert_fake_tray_get_string (self->tray, "Status");
  g_autoptr (GVariant) pixels = culvert_fake_tray_get (self->tray, "IconPixmap");

  g_assert_cmpstr (described, ==, text);
  g_assert_cmpstr (shown, ==, status);
  g_assert_cmpuint (g_variant_n_children (pixels), >, 1);
}

/* (transfer full): without what was drawn */
static char *
get_tip (Fixture *self)
{
  g_autoptr (GVariant) tip = culvert_fake_tray_get (self->tray, "ToolTip");
  char                *text;

  g_variant_get (tip, "(sa(iiay)ss)", NULL, NULL, NULL, &text);
  return text;
}

/* The icon is the worst of what is on; the menu has every tunnel. */
static void
test_looks (Fixture *self, gconstpointer data)
{
  g_autofree char *quiet = NULL;
  g_autofree char *busy = NULL;

  start_tray (self);
  assert_icon (self, "Culvert: Stopped", "Active");
  assert_menu (self, "[ ] Home_2: Stopped\n[ ] Office: Stopped\n---\nOpen Culvert\nQuit\n");
  quiet = get_tip (self);
  g_assert_cmpstr (quiet, ==, "No tunnel is on");

  culvert_stage_set_up (self->office, 5);
  assert_icon (self, "Culvert: Connected", "Active");
  culvert_stage_set_state (
    self->home, CULVERT_TUNNEL_WAITING,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "planned"));
  assert_icon (self, "Culvert: Waiting", "Active");
  assert_menu (self, "[x] Home_2: Waiting\n[x] Office: Connected\n---\nOpen Culvert\n"
                     "Quit (stops 2 tunnels)\n");
  busy = get_tip (self);
  g_assert_cmpstr (busy, ==, "Home_2: Waiting\nOffice: Connected");
  culvert_stage_set_state (
    self->home, CULVERT_TUNNEL_FAILED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL, "planned"));
  assert_icon (self, "Culvert: Failed", "NeedsAttention");
  culvert_stage_set_state (self->home, CULVERT_TUNNEL_STOPPED, NULL);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
  assert_icon (self, "Culvert: Stopped", "Active");
}

static void
test_toggle (Fixture *self, gconstpointer data)
{
  start_tray (self);
  culvert_fake_tray_click (self->tray, "Office: Stopped");
  culvert_test_wait_until (culvert_tunnel_is_wanted (self->office), PATIENCE_MS);
  g_assert_false (culvert_tunnel_is_wanted (self->home));
  culvert_test_wait_until (culvert_tunnel_get_state (self->office) == CULVERT_TUNNEL_WAITING,
                           PATIENCE_MS);
  culvert_fake_tray_click (self->tray, "Office: Waiting");
  culvert_test_wait_until (culvert_tunnel_get_state (self->office) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
}

static void
set_group (Fixture *self, CulvertTunnel *tunnel, const char *group)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_edit (culvert_tunnel_get_profile (tunnel));
  g_autoptr (GError)         error = NULL;

  culvert_profile_set_string (&profile->group, group);
  culvert_tunnel_manager_save (culvert_stage_get_manager (self->stage), profile, &error);
  g_assert_no_error (error);
}

/* Those of a group are together, with a switch for all. */
static void
test_group (Fixture *self, gconstpointer data)
{
  CulvertTunnel *third =
    culvert_stage_add (self->stage, "Zoo", "ssh -p 1 -L 5435:db:5432 a@127.0.0.1");

  start_tray (self);
  set_group (self, self->home, "Work");
  set_group (self, third, "Work");
  assert_menu (self, "[ ] Office: Stopped\nWork: Off >\n  [ ] All of “Work”\n  ---\n"
                     "  [ ] Home_2: Stopped\n  [ ] Zoo: Stopped\n---\nOpen Culvert\nQuit\n");
  culvert_fake_tray_click (self->tray, "All of “Work”");
  culvert_test_wait_until (
    culvert_tunnel_is_wanted (self->home) && culvert_tunnel_is_wanted (third), PATIENCE_MS);
  g_assert_false (culvert_tunnel_is_wanted (self->office));
  culvert_test_wait_until (culvert_tunnel_get_state (third) == CULVERT_TUNNEL_WAITING &&
                             culvert_tunnel_get_state (self->home) == CULVERT_TUNNEL_WAITING,
                           PATIENCE_MS);
  assert_menu (self, "[ ] Office: Stopped\nWork: Waiting >\n  [x] All of “Work”\n  ---\n"
                     "  [x] Home_2: Waiting\n  [x] Zoo: Waiting\n---\nOpen Culvert\n"
                     "Quit (stops 2 tunnels)\n");
  culvert_fake_tray_click (self->tray, "All of “Work”");
  culvert_test_wait_until (culvert_tunnel_get_state (third) == CULVERT_TUNNEL_STOPPED &&
                             culvert_tunnel_get_state (self->home) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  culvert_stage_set_up (third, 5);
  culvert_fake_tray_find (self->tray, "Work: 1 of 2 on");
  culvert_stage_set_state (third, CULVERT_TUNNEL_STOPPED, NULL);
}

/* Two hundred, of which some are removed while the menu is there. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CulvertTunnel     *last = NULL;
  g_autofree char   *menu = NULL;
  g_auto (GStrv)     lines = NULL;
  gint32             id;

  start_tray (self);
  for (guint i = 2; i < N_MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("Tunnel %u", i);

      last = culvert_stage_add (self->stage, name, "ssh -p 1 -L 5433:db:5432 a@127.0.0.1");
    }
  menu = culvert_fake_tray_read_menu (self->tray);
  lines = g_strsplit (menu, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, N_MANY + 3 + 1);

  id = culvert_fake_tray_find (self->tray, "Tunnel 199: Stopped");
  culvert_tunnel_manager_remove (culvert_stage_get_manager (self->stage),
                                 culvert_tunnel_get_id (self->office), &error);
  g_assert_no_error (error);
  g_assert_cmpint (culvert_fake_tray_find (self->tray, "Tunnel 199: Stopped"), ==, id);
  culvert_fake_tray_forget_signals (self->tray);
  culvert_stage_set_up (last, 5);
  culvert_test_wait_until (self->tray->n_updates > 0, PATIENCE_MS);
  /* Itself, and how many quitting stops. */
  g_assert_cmpuint (self->tray->n_updated_items, ==, 2);
  g_assert_cmpuint (self->tray->n_layouts, ==, 0);
  culvert_stage_set_state (last, CULVERT_TUNNEL_STOPPED, NULL);
}

static void
ask (Fixture *self, CulvertTunnel *tunnel)
{
  CulvertPromptField  field = { .text = (char *)"Code: " };
  CulvertPromptFields fields = { .kind = CULVERT_PROMPT_QUESTIONS,
                                 .user = "alice",
                                 .host = "one.example",
                                 .port = 22,
                                 .fields = &field,
                                 .n_fields = 1 };

  culvert_stage_ask (self->stage, tunnel, &fields);
}

/* The question of a tunnel is one click away. */
static void
test_answer (Fixture *self, gconstpointer data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = NULL;

  start_tray (self);
  ask (self, self->home);
  assert_icon (self, "Culvert: Needs you", "NeedsAttention");
  assert_menu (self, "Answer “Home_2”…\n---\n[x] Home_2: Needs you\n[ ] Office: Stopped\n---\n"
                     "Open Culvert\nQuit (stops 1 tunnel)\n");
  g_assert_null (find_question ());
  reply =
    culvert_fake_tray_call_item (self->tray, "Activate", g_variant_new ("(ii)", 0, 0), &error);
  g_assert_no_error (error);
  culvert_test_wait_until (find_question () != NULL, PATIENCE_MS);
  culvert_stage_set_state (self->home, CULVERT_TUNNEL_STOPPED, NULL);
}

/* Closing the window where the tray shows the program: all goes on, and that is said once. */
static void
test_hides (Fixture *self, gconstpointer data)
{
  GtkWindow *window;

  start_tray (self);
  culvert_stage_set_up (self->office, 5);
  window = open_window (self);
  for (guint i = 0; i < 2; i++)
    {
      gtk_window_close (window);
      culvert_test_wait_until (!gtk_widget_get_visible (GTK_WIDGET (window)), PATIENCE_MS);
      g_assert_null (find_question ());
      if (i == 0)
        {
          culvert_test_wait_until (self->desktop->said->len > 0, PATIENCE_MS);
          g_assert_cmpstr (self->desktop->said->str, ==,
                           "0 Culvert Keeps Running: Its tunnels stay as they are. The icon in the "
                           "tray opens the window, and quits.|");
          culvert_test_spend (50);
          g_string_truncate (self->desktop->said, 0);
        }
      culvert_fake_tray_click (self->tray, "Open Culvert");
      culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)), PATIENCE_MS);
      if (i == 0)
        culvert_test_wait_until (g_str_equal (self->desktop->said->str, "close 7|"), PATIENCE_MS);
    }
  g_assert_cmpstr (self->desktop->said->str, ==, "close 7|");
  g_assert_cmpint (culvert_tunnel_get_state (self->office), ==, CULVERT_TUNNEL_UP);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
}

/* Where nobody would see it any more, closing says what it does; so it does where the person wants it to
 * quit. */
static void
test_asks (Fixture *self, gconstpointer data)
{
  GtkWindow *window = open_window (self);
  gpointer   question;

  culvert_stage_set_up (self->office, 5);
  for (guint i = 0; i < 2; i++)
    {
      if (i == 1)
        {
          start_tray (self);
          g_settings_set_boolean (self->settings, "run-in-background", FALSE);
        }
      gtk_window_close (window);
      question = find_question ();
      g_assert_nonnull (question);
      take_picture (question, i == 0 ? "close-without-tray" : "close-and-quit");
      g_assert_cmpint (strstr (adw_message_dialog_get_body (question), "no tray") != NULL, ==,
                       i == 0);
      g_assert_cmpint (adw_message_dialog_has_response (question, "minimize"), ==, i == 0);
      gtk_window_close (question); /* as Esc does */
      culvert_test_wait_until (find_question () == NULL, PATIENCE_MS);
    }
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window)));
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
}

/* In a sandbox the desktop decides, once. */
static void
test_sandbox (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertFakePortal) portal = culvert_fake_portal_new (TRUE);
  GtkWindow                    *window = open_window (self);
  gpointer                      question;

  culvert_stage_set_up (self->office, 5);
  culvert_background_set_sandboxed (self->background, TRUE);
  /* Who cannot wait is not asked twice. */
  gtk_window_close (window);
  gtk_window_close (window);
  culvert_test_wait_until (!gtk_widget_get_visible (GTK_WIDGET (window)), PATIENCE_MS);
  g_assert_cmpuint (portal->n_asked, ==, 1);
  g_assert_false (portal->asked_autostart);
  open_window (self);
  gtk_window_close (window);
  culvert_test_wait_until (!gtk_widget_get_visible (GTK_WIDGET (window)), PATIENCE_MS);
  g_assert_cmpuint (portal->n_asked, ==, 1);

  /* Another desktop refuses. */
  open_window (self);
  culvert_background_set_sandboxed (self->background, TRUE);
  portal->response = 1;
  gtk_window_close (window);
  culvert_test_wait_until (find_question () != NULL, PATIENCE_MS);
  question = find_question ();
  g_assert_nonnull (strstr (adw_message_dialog_get_body (question), "does not let"));
  gtk_window_close (question); /* as Esc does */
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
}

static const char *
get_subtitle (GtkWidget *group, const char *title)
{
  gpointer label = find_widget (group, GTK_TYPE_LABEL, title);

  g_assert_nonnull (label);
  return adw_action_row_get_subtitle (
    ADW_ACTION_ROW (gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW)));
}

static GtkSwitch *
get_switch (GtkWidget *group, const char *title)
{
  gpointer label = find_widget (group, GTK_TYPE_LABEL, title);

  return GTK_SWITCH (
    find_widget (gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW), GTK_TYPE_SWITCH, NULL));
}

#define RUN   "Keep Running When the Window Is Closed"
#define START "Start at Log-In"

#define wait_subtitle(group, title, part)                                                          \
  culvert_test_wait_until (strstr (get_subtitle (group, title), part) != NULL, PATIENCE_MS)

/* (transfer none): on the screen */
static GtkWidget *
show_group (Fixture *self)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *group = culvert_desktop_group_new (self->background);

  gtk_window_set_default_size (GTK_WINDOW (window), 360, -1);
  gtk_window_set_child (GTK_WINDOW (window), group);
  gtk_window_present (GTK_WINDOW (window));
  return group;
}

static void
test_preferences (Fixture *self, gconstpointer data)
{
  GtkWidget *group = show_group (self);

  wait_subtitle (group, RUN, "no tray now");
  take_picture (group, "desktop-group-no-tray");
  start_tray (self);
  wait_subtitle (group, RUN, "The tunnels stay up");
  gtk_switch_set_active (get_switch (group, RUN), FALSE);
  wait_subtitle (group, RUN, "stops the tunnels");
  g_assert_false (g_settings_get_boolean (self->settings, "run-in-background"));
  g_settings_reset (self->settings, "run-in-background");
  g_assert_true (gtk_switch_get_active (get_switch (group, RUN)));

  gtk_switch_set_active (get_switch (group, START), TRUE);
  culvert_test_wait_until (gtk_widget_get_sensitive (GTK_WIDGET (get_switch (group, START))),
                           PATIENCE_MS);
  g_assert_true (culvert_background_starts_at_log_in (self->background));
  g_assert_true (gtk_switch_get_active (get_switch (group, START)));
  gtk_switch_set_active (get_switch (group, START), FALSE);
  culvert_test_wait_until (gtk_widget_get_sensitive (GTK_WIDGET (get_switch (group, START))),
                           PATIENCE_MS);
  g_assert_false (culvert_background_starts_at_log_in (self->background));
}

static void
test_preferences_in_sandbox (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertFakePortal) portal = NULL;
  GtkWidget                    *group;

  /* Nobody to ask. */
  culvert_background_set_sandboxed (self->background, TRUE);
  group = show_group (self);
  wait_subtitle (group, START, "in a sandbox");
  take_picture (group, "desktop-group-sandbox");
  g_assert_false (gtk_widget_is_sensitive (GTK_WIDGET (get_switch (group, START))));
  close_all ();

  portal = culvert_fake_portal_new (TRUE);
  portal->response = 1;
  group = show_group (self);
  gtk_switch_set_active (get_switch (group, START), TRUE);
  wait_subtitle (group, START, "did not allow it");
  g_assert_false (gtk_switch_get_active (get_switch (group, START)));
  portal->response = 0;
  gtk_switch_set_active (get_switch (group, START), TRUE);
  wait_subtitle (group, START, "Without a window");
  g_assert_true (gtk_switch_get_active (get_switch (group, START)));
  g_assert_true (g_settings_get_boolean (self->settings, "starts-at-log-in"));
  wait_subtitle (group, RUN, "starting Culvert again");
}

/* GLib gives up its first table of quarks when there are more than 2048, as here; a leak checker cannot tell
 * that from a loss of ours.  desktop/test-tray and ui/test-notifier look for those. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return 1;
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  start_program ();
#define ADD(name, test) g_test_add ("/ui/background/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("looks", test_looks);
  ADD ("toggle", test_toggle);
  ADD ("group", test_group);
  ADD ("many", test_many);
  ADD ("answer", test_answer);
  ADD ("hides", test_hides);
  ADD ("asks", test_asks);
  ADD ("sandbox", test_sandbox);
  ADD ("preferences", test_preferences);
  ADD ("preferences-in-sandbox", test_preferences_in_sandbox);
  return g_test_run ();
}
