/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/process.h"

#include "support/culvert-test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOW_N_FILES 64

/* What changes the whole process is tried in one of its own. */
static void
run_in_subprocess (void)
{
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_broken_pipe_is_an_error (void)
{
  int pipe_fds[2];

  if (!g_test_subprocess ())
    {
      run_in_subprocess ();
      return;
    }

  (void)signal (SIGPIPE, SIG_DFL);
  culvert_process_harden ();
  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  g_assert_cmpint (close (pipe_fds[0]), ==, 0);
  g_assert_cmpint ((int)write (pipe_fds[1], "x", 1), ==, -1);
}

static void
test_no_core_but_traceable (void)
{
  struct rlimit limit = { 0 };

  /* Not in a process of its own: GTest's turn core dumps off themselves. */
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_CORE, &limit), ==, 0);

  culvert_process_harden ();
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, 0);
  g_assert_cmpuint (limit.rlim_max, ==, 0);
  g_assert_cmpint (prctl (PR_GET_DUMPABLE), ==, 1);
}

static void
test_all_files_the_system_allows (void)
{
  struct rlimit limit = { 0 };
  rlim_t        hard;

  if (!g_test_subprocess ())
    {
      run_in_subprocess ();
      return;
    }

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  hard = limit.rlim_max;
  g_assert_cmpuint (hard, >, LOW_N_FILES);
  limit.rlim_cur = LOW_N_FILES;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  culvert_process_harden ();
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, hard);
  g_assert_cmpuint (limit.rlim_max, ==, hard);
}

static void
remember_cb (int exit_status, gpointer user_data)
{
  g_array_append_val ((GArray *)user_data, exit_status);
}

static void
test_quit_watch_hears_signals (void)
{
  g_autoptr (CulvertQuitWatch) watch = NULL;
  g_autoptr (GArray)           statuses = NULL;

  if (!g_test_subprocess ())
    {
      run_in_subprocess ();
      return;
    }

  statuses = g_array_new (FALSE, FALSE, sizeof (int));
  watch = culvert_quit_watch_new (remember_cb, statuses);

  g_assert_cmpint (kill (getpid (), SIGINT), ==, 0);
  culvert_test_wait_until (statuses->len == 1, 5000);
  g_assert_cmpint (kill (getpid (), SIGTERM), ==, 0);
  culvert_test_wait_until (statuses->len == 2, 5000);
  g_assert_cmpint (kill (getpid (), SIGINT), ==, 0);
  culvert_test_wait_until (statuses->len == 3, 5000);

  g_assert_cmpint (g_array_index (statuses, int, 0), ==, 130);
  g_assert_cmpint (g_array_index (statuses, int, 1), ==, 143);
  g_assert_cmpint (g_array_index (statuses, int, 2), ==, 130);
}

static void
test_freed_quit_watch_lets_signals_end_the_program (void)
{
  const int          signals[] = { SIGINT, SIGTERM };
  g_autoptr (GArray) statuses = NULL;

  if (!g_test_subprocess ())
    {
      run_in_subprocess ();
      return;
    }

  statuses = g_array_new (FALSE, FALSE, sizeof (int));
  culvert_quit_watch_free (culvert_quit_watch_new (remember_cb, statuses));
  culvert_quit_watch_free (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      struct sigaction action = { 0 };

      g_assert_cmpint (sigaction (signals[i], NULL, &action), ==, 0);
      g_assert_true (action.sa_handler == SIG_DFL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/process/broken-pipe-is-an-error", test_broken_pipe_is_an_error);
  g_test_add_func ("/process/no-core-but-traceable", test_no_core_but_traceable);
  g_test_add_func ("/process/all-files-the-system-allows", test_all_files_the_system_allows);
  g_test_add_func ("/process/quit-watch-hears-signals", test_quit_watch_hears_signals);
  g_test_add_func ("/process/freed-quit-watch-lets-signals-end-the-program",
                   test_freed_quit_watch_lets_signals_end_the_program);

  return g_test_run ();
}
