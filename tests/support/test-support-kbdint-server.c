/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Proves the server with OpenSSH's own client. */

#include "support/child-process.h"
#include "support/culvert-test.h"
#include "support/kbdint-server.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  CulvertTempDir *dir;
  char           *log;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = culvert_temp_dir_new ();
  fixture->log = culvert_temp_dir_build (fixture->dir, "ssh.log");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->log);
  culvert_temp_dir_free (fixture->dir);
}

/* `ssh -N -v` that notes what it is asked in the file `asked` and answers "one" to Password,
 * @code to Code. */
static CulvertChildProcess *
start_ssh (Fixture *fixture, CulvertKbdintServer *server, const char *code)
{
  g_autofree char  *known_hosts = culvert_temp_dir_build (fixture->dir, "known_hosts");
  g_autofree char  *asked = culvert_temp_dir_build (fixture->dir, "asked");
  g_autofree char  *script = g_strdup_printf ("#!/bin/sh\necho \"$1\" >>'%s'\ncase $1 in\n"
                                               "*Password*) echo one ;;\n*Code*) echo %s ;;\nesac\n",
                                              asked, code);
  g_autofree char  *askpass = culvert_temp_dir_write (fixture->dir, "askpass", script);
  g_autofree char  *asks = g_strconcat ("SSH_ASKPASS=", askpass, NULL);
  g_autofree char  *hosts = g_strconcat ("-oUserKnownHostsFile=", known_hosts, NULL);
  g_autofree char  *port = g_strdup_printf ("-p%u", culvert_kbdint_server_get_port (server));
  const char *const environment[] = { asks, "SSH_ASKPASS_REQUIRE=force", "SSH_AUTH_SOCK=", NULL };
  const char *const argv[] = {
    "ssh",
    "-NvFnone",
    "-oNumberOfPasswordPrompts=1",
    "-oStrictHostKeyChecking=yes",
    hosts,
    port,
    "-lanybody",
    "127.0.0.1",
    NULL,
  };

  g_assert_cmpint (g_chmod (askpass, 0700), ==, 0);
  culvert_kbdint_server_write_known_hosts (server, known_hosts);
  return culvert_child_process_start (argv, environment, fixture->log);
}

static gboolean
has_said (CulvertChildProcess *process, const char *text)
{
  return culvert_child_process_count_in_log (process, text) > 0;
}

static void
assert_ends (CulvertChildProcess *client, const char *words)
{
  culvert_test_wait_until (!culvert_child_process_is_running (client), 20000);
  g_assert_true (has_said (client, words));
}

static void
test_two_questions_in_one_request (Fixture *fixture, gconstpointer data)
{
  const char *const arguments[] = { "--title=Two steps", "--instruction=Look at your telephone.",
                                    "--prompt=Password: =one", "--prompt=+Code: =123456", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autofree char                *log = NULL;
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, "123456");

    culvert_test_wait_until (has_said (client, "Authenticated to 127.0.0.1"), 20000);
    g_assert_true (has_said (client, "Two steps"));
    g_assert_true (has_said (client, "Look at your telephone."));
  }
  {
    g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, "0");

    assert_ends (client, "Permission denied");
  }
  log = culvert_kbdint_server_read_log (server);
  g_assert_nonnull (strstr (log, "request 1: 2 answers, right\n"));
  g_assert_nonnull (strstr (log, "request 1: 2 answers, wrong\n"));
}

/* A request without questions only shows something; then comes the next. */
static void
test_several_requests (Fixture *fixture, gconstpointer data)
{
  const char *const               arguments[] = { "--next", "--prompt=Password: =one", "--next",
                                                  "--prompt=Code: =77", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autofree char                *log = NULL;
  g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, "77");

  culvert_test_wait_until (has_said (client, "Authenticated to 127.0.0.1"), 20000);
  log = culvert_kbdint_server_read_log (server);
  g_assert_nonnull (strstr (log, "request 1: 0 answers, right\n"));
  g_assert_nonnull (strstr (log, "request 3: 1 answers, right\n"));
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  const char *const kinds[] = { "name-length",   "instruction-length", "prompt-count",
                                "prompt-length", "prompt-missing",     "empty" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char                *argument = g_strconcat ("--malformed=", kinds[i], NULL);
      const char *const               arguments[] = { argument, NULL };
      g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
      g_autoptr (CulvertChildProcess) client = start_ssh (fixture, server, "0");

      culvert_test_wait_until (!culvert_child_process_is_running (client), 20000);
      g_assert_false (has_said (client, "Authenticated to 127.0.0.1"));
      if (!has_said (client, "incomplete message") && !has_said (client, "too large") &&
          !has_said (client, "invalid format"))
        {
          g_autofree char *log = culvert_child_process_read_log (client);

          g_error ("%s: %s", kinds[i], log);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/support/kbdint-server/two-questions-in-one-request", Fixture, NULL, set_up,
              test_two_questions_in_one_request, tear_down);
  g_test_add ("/support/kbdint-server/several-requests", Fixture, NULL, set_up,
              test_several_requests, tear_down);
  g_test_add ("/support/kbdint-server/malformed", Fixture, NULL, set_up, test_malformed, tear_down);
  return g_test_run ();
}
