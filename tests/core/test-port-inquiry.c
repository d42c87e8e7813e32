/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/port-inquiry.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "support/loopback.h"

#include <unistd.h>

#define PATIENCE_MS 10000

typedef struct
{
  GError *error;
  guint   n_answers;
} Answer;

static void
answer_cb (GError *error, gpointer user_data)
{
  Answer *answer = user_data;

  g_clear_error (&answer->error);
  answer->error = error;
  answer->n_answers++;
}

static CulvertEndpoint *
at_port (const char *host, guint16 port)
{
  return culvert_endpoint_new_tcp (host, port);
}

static const char *
get_fact (Answer *answer, CulvertFact fact)
{
  return culvert_error_get_fact (answer->error, fact);
}

/* Why it failed is known; who has it is learned. */
static void
test_facts (void)
{
  guint16                        port = culvert_test_free_port ();
  int                            holder = culvert_loopback_listen ("127.0.0.1", port, 1, 0);
  g_autoptr (CulvertEndpoint)    listen = at_port ("localhost", port);
  g_autofree char               *pid = g_strdup_printf ("%d", (int)getpid ());
  Answer                         answer = { 0 };
  g_autoptr (CulvertPortInquiry) inquiry = culvert_port_inquiry_new (
    listen,
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "in use"),
    answer_cb, &answer);

  culvert_test_wait_until (answer.n_answers > 0, PATIENCE_MS);
  g_assert_error (answer.error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE);
  g_assert_cmpstr (answer.error->message, ==, "in use; this process has it");
  g_assert_cmpstr (get_fact (&answer, CULVERT_FACT_HOLDER), ==, "self");
  g_assert_cmpstr (get_fact (&answer, CULVERT_FACT_PID), ==, pid);
  g_assert_cmpuint (g_ascii_strtoull (get_fact (&answer, CULVERT_FACT_FREE_PORT), NULL, 10), >,
                    port);
  g_assert_cmpstr (get_fact (&answer, CULVERT_FACT_FREE_ADDRESS), ==, "127.0.0.2");
  g_clear_error (&answer.error);
  close (holder);
}

static void
ask_whether (const CulvertEndpoint *listen, Answer *answer)
{
  g_autoptr (CulvertPortInquiry) inquiry =
    culvert_port_inquiry_new (listen, NULL, answer_cb, answer);

  answer->n_answers = 0;
  culvert_test_wait_until (answer->n_answers > 0, PATIENCE_MS);
}

static void
test_whether (void)
{
  guint16                     port = culvert_test_free_port ();
  g_autoptr (CulvertEndpoint) listen = at_port ("", port);
  g_autoptr (CulvertEndpoint) name = at_port ("db.example", port);
  Answer                      answer = { 0 };
  int                         holder;

  ask_whether (listen, &answer);
  g_assert_no_error (answer.error);
  holder = culvert_loopback_listen ("0.0.0.0", port, 1, 0);
  ask_whether (listen, &answer);
  g_assert_error (answer.error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE);
  g_assert_cmpstr (get_fact (&answer, CULVERT_FACT_HOLDER), ==, "self");
  g_assert_null (get_fact (&answer, CULVERT_FACT_FREE_ADDRESS));
  ask_whether (name, &answer);
  g_assert_no_error (answer.error);
  close (holder);
}

static void
test_path (void)
{
  g_autoptr (CulvertTempDir)     dir = culvert_temp_dir_new ();
  g_autofree char               *path = culvert_temp_dir_build (dir, "s");
  int                            holder = culvert_loopback_listen (path, 0, 4, 0);
  g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_unix (path);
  Answer                         answer = { 0 };
  g_autoptr (CulvertPortInquiry) inquiry = culvert_port_inquiry_new (
    listen,
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_SOCKET_PATH, "in use"),
    answer_cb, &answer);

  culvert_test_wait_until (answer.n_answers > 0, PATIENCE_MS);
  g_assert_cmpstr (get_fact (&answer, CULVERT_FACT_HOLDER), ==, "self");
  g_assert_null (get_fact (&answer, CULVERT_FACT_FREE_PORT));
  g_clear_error (&answer.error);
  close (holder);
}

/* Nobody is told anything after that, whatever the worker is at. */
static void
test_given_up (void)
{
  g_autoptr (CulvertEndpoint) listen = at_port ("", culvert_test_free_port ());
  Answer                      answer = { 0 };

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (CulvertPortInquiry) inquiry =
        culvert_port_inquiry_new (listen, NULL, answer_cb, &answer);

      g_assert_nonnull (inquiry);
    }
  culvert_test_spend (100);
  g_assert_cmpuint (answer.n_answers, ==, 0);
}

static void
test_helps (void)
{
  for (int code = CULVERT_FORWARD_ERROR_PORT_IN_USE; code <= CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT;
       code++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_FORWARD_ERROR, code, "x");

      g_assert_cmpint (culvert_port_inquiry_helps (error), ==,
                       code == CULVERT_FORWARD_ERROR_PORT_IN_USE ||
                         code == CULVERT_FORWARD_ERROR_SOCKET_PATH);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/port-inquiry/facts", test_facts);
  g_test_add_func ("/core/port-inquiry/whether", test_whether);
  g_test_add_func ("/core/port-inquiry/path", test_path);
  g_test_add_func ("/core/port-inquiry/given-up", test_given_up);
  g_test_add_func ("/core/port-inquiry/helps", test_helps);

  return g_test_run ();
}
