/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-run-fixture.h"
#include "support/loopback.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

/* `culvertctl check`, without a running Culvert: its lines, its JSON, and how it ends. */

/* `check OPTIONS -- ssh -N -p PORT -i KEY -L FORWARD SERVER`; @option, @key: nullable */
static CulvertCtl *
start (CtlRunFixture *fixture,
       const char    *option,
       const char    *port,
       const char    *key,
       const char    *forward)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           argv = NULL;

  g_strv_builder_add (builder, "check");
  if (option != NULL)
    g_strv_builder_add (builder, option);
  g_strv_builder_add_many (builder, "--", "ssh", "-N", "-p", port, NULL);
  g_strv_builder_add_many (builder, "-i", key != NULL ? key : ctl_run_get_key (fixture), NULL);
  g_strv_builder_add_many (builder, "-L", forward, fixture->server, NULL);
  argv = g_strv_builder_end (builder);
  return culvert_ctl_start (fixture->home, (const char *const *)argv);
}

static CulvertCtl *
start_usual (CtlRunFixture *fixture, const char *option)
{
  return start (fixture, option, fixture->port, NULL, fixture->forward);
}

static void
assert_ends (CulvertCtl *ctl, int exit_status, const char *message)
{
  int status = culvert_ctl_wait (ctl);

  g_test_message ("%s%s", culvert_ctl_get_output (ctl), culvert_ctl_get_messages (ctl));
  g_assert_cmpint (status, ==, exit_status);
  if (message == NULL)
    {
      g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
      return;
    }
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, message);
}

static void
test_well (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = start_usual (fixture, NULL);
  g_autofree char       *known = culvert_test_read_text (fixture->known_hosts);
  g_autofree char       *after = NULL;

  assert_ends (ctl, 0, NULL);
  culvert_ctl_assert_output (ctl, "Passed: 127.0.0.1:");
  culvert_ctl_assert_output (ctl, "It accepts connections.\n");
  g_assert_null (strstr (culvert_ctl_get_output (ctl), "Failed"));
  after = culvert_test_read_text (fixture->known_hosts);
  g_assert_cmpstr (known, ==, after);
}

static void
test_json (CtlRunFixture *fixture, gconstpointer data)
{
  static const char *const expected[] = { "name",       "connect",      "banner",  "key-exchange",
                                          "host-key",   "sign-in-step", "sign-in", "listen",
                                          "permission", "target",       NULL };
  g_autoptr (CulvertCtl)   ctl = start_usual (fixture, "--json");
  g_auto (GStrv)           lines = NULL;
  guint                    n = 0;

  assert_ends (ctl, 0, NULL);
  lines = g_strsplit (culvert_ctl_get_output (ctl), "\n", -1);
  for (char **line = lines; **line != '\0'; line++)
    {
      g_autoptr (JsonNode) node = json_from_string (*line, NULL);
      JsonObject          *object;

      g_assert_nonnull (node);
      object = json_node_get_object (node);
      g_assert_true (json_object_has_member (object, "tunnel"));
      if (expected[n] == NULL)
        {
          g_assert_cmpstr (json_object_get_string_member (object, "event"), ==, "checked");
          g_assert_cmpstr (json_object_get_string_member (object, "result"), ==, "passed");
          g_assert_cmpint (json_object_get_int_member (object, "exit"), ==, 0);
          return;
        }
      /* A key more or less that was offered is no matter. */
      if (g_str_equal (json_object_get_string_member (object, "state"), "skipped") &&
          g_str_equal (json_object_get_string_member (object, "stage"), "sign-in-step"))
        continue;
      g_assert_cmpstr (json_object_get_string_member (object, "event"), ==, "stage");
      g_assert_cmpstr (json_object_get_string_member (object, "stage"), ==, expected[n]);
      g_assert_cmpstr (json_object_get_string_member (object, "state"), ==,
                       n == 0 ? "skipped" : "passed");
      n++;
    }
  g_assert_not_reached ();
}

static void
test_unreachable (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *port = g_strdup_printf ("%u", culvert_test_free_port ());
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, port, NULL, fixture->forward);

  assert_ends (ctl, 3, "nothing listens there");
  culvert_ctl_assert_output (ctl, "Failed: 127.0.0.1:");
  culvert_ctl_assert_output (ctl, "Skipped: Forward localhost:");
}

static void
test_host_key (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_sshd_replace_host_keys (fixture->sshd);
  ctl = start_usual (fixture, "--json");
  assert_ends (ctl, 4, "changed");
  culvert_ctl_assert_output (ctl, "\"exit\":4");
}

static void
test_sign_in (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *key = culvert_ctl_home_build (fixture->home, "stranger");
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS", "/bin/false");
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", "force");
  ctl = start (fixture, NULL, fixture->port, key, fixture->forward);
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 5);
  culvert_ctl_assert_output (ctl, "Not accepted: Signing in: ");
}

static void
test_target (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *forward =
    g_strdup_printf ("%u:127.0.0.1:%u", fixture->listen, culvert_test_free_port ());
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, fixture->port, NULL, forward);

  assert_ends (ctl, 6, "can’t reach 127.0.0.1:");
}

/* Questions are asked as by `run`; the answers are said nowhere. */
static void
test_password (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *script =
    g_strdup_printf ("#!/bin/sh\necho '%s'\n", culvert_sshd_get_password (fixture->sshd));
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "askpass", script, 0700);
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS", path);
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", "force");
  ctl = start_usual (fixture, "-v");
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 0);
  culvert_ctl_assert_output (ctl, "Passed: Signing in: Password");
  culvert_ctl_assert_message (ctl, "signing in as");
  g_assert_null (strstr (culvert_ctl_get_output (ctl), CULVERT_SSHD_PASSWORD));
  g_assert_null (strstr (culvert_ctl_get_messages (ctl), CULVERT_SSHD_PASSWORD));
}

static void
test_interrupted (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertTarget) mute =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS });
  g_autofree char       *port = g_strdup_printf ("%u", culvert_target_get_port (mute));
  g_autoptr (CulvertCtl) ctl = start (fixture, NULL, port, NULL, fixture->forward);

  culvert_ctl_wait_for_output (ctl, "can be reached");
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_assert_output (ctl, "The check was stopped before it was done.");
}

/* Saved ones, one after another: the first failure is what it ends with. */
static void
test_saved (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *down =
    g_strdup_printf ("%u:127.0.0.1:%u", culvert_test_free_port (), culvert_test_free_port ());
  g_autoptr (CulvertCtl) first = culvert_ctl_run (
    fixture->home, 0, "add", "--name", "good", "--", "ssh", "-p", fixture->port, "-i",
    ctl_run_get_key (fixture), "-L", fixture->forward, fixture->server, NULL);
  g_autoptr (CulvertCtl) second =
    culvert_ctl_run (fixture->home, 0, "add", "--name", "bad", "--", "ssh", "-p", fixture->port,
                     "-i", ctl_run_get_key (fixture), "-L", down, fixture->server, NULL);
  g_autoptr (CulvertCtl) both = culvert_ctl_run (fixture->home, 6, "check", "bad", "good", NULL);
  g_autoptr (CulvertCtl) good = culvert_ctl_run (fixture->home, 0, "check", "good", NULL);

  culvert_ctl_assert_message (both, "culvertctl: bad: ");
}

static void
test_usage (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) nothing = culvert_ctl_run (fixture->home, 2, "check", NULL);
  g_autoptr (CulvertCtl) unknown = culvert_ctl_run (fixture->home, 2, "check", "nowhere", NULL);
  g_autoptr (CulvertCtl) command = culvert_ctl_run (fixture->home, 2, "check", "--", "ssh", "-o",
                                                    "ProxyCommand=true", "somewhere", NULL);
  g_autoptr (CulvertCtl) help = culvert_ctl_run (fixture->home, 0, "check", "--help", NULL);

  culvert_ctl_assert_message (nothing, "culvertctl help check");
  culvert_ctl_assert_messages_are_lines (unknown, 1);
  culvert_ctl_assert_message (command, "--allow-command");
  culvert_ctl_assert_output (help, "Usage: culvertctl check");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, options, function)                                                               \
  g_test_add ("/cli/ctl-check/" name, CtlRunFixture, options, ctl_run_set_up, function,            \
              ctl_run_tear_down)
  ADD ("well", NULL, test_well);
  ADD ("json", NULL, test_json);
  ADD ("unreachable", NULL, test_unreachable);
  ADD ("host-key", NULL, test_host_key);
  ADD ("sign-in", NULL, test_sign_in);
  ADD ("target", NULL, test_target);
  ADD ("password", &ctl_run_passwords_only, test_password);
  ADD ("interrupted", NULL, test_interrupted);
  ADD ("saved", NULL, test_saved);
  ADD ("usage", NULL, test_usage);
#undef ADD

  return g_test_run ();
}
