/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/safe-file.h"

#include "support/culvert-test.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_fails (const char *path, gsize n_max, gboolean must_be_safe, GFileError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (culvert_safe_file_read (path, n_max, must_be_safe, &error));
  g_assert_error (error, G_FILE_ERROR, (int)code);
}

static void
assert_reads (const char *path, gboolean must_be_safe, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = culvert_safe_file_read (path, 100, must_be_safe, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_kinds (void)
{
  CulvertTempDir    *folder = culvert_temp_dir_new ();
  g_autofree char   *path = culvert_temp_dir_build (folder, "file");
  g_autofree char   *pipe = culvert_temp_dir_build (folder, "pipe");
  g_autoptr (GError) error = NULL;

  assert_fails (path, 100, FALSE, G_FILE_ERROR_NOENT);
  assert_fails (culvert_temp_dir_get_path (folder), 100, FALSE, G_FILE_ERROR_ISDIR);
  assert_fails ("/dev/zero", 100, FALSE, G_FILE_ERROR_INVAL);
  assert_reads ("/dev/null", TRUE, "");
  /* Nobody writes into it, and it does not wait for somebody. */
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_fails (pipe, 100, FALSE, G_FILE_ERROR_INVAL);

  g_file_set_contents (path, "text\n", -1, &error);
  g_assert_no_error (error);
  assert_reads (path, FALSE, "text\n");
  assert_fails (path, 4, FALSE, G_FILE_ERROR_INVAL);
  g_file_set_contents (path, "te\0xt", 5, &error);
  g_assert_no_error (error);
  assert_reads (path, FALSE, "te");
  culvert_temp_dir_free (folder);
}

static void
test_permissions (void)
{
  CulvertTempDir    *folder = culvert_temp_dir_new ();
  g_autofree char   *path = culvert_temp_dir_build (folder, "file");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "x", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  assert_reads (path, TRUE, "x");
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  assert_reads (path, TRUE, "x");
  g_assert_cmpint (g_chmod (path, 0646), ==, 0);
  assert_fails (path, 100, TRUE, G_FILE_ERROR_PERM);
  assert_reads (path, FALSE, "x");
  /* A group that is not the person's own. */
  if (getuid () == 0)
    {
      g_assert_cmpint (chown (path, 0, 65534), ==, 0);
      g_assert_cmpint (g_chmod (path, 0660), ==, 0);
      assert_fails (path, 100, TRUE, G_FILE_ERROR_PERM);
      g_assert_cmpint (g_chmod (path, 0600), ==, 0);
      g_assert_cmpint (chown (path, 65534, 65534), ==, 0);
      assert_fails (path, 100, TRUE, G_FILE_ERROR_PERM);
    }
  culvert_temp_dir_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/safe-file/kinds", test_kinds);
  g_test_add_func ("/base/safe-file/permissions", test_permissions);

  return g_test_run ();
}
