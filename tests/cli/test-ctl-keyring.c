/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-support.h"
#include "desktop/keyring-support.h"
#include "desktop/keyring.h"
#include "support/private-bus.h"
#include "support/sshd-fixture.h"

#include <signal.h>

/* culvertctl beside a real keyring, which tests/support/display-run brings. */

#define TUNNELS ".config/culvert/tunnels"

static const CulvertSshdOptions passwords_only = {
  .config = (const char *const[]){ "AuthenticationMethods password", NULL },
};

/* (transfer full): a tunnel's file for @sshd, saved as @id when that is given */
static char *
write_tunnel (CulvertCtlHome *home, CulvertSshd *sshd, const char *file)
{
  g_autofree char *text =
    g_strdup_printf ("[Tunnel]\nVersion=1\nName=kept\nHost=127.0.0.1\nPort=%u\nUser=%s\n",
                     culvert_sshd_get_port (sshd), culvert_sshd_get_user_name (sshd));

  return culvert_ctl_home_write (home, file, text, 0600);
}

static CulvertCtlHome *
new_home (CulvertSshd *sshd)
{
  CulvertCtlHome  *home = culvert_ctl_home_new ();
  g_autofree char *known_hosts = culvert_ctl_home_write (home, ".ssh/known_hosts", "", 0600);

  culvert_sshd_write_known_hosts (sshd, known_hosts, 0);
  culvert_ctl_set_env (home, "DBUS_SESSION_BUS_ADDRESS", g_getenv ("DBUS_SESSION_BUS_ADDRESS"));
  return home;
}

/* The password of a saved tunnel comes from the keyring; removing the tunnel forgets it. */
static void
test_saved (void)
{
  CulvertSecretStore            *store = culvert_keyring_new ();
  g_autoptr (GDBusConnection)    bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  g_autoptr (CulvertSshd)        sshd = culvert_sshd_new (&passwords_only);
  g_autoptr (CulvertCtlHome)     home = new_home (sshd);
  G_GNUC_UNUSED g_autofree char *file = write_tunnel (home, sshd, TUNNELS "/saved-one.culvert");
  const char                    *argv[] = { "run", "kept", NULL };
  CulvertCtl                    *ctl;

  culvert_test_put_secret (store, "saved-one", "password", CULVERT_SSHD_PASSWORD);
  culvert_test_put_secret (store, "another", "password", "stays");
  ctl = culvert_ctl_start (home, argv);
  culvert_ctl_wait_for_output (ctl, "up: kept");
  culvert_ctl_signal (ctl, SIGTERM);
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 143);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "remove", "kept", NULL);
  culvert_ctl_free (ctl);
  g_assert_cmpuint (culvert_test_count_items (bus, "saved-one"), ==, 0);
  g_assert_cmpuint (culvert_test_count_items (bus, "another"), ==, 1);
  culvert_test_drop_store (store);
}

/* What is not saved has no secrets, whatever its id is. */
static void
test_unsaved (void)
{
  CulvertSecretStore        *store = culvert_keyring_new ();
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&passwords_only);
  g_autoptr (CulvertCtlHome) home = new_home (sshd);
  g_autofree char           *file = write_tunnel (home, sshd, "unsaved.culvert");
  g_autoptr (CulvertCtl)     ctl = NULL;

  culvert_test_put_secret (store, "unsaved", "password", CULVERT_SSHD_PASSWORD);
  ctl = culvert_ctl_run (home, 5, "run", file, NULL);
  culvert_ctl_assert_message (ctl, "there is no way to ask you here");
  culvert_test_drop_store (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/keyring/saved", test_saved);
  g_test_add_func ("/cli/keyring/unsaved", test_unsaved);

  return g_test_run ();
}
