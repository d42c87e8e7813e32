/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/retry.h"

#include "core/errors.h"

static guint
next (CulvertRetry *retry, CulvertSshError code, gint64 up_for_us)
{
  g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, (int)code, "told by a test");
  guint              delay_ms = 0;

  g_assert_true (culvert_retry_next (retry, error, up_for_us, NULL, &delay_ms));

  return delay_ms;
}

static void
test_waits_grow_to_a_minute (void)
{
  const guint  delays_ms[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000 };
  CulvertRetry retry = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (delays_ms); i++)
    g_assert_cmpuint (next (&retry, CULVERT_SSH_ERROR_REFUSED, 0), ==, delays_ms[i]);
}

/* A session that breaks soon after it came up is still part of the same trouble. */
static void
test_only_a_good_session_resets (void)
{
  CulvertRetry retry = { 0 };

  for (int i = 0; i < 4; i++)
    next (&retry, CULVERT_SSH_ERROR_REFUSED, 0);
  g_assert_cmpuint (next (&retry, CULVERT_SSH_ERROR_LOST, CULVERT_RETRY_GOOD_US - 1), ==, 16000);
  g_assert_cmpuint (next (&retry, CULVERT_SSH_ERROR_LOST, CULVERT_RETRY_GOOD_US), ==, 1000);
  g_assert_cmpuint (next (&retry, CULVERT_SSH_ERROR_REFUSED, 0), ==, 2000);

  culvert_retry_reset (&retry);
  g_assert_cmpuint (next (&retry, CULVERT_SSH_ERROR_REFUSED, 0), ==, 1000);
}

static void
test_never_loops (void)
{
  const CulvertSshError codes[] = { CULVERT_SSH_ERROR_AUTH_REFUSED,
                                    CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
                                    CULVERT_SSH_ERROR_KEY_MALFORMED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, (int)codes[i], "no");
      CulvertRetry       retry = { 0 };
      guint              delay_ms;

      g_assert_false (culvert_retry_next (&retry, error, CULVERT_RETRY_GOOD_US, NULL, &delay_ms));
    }
}

static void
test_jitter (void)
{
  g_autoptr (GRand)  random = g_rand_new_with_seed (7);
  g_autoptr (GError) error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "gone");
  guint least = G_MAXUINT;
  guint most = 0;

  for (int i = 0; i < 1000; i++)
    {
      CulvertRetry retry = { 0 };
      guint        delay_ms;

      g_assert_true (culvert_retry_next (&retry, error, 0, random, &delay_ms));
      least = MIN (least, delay_ms);
      most = MAX (most, delay_ms);
    }
  g_assert_cmpuint (least, >=, 800);
  g_assert_cmpuint (least, <, 830);
  g_assert_cmpuint (most, >, 1170);
  g_assert_cmpuint (most, <=, 1200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/retry/waits-grow-to-a-minute", test_waits_grow_to_a_minute);
  g_test_add_func ("/engine/retry/only-a-good-session-resets", test_only_a_good_session_resets);
  g_test_add_func ("/engine/retry/never-loops", test_never_loops);
  g_test_add_func ("/engine/retry/jitter", test_jitter);

  return g_test_run ();
}
