/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Proves the server with OpenSSH's own client. */

#include "support/culvert-test.h"
#include "support/sshd-fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  CulvertTempDir *dir;
  char           *known_hosts;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = culvert_temp_dir_new ();
  fixture->known_hosts = culvert_temp_dir_build (fixture->dir, "known_hosts");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  culvert_temp_dir_free (fixture->dir);
  g_free (fixture->known_hosts);
}

/* Starts `ssh -N -v` to @server with further arguments; passwords come from @askpass, a file made by
 * write_askpass(), or nowhere. */
static CulvertChildProcess *
start_ssh (Fixture *fixture, CulvertSshd *server, const char *askpass, const char *argument, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char      *log = culvert_temp_dir_write (fixture->dir, "ssh.log", NULL);
  g_autofree char *asks = g_strconcat ("SSH_ASKPASS=", askpass != NULL ? askpass : "false", NULL);
  const char      *environment[] = { asks, "SSH_ASKPASS_REQUIRE=force", "SSH_AUTH_SOCK=", NULL };
  const char      *first[] = { "ssh",
                               "-NvFnone",
                               "-oIdentitiesOnly=yes",
                               "-oNumberOfPasswordPrompts=1",
                               "-oStrictHostKeyChecking=yes",
                               "-oGlobalKnownHostsFile=none" };
  va_list          rest;

  for (gsize i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (argv, g_strdup (first[i]));
  g_ptr_array_add (argv, g_strconcat ("-oUserKnownHostsFile=", fixture->known_hosts, NULL));
  g_ptr_array_add (argv, g_strdup_printf ("-p%u", culvert_sshd_get_port (server)));
  g_ptr_array_add (argv, g_strconcat ("-l", culvert_sshd_get_user_name (server), NULL));
  va_start (rest, argument);
  for (const char *more = argument; more != NULL; more = va_arg (rest, const char *))
    g_ptr_array_add (argv, g_strdup (more));
  va_end (rest);
  g_ptr_array_add (argv, g_strdup ("127.0.0.1"));
  g_ptr_array_add (argv, NULL);
  return culvert_child_process_start ((const char *const *)argv->pdata, environment, log);
}

/* (transfer full): a program that notes what it is asked in the file `asked` and answers by table:
 * question, answer, …, NULL. */
static char *
write_askpass (Fixture *fixture, const char *question, ...)
{
  g_autofree char    *asked = culvert_temp_dir_write (fixture->dir, "asked", NULL);
  g_autoptr (GString) text = g_string_new ("#!/bin/sh\n");
  char               *path;
  va_list             rest;

  g_string_append_printf (text, "echo \"$1\" >>'%s'\ncase $1 in\n", asked);
  va_start (rest, question);
  for (const char *next = question; next != NULL; next = va_arg (rest, const char *))
    g_string_append_printf (text, "*'%s') echo '%s' ;;\n", next, va_arg (rest, const char *));
  va_end (rest);
  g_string_append (text, "esac\n");
  path = culvert_temp_dir_write (fixture->dir, "askpass", text->str);
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  return path;
}

static gboolean
has_said (CulvertChildProcess *process, const char *text)
{
  return culvert_child_process_count_in_log (process, text) > 0;
}

static void
assert_signs_in (CulvertChildProcess *client)
{
  culvert_test_wait_until (has_said (client, "Authenticated to 127.0.0.1") ||
                             !culvert_child_process_is_running (client),
                           10000);
  if (!has_said (client, "Authenticated to 127.0.0.1"))
    {
      g_autofree char *log = culvert_child_process_read_log (client);

      g_error ("not signed in:\n%s", log);
    }
}

static void
assert_refused (CulvertChildProcess *client, const char *words)
{
  culvert_test_wait_until (!culvert_child_process_is_running (client), 10000);
  g_assert_true (has_said (client, words));
  g_assert_false (has_said (client, "Authenticated to 127.0.0.1"));
}

static void
test_user_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertSshd) server = culvert_sshd_new (NULL);
  g_autofree char        *stranger = culvert_temp_dir_build (fixture->dir, "stranger");
  g_autofree char        *stranger_public = culvert_temp_dir_build (fixture->dir, "stranger.pub");
  CulvertKeyKind          kinds[] = { CULVERT_KEY_ED25519, CULVERT_KEY_ECDSA, CULVERT_KEY_RSA };

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (CulvertChildProcess) client =
        start_ssh (fixture, server, NULL, "-i", culvert_sshd_get_user_key (server, kinds[i]), NULL);

      assert_signs_in (client);
      g_assert_true (has_said (client, "using \"publickey\""));
    }
  culvert_test_wait_until (culvert_sshd_count_in_log (server, "Accepted publickey for") == 3, 5000);

  culvert_test_make_key (stranger, CULVERT_KEY_ED25519, NULL, NULL);
  {
    g_autoptr (CulvertChildProcess) client =
      start_ssh (fixture, server, NULL, "-i", stranger, "-oBatchMode=yes", NULL);

    assert_refused (client, "Permission denied");
  }
  culvert_sshd_authorize (server, stranger_public, "no-port-forwarding");
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (
      fixture, server, NULL, "-i", stranger, "-R0:localhost:1", "-oExitOnForwardFailure=yes", NULL);

    culvert_test_wait_until (has_said (client, "remote port forwarding failed"), 10000);
  }
}

static void
test_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertSshd) server = culvert_sshd_new (NULL);
  g_autofree char        *right = NULL;
  g_autofree char        *wrong = NULL;

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  {
    g_autoptr (CulvertChildProcess) client = NULL;

    right = write_askpass (fixture, "password: ", culvert_sshd_get_password (server), NULL);
    client = start_ssh (fixture, server, right, "-oPreferredAuthentications=password", NULL);
    assert_signs_in (client);
    g_assert_true (has_said (client, "using \"password\""));
  }
  {
    g_autoptr (CulvertChildProcess) client = NULL;

    wrong = write_askpass (fixture, "password: ", "correct horse", NULL);
    client = start_ssh (fixture, server, wrong, "-oPreferredAuthentications=password", NULL);
    assert_refused (client, "Permission denied");
  }
}

static void
test_prompts (Fixture *fixture, gconstpointer data)
{
  const CulvertSshdPrompt  prompts[] = { { .text = "Password: ", .answer = "one" },
                                         { .text = "Code: ", .answer = "123456", .echo = TRUE },
                                         { 0 } };
  const CulvertSshdOptions options = { .prompts = prompts, .auth_delay_ms = 300 };
  g_autoptr (CulvertSshd)  server = culvert_sshd_new (&options);
  g_autofree char *askpass = write_askpass (fixture, "Password: ", "one", "Code: ", "123456", NULL);
  g_autofree char *asked = culvert_temp_dir_build (fixture->dir, "asked");
  g_autofree char *questions = NULL;
  gint64           start_us = g_get_monotonic_time ();

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  {
    g_autoptr (CulvertChildProcess) client =
      start_ssh (fixture, server, askpass, "-oPreferredAuthentications=keyboard-interactive", NULL);

    assert_signs_in (client);
    g_assert_true (has_said (client, "using \"keyboard-interactive\""));
    g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 300000);
  }
  questions = culvert_test_read_text (asked);
  g_assert_cmpuint (culvert_test_count_text (questions, "Password: \n"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (questions, "Code: \n"), ==, 1);
  {
    g_autofree char *wrong = write_askpass (fixture, "Password: ", "one", "Code: ", "0", NULL);
    g_autoptr (CulvertChildProcess) client =
      start_ssh (fixture, server, wrong, "-oPreferredAuthentications=keyboard-interactive", NULL);

    assert_refused (client, "Permission denied");
  }
}

static void
test_several_factors (Fixture *fixture, gconstpointer data)
{
  const char *const        config[] = { "AuthenticationMethods publickey,password", NULL };
  const CulvertSshdOptions options = { .config = config, .password = "two" };
  g_autoptr (CulvertSshd)  server = culvert_sshd_new (&options);
  g_autofree char         *askpass = write_askpass (fixture, "password: ", "two", NULL);
  const char              *key = culvert_sshd_get_user_key (server, CULVERT_KEY_ED25519);

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, askpass, "-i", key, NULL);

    assert_signs_in (client);
    g_assert_true (has_said (client, "partial success"));
  }
  {
    g_autoptr (CulvertChildProcess) client =
      start_ssh (fixture, server, NULL, "-i", key, "-oBatchMode=yes", NULL);

    assert_refused (client, "Permission denied (password)");
  }
}

static void
test_host_keys (Fixture *fixture, gconstpointer data)
{
  const CulvertSshdOptions options = { .host_keys = CULVERT_KEY_ED25519 | CULVERT_KEY_RSA };
  g_autoptr (CulvertSshd)  server = culvert_sshd_new (&options);
  const char              *key = culvert_sshd_get_user_key (server, CULVERT_KEY_ED25519);
  g_autofree char         *before = culvert_sshd_get_host_fingerprint (server, CULVERT_KEY_RSA);
  g_autofree char         *after = NULL;

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, CULVERT_KEY_RSA);
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, NULL, "-i", key, NULL);

    assert_signs_in (client);
    g_assert_true (has_said (client, before));
  }
  culvert_sshd_replace_host_keys (server);
  after = culvert_sshd_get_host_fingerprint (server, CULVERT_KEY_RSA);
  g_assert_cmpstr (before, !=, after);
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, NULL, "-i", key, NULL);

    assert_refused (client, "REMOTE HOST IDENTIFICATION HAS CHANGED");
    g_assert_true (has_said (client, after));
  }
}

static void
test_config_lines_win (Fixture *fixture, gconstpointer data)
{
  const char *const               config[] = { "Match all", "PasswordAuthentication no", NULL };
  const CulvertSshdOptions        options = { .config = config };
  g_autoptr (CulvertSshd)         server = culvert_sshd_new (&options);
  g_autoptr (CulvertChildProcess) client = NULL;

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  client = start_ssh (fixture, server, NULL, "-oPreferredAuthentications=password", NULL);
  assert_refused (client, "Permission denied (publickey,keyboard-interactive)");
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertSshd) server = culvert_sshd_new (NULL);
  const char             *key = culvert_sshd_get_user_key (server, CULVERT_KEY_ED25519);
  guint16                 port = culvert_sshd_get_port (server);

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, NULL, "-i", key, NULL);

    assert_signs_in (client);
    g_assert_cmpuint (culvert_sshd_count_session_processes (server), >=, 1);
    culvert_sshd_kill_sessions (server);
    culvert_test_wait_until (!culvert_child_process_is_running (client), 10000);
    g_assert_cmpuint (culvert_sshd_count_session_processes (server), ==, 0);
  }
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, NULL, "-i", key, NULL);

    assert_signs_in (client);
    culvert_sshd_stop_listening (server);
    {
      g_autoptr (CulvertChildProcess) other = start_ssh (fixture, server, NULL, "-i", key, NULL);

      assert_refused (other, "Connection refused");
    }
    g_assert_true (culvert_child_process_is_running (client));
    g_assert_cmpuint (culvert_sshd_count_session_processes (server), >=, 1);
    culvert_sshd_stop (server);
    culvert_test_wait_until (!culvert_child_process_is_running (client), 10000);
  }
  culvert_sshd_start (server);
  g_assert_cmpuint (culvert_sshd_get_port (server), ==, port);
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, NULL, "-i", key, NULL);

    assert_signs_in (client);
    culvert_sshd_restart (server);
    culvert_test_wait_until (!culvert_child_process_is_running (client), 10000);
  }
}

static void
test_freeze (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertSshd) server = culvert_sshd_new (NULL);
  const char             *key = culvert_sshd_get_user_key (server, CULVERT_KEY_ED25519);

  culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (
      fixture, server, NULL, "-i", key, "-oServerAliveInterval=1", "-oServerAliveCountMax=1", NULL);

    assert_signs_in (client);
    culvert_sshd_freeze (server);
    culvert_test_wait_until (has_said (client, "not responding"), 10000);
    culvert_sshd_thaw (server);
  }
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, NULL, "-i", key, NULL);

    assert_signs_in (client);
    culvert_sshd_freeze (server);
    /* Freed while frozen. */
  }
}

/* "PID (sshd) S …" of a process that ended is gone, or says Z until its new parent looks. */
static gboolean
has_ended (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "stat", NULL);
  g_autofree char *text = NULL;
  const char      *state;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return TRUE;
  state = strrchr (text, ')');
  return state != NULL && g_str_has_prefix (state, ") Z");
}

#define PIDS_VARIABLE "CULVERT_TEST_PIDS"

/* A test that dies with its sessions stopped leaves nothing behind. */
static void
test_dies_with_test (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = culvert_temp_dir_build (fixture->dir, "pids");
  g_autofree char *text = NULL;
  g_autofree char *before = NULL;
  g_auto (GStrv)   pids = NULL;

  if (g_test_subprocess ())
    {
      CulvertSshd     *server = culvert_sshd_new (NULL);
      const char      *key = culvert_sshd_get_user_key (server, CULVERT_KEY_ED25519);
      g_autofree char *numbers = NULL;

      culvert_sshd_write_known_hosts (server, fixture->known_hosts, 0);
      assert_signs_in (start_ssh (fixture, server, NULL, "-i", key, NULL));
      culvert_sshd_freeze (server);
      numbers = culvert_child_process_describe (culvert_sshd_get_process (server));
      g_assert_true (g_file_set_contents (g_getenv (PIDS_VARIABLE), numbers, -1, NULL));
      raise (SIGKILL);
    }

  /* It cannot tidy up, so its folders belong into ours. */
  before = g_strdup (g_getenv ("TMPDIR"));
  g_setenv ("TMPDIR", culvert_temp_dir_get_path (fixture->dir), TRUE);
  g_setenv (PIDS_VARIABLE, list, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  if (before != NULL)
    g_setenv ("TMPDIR", before, TRUE);
  else
    g_unsetenv ("TMPDIR");
  text = culvert_test_read_text (list);
  pids = g_strsplit (g_strchomp (text), " ", -1);
  g_assert_cmpuint (g_strv_length (pids), >=, 2);
  for (gsize i = 0; pids[i] != NULL; i++)
    culvert_test_wait_until (has_ended (pids[i]), 10000);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "/support/sshd-fixture/user-keys", test_user_keys },
    { "/support/sshd-fixture/password", test_password },
    { "/support/sshd-fixture/prompts", test_prompts },
    { "/support/sshd-fixture/several-factors", test_several_factors },
    { "/support/sshd-fixture/host-keys", test_host_keys },
    { "/support/sshd-fixture/config-lines-win", test_config_lines_win },
    { "/support/sshd-fixture/life", test_life },
    { "/support/sshd-fixture/freeze", test_freeze },
    { "/support/sshd-fixture/dies-with-test", test_dies_with_test },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
  return g_test_run ();
}
