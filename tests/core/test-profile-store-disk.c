/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The store where the disk does not play along, and beside another program. */

#include "core/errors.h"
#include "core/profile-store.h"
#include "support/culvert-test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#define EDITOR_OPTION "--edit"
#define N_EDITS       40
#define TOKEN_LENGTH  64
#define DEADLINE_S    60

static const char *program;

static CulvertProfile *
make (const char *id, const char *name)
{
  CulvertProfile *profile = culvert_profile_new ();

  culvert_profile_set_string (&profile->id, id);
  culvert_profile_set_string (&profile->name, name);
  culvert_profile_set_string (&profile->host, "h");
  return profile;
}

static CulvertProfile *
edit (CulvertProfileStore *store, const char *id)
{
  CulvertProfileEntry *entry = culvert_profile_store_find (store, id);

  g_assert_nonnull (entry);
  return culvert_profile_edit (culvert_profile_entry_get_profile (entry));
}

static guint
count_files (const char *dir)
{
  g_autoptr (GDir) opened = g_dir_open (dir, 0, NULL);
  guint            n_files = 0;

  while (g_dir_read_name (opened) != NULL)
    n_files++;
  return n_files;
}

/* With a disk that takes nothing more, every write fails and leaves all as it was. */
static void
check_unwritable (CulvertProfileStore *store, int os_error)
{
  const char                *dir = culvert_profile_store_get_dir (store);
  g_autofree char           *path = g_build_filename (dir, "a.culvert", NULL);
  g_autoptr (CulvertProfile) edited = edit (store, "a");
  g_autoptr (CulvertProfile) added = make ("b", "B");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *before = culvert_test_read_text (path);
  g_autofree char           *after = NULL;
  guint                      n_files = count_files (dir);

  culvert_profile_set_string (&edited->name, "Edited");
  g_assert_false (culvert_profile_store_save (store, edited, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
  g_assert_nonnull (strstr (error->message, g_strerror (os_error)));
  g_assert_cmpstr (culvert_error_get_fact (error, CULVERT_FACT_FILE), ==, path);
  g_assert_nonnull (
    strstr (culvert_error_get_fact (error, CULVERT_FACT_REASON), g_strerror (os_error)));
  g_clear_error (&error);
  g_assert_false (culvert_profile_store_save (store, added, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
  g_clear_error (&error);
  g_assert_false (culvert_profile_store_move (store, "a", 1, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);

  after = culvert_test_read_text (path);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpuint (count_files (dir), ==, n_files);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CulvertProfile) kept = edit (store, "a");

      g_assert_cmpstr (kept->name, ==, "A");
      g_assert_null (culvert_profile_store_find (store, "b"));
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 2);
      culvert_profile_store_refresh (store);
    }
  g_assert_cmpuint (culvert_profile_store_get_bad_files (store)->len, ==, 0);
}

static void
check_writable_again (CulvertProfileStore *store)
{
  g_autoptr (CulvertProfile) edited = edit (store, "a");
  g_autoptr (GError)         error = NULL;

  culvert_profile_set_string (&edited->name, "Edited");
  culvert_profile_store_save (store, edited, &error);
  g_assert_no_error (error);
}

static CulvertProfileStore *
store_with_two (const char *dir)
{
  CulvertProfileStore       *store = culvert_profile_store_new (dir);
  g_autoptr (CulvertProfile) a = make ("a", "A");
  g_autoptr (CulvertProfile) c = make ("c", "C");
  g_autoptr (GError)         error = NULL;

  culvert_profile_store_save (store, a, &error);
  g_assert_no_error (error);
  culvert_profile_store_save (store, c, &error);
  g_assert_no_error (error);
  return store;
}

/* In a process of its own, since the limit is the process's. */
static void
test_file_size_limit (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (CulvertTempDir)      temp = culvert_temp_dir_new ();
      g_autoptr (CulvertProfileStore) store = store_with_two (culvert_temp_dir_get_path (temp));
      struct rlimit                   limit;

      g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      signal (SIGXFSZ, SIG_IGN);
      limit.rlim_cur = 2;
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      check_unwritable (store, EFBIG);
      limit.rlim_cur = limit.rlim_max;
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      check_writable_again (store);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static gboolean
mount_small_disk (const char *dir)
{
  /* Where we are not root, a namespace of our own may still let us mount. */
  if (unshare (CLONE_NEWNS) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return FALSE;
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("tmpfs", dir, "tmpfs", 0, "size=64k") == 0;
}

static void
fill_disk (const char *path)
{
  static const char zeros[4096];
  int               fd = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, zeros, sizeof zeros) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

static void
test_disk_full (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (CulvertTempDir)      temp = culvert_temp_dir_new ();
      g_autofree char                *dir = culvert_temp_dir_build (temp, "tunnels");
      g_autofree char                *filler = culvert_temp_dir_build (temp, "filler");
      g_autoptr (CulvertProfileStore) store = NULL;

      if (!mount_small_disk (culvert_temp_dir_get_path (temp)))
        {
          /* The limit on the size of files stands in for it. */
          g_printerr ("no disk of our own to fill here\n");
          return;
        }
      store = store_with_two (dir);
      fill_disk (filler);
      check_unwritable (store, ENOSPC);
      g_assert_cmpint (unlink (filler), ==, 0);
      check_writable_again (store);
      g_clear_object (&store);
      g_assert_cmpint (umount2 (culvert_temp_dir_get_path (temp), MNT_DETACH), ==, 0);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* A program that hangs with the lock held makes a save fail in good time, and harms nothing. */
static void
test_locked_by_another (void)
{
  g_autoptr (CulvertTempDir)      temp = culvert_temp_dir_new ();
  const char                     *dir = culvert_temp_dir_get_path (temp);
  g_autoptr (CulvertProfileStore) store = store_with_two (dir);
  g_autoptr (CulvertProfile)      edited = edit (store, "a");
  g_autoptr (GError)              error = NULL;
  int                             fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gint64                          start_us = g_get_monotonic_time ();

  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  culvert_profile_set_string (&edited->name, "Edited");
  g_assert_false (culvert_profile_store_save (store, edited, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <,
                   2 * G_USEC_PER_SEC * culvert_test_get_patience ());
  close (fd);
  check_writable_again (store);
}

static char *
make_token (const char *who, int number)
{
  g_autofree char *fill = g_strnfill (TOKEN_LENGTH, '.');

  return g_strdup_printf ("/%s-%d%s", who, number, fill);
}

/* Adds to the list of keys of the tunnel that both programs edit. */
static void
add_token (CulvertProfileStore *store, const char *token)
{
  while (TRUE)
    {
      g_autoptr (CulvertProfile) edited = NULL;
      g_autoptr (GStrvBuilder)   keys = g_strv_builder_new ();
      g_autoptr (GError)         error = NULL;

      culvert_profile_store_refresh (store);
      edited = edit (store, "shared");
      g_strv_builder_addv (keys, (const char **)edited->key_files);
      g_strv_builder_add (keys, token);
      g_strfreev (edited->key_files);
      edited->key_files = g_strv_builder_end (keys);
      if (culvert_profile_store_save (store, edited, &error))
        return;
      if (!g_error_matches (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT) &&
          !g_error_matches (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE))
        g_assert_no_error (error);
    }
}

/* The other program: this one, started with EDITOR_OPTION. */
static int
run_editor (const char *dir, const char *who)
{
  g_autoptr (CulvertProfileStore) store = culvert_profile_store_new (dir);

  for (int i = 0; i < N_EDITS; i++)
    {
      g_autofree char           *token = make_token (who, i);
      g_autofree char           *id = g_strdup_printf ("%s-%d", who, i);
      g_autoptr (CulvertProfile) added = make (id, id);
      g_autoptr (GError)         error = NULL;

      add_token (store, token);
      if (i % 4 != 0)
        continue;
      while (!culvert_profile_store_save (store, added, &error))
        {
          g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
          g_clear_error (&error);
        }
      while (!culvert_profile_store_move (store, id, 0, &error))
        {
          g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
          g_clear_error (&error);
        }
    }
  return 0;
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint             *n_finished = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  (*n_finished)++;
}

static void
test_two_programs (void)
{
  static const char *const        who[] = { "one", "two" };
  g_autoptr (CulvertTempDir)      temp = culvert_temp_dir_new ();
  const char                     *dir = culvert_temp_dir_get_path (temp);
  g_autoptr (CulvertProfileStore) watching = culvert_profile_store_new (dir);
  g_autoptr (CulvertProfile)      shared = make ("shared", "Shared");
  g_autoptr (CulvertProfile)      result = NULL;
  g_autoptr (GError)              error = NULL;
  GSubprocess                    *editors[2];
  CulvertProfileEntry            *entry;
  guint                           n_finished = 0;

  culvert_profile_store_save (watching, shared, &error);
  g_assert_no_error (error);
  entry = culvert_profile_store_find (watching, "shared");
  for (guint i = 0; i < G_N_ELEMENTS (who); i++)
    {
      editors[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, EDITOR_OPTION, dir,
                                     who[i], NULL);
      g_assert_no_error (error);
      g_subprocess_wait_check_async (editors[i], NULL, finished_cb, &n_finished);
    }
  culvert_test_wait_until (n_finished == 2, DEADLINE_S * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (editors); i++)
    g_object_unref (editors[i]);

  /* The one that only watches has it all by itself, in the same objects. */
  culvert_test_wait_until (
    g_strv_length (culvert_profile_entry_get_profile (entry)->key_files) == 2 * N_EDITS &&
      g_list_model_get_n_items (G_LIST_MODEL (watching)) == 1 + 2 * N_EDITS / 4,
    5000);
  g_assert_true (culvert_profile_store_find (watching, "shared") == entry);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (watching)->len, ==, 0);

  result = edit (watching, "shared");
  for (guint i = 0; i < G_N_ELEMENTS (who); i++)
    for (int number = 0; number < N_EDITS; number++)
      {
        g_autofree char *token = make_token (who[i], number);

        g_assert_true (g_strv_contains ((const char *const *)result->key_files, token));
      }
}

int
main (int argc, char *argv[])
{
  program = argv[0];
  if (argc == 4 && strcmp (argv[1], EDITOR_OPTION) == 0)
    return run_editor (argv[2], argv[3]);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/profile-store-disk/file-size-limit", test_file_size_limit);
  g_test_add_func ("/core/profile-store-disk/disk-full", test_disk_full);
  g_test_add_func ("/core/profile-store-disk/locked-by-another", test_locked_by_another);
  g_test_add_func ("/core/profile-store-disk/two-programs", test_two_programs);

  return g_test_run ();
}
