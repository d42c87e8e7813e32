/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-support.h"
#include "support/loopback.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <glib/gstdio.h>
#include <signal.h>

/* `culvertctl run -- ssh alias` against a real server: what there is to know stands in ssh_config
 * files. */

typedef struct
{
  CulvertCtlHome *home;
  CulvertSshd    *sshd;
  CulvertTarget  *target;
  char           *known_hosts;
  char           *port;   /* of the server */
  guint16         listen; /* free for a forward */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->home = culvert_ctl_home_new ();
  fixture->sshd = culvert_sshd_new (data);
  fixture->target = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  fixture->known_hosts = culvert_ctl_home_write (fixture->home, ".ssh/known_hosts", "", 0600);
  culvert_sshd_write_known_hosts (fixture->sshd, fixture->known_hosts, 0);
  fixture->port = g_strdup_printf ("%u", culvert_sshd_get_port (fixture->sshd));
  fixture->listen = culvert_test_free_port ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  culvert_target_free (fixture->target);
  culvert_sshd_free (fixture->sshd);
  g_free (fixture->known_hosts);
  g_free (fixture->port);
  culvert_ctl_home_free (fixture->home);
}

static const char *
get_key (Fixture *fixture)
{
  return culvert_sshd_get_user_key (fixture->sshd, CULVERT_KEY_ED25519);
}

static void
carry (Fixture *fixture)
{
  CulvertTraffic *traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = fixture->listen,
    .n_connections = 3,
    .n_bytes = 200000,
    .seed = 7,
  });

  culvert_test_wait_until (culvert_traffic_is_done (traffic), 30000);
  culvert_traffic_finish (traffic);
}

/* Ends it by @signal_number, which it must obey within 3 s. */
static void
assert_obeys (CulvertCtl *ctl, int signal_number, int exit_status)
{
  gint64 begin_us = g_get_monotonic_time ();

  culvert_ctl_signal (ctl, signal_number);
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, exit_status);
  g_assert_cmpfloat ((double)(g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC, <,
                     3.5 * culvert_test_get_patience ());
}

/* (transfer full): a block that says all that ssh needs to know; the rest of it is @more */
static char *
make_ssh_config (Fixture *fixture, const char *more)
{
  return g_strdup_printf ("Host other\n  Port 1\n"
                          "Host tunnel\n  HostName 127.0.0.1\n  Port %s\n  User %s\n"
                          "  IdentityFile %s\n  LocalForward %u 127.0.0.1:%u\n%s",
                          fixture->port, culvert_sshd_get_user_name (fixture->sshd),
                          get_key (fixture), fixture->listen,
                          culvert_target_get_port (fixture->target), more);
}

/* `ssh -F FILE alias`: all there is to know is in the file. */
static void
test_alias (Fixture *fixture, gconstpointer data)
{
  g_autofree char  *text = make_ssh_config (fixture, "  Ciphers aes128-ctr\n  ControlPath x\n");
  g_autofree char  *path = culvert_ctl_home_write (fixture->home, "config", text, 0600);
  const char *const argv[] = { "run", "--", "ssh", "-N", "-F", path, "tunnel", NULL };
  g_autoptr (CulvertCtl) ctl = culvert_ctl_start (fixture->home, argv);

  culvert_ctl_wait_for_output (ctl, "\n");
  culvert_ctl_assert_output (ctl, "up: tunnel: localhost:");
  carry (fixture);
  assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "config:9: “ciphers aes128-ctr” is left out: ");
}

/* `ssh alias`: the same from ~/.ssh/config, that includes another. */
static void
test_alias_usual (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *text = make_ssh_config (fixture, "");
  g_autofree char       *config = NULL;
  g_autofree char       *included = NULL;
  const char *const      argv[] = { "run", "--", "ssh", "tunnel", NULL };
  g_autoptr (CulvertCtl) ctl = NULL;

  config = culvert_ctl_home_write (fixture->home, ".ssh/config", "Include conf.d/*.conf\n", 0600);
  included = culvert_ctl_home_write (fixture->home, ".ssh/conf.d/a.conf", text, 0600);
  ctl = culvert_ctl_start (fixture->home, argv);
  culvert_ctl_wait_for_output (ctl, "\n");
  carry (fixture);
  assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

/* An alias behind an alias: both sign-ins, and both host keys, are the file's. */
static void
test_alias_jump (Fixture *fixture, gconstpointer data)
{
  g_autofree char *more =
    g_strdup_printf ("  ProxyJump jump\nHost jump\n  HostName 127.0.0.1\n"
                     "  Port %s\n  User %s\n",
                     fixture->port, culvert_sshd_get_user_name (fixture->sshd));
  g_autofree char       *text = make_ssh_config (fixture, more);
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "config", text, 0600);
  const char *const      argv[] = { "run", "--", "ssh", "-N", "-F", path, "tunnel", NULL };
  g_autoptr (CulvertCtl) ctl = culvert_ctl_start (fixture->home, argv);

  culvert_ctl_wait_for_output (ctl, "up: ");
  carry (fixture);
  g_assert_cmpuint (culvert_sshd_count_session_processes (fixture->sshd), >=, 2);
  assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

/* A command is never run because a file says so. */
static void
test_alias_command (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *witness = culvert_ctl_home_build (fixture->home, "witness");
  g_autofree char       *more = g_strdup_printf ("  ProxyCommand touch %s\n"
                                                       "  Match exec \"touch %s\"\n  Port 1\n",
                                                 witness, witness);
  g_autofree char       *text = make_ssh_config (fixture, more);
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "config", text, 0600);
  g_autoptr (CulvertCtl) ctl =
    culvert_ctl_run (fixture->home, 2, "run", "--", "ssh", "-F", path, "tunnel", NULL);

  culvert_ctl_assert_message (ctl, "--allow-command");
  culvert_ctl_assert_message (ctl, "“Match exec” is left out");
  g_assert_false (g_file_test (witness, G_FILE_TEST_EXISTS));
}

static void
test_alias_bad (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "config", "Frob 1\n", 0600);
  g_autoptr (CulvertCtl) bad =
    culvert_ctl_run (fixture->home, 2, "run", "--", "ssh", "-F", path, "tunnel", NULL);
  g_autoptr (CulvertCtl) missing =
    culvert_ctl_run (fixture->home, 2, "run", "--", "ssh", "-F", "/nowhere/x", "tunnel", NULL);

  culvert_ctl_assert_messages_are_lines (bad, 1);
  culvert_ctl_assert_message (bad, "config:1: \"frob\" is not an option");
  culvert_ctl_assert_messages_are_lines (missing, 1);
  culvert_ctl_assert_message (missing, "/nowhere/x: No such file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/cli/alias/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("named-file", test_alias);
  ADD ("usual-file", test_alias_usual);
  ADD ("jump", test_alias_jump);
  ADD ("command", test_alias_command);
  ADD ("bad", test_alias_bad);

  return g_test_run ();
}
