/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "forward/far-test-plan.h"

/* What a test tries, and what it makes of the answers. */

typedef struct
{
  const char      *name;
  const char      *listen;
  const char      *server_address; /* nullable */
  const char      *legs;           /* "host answer …"; a host of "end" is the end */
  CulvertTestState state;
  int              code; /* of CULVERT_FORWARD_ERROR for a failure; -1: that of the first leg */
} Row;

#define LOOPBACK_ONLY CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY

static const Row rows[] = {
  { "loopback", ":0", NULL, "localhost back end", CULVERT_TEST_WORKS, 0 },
  { "loopback-reached-there", "localhost:0", "127.0.0.1", "localhost back end", CULVERT_TEST_WORKS,
    0 },
  { "loopback-tight", "localhost:0", "192.0.2.1", "localhost back 192.0.2.1 refused end",
    CULVERT_TEST_WORKS, 0 },
  { "loopback-unknown", "localhost:0", "192.0.2.1", "localhost back 192.0.2.1 late end",
    CULVERT_TEST_WORKS, 0 },
  { "loopback-exposed", "localhost:0", "192.0.2.1", "localhost back 192.0.2.1 back end",
    CULVERT_TEST_WORKS_EXPOSED, 0 },
  { "loopback-address", "127.0.0.7:0", NULL, "127.0.0.7 back end", CULVERT_TEST_WORKS, 0 },
  { "loopback-fails", "localhost:0", "192.0.2.1", "localhost refused end", CULVERT_TEST_FAILED,
    -1 },
  { "loopback-other", "localhost:0", "192.0.2.1", "localhost other end", CULVERT_TEST_FAILED, -1 },
  { "prohibited", "localhost:0", "192.0.2.1", "localhost prohibited end", CULVERT_TEST_UNTOLD, -1 },
  { "all", "*:0", "192.0.2.1", "localhost back 192.0.2.1 back end", CULVERT_TEST_WORKS_OUTSIDE, 0 },
  { "all-4", "0.0.0.0:0", "192.0.2.1", "127.0.0.1 back 192.0.2.1 back end",
    CULVERT_TEST_WORKS_OUTSIDE, 0 },
  { "all-6", "[::]:0", "2001:db8::1", "::1 back 2001:db8::1 back end", CULVERT_TEST_WORKS_OUTSIDE,
    0 },
  { "all-but-only-inside", "*:0", "192.0.2.1", "localhost back 192.0.2.1 refused end",
    CULVERT_TEST_FAILED, LOOPBACK_ONLY },
  { "all-but-said-nothing", "*:0", "192.0.2.1", "localhost back 192.0.2.1 silent-refusal end",
    CULVERT_TEST_FAILED, LOOPBACK_ONLY },
  { "all-but-no-way", "*:0", "192.0.2.1", "localhost back 192.0.2.1 no-way end",
    CULVERT_TEST_WORKS_INSIDE, 0 },
  { "all-but-not-allowed", "*:0", "192.0.2.1", "localhost back 192.0.2.1 prohibited end",
    CULVERT_TEST_WORKS_INSIDE, 0 },
  { "all-but-not-known", "*:0", NULL, "localhost back end", CULVERT_TEST_WORKS_INSIDE, 0 },
  { "address", "192.0.2.9:0", "192.0.2.1", "192.0.2.9 back end", CULVERT_TEST_WORKS_OUTSIDE, 0 },
  { "address-but-inside", "192.0.2.9:0", "192.0.2.1", "192.0.2.9 refused localhost back end",
    CULVERT_TEST_FAILED, LOOPBACK_ONLY },
  { "address-fails", "192.0.2.9:0", "192.0.2.1", "192.0.2.9 refused localhost refused end",
    CULVERT_TEST_FAILED, -1 },
  { "address-late", "192.0.2.9:0", "192.0.2.1", "192.0.2.9 late end", CULVERT_TEST_FAILED, -1 },
};

/* (transfer full) (nullable): NULL for "back" */
static GError *
make_answer (const char *answer)
{
  static const struct
  {
    const char *name;
    int         code;
    const char *said;
  } answers[] = {
    { "refused", CULVERT_SSH_ERROR_OPEN_FAILED, "Connection refused" },
    { "silent-refusal", CULVERT_SSH_ERROR_OPEN_FAILED, NULL },
    { "no-way", CULVERT_SSH_ERROR_OPEN_FAILED, "No route to host" },
    { "prohibited", CULVERT_SSH_ERROR_OPEN_PROHIBITED, "open failed" },
  };
  GError *error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      if (!g_str_equal (answers[i].name, answer))
        continue;
      error = g_error_new_literal (CULVERT_SSH_ERROR, answers[i].code, answer);
      culvert_error_set_fact (&error, CULVERT_FACT_SAID, answers[i].said);
      return error;
    }
  if (g_str_equal (answer, "other"))
    return g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_OTHER, answer);
  if (g_str_equal (answer, "late"))
    return g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_TIMED_OUT,
                                answer);
  g_assert_cmpstr (answer, ==, "back");
  return NULL;
}

static void
test_row (gconstpointer data)
{
  const Row                  *row = data;
  g_autoptr (CulvertEndpoint) listen =
    culvert_endpoint_parse (row->listen[0] == ':' ? row->listen + 1 : row->listen, NULL);
  g_auto (GStrv)     legs = g_strsplit (row->legs, " ", -1);
  CulvertFarTestPlan plan;
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (listen);
  culvert_far_test_plan_init (&plan, listen, row->server_address);
  for (guint i = 0; !g_str_equal (legs[i], "end"); i += 2)
    {
      g_autoptr (GError) answer = make_answer (legs[i + 1]);

      g_assert_cmpstr (culvert_far_test_plan_next (&plan), ==, legs[i]);
      culvert_far_test_plan_note (&plan, answer);
      if (i == 0 && answer != NULL)
        first = g_error_copy (answer);
    }
  g_assert_null (culvert_far_test_plan_next (&plan));
  g_assert_cmpint (culvert_far_test_plan_conclude (&plan, &error), ==, row->state);
  if (row->code > 0)
    g_assert_error (error, CULVERT_FORWARD_ERROR, row->code);
  else if (row->code < 0)
    g_assert_error (error, first->domain, first->code);
  else
    g_assert_no_error (error);
  culvert_far_test_plan_clear (&plan);
}

/* Nothing more is of interest. */
static void
test_target_down (void)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("*", 0);
  g_autoptr (GError)          down =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_REFUSED, "refused");
  g_autoptr (GError) error = NULL;
  CulvertFarTestPlan plan;

  culvert_far_test_plan_init (&plan, listen, "192.0.2.1");
  g_assert_cmpstr (culvert_far_test_plan_next (&plan), ==, "localhost");
  culvert_far_test_plan_note (&plan, NULL);
  culvert_far_test_plan_fail (&plan, down);
  g_assert_null (culvert_far_test_plan_next (&plan));
  g_assert_cmpint (culvert_far_test_plan_conclude (&plan, &error), ==, CULVERT_TEST_FAILED);
  g_assert_error (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_REFUSED);
  culvert_far_test_plan_clear (&plan);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/forward/far-test-plan/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/forward/far-test-plan/target-down", test_target_down);

  return g_test_run ();
}
