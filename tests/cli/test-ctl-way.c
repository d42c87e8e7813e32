/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-support.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <signal.h>

/* `culvertctl run` through jump hosts and commands. */

typedef struct
{
  CulvertCtlHome *home;
  CulvertSshd    *sshd;
  CulvertTarget  *target;
  char           *known_hosts;
  char           *port;    /* of the server */
  guint16         listen;  /* free for a forward */
  char           *forward; /* LISTEN:127.0.0.1:TARGET */
  char           *server;  /* user@127.0.0.1 */
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
  fixture->forward =
    g_strdup_printf ("%u:127.0.0.1:%u", fixture->listen, culvert_target_get_port (fixture->target));
  fixture->server = g_strdup_printf ("%s@127.0.0.1", culvert_sshd_get_user_name (fixture->sshd));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  culvert_target_free (fixture->target);
  culvert_sshd_free (fixture->sshd);
  g_free (fixture->known_hosts);
  g_free (fixture->port);
  g_free (fixture->forward);
  g_free (fixture->server);
  culvert_ctl_home_free (fixture->home);
}

static const char *
get_key (Fixture *fixture)
{
  return culvert_sshd_get_user_key (fixture->sshd, CULVERT_KEY_ED25519);
}

/* `run OPTIONS -- ssh -N -p … -i KEY -L … user@127.0.0.1 MORE`; @options and @more: nullable */
static CulvertCtl *
start (Fixture *fixture, const char *const *options, const char *key, const char *const *more)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           argv = NULL;

  g_strv_builder_add (builder, "run");
  if (options != NULL)
    g_strv_builder_addv (builder, (const char **)options);
  g_strv_builder_add_many (builder, "--", "ssh", "-N", "-p", fixture->port, "-L", fixture->forward,
                           NULL);
  if (key != NULL)
    g_strv_builder_add_many (builder, "-i", key, NULL);
  if (more != NULL)
    g_strv_builder_addv (builder, (const char **)more);
  g_strv_builder_add (builder, fixture->server);
  argv = g_strv_builder_end (builder);
  return culvert_ctl_start (fixture->home, (const char *const *)argv);
}

static void
assert_ends (CulvertCtl *ctl, int exit_status, const char *message)
{
  int status = culvert_ctl_wait (ctl);

  if (message != NULL)
    culvert_ctl_assert_message (ctl, message);
  culvert_ctl_assert_messages_are_lines (ctl, message != NULL ? 1 : 0);
  g_assert_cmpint (status, ==, exit_status);
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

static const char *const once[] = { "--once", NULL };

static const CulvertSshdOptions passwords_only = {
  .config = (const char *const[]){ "AuthenticationMethods password", NULL },
};

/* The jump host asks in its own name. */
static void
test_jump_asks (Fixture *fixture, gconstpointer data)
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
  ctl = start (fixture, NULL, NULL, more);
  culvert_ctl_wait_for_output (ctl, "up: ");
  text = culvert_test_read_text (asked);
  question = g_strdup_printf ("Password of the jump host %s: \nPassword of %s: \n", fixture->server,
                              fixture->server);
  g_assert_cmpstr (text, ==, question);
  assert_obeys (ctl, SIGINT, 130);
}

/* Through the server to itself, which is a jump host as good as any. */
static void
test_jump (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *hop = g_strdup_printf ("%s:%s", fixture->server, fixture->port);
  const char *const      more[] = { "-J", hop, NULL };
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, get_key (fixture), more);

  culvert_ctl_wait_for_output (ctl, "up: ");
  carry (fixture);
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "Accepted publickey"), ==, 2);
  assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

static void
test_jump_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *hop = g_strdup_printf ("127.0.0.1:%u", culvert_test_free_port ());
  g_autofree char       *message = g_strdup_printf ("reach the jump host %s: nothing", hop);
  const char *const      more[] = { "-J", hop, NULL };
  g_autoptr (CulvertCtl) ctl = start (fixture, once, get_key (fixture), more);

  assert_ends (ctl, 3, message);
}

/* A command that leads to the server is run by who allows it, and by nobody else. */
static void
test_proxy_command (Fixture *fixture, gconstpointer data)
{
  const char *const allowed[] = { "--allow-command", NULL };
  g_autofree char  *option = g_strdup_printf ("ProxyCommand=sh -c \"echo >%s/ran; exec %s %%p\"",
                                              culvert_temp_dir_get_path (fixture->home->folder),
                                              g_getenv ("CULVERT_TEST_PASS_ON"));
  const char *const more[] = { "-o", option, NULL };
  g_autofree char  *ran = culvert_ctl_home_build (fixture->home, "ran");
  g_autoptr (CulvertCtl) refused = start (fixture, NULL, get_key (fixture), more);
  g_autoptr (CulvertCtl) ctl = NULL;

  assert_ends (refused, 2, "use --allow-command if you trust it");
  g_assert_false (g_file_test (ran, G_FILE_TEST_EXISTS));
  ctl = start (fixture, allowed, get_key (fixture), more);
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_true (g_file_test (ran, G_FILE_TEST_EXISTS));
  carry (fixture);
  assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
}

/* The permission does not travel in a file. */
static void
test_proxy_command_in_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *text = g_strdup_printf ("[Tunnel]\nHost=127.0.0.1\nPort=%s\n"
                                                       "ProxyCommand=%s %%p\nProxyCommandAllowed=true\n",
                                                 fixture->port, g_getenv ("CULVERT_TEST_PASS_ON"));
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "x.culvert", text, 0600);
  const char *const      run[] = { "run", path, NULL };
  g_autoptr (CulvertCtl) from_file = culvert_ctl_start (fixture->home, run);
  g_autoptr (CulvertCtl) import = NULL;
  g_autoptr (CulvertCtl) saved = NULL;

  assert_ends (from_file, 2, "use --allow-command if you trust it");
  import = culvert_ctl_run (fixture->home, 0, "import", path, NULL);
  saved = culvert_ctl_run (fixture->home, 2, "run", "x", NULL);
  culvert_ctl_assert_message (saved, "use --allow-command if you trust it");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, options, func)                                                                   \
  g_test_add ("/cli/way/" name, Fixture, options, set_up, func, tear_down)

  ADD ("jump", NULL, test_jump);
  ADD ("jump-asks", &passwords_only, test_jump_asks);
  ADD ("jump-refused", NULL, test_jump_refused);
  ADD ("proxy-command", NULL, test_proxy_command);
  ADD ("proxy-command-in-file", NULL, test_proxy_command_in_file);

  return g_test_run ();
}
