/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-support.h"
#include "support/sshd-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* Questions on a terminal, answered by somebody who types. */

typedef struct
{
  CulvertCtlHome *home;
  CulvertSshd    *sshd;
  char           *known_hosts;
  char           *port;
  char           *forward;
  char           *server;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->home = culvert_ctl_home_new ();
  fixture->sshd = culvert_sshd_new (data);
  fixture->known_hosts = culvert_ctl_home_write (fixture->home, ".ssh/known_hosts", "", 0600);
  culvert_sshd_write_known_hosts (fixture->sshd, fixture->known_hosts, 0);
  fixture->port = g_strdup_printf ("%u", culvert_sshd_get_port (fixture->sshd));
  fixture->forward = g_strdup_printf ("%u:127.0.0.1:9", culvert_test_free_port ());
  fixture->server = g_strdup_printf ("%s@127.0.0.1", culvert_sshd_get_user_name (fixture->sshd));
}

static void
set_up_plain (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  culvert_sshd_free (fixture->sshd);
  g_free (fixture->known_hosts);
  g_free (fixture->port);
  g_free (fixture->forward);
  g_free (fixture->server);
  culvert_ctl_home_free (fixture->home);
}

/* @key: nullable; @shell: as for culvert_ctl_start_on_terminal() */
static CulvertCtl *
start (Fixture *fixture, const char *key, const char *shell)
{
  const char *argv[] = { "run",
                         "--",
                         "ssh",
                         "-N",
                         "-p",
                         fixture->port,
                         "-L",
                         fixture->forward,
                         fixture->server,
                         key != NULL ? "-i" : NULL,
                         key,
                         NULL };

  return culvert_ctl_start_on_terminal (fixture->home, shell, argv);
}

/* Waits until it asks, and hides the answer: typing earlier would be lost, as with ssh. */
static void
wait_for_hidden (CulvertCtl *ctl, const char *question)
{
  culvert_ctl_wait_for_output (ctl, question);
  culvert_test_wait_until (!culvert_ctl_terminal_echoes (ctl), 20000);
}

static const CulvertSshdOptions passwords_only = {
  .config = (const char *const[]){ "AuthenticationMethods password", NULL },
};

static void
test_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, NULL);
  g_autofree char       *question = g_strdup_printf ("Password of %s: ", fixture->server);

  wait_for_hidden (ctl, question);
  culvert_ctl_type (ctl, "wrong\n");
  wait_for_hidden (ctl, "That was not right; once more.");
  culvert_ctl_type (ctl, CULVERT_SSHD_PASSWORD "\n");
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_true (culvert_ctl_terminal_echoes (ctl));
  g_assert_null (strstr (culvert_ctl_get_output (ctl), "wrong"));
  g_assert_null (strstr (culvert_ctl_get_output (ctl), CULVERT_SSHD_PASSWORD));

  /* As a person ends it. */
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
}

/* @data: what is typed, what it ends with, and whether the key is then known */
typedef struct
{
  const char *typed; /* NULL: the fingerprint */
  int         exit_status;
  gboolean    is_saved;
} HostKeyRow;

static void
answer_host_key (Fixture *fixture, const HostKeyRow *row)
{
  g_autofree char *fingerprint =
    culvert_sshd_get_host_fingerprint (fixture->sshd, CULVERT_KEY_ED25519);
  g_autofree char *typed = g_strdup_printf ("%s\n", row->typed != NULL ? row->typed : fingerprint);
  g_autofree char *known = NULL;
  g_autoptr (CulvertCtl) ctl = NULL;

  if (g_file_test (fixture->known_hosts, G_FILE_TEST_EXISTS))
    g_assert_cmpint (g_unlink (fixture->known_hosts), ==, 0);
  ctl = start (fixture, culvert_sshd_get_user_key (fixture->sshd, CULVERT_KEY_ED25519), NULL);
  culvert_ctl_wait_for_output (ctl, "Trust it? (yes, once, no, or the fingerprint) ");
  g_assert_nonnull (strstr (culvert_ctl_get_output (ctl), fingerprint));
  g_assert_nonnull (strstr (culvert_ctl_get_output (ctl), "ssh-ed25519"));
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "userauth-request"), ==, 0);
  culvert_ctl_type (ctl, typed);
  if (row->exit_status == 130)
    {
      culvert_ctl_wait_for_output (ctl, "up: ");
      culvert_ctl_type (ctl, "\003");
    }
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, row->exit_status);
  if (row->is_saved)
    {
      known = culvert_test_read_text (fixture->known_hosts);
      g_assert_nonnull (strstr (known, "ssh-ed25519 "));
    }
  else
    g_assert_false (g_file_test (fixture->known_hosts, G_FILE_TEST_EXISTS));
}

static void
test_host_key_refused (Fixture *fixture, gconstpointer data)
{
  answer_host_key (fixture, &(HostKeyRow){ "no", 4, FALSE });
  answer_host_key (fixture, &(HostKeyRow){ "", 4, FALSE });
  /* End of input. */
  answer_host_key (fixture, &(HostKeyRow){ "\004", 4, FALSE });
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "userauth-request"), ==, 0);
}

static void
test_host_key_trusted (Fixture *fixture, gconstpointer data)
{
  answer_host_key (fixture, data);
}

/* Anything but a clear answer is no answer. */
static void
test_host_key_unclear (Fixture *fixture, gconstpointer data)
{
  static const char *const answers[] = { "y\n", "SHA256:AAAA\n", "yes please\n" };
  g_autoptr (CulvertCtl)   ctl = NULL;

  g_assert_cmpint (g_unlink (fixture->known_hosts), ==, 0);
  ctl = start (fixture, culvert_sshd_get_user_key (fixture->sshd, CULVERT_KEY_ED25519), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      culvert_test_wait_until (
        culvert_test_count_text (culvert_ctl_get_output (ctl), "Trust it?") == i + 1, 20000);
      culvert_ctl_type (ctl, answers[i]);
    }
  culvert_test_wait_until (culvert_test_count_text (culvert_ctl_get_output (ctl), "Trust it?") == 4,
                           20000);
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "userauth-request"), ==, 0);
  culvert_ctl_type (ctl, "no\n");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 4);
  g_assert_false (g_file_test (fixture->known_hosts, G_FILE_TEST_EXISTS));
}

/* Both in one go, as at the first visit. */
static void
test_first_visit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;

  g_assert_cmpint (g_unlink (fixture->known_hosts), ==, 0);
  ctl = start (fixture, NULL, NULL);
  culvert_ctl_wait_for_output (ctl, "Trust it?");
  culvert_ctl_type (ctl, "yes\n");
  wait_for_hidden (ctl, "Password of ");
  culvert_ctl_type (ctl, CULVERT_SSHD_PASSWORD "\n");
  culvert_ctl_wait_for_output (ctl, "up: ");
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
}

static void
test_passphrase (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *key = culvert_ctl_home_build (fixture->home, "locked key");
  g_autofree char       *public_key = g_strconcat (key, ".pub", NULL);
  g_autofree char       *question = g_strdup_printf ("Passphrase of the key %s: ", key);
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_test_make_key (key, CULVERT_KEY_ED25519, "open sesame", "-a", "4", NULL);
  culvert_sshd_authorize (fixture->sshd, public_key, NULL);
  ctl = start (fixture, key, NULL);
  wait_for_hidden (ctl, question);
  culvert_ctl_type (ctl, "nonsense\n");
  wait_for_hidden (ctl, "That was not right; once more.");
  culvert_ctl_type (ctl, "open sesame\n");
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_null (strstr (culvert_ctl_get_output (ctl), "open sesame"));
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
}

static const CulvertSshdPrompt two_prompts[] = {
  { "Name of your first pet? ", "Bello", TRUE },
  { "Code: ", "123456", FALSE },
  { NULL, NULL, FALSE },
};
static const CulvertSshdOptions with_questions = {
  .config = (const char *const[]){ "AuthenticationMethods keyboard-interactive", NULL },
  .prompts = two_prompts,
};

/* The server's questions, with who asks in front: what may be seen is shown, a code is not. */
static void
test_questions (Fixture *fixture, gconstpointer data)
{
  g_autofree char       *first = g_strdup_printf ("(%s) Name of your first pet? ", fixture->server);
  g_autofree char       *second = g_strdup_printf ("(%s) Code: ", fixture->server);
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, NULL);

  culvert_ctl_wait_for_output (ctl, first);
  g_assert_true (culvert_ctl_terminal_echoes (ctl));
  culvert_ctl_type (ctl, "Bello\n");
  wait_for_hidden (ctl, second);
  culvert_ctl_type (ctl, "123456\n");
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_nonnull (strstr (culvert_ctl_get_output (ctl), "Bello"));
  g_assert_null (strstr (culvert_ctl_get_output (ctl), "123456"));
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
}

/* However it ends while the answer is hidden, the terminal shows again what is typed. */
static void
test_shows_again (Fixture *fixture, gconstpointer data)
{
  CulvertCtl *ctl = start (fixture, NULL, NULL);

  wait_for_hidden (ctl, "Password of ");
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
  g_assert_true (culvert_ctl_terminal_echoes (ctl));
  culvert_ctl_free (ctl);

  ctl = start (fixture, NULL, NULL);
  wait_for_hidden (ctl, "Password of ");
  culvert_ctl_type (ctl, "\004");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 5);
  g_assert_true (culvert_ctl_terminal_echoes (ctl));
  culvert_ctl_free (ctl);

  /* Quit, which is nobody's but the system's: the shell says how it ended. */
  ctl = start (fixture, NULL, "\"$@\"; echo \"ended with $?\"");
  wait_for_hidden (ctl, "Password of ");
  culvert_ctl_type (ctl, "\034");
  culvert_ctl_wait_for_output (ctl, "ended with 131");
  g_assert_true (culvert_ctl_terminal_echoes (ctl));
  culvert_ctl_free (ctl);

  /* The server goes meanwhile: there is nothing to answer any more. */
  ctl = start (fixture, NULL, NULL);
  wait_for_hidden (ctl, "Password of ");
  culvert_sshd_stop (fixture->sshd);
  culvert_test_wait_until (culvert_ctl_terminal_echoes (ctl), 20000);
  culvert_ctl_wait_for_output (ctl, "closed the connection while it waited for your answer");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 5);
  culvert_ctl_free (ctl);
}

/* Stopped with Ctrl-Z and fetched back, as under a shell with jobs. */
static void
test_suspend (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL,
                                      "set -m; \"$@\"; echo \"stopped with $?\"; stty -a; "
                                      "echo ready; read -r line; fg; echo \"ended with $?\"");

  wait_for_hidden (ctl, "Password of ");
  culvert_ctl_type (ctl, "\032");
  culvert_ctl_wait_for_output (ctl, "stopped with 148");
  culvert_ctl_wait_for_output (ctl, "ready");
  g_assert_nonnull (strstr (culvert_ctl_get_output (ctl), " echo "));
  g_assert_true (culvert_ctl_terminal_echoes (ctl));
  culvert_ctl_type (ctl, "\n");
  culvert_test_wait_until (!culvert_ctl_terminal_echoes (ctl), 20000);
  culvert_ctl_type (ctl, CULVERT_SSHD_PASSWORD "\n");
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_null (strstr (culvert_ctl_get_output (ctl), CULVERT_SSHD_PASSWORD));
  culvert_ctl_type (ctl, "\003");
  culvert_ctl_wait_for_output (ctl, "ended with 130");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 0);
}

/* Without a shell Ctrl-Z does nothing, and the password stays hidden. */
static void
test_suspend_in_vain (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, NULL);

  wait_for_hidden (ctl, "Password of ");
  culvert_ctl_type (ctl, "\032");
  culvert_test_spend (300);
  culvert_test_wait_until (!culvert_ctl_terminal_echoes (ctl), 20000);
  culvert_ctl_type (ctl, CULVERT_SSHD_PASSWORD "\n");
  culvert_ctl_wait_for_output (ctl, "up: ");
  g_assert_null (strstr (culvert_ctl_get_output (ctl), CULVERT_SSHD_PASSWORD));
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
}

/* The tunnels of others go on while one of them asks, and two never ask at once. */
static void
test_two_questions (Fixture *fixture, gconstpointer data)
{
  static const char format[] = "[Tunnel]\nVersion=1\nName=%s\nHost=127.0.0.1\nPort=%s\nUser=%s\n"
                               "Methods=password;\n";
  const char       *user = culvert_sshd_get_user_name (fixture->sshd);
  g_autofree char  *a = g_strdup_printf (format, "first", fixture->port, user);
  g_autofree char  *b = g_strdup_printf (format, "second", fixture->port, user);
  g_autofree char  *file_a = culvert_ctl_home_write (fixture->home, "a.culvert", a, 0600);
  g_autofree char  *file_b = culvert_ctl_home_write (fixture->home, "b.culvert", b, 0600);
  const char       *argv[] = { "run", file_a, file_b, NULL };
  g_autoptr (CulvertCtl) ctl = culvert_ctl_start_on_terminal (fixture->home, NULL, argv);

  wait_for_hidden (ctl, "Password of ");
  culvert_test_spend (500);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "Password of "), ==, 1);
  culvert_ctl_type (ctl, CULVERT_SSHD_PASSWORD "\n");
  culvert_test_wait_until (
    culvert_test_count_text (culvert_ctl_get_output (ctl), "Password of ") == 2, 20000);
  culvert_test_wait_until (!culvert_ctl_terminal_echoes (ctl), 20000);
  culvert_ctl_wait_for_output (ctl, "up: ");
  culvert_ctl_type (ctl, CULVERT_SSHD_PASSWORD "\n");
  culvert_test_wait_until (culvert_test_count_text (culvert_ctl_get_output (ctl), "up: ") == 2,
                           20000);
  culvert_ctl_type (ctl, "\003");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
}

int
main (int argc, char **argv)
{
  static const HostKeyRow yes = { "yes", 130, TRUE };
  static const HostKeyRow only_once = { "ONCE", 130, FALSE };
  static const HostKeyRow fingerprint = { NULL, 130, TRUE };

  g_test_init (&argc, &argv, NULL);

#define ADD(name, options, func)                                                                   \
  g_test_add ("/cli/terminal/" name, Fixture, options, set_up, func, tear_down)
  /* These have rows of their own; their server is an ordinary one. */
#define ADD_HOST_KEY(name, row)                                                                    \
  g_test_add ("/cli/terminal/host-key/" name, Fixture, row, set_up_plain, test_host_key_trusted,   \
              tear_down)

  ADD ("password", &passwords_only, test_password);
  ADD ("host-key/refused", NULL, test_host_key_refused);
  ADD_HOST_KEY ("yes", &yes);
  ADD_HOST_KEY ("once", &only_once);
  ADD_HOST_KEY ("fingerprint", &fingerprint);
  ADD ("host-key/unclear", NULL, test_host_key_unclear);
  ADD ("first-visit", &passwords_only, test_first_visit);
  ADD ("passphrase", NULL, test_passphrase);
  ADD ("questions", &with_questions, test_questions);
  ADD ("shows-again", &passwords_only, test_shows_again);
  ADD ("suspend", &passwords_only, test_suspend);
  ADD ("suspend-in-vain", &passwords_only, test_suspend_in_vain);
  ADD ("two-questions", &passwords_only, test_two_questions);

  return g_test_run ();
}
