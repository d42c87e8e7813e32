/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/kbdint-server.h"

#include <string.h>

/* A password that has expired (RFC 4252 section 8). */

#define EXPIRED "--expired=Your password is \x1b[31mtoo old.\nAt least 12 letters\xe2\x80\x8b."

static SessionFixture *
new_fixture (CulvertKbdintServer *server)
{
  SessionFixture *fixture = session_fixture_new (culvert_kbdint_server_get_port (server));

  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 0);
  session_fixture_answer (fixture, "old", NULL);
  return fixture;
}

static const CulvertPromptFields *
get_fields (SessionFixture *fixture, guint index)
{
  g_assert_cmpuint (index, <, fixture->prompts->len);
  return culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, index));
}

/* The server's words are shown, safely; the new password is the one from then on. */
static void
test_change (void)
{
  static const char *const        arguments[] = { "--password=old", EXPIRED, NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture = new_fixture (server);
  g_autoptr (SessionFixture)      next = new_fixture (server);
  const CulvertPromptFields      *fields;

  session_fixture_answer (fixture, "new", NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 2);
  fields = get_fields (fixture, 1);
  g_assert_cmpint (fields->kind, ==, CULVERT_PROMPT_NEW_PASSWORD);
  g_assert_cmpstr (fields->instruction, ==,
                   "Your password is \\x1b[31mtoo old.\nAt least 12 letters\\u200b.");
  g_assert_cmpstr (fields->secret_purpose, ==, "password");
  g_assert_cmpuint (fields->attempt, ==, 0);
  g_assert_cmpuint (fields->n_fields, ==, 1);
  /* The old one was right, and so is the new one. */
  g_assert_cmpuint (fixture->n_accepted, ==, 2);
  g_assert_cmpuint (fixture->n_rejected, ==, 0);
  session_fixture_stop (fixture);

  session_fixture_answer (next, "new", NULL);
  session_fixture_up (next);
  g_assert_cmpuint (next->n_rejected, ==, 1);
  session_fixture_stop (next);
}

/* A server may not like the new one: it is asked for again, with what the server says now. */
static void
test_not_good_enough (void)
{
  static const char *const        arguments[] = { "--password=old", "--expired=Change it.",
                                                  "--new-password=long enough", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture = new_fixture (server);

  session_fixture_answer (fixture, "old", NULL);
  session_fixture_answer (fixture, "short", NULL);
  session_fixture_answer (fixture, "long enough", NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 4);
  g_assert_cmpstr (get_fields (fixture, 1)->instruction, ==, "Change it.");
  g_assert_cmpstr (get_fields (fixture, 2)->instruction, ==, "Too simple.");
  g_assert_cmpuint (get_fields (fixture, 3)->attempt, ==, 2);
  g_assert_cmpuint (fixture->n_accepted, ==, 2);
  g_assert_cmpuint (fixture->n_rejected, ==, 2);
  session_fixture_stop (fixture);
}

/* Without a new one the reason says that it has expired, never that it is wrong. */
static void
test_refused_by_person (void)
{
  static const char *const        arguments[] = { "--password=old", "--expired=Change it.", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture = new_fixture (server);
  g_autofree char                *log = NULL;

  session_fixture_fail (fixture, CULVERT_SSH_ERROR_PASSWORD_EXPIRED);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_SAID), ==, "Change it.");
  g_assert_cmpuint (fixture->prompts->len, ==, 2);
  log = culvert_kbdint_server_read_log (server);
  g_assert_null (strstr (log, "change"));
}

/* A wrong password is still a wrong one. */
static void
test_wrong_first (void)
{
  static const char *const arguments[] = { "--password=older", "--expired=Change it.", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture = new_fixture (server);

  session_fixture_answer (fixture, "older", NULL);
  session_fixture_answer (fixture, "new", NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->n_rejected, ==, 1);
  g_assert_cmpint (get_fields (fixture, 2)->kind, ==, CULVERT_PROMPT_NEW_PASSWORD);
  session_fixture_stop (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/new-password/change", test_change);
  g_test_add_func ("/ssh/session/new-password/not-good-enough", test_not_good_enough);
  g_test_add_func ("/ssh/session/new-password/refused-by-person", test_refused_by_person);
  g_test_add_func ("/ssh/session/new-password/wrong-first", test_wrong_first);
  return g_test_run ();
}
