/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-run-fixture.h"
#include "support/loopback.h"

#include <signal.h>
#include <string.h>

/* `culvertctl run` with what leads to the server: names of ssh_config files, jump hosts, commands. */

/* (transfer full): a block that says all that ssh needs to know; the rest of it is @more */
static char *
make_ssh_config (CtlRunFixture *fixture, const char *more)
{
  return g_strdup_printf ("Host other\n  Port 1\n"
                          "Host tunnel\n  HostName 127.0.0.1\n  Port %s\n  User %s\n"
                          "  IdentityFile %s\n  LocalForward %u 127.0.0.1:%u\n%s",
                          fixture->port, culvert_sshd_get_user_name (fixture->sshd),
                          ctl_run_get_key (fixture), fixture->listen,
                          culvert_target_get_port (fixture->target), more);
}

/* `ssh -F FILE alias`: all there is to know is in the file. */
static void
test_alias (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char  *text = make_ssh_config (fixture, "  Ciphers aes128-ctr\n  ControlPath x\n");
  g_autofree char  *path = culvert_ctl_home_write (fixture->home, "config", text, 0600);
  const char *const argv[] = { "run", "--", "ssh", "-N", "-F", path, "tunnel", NULL };
  g_autoptr (CulvertCtl) ctl = culvert_ctl_start (fixture->home, argv);

  culvert_ctl_wait_for_output (ctl, "\n");
  culvert_ctl_assert_output (ctl, "up: tunnel: localhost:");
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "config:9: “ciphers aes128-ctr” is left out: ");
}

/* `ssh alias`: the same from ~/.ssh/config, that includes another. */
static void
test_alias_usual (CtlRunFixture *fixture, gconstpointer data)
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
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

/* An alias behind an alias: both sign-ins, and both host keys, are the file's. */
static void
test_alias_jump (CtlRunFixture *fixture, gconstpointer data)
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
  ctl_run_carry (fixture);
  g_assert_cmpuint (culvert_sshd_count_session_processes (fixture->sshd), >=, 2);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

/* A command is never run because a file says so. */
static void
test_alias_command (CtlRunFixture *fixture, gconstpointer data)
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
test_alias_bad (CtlRunFixture *fixture, gconstpointer data)
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

/* The jump host asks in its own name. */
static void
test_jump_asks (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *hop = g_strdup_printf ("%s:%s", fixture->server, fixture->port);
  const char      *more[] = { "-J", hop, NULL };
  g_autofree char *asked = culvert_ctl_home_build (fixture->home, "asked");
  g_autofree char *question = NULL;
  g_autofree char *script =
    g_strdup_printf ("#!/bin/sh\necho \"$1\" >>%s\necho '%s'\n", asked, CULVERT_SSHD_PASSWORD);
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "askpass", script, 0700);
  g_autofree char       *text = NULL;
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS", path);
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", "force");
  ctl = ctl_run_start (fixture, NULL, NULL, more);
  culvert_ctl_wait_for_output (ctl, "up: ");
  text = culvert_test_read_text (asked);
  question = g_strdup_printf ("Password of the jump host %s: \nPassword of %s: \n", fixture->server,
                              fixture->server);
  g_assert_cmpstr (text, ==, question);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
}

/* Through the server to itself, which is a jump host as good as any. */
static void
test_jump (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *hop = g_strdup_printf ("%s:%s", fixture->server, fixture->port);
  const char *const      more[] = { "-J", hop, NULL };
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), more);

  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_carry (fixture);
  culvert_test_wait_until (culvert_sshd_count_in_log (fixture->sshd, "Accepted publickey") == 2,
                           5000);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

static void
test_jump_refused (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *hop = g_strdup_printf ("127.0.0.1:%u", culvert_test_free_port ());
  g_autofree char       *message = g_strdup_printf ("reach the jump host %s: nothing", hop);
  const char *const      more[] = { "-J", hop, NULL };
  g_autoptr (CulvertCtl) ctl =
    ctl_run_start (fixture, ctl_run_once, ctl_run_get_key (fixture), more);

  ctl_run_assert_ends (ctl, 3, message);
}

/* A command that leads to the server is run by who allows it, and by nobody else. */
static void
test_proxy_command (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const allowed[] = { "--allow-command", NULL };
  g_autofree char  *option = g_strdup_printf ("ProxyCommand=sh -c \"echo >%s/ran; exec %s %%p\"",
                                              culvert_temp_dir_get_path (fixture->home->folder),
                                              g_getenv ("CULVERT_TEST_PASS_ON"));
  const char *const more[] = { "-o", option, NULL };
  g_autofree char  *ran = culvert_ctl_home_build (fixture->home, "ran");
  g_autoptr (CulvertCtl) refused = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), more);
  g_autoptr (CulvertCtl) ctl = NULL;

  ctl_run_assert_ends (refused, 2, "use --allow-command if you trust it");
  g_assert_false (g_file_test (ran, G_FILE_TEST_EXISTS));
  ctl = ctl_run_start (fixture, allowed, ctl_run_get_key (fixture), more);
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_true (g_file_test (ran, G_FILE_TEST_EXISTS));
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

/* The permission does not travel in a file. */
static void
test_proxy_command_in_file (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *text = g_strdup_printf ("[Tunnel]\nHost=127.0.0.1\nPort=%s\n"
                                                       "ProxyCommand=%s %%p\nProxyCommandAllowed=true\n",
                                                 fixture->port, g_getenv ("CULVERT_TEST_PASS_ON"));
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "x.culvert", text, 0600);
  const char *const      run[] = { "run", path, NULL };
  g_autoptr (CulvertCtl) from_file = culvert_ctl_start (fixture->home, run);
  g_autoptr (CulvertCtl) import = NULL;
  g_autoptr (CulvertCtl) saved = NULL;

  ctl_run_assert_ends (from_file, 2, "use --allow-command if you trust it");
  import = culvert_ctl_run (fixture->home, 0, "import", path, NULL);
  saved = culvert_ctl_run (fixture->home, 2, "run", "x", NULL);
  culvert_ctl_assert_message (saved, "use --allow-command if you trust it");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, options, func)                                                                   \
  g_test_add ("/cli/way/" name, CtlRunFixture, options, ctl_run_set_up, func, ctl_run_tear_down)

  ADD ("alias", NULL, test_alias);
  ADD ("alias-usual", NULL, test_alias_usual);
  ADD ("alias-jump", NULL, test_alias_jump);
  ADD ("alias-command", NULL, test_alias_command);
  ADD ("alias-bad", NULL, test_alias_bad);
  ADD ("jump", NULL, test_jump);
  ADD ("jump-asks", &ctl_run_passwords_only, test_jump_asks);
  ADD ("jump-refused", NULL, test_jump_refused);
  ADD ("proxy-command", NULL, test_proxy_command);
  ADD ("proxy-command-in-file", NULL, test_proxy_command_in_file);

  return g_test_run ();
}
