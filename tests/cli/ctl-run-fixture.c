/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-run-fixture.h"

#include "support/loopback.h"
#include "support/traffic.h"

#include <string.h>

const char *const ctl_run_once[] = { "--once", NULL };

const CulvertSshdOptions ctl_run_passwords_only = {
  .config = (const char *const[]){ "AuthenticationMethods password", NULL },
};

void
ctl_run_set_up (CtlRunFixture *fixture, gconstpointer data)
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

void
ctl_run_tear_down (CtlRunFixture *fixture, gconstpointer data)
{
  culvert_target_free (fixture->target);
  culvert_sshd_free (fixture->sshd);
  g_free (fixture->known_hosts);
  g_free (fixture->port);
  g_free (fixture->forward);
  g_free (fixture->server);
  culvert_ctl_home_free (fixture->home);
}

const char *
ctl_run_get_key (CtlRunFixture *fixture)
{
  return culvert_sshd_get_user_key (fixture->sshd, CULVERT_KEY_ED25519);
}

CulvertCtl *
ctl_run_start (CtlRunFixture     *fixture,
               const char *const *options,
               const char        *key,
               const char *const *more)
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

CulvertCtl *
ctl_run_start_once (CtlRunFixture *fixture, const char *key)
{
  return ctl_run_start (fixture, ctl_run_once, key, NULL);
}

void
ctl_run_assert_ends (CulvertCtl *ctl, int exit_status, const char *message)
{
  int status = culvert_ctl_wait (ctl);

  if (message != NULL)
    culvert_ctl_assert_message (ctl, message);
  culvert_ctl_assert_messages_are_lines (ctl, message != NULL ? 1 : 0);
  g_assert_cmpint (status, ==, exit_status);
}

void
ctl_run_carry (CtlRunFixture *fixture)
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

void
ctl_run_assert_obeys (CulvertCtl *ctl, int signal_number, int exit_status)
{
  gint64 begin_us = g_get_monotonic_time ();

  culvert_ctl_signal (ctl, signal_number);
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, exit_status);
  g_assert_cmpfloat ((double)(g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC, <,
                     3.5 * culvert_test_get_patience ());
}
