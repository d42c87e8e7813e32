/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Culvert with a window: puts its parts together.  Its sibling is cli/main.c. */

#include "base/process.h"
#include "core/profile-store.h"
#include "desktop/keyring.h"
#include "desktop/network-watch.h"
#include "desktop/surroundings.h"
#include "engine/tunnel-manager.h"
#include "ui/application.h"
#include "words/language.h"

static void
network_cb (CulvertNetworkEvent event, gpointer user_data)
{
  culvert_tunnel_manager_network_changed (CULVERT_TUNNEL_MANAGER (user_data), event);
}

static void
network_names_cb (CulvertNetworkNames *names, gpointer user_data)
{
  culvert_tunnel_manager_set_network_names (CULVERT_TUNNEL_MANAGER (user_data), names);
}

/* What goes on as long as the program. */
typedef struct
{
  CulvertSurroundings *surroundings;
  CulvertNetworkWatch *network_watch;
} Watches;

/* Only in the first instance of a session: a second one wakes the first and ends. */
static void
startup_cb (GApplication *application, gpointer user_data)
{
  Watches                          *watches = user_data;
  CulvertApplication               *self = CULVERT_APPLICATION (application);
  g_autofree char                  *dir = culvert_profile_store_default_dir ();
  g_autoptr (CulvertProfileStore)   store = culvert_profile_store_new (dir);
  g_autoptr (CulvertSecretStore)    secrets = culvert_keyring_new ();
  g_autoptr (CulvertDialogPrompter) prompter =
    culvert_dialog_prompter_new (culvert_application_get_parent, self);
  g_autoptr (CulvertTunnelManager) manager =
    culvert_tunnel_manager_new (store, CULVERT_PROMPTER (prompter), secrets);

  culvert_dialog_prompter_set_secret_store (prompter, secrets);
  culvert_application_set_parts (self, manager, secrets, prompter);
  watches->surroundings = culvert_surroundings_new (network_cb, manager);
  watches->network_watch = culvert_network_watch_new (network_names_cb, manager);
}

/* After the window is there, so that a question finds its place. */
static void
activate_cb (GApplication *application, gpointer user_data)
{
  culvert_application_start_marked (CULVERT_APPLICATION (application));
}

static void
quit_cb (int exit_status, gpointer user_data)
{
  culvert_application_stop_and_quit (CULVERT_APPLICATION (user_data), exit_status);
}

int
main (int argc, char **argv)
{
  g_autoptr (CulvertApplication) application = NULL;
  g_autoptr (CulvertQuitWatch)   quit_watch = NULL;
  Watches                        watches = { NULL };
  int                            status;

  culvert_process_harden ();
  culvert_language_init ();

  application = culvert_application_new ();
  quit_watch = culvert_quit_watch_new (quit_cb, application);
  g_signal_connect (application, "startup", G_CALLBACK (startup_cb), &watches);
  g_signal_connect_after (application, "activate", G_CALLBACK (activate_cb), NULL);
  status = g_application_run (G_APPLICATION (application), argc, argv);
  culvert_network_watch_free (watches.network_watch);
  culvert_surroundings_free (watches.surroundings);
  return status != EXIT_SUCCESS ? status : culvert_application_get_exit_status (application);
}
