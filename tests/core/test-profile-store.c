/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The store as a list: what is in it, in which order, and what it says when that changes. */

#include "core/errors.h"
#include "core/profile-file.h"
#include "core/profile-store-private.h"
#include "core/store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
notify_cb (CulvertProfileEntry *entry, GParamSpec *pspec, StoreFixture *fixture)
{
  fixture->n_notified++;
}

static void
test_empty (StoreFixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->store)), ==, 0);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (fixture->store)) ==
                 CULVERT_TYPE_PROFILE_ENTRY);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->store), 0));
  g_assert_null (culvert_profile_store_find (fixture->store, "a"));
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
  g_assert_cmpstr (culvert_profile_store_get_dir (fixture->store), ==, fixture->dir);
  /* Nothing is made before there is something to keep. */
  g_assert_false (g_file_test (fixture->dir, G_FILE_TEST_EXISTS));
}

static void
test_save (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = store_make ("a", "One");
  g_autofree char           *path = store_path (fixture, "a.culvert");
  g_autofree char           *text = NULL;
  g_autofree char           *expected = culvert_profile_to_text (profile);
  CulvertProfileEntry       *entry;
  GStatBuf                   info;

  store_save (fixture, profile);
  store_assert_names (fixture, "One");
  store_assert_changes (fixture, "0,0,1 ");
  entry = culvert_profile_store_find (fixture->store, "a");
  g_assert_true (culvert_profile_equal (culvert_profile_entry_get_profile (entry), profile));
  g_assert_cmpstr (culvert_profile_entry_get_id (entry), ==, "a");

  text = store_read_file (fixture, "a.culvert");
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (fixture->dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);

  /* What was given away may be changed by whoever holds it; the store has its own. */
  culvert_profile_set_string (&profile->name, "Two");
  g_assert_cmpstr (store_name_of (fixture, "a"), ==, "One");
  store_close (fixture);
  store_open (fixture);
  store_assert_names (fixture, "One");
}

static void
test_edit_keeps_the_entry (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (CulvertProfile) seen = NULL;
  CulvertProfileEntry       *entry;

  store_save_new (fixture, "a", "One");
  store_save_new (fixture, "b", "Two");
  store_assert_changes (fixture, "0,0,1 1,0,1 ");
  entry = culvert_profile_store_find (fixture->store, "a");
  g_signal_connect (entry, "notify::profile", G_CALLBACK (notify_cb), fixture);

  edited = culvert_profile_edit (culvert_profile_entry_get_profile (entry));
  edited->port = 23;
  store_save (fixture, edited);
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  g_assert_cmpuint (culvert_profile_entry_get_profile (entry)->port, ==, 23);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
  store_assert_changes (fixture, "");
  g_object_get (entry, "profile", &seen, NULL);
  g_assert_true (seen == culvert_profile_entry_get_profile (entry));

  /* Nothing new is nothing to tell. */
  store_save (fixture, edited);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
}

static void
test_titles_order (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;

  store_save_new (fixture, "x", "beta");
  store_save_new (fixture, "y", "Alpha");
  store_save_new (fixture, "z", "Gamma");
  store_assert_names (fixture, "Alpha beta Gamma");
  store_assert_changes (fixture, "0,0,1 0,0,1 2,0,1 ");

  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "y")));
  culvert_profile_set_string (&edited->name, "Zeta");
  store_save (fixture, edited);
  store_assert_names (fixture, "beta Gamma Zeta");
  store_assert_changes (fixture, "0,3,3 ");
}

static void
test_move (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *order = NULL;

  store_save_new (fixture, "a", "A");
  store_save_new (fixture, "b", "B");
  store_save_new (fixture, "c", "C");
  store_save_new (fixture, "d", "D");
  g_string_truncate (fixture->changes, 0);

  g_assert_true (culvert_profile_store_move (fixture->store, "c", 1, &error));
  store_assert_names (fixture, "A C B D");
  store_assert_changes (fixture, "1,2,2 ");
  order = store_read_file (fixture, "order");
  g_assert_cmpstr (order, ==, "a\nc\nb\nd\n");

  g_assert_true (culvert_profile_store_move (fixture->store, "a", 99, &error));
  store_assert_names (fixture, "C B D A");
  store_assert_changes (fixture, "0,4,4 ");
  g_assert_true (culvert_profile_store_move (fixture->store, "a", 3, &error));
  store_assert_changes (fixture, "");

  g_assert_false (culvert_profile_store_move (fixture->store, "nobody", 0, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);

  /* It survives; who is not named in it comes behind, by title. */
  store_close (fixture);
  store_write_tunnel (fixture, "n", "0 New");
  store_write_tunnel (fixture, "m", "00 New");
  store_open (fixture);
  store_assert_names (fixture, "C B D A 0 New 00 New");
}

static void
test_order_file_of_others (StoreFixture *fixture, gconstpointer data)
{
  store_save_new (fixture, "a", "A");
  store_save_new (fixture, "b", "B");
  store_save_new (fixture, "c", "C");
  g_string_truncate (fixture->changes, 0);

  /* Rubbish, repeats and strangers in it do no harm. */
  store_write_file (fixture, "order", "../x\nc\n\nc\nnobody\n  a  \r\n\xff\xfe\n");
  culvert_profile_store_refresh (fixture->store);
  store_assert_names (fixture, "C A B");
  store_assert_changes (fixture, "0,3,3 ");
}

static void
test_remove_and_undo (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) kept = NULL;
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *path = store_path (fixture, "b.culvert");

  store_save_new (fixture, "a", "A");
  store_save_new (fixture, "b", "B");
  store_save_new (fixture, "c", "C");
  g_assert_true (culvert_profile_store_move (fixture->store, "b", 0, &error));
  kept = culvert_profile_ref (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "b")));
  g_string_truncate (fixture->changes, 0);

  g_assert_true (culvert_profile_store_remove (fixture->store, "b", &error));
  g_assert_no_error (error);
  store_assert_names (fixture, "A C");
  store_assert_changes (fixture, "0,1,0 ");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_null (culvert_profile_store_find (fixture->store, "b"));

  store_save (fixture, kept);
  store_assert_names (fixture, "B A C");
  store_assert_changes (fixture, "0,0,1 ");
  /* And again, from what was kept rather than from the entry. */
  edited = culvert_profile_edit (kept);
  edited->port = 23;
  store_save (fixture, edited);
  edited->port = 24;
  store_save (fixture, edited);

  g_assert_false (culvert_profile_store_remove (fixture->store, "nobody", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
}

static void
test_find_by_name (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) nameless = store_make ("d", "");

  store_save_new (fixture, "a", "Büro");
  store_save_new (fixture, "b", "Twin");
  store_save_new (fixture, "c", "TWIN");
  store_save_new (fixture, "e", "a");
  store_save (fixture, nameless);

#define ID(name)                                                                                   \
  culvert_profile_entry_get_id (culvert_profile_store_find_by_name (fixture->store, name))
  g_assert_cmpstr (ID ("BÜRO"), ==, "a");
  g_assert_cmpstr (ID ("b"), ==, "b");
  /* An id goes before a name. */
  g_assert_cmpstr (ID ("a"), ==, "a");
  g_assert_cmpstr (ID ("H"), ==, "d");
#undef ID
  g_assert_null (culvert_profile_store_find_by_name (fixture->store, "twin"));
  g_assert_null (culvert_profile_store_find_by_name (fixture->store, "nobody"));
  g_assert_null (culvert_profile_store_find_by_name (fixture->store, ""));
}

static void
test_watch (StoreFixture *fixture, gconstpointer data)
{
  CulvertProfileEntry *entry;
  g_autofree char     *path = store_path (fixture, "b.culvert");

  store_save_new (fixture, "a", "A");
  store_assert_changes (fixture, "0,0,1 ");
  entry = culvert_profile_store_find (fixture->store, "a");
  g_signal_connect (entry, "notify::profile", G_CALLBACK (notify_cb), fixture);

  /* come; well before the next look for a folder that was not there when the watch began */
  store_write_tunnel (fixture, "b", "B");
  culvert_test_wait_until (culvert_profile_store_find (fixture->store, "b") != NULL, 1500);
  store_assert_changes (fixture, "1,0,1 ");
  g_assert_cmpuint (fixture->n_notified, ==, 0);

  /* changed */
  store_write_tunnel (fixture, "a", "A2");
  culvert_test_wait_until (strcmp (store_name_of (fixture, "a"), "A2") == 0,
                           STORE_WATCH_DEADLINE_MS);
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
  store_assert_changes (fixture, "");

  /* gone */
  g_assert_cmpint (g_remove (path), ==, 0);
  culvert_test_wait_until (culvert_profile_store_find (fixture->store, "b") == NULL,
                           STORE_WATCH_DEADLINE_MS);
  store_assert_changes (fixture, "1,1,0 ");
}

/* An editor that moves the old file away first makes no tunnel come and go. */
static void
test_watch_waits_for_editors (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_path (fixture, "a.culvert");
  g_autofree char *backup = store_path (fixture, "a.culvert~");
  gint64           start_us;

  store_save_new (fixture, "a", "A");
  culvert_profile_store_refresh (fixture->store);
  culvert_test_wait_until (fixture->store->refresh_source != NULL, STORE_WATCH_DEADLINE_MS);
  culvert_test_wait_until (fixture->store->refresh_source == NULL, STORE_WATCH_DEADLINE_MS);
  store_assert_changes (fixture, "0,0,1 ");

  start_us = g_get_monotonic_time ();
  g_assert_cmpint (g_rename (path, backup), ==, 0);
  culvert_test_wait_until (fixture->store->refresh_source != NULL, STORE_WATCH_DEADLINE_MS);
  g_assert_cmpint (g_source_get_ready_time (fixture->store->refresh_source) - start_us, >=,
                   100 * G_TIME_SPAN_MILLISECOND);
  store_write_tunnel (fixture, "a", "A2");
  culvert_test_wait_until (strcmp (store_name_of (fixture, "a"), "A2") == 0,
                           STORE_WATCH_DEADLINE_MS);
  store_assert_changes (fixture, "");
}

static void
test_several_changes (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *b = store_path (fixture, "b.culvert");
  g_autofree char *d = store_path (fixture, "d.culvert");

  store_save_new (fixture, "b", "B");
  store_save_new (fixture, "c", "C");
  store_save_new (fixture, "d", "D");
  store_save_new (fixture, "e", "E");
  g_string_truncate (fixture->changes, 0);

  g_assert_cmpint (g_remove (b), ==, 0);
  g_assert_cmpint (g_remove (d), ==, 0);
  store_write_tunnel (fixture, "a", "A");
  store_write_tunnel (fixture, "f", "F");
  culvert_profile_store_refresh (fixture->store);
  store_assert_names (fixture, "A C E F");
  store_assert_changes (fixture, "2,1,0 0,1,0 0,0,1 3,0,1 ");
}

/* A handler that changes the store again finds it in order, and nothing is said twice. */
static void
remove_b_cb (GListModel *model, guint at, guint removed, guint added, gpointer user_data)
{
  if (culvert_profile_store_find (CULVERT_PROFILE_STORE (model), "b") != NULL)
    culvert_profile_store_remove (CULVERT_PROFILE_STORE (model), "b", NULL);
}

static void
test_reentrant (StoreFixture *fixture, gconstpointer data)
{
  store_write_tunnel (fixture, "a", "A");
  store_write_tunnel (fixture, "b", "B");
  store_write_tunnel (fixture, "c", "C");
  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (remove_b_cb), NULL);
  culvert_profile_store_refresh (fixture->store);
  store_assert_names (fixture, "A C");
  store_assert_changes (fixture, "0,0,1 1,0,1 ");
}

static void
save_again_cb (CulvertProfileEntry *entry, GParamSpec *pspec, StoreFixture *fixture)
{
  g_autoptr (CulvertProfile) edited =
    culvert_profile_edit (culvert_profile_entry_get_profile (entry));

  if (edited->port == 24)
    return;
  edited->port = 24;
  store_save (fixture, edited);
}

static void
test_save_in_handler (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = store_make ("a", "A");
  CulvertProfileEntry       *entry;

  store_save (fixture, edited);
  entry = culvert_profile_store_find (fixture->store, "a");
  g_signal_connect (entry, "notify::profile", G_CALLBACK (save_again_cb), fixture);
  edited->port = 23;
  store_save (fixture, edited);
  g_assert_cmpuint (culvert_profile_entry_get_profile (entry)->port, ==, 24);
}

static void
test_default_dir (void)
{
  g_autofree char *usual = NULL;
  g_autofree char *given = NULL;
  g_autofree char *expected =
    g_build_filename (g_get_user_config_dir (), "culvert", "tunnels", NULL);

  g_unsetenv ("CULVERT_CONFIG_DIR");
  usual = culvert_profile_store_default_dir ();
  g_assert_cmpstr (usual, ==, expected);
  g_setenv ("CULVERT_CONFIG_DIR", "/some/where", TRUE);
  given = culvert_profile_store_default_dir ();
  g_assert_cmpstr (given, ==, "/some/where");
  g_unsetenv ("CULVERT_CONFIG_DIR");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (StoreFixture *fixture, gconstpointer data);
  } tests[] = {
    { "empty", test_empty },
    { "save", test_save },
    { "edit-keeps-the-entry", test_edit_keeps_the_entry },
    { "titles-order", test_titles_order },
    { "move", test_move },
    { "order-file-of-others", test_order_file_of_others },
    { "remove-and-undo", test_remove_and_undo },
    { "find-by-name", test_find_by_name },
    { "watch", test_watch },
    { "watch-waits-for-editors", test_watch_waits_for_editors },
    { "several-changes", test_several_changes },
    { "reentrant", test_reentrant },
    { "save-in-handler", test_save_in_handler },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/core/profile-store/", tests[i].name, NULL);

      g_test_add (path, StoreFixture, NULL, store_set_up, tests[i].test, store_tear_down);
    }
  g_test_add_func ("/core/profile-store/default-dir", test_default_dir);

  return g_test_run ();
}
