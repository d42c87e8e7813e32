/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/culvert-test.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

static gboolean
count_down_cb (gpointer data)
{
  int *left = data;

  return --*left <= 0;
}

static gboolean
set_flag_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static gpointer
set_later_thread (gpointer data)
{
  g_usleep (30000);
  g_atomic_int_set ((int *)data, 1);
  return NULL;
}

static void
test_wait_iterates (void)
{
  gboolean fired = FALSE;
  int      left = 3;
  int      from_thread = 0;
  GThread *thread = g_thread_new ("later", set_later_thread, &from_thread);

  g_timeout_add (20, set_flag_cb, &fired);
  culvert_test_wait_until (fired, 5000);
  culvert_test_wait (count_down_cb, &left, 5000);
  g_assert_cmpint (left, ==, 0);
  culvert_test_wait_until (g_atomic_int_get (&from_thread), 5000);
  g_thread_join (thread);
}

/* The wait belongs to the thread's own context, not to the global one. */
static void
test_wait_uses_thread_default (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource)      source = g_timeout_source_new (10);
  gboolean                 fired = FALSE;
  gboolean                 global = FALSE;
  guint                    id = g_idle_add (set_flag_cb, &global);

  g_source_set_callback (source, set_flag_cb, &fired, NULL);
  g_source_attach (source, context);
  g_main_context_push_thread_default (context);
  culvert_test_wait_until (fired, 5000);
  g_main_context_pop_thread_default (context);
  g_assert_false (global);
  g_source_remove (id);
}

static void
test_wait_fails_after_deadline (void)
{
  if (g_test_subprocess ())
    {
      culvert_test_wait_until (FALSE, 50);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (
    "*test-support-culvert-test.c*deadline passed while waiting for: FALSE*");
}

static void
test_spend (void)
{
  gint64 start_us = g_get_monotonic_time ();

  culvert_test_spend (60);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 60000);
}

static void
test_temp_dir (void)
{
  CulvertTempDir  *dir = culvert_temp_dir_new ();
  CulvertTempDir  *other = culvert_temp_dir_new ();
  g_autofree char *path = g_strdup (culvert_temp_dir_get_path (dir));
  g_autofree char *file = culvert_temp_dir_write (dir, "file", "text");
  g_autofree char *deep = culvert_temp_dir_build (dir, "a/b/c");
  g_autofree char *link = culvert_temp_dir_build (dir, "link");
  g_autofree char *kept = culvert_temp_dir_write (other, "kept", NULL);
  g_autofree char *closed = culvert_temp_dir_build (dir, "closed");
  g_autofree char *inside = culvert_temp_dir_build (dir, "closed/inside");
  g_autofree char *again = NULL;
  GStatBuf         info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_free (culvert_temp_dir_write (dir, "file", "t"));
  again = culvert_test_read_text (file);
  g_assert_cmpstr (again, ==, "t");
  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  g_assert_cmpint (g_chmod (closed, 0), ==, 0);
  g_assert_cmpint (symlink (culvert_temp_dir_get_path (other), link), ==, 0);

  culvert_temp_dir_free (dir);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  culvert_temp_dir_free (other);
}

static void
test_free_port (void)
{
  guint16                     first = culvert_test_free_port ();
  guint16                     second = culvert_test_free_port ();
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError)          error = NULL;

  g_assert_cmpuint (first, !=, second);
  g_assert_cmpuint (first, <, 32768);
  g_socket_listener_add_inet_port (listener, first, NULL, &error);
  g_assert_no_error (error);
}

static gpointer
idle_thread (gpointer data)
{
  GMutex *gate = data;

  g_mutex_lock (gate);
  g_mutex_unlock (gate);
  return NULL;
}

static void
test_self (void)
{
  guint            n_descriptors = culvert_test_get_n_descriptors ();
  guint            n_threads = culvert_test_get_n_threads ();
  gint64           cpu_us = culvert_test_get_cpu_us ();
  gsize            rss = culvert_test_get_rss_bytes ();
  int              descriptor = dup (0);
  gsize            n_bytes = 32 * 1024 * 1024;
  g_autofree char *lines = culvert_test_describe_descriptors ();
  g_autofree char *name = g_strdup_printf ("%d -> ", descriptor);
  guint8          *bytes = g_malloc (n_bytes);
  GMutex           gate;
  GThread         *thread;

  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_descriptors + 1);
  g_assert_nonnull (strstr (lines, name));
  close (descriptor);
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_descriptors);

  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  thread = g_thread_new ("idle", idle_thread, &gate);
  g_assert_cmpuint (culvert_test_get_n_threads (), ==, n_threads + 1);
  g_mutex_unlock (&gate);
  g_thread_join (thread);
  g_mutex_clear (&gate);

  for (gsize i = 0; i < n_bytes; i++)
    bytes[i] = (guint8)(i * 2654435761u >> 24);
  g_assert_cmpuint (bytes[n_bytes / 2], ==, (guint8)(n_bytes / 2 * 2654435761u >> 24));
  g_assert_cmpuint (culvert_test_get_rss_bytes (), >, rss + n_bytes / 2);
  g_assert_cmpint (culvert_test_get_cpu_us (), >, cpu_us);
  g_free (bytes);
}

static gboolean
block_cb (gpointer data)
{
  g_usleep (80000);
  return G_SOURCE_REMOVE;
}

static void
test_tick_meter (void)
{
  g_autoptr (CulvertTickMeter) meter = culvert_tick_meter_new (NULL, 5, G_PRIORITY_DEFAULT);
  double                       calm_ms;

  culvert_test_wait_until (culvert_tick_meter_get_n_ticks (meter) >= 10, 5000);
  calm_ms = culvert_tick_meter_get_longest_ms (meter);
  g_assert_cmpfloat (calm_ms, >=, 4.0);

  culvert_tick_meter_reset (meter);
  g_assert_cmpuint (culvert_tick_meter_get_n_ticks (meter), ==, 0);
  g_idle_add_full (G_PRIORITY_HIGH, block_cb, NULL, NULL);
  culvert_test_wait_until (culvert_tick_meter_get_n_ticks (meter) >= 3, 5000);
  g_assert_cmpfloat (culvert_tick_meter_get_longest_ms (meter), >=, 80.0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/support/culvert-test/wait-iterates", test_wait_iterates);
  g_test_add_func ("/support/culvert-test/wait-uses-thread-default", test_wait_uses_thread_default);
  g_test_add_func ("/support/culvert-test/wait-fails-after-deadline",
                   test_wait_fails_after_deadline);
  g_test_add_func ("/support/culvert-test/spend", test_spend);
  g_test_add_func ("/support/culvert-test/temp-dir", test_temp_dir);
  g_test_add_func ("/support/culvert-test/free-port", test_free_port);
  g_test_add_func ("/support/culvert-test/self", test_self);
  g_test_add_func ("/support/culvert-test/tick-meter", test_tick_meter);
  return g_test_run ();
}
