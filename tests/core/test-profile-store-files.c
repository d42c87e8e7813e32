/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The store and files that it did not write: bad ones, newer ones, and what other programs do to the
 * ones it has read. */

#include "core/errors.h"
#include "core/profile-file.h"
#include "core/profile-store-private.h"
#include "core/store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const CulvertBadFile *
bad (StoreFixture *fixture, guint index)
{
  GPtrArray *bad_files = culvert_profile_store_get_bad_files (fixture->store);

  g_assert_cmpuint (index, <, bad_files->len);
  return g_ptr_array_index (bad_files, index);
}

static void
assert_bad (StoreFixture *fixture, guint index, const char *name, int code)
{
  const CulvertBadFile *file = bad (fixture, index);
  g_autofree char      *path = store_path (fixture, name);

  g_assert_cmpstr (file->path, ==, path);
  g_assert_error (file->error, CULVERT_PROFILE_ERROR, code);
  g_assert_cmpstr (culvert_error_get_fact (file->error, CULVERT_FACT_FILE), ==, path);
}

static void
test_bad_files (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (CULVERT_PROFILE_MAX_BYTES + 10, '#');
  g_autofree char *folder = store_path (fixture, "c-folder.culvert");
  g_autofree char *link = store_path (fixture, "d-link.culvert");
  g_autofree char *pipe = store_path (fixture, "e-pipe.culvert");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  store_close (fixture);
  store_write_tunnel (fixture, "good", "Good");
  store_write_file (fixture, "a-rubbish.culvert", "rubbish\n");
  store_write_file (fixture, "b-huge.culvert", huge);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  store_write_file (fixture, "f-newer.culvert", "[Tunnel]\nVersion=99\n");
  store_write_file (fixture, "g-value.culvert", "[Tunnel]\nPort=x\n");
  store_write_file (fixture, "h strange\n.culvert", "[Tunnel]\n");
  store_write_file (fixture, "i-empty.culvert", "");
  /* None of our business. */
  store_write_file (fixture, "notes.txt", "rubbish");
  store_write_file (fixture, ".hidden.culvert", "rubbish");
  store_write_file (fixture, "good.culvert~", "rubbish");
  before = store_read_file (fixture, "a-rubbish.culvert");
  store_open (fixture);

  store_assert_names (fixture, "Good");
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 9);
  assert_bad (fixture, 0, "a-rubbish.culvert", CULVERT_PROFILE_ERROR_SYNTAX);
  assert_bad (fixture, 1, "b-huge.culvert", CULVERT_PROFILE_ERROR_TOO_LARGE);
  assert_bad (fixture, 2, "c-folder.culvert", CULVERT_PROFILE_ERROR_UNREADABLE);
  assert_bad (fixture, 3, "d-link.culvert", CULVERT_PROFILE_ERROR_UNREADABLE);
  assert_bad (fixture, 4, "e-pipe.culvert", CULVERT_PROFILE_ERROR_UNREADABLE);
  assert_bad (fixture, 5, "f-newer.culvert", CULVERT_PROFILE_ERROR_VERSION);
  assert_bad (fixture, 6, "g-value.culvert", CULVERT_PROFILE_ERROR_INVALID);
  assert_bad (fixture, 7, "h strange\n.culvert", CULVERT_PROFILE_ERROR_INVALID);
  assert_bad (fixture, 8, "i-empty.culvert", CULVERT_PROFILE_ERROR_SYNTAX);
  g_assert_nonnull (strstr (bad (fixture, 6)->error->message, "line 2: [Tunnel] Port"));
  g_assert_null (strchr (bad (fixture, 7)->error->message, '\n'));

  /* Looking again says nothing new; all are kept as they are. */
  fixture->n_bad_changes = 0;
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 0);
  after = store_read_file (fixture, "a-rubbish.culvert");
  g_assert_cmpstr (before, ==, after);
}

static void
test_bad_becomes_good (StoreFixture *fixture, gconstpointer data)
{
  store_write_file (fixture, "a.culvert", "rubbish\n");
  culvert_profile_store_refresh (fixture->store);
  assert_bad (fixture, 0, "a.culvert", CULVERT_PROFILE_ERROR_SYNTAX);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 1);
  store_assert_names (fixture, "");

  store_write_file (fixture, "a.culvert", "[Tunnel]\nPort=x\n");
  culvert_profile_store_refresh (fixture->store);
  assert_bad (fixture, 0, "a.culvert", CULVERT_PROFILE_ERROR_INVALID);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 2);

  store_write_tunnel (fixture, "a", "A");
  culvert_profile_store_refresh (fixture->store);
  store_assert_names (fixture, "A");
  store_assert_changes (fixture, "0,0,1 ");
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 3);
}

/* A file that still cannot be read, but for another reason, is listed with that. */
static void
test_bad_for_another_reason (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_path (fixture, "a.culvert");
  g_autofree char *before = NULL;

  g_assert_cmpint (g_mkdir (fixture->dir, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", path), ==, 0);
  culvert_profile_store_refresh (fixture->store);
  before = g_strdup (bad (fixture, 0)->error->message);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpstr (bad (fixture, 0)->error->message, !=, before);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 2);
}

/* A bad file that goes away is no longer listed. */
static void
test_bad_goes (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_path (fixture, "a.culvert");

  store_write_file (fixture, "a.culvert", "rubbish\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpint (g_remove (path), ==, 0);
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 2);
}

/* A slip in an editor stops no tunnel, and the broken file is safe from us. */
static void
test_good_becomes_bad (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;
  CulvertProfileEntry       *entry;

  store_save_new (fixture, "a", "A");
  entry = culvert_profile_store_find (fixture->store, "a");
  edited = culvert_profile_edit (culvert_profile_entry_get_profile (entry));
  g_string_truncate (fixture->changes, 0);

  store_write_file (fixture, "a.culvert", "[Tunnel]\nPort=2o22\n");
  culvert_profile_store_refresh (fixture->store);
  store_assert_changes (fixture, "");
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  assert_bad (fixture, 0, "a.culvert", CULVERT_PROFILE_ERROR_INVALID);

  g_assert_false (culvert_profile_store_save (fixture->store, edited, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (culvert_profile_store_remove (fixture->store, "a", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  text = store_read_file (fixture, "a.culvert");
  g_assert_cmpstr (text, ==, "[Tunnel]\nPort=2o22\n");

  store_write_file (fixture, "a.culvert", "[Tunnel]\nName=A\nPort=2022\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  g_assert_cmpuint (culvert_profile_entry_get_profile (entry)->port, ==, 2022);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
}

/* A new tunnel is not written over a bad file of the same name. */
static void
test_save_over_bad (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = store_make ("a", "A");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  store_write_file (fixture, "a.culvert", "rubbish\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "a.culvert"));
  text = store_read_file (fixture, "a.culvert");
  g_assert_cmpstr (text, ==, "rubbish\n");
}

static void
assert_conflict (StoreFixture *fixture, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
}

/* The other program's work is on the disk, and we have not seen it yet. */
static void
test_conflict_unseen (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  store_save_new (fixture, "a", "A");
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  edited->port = 23;
  store_write_tunnel (fixture, "a", "Other");

  assert_conflict (fixture, edited);
  g_assert_cmpstr (store_name_of (fixture, "a"), ==, "A");
  text = store_read_file (fixture, "a.culvert");
  g_assert_nonnull (strstr (text, "Name=Other"));
  g_assert_false (culvert_profile_store_remove (fixture->store, "a", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);

  /* What was refused brings the other's work in by itself. */
  culvert_test_wait_until (strcmp (store_name_of (fixture, "a"), "Other") == 0,
                           STORE_WATCH_DEADLINE_MS);
}

/* Where the folder cannot be watched a refused save looks by itself. */
static void
test_conflict_without_watch (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;

  store_save_new (fixture, "a", "A");
  g_file_monitor_cancel (fixture->store->monitor);
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  store_write_tunnel (fixture, "a", "Other");
  culvert_test_spend (300);
  g_assert_cmpstr (store_name_of (fixture, "a"), ==, "A");
  assert_conflict (fixture, edited);
  culvert_test_wait_until (strcmp (store_name_of (fixture, "a"), "Other") == 0,
                           STORE_WATCH_DEADLINE_MS);
}

/* We have seen it, but the form was opened before. */
static void
test_conflict_seen (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (CulvertProfile) fresh = NULL;

  store_save_new (fixture, "a", "A");
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  store_write_tunnel (fixture, "a", "Other");
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpstr (store_name_of (fixture, "a"), ==, "Other");
  assert_conflict (fixture, edited);
  g_assert_cmpstr (store_name_of (fixture, "a"), ==, "Other");

  fresh = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  fresh->port = 23;
  store_save (fixture, fresh);
  assert_conflict (fixture, edited);
}

/* Our own saves are no conflict, also from a form that was opened before them. */
static void
test_no_conflict_with_self (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) first = NULL;
  g_autoptr (CulvertProfile) second = NULL;

  store_save_new (fixture, "a", "A");
  first = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  second = culvert_profile_edit (first);
  first->port = 23;
  store_save (fixture, first);
  first->port = 24;
  store_save (fixture, first);
  second->port = 25;
  store_save (fixture, second);
  g_assert_cmpuint (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a"))->port, ==,
    25);
}

/* Removed by the other program: not silently made anew. */
static void
test_conflict_removed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *path = store_path (fixture, "a.culvert");

  store_save_new (fixture, "a", "A");
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  g_assert_cmpint (g_remove (path), ==, 0);
  assert_conflict (fixture, edited);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  /* Once that is known, saving is making it anew. */
  culvert_profile_store_refresh (fixture->store);
  g_assert_null (culvert_profile_store_find (fixture->store, "a"));
  store_save (fixture, edited);
  g_assert_cmpstr (store_name_of (fixture, "a"), ==, "A");
}

/* A new tunnel whose id another program has just used. */
static void
test_conflict_new (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = store_make ("a", "A");

  store_write_tunnel (fixture, "a", "Other");
  assert_conflict (fixture, profile);
}

static void
test_unknown_keys_survive (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *text = NULL;

  store_write_file (fixture, "a.culvert",
                    "# mine\n\n[Tunnel]\nName=A\nHost=h\nGlow=1\n\n[Later]\nX=y\n");
  culvert_profile_store_refresh (fixture->store);
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  edited->port = 23;
  store_save (fixture, edited);
  text = store_read_file (fixture, "a.culvert");
  g_assert_nonnull (strstr (text, "# mine\n"));
  g_assert_nonnull (strstr (text, "Glow=1\n"));
  g_assert_nonnull (strstr (text, "[Later]\nX=y\n"));
  g_assert_nonnull (strstr (text, "Port=23\n"));
}

/* A change that only a later version understands reaches the next save as well. */
static void
test_unknown_keys_are_refreshed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *text = NULL;

  store_write_file (fixture, "a.culvert", "[Tunnel]\nName=A\nHost=h\n# old\nGlow=1\n");
  culvert_profile_store_refresh (fixture->store);
  store_write_file (fixture, "a.culvert", "[Tunnel]\nName=A\nHost=h\n# new\nGlow=1\n");
  culvert_profile_store_refresh (fixture->store);
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  edited->port = 23;
  store_save (fixture, edited);
  text = store_read_file (fixture, "a.culvert");
  g_assert_nonnull (strstr (text, "# new\nGlow=1\n"));
}

/* A draft that no reader would take back is not written. */
static void
test_invalid_is_not_saved (StoreFixture *fixture, gconstpointer data)
{
  static const char *const       ids[] = { "", "A", "a/b", "../a" };
  g_autoptr (CulvertProfile)     profile = store_make ("a", "A");
  g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp ("not a host", 1);
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (
    &(CulvertForwardFields){ .kind = CULVERT_FORWARD_DYNAMIC, .listen = listen });
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = store_path (fixture, "a.culvert");

  culvert_profile_put_forward (profile, spec);
  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (CulvertProfile) named = store_make (ids[i], "A");

      g_clear_error (&error);
      g_assert_false (culvert_profile_store_save (fixture->store, named, &error));
      g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
    }
  store_assert_names (fixture, "");
}

/* The folder is a file: nothing can be made in it, and it is not touched. */
static void
test_folder_is_a_file (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = store_make ("a", "A");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  store_close (fixture);
  g_file_set_contents (fixture->dir, "a file", -1, NULL);
  store_open (fixture);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 1);
  g_assert_cmpstr (bad (fixture, 0)->path, ==, fixture->dir);
  g_assert_error (bad (fixture, 0)->error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNREADABLE);
  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
  g_file_get_contents (fixture->dir, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, "a file");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (StoreFixture *fixture, gconstpointer data);
  } tests[] = {
    { "bad-files", test_bad_files },
    { "bad-becomes-good", test_bad_becomes_good },
    { "bad-for-another-reason", test_bad_for_another_reason },
    { "bad-goes", test_bad_goes },
    { "good-becomes-bad", test_good_becomes_bad },
    { "save-over-bad", test_save_over_bad },
    { "conflict-unseen", test_conflict_unseen },
    { "conflict-without-watch", test_conflict_without_watch },
    { "conflict-seen", test_conflict_seen },
    { "no-conflict-with-self", test_no_conflict_with_self },
    { "conflict-removed", test_conflict_removed },
    { "conflict-new", test_conflict_new },
    { "unknown-keys-survive", test_unknown_keys_survive },
    { "unknown-keys-are-refreshed", test_unknown_keys_are_refreshed },
    { "invalid-is-not-saved", test_invalid_is_not_saved },
    { "folder-is-a-file", test_folder_is_a_file },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/core/profile-store-files/", tests[i].name, NULL);

      g_test_add (path, StoreFixture, NULL, store_set_up, tests[i].test, store_tear_down);
    }

  return g_test_run ();
}
