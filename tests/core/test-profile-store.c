/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-store.h"

#include "core/errors.h"
#include "core/profile-file.h"
#include "support/culvert-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WATCH_DEADLINE_MS 5000

/* A store, and what it says. */
typedef struct
{
  CulvertTempDir      *temp;
  char                *dir;
  CulvertProfileStore *store;
  GString             *changes; /* "position,removed,added " for each change of the list */
  guint                n_bad_changes;
  guint                n_notified;
} Fixture;

/* Is what the list says through its signals what it holds? */
static void
items_changed_cb (GListModel *model, guint at, guint removed, guint added, Fixture *fixture)
{
  g_string_append_printf (fixture->changes, "%u,%u,%u ", at, removed, added);
  g_assert_cmpuint (at + added, <=, g_list_model_get_n_items (model));
}

static void
bad_files_changed_cb (CulvertProfileStore *store, Fixture *fixture)
{
  fixture->n_bad_changes++;
}

static void
notify_cb (CulvertProfileEntry *entry, GParamSpec *pspec, Fixture *fixture)
{
  fixture->n_notified++;
}

static void
open_store (Fixture *fixture)
{
  fixture->store = culvert_profile_store_new (fixture->dir);
  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  g_signal_connect (fixture->store, "bad-files-changed", G_CALLBACK (bad_files_changed_cb),
                    fixture);
}

static void
close_store (Fixture *fixture)
{
  g_signal_handlers_disconnect_by_data (fixture->store, fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->temp = culvert_temp_dir_new ();
  fixture->dir = culvert_temp_dir_build (fixture->temp, "tunnels");
  fixture->changes = g_string_new (NULL);
  open_store (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_store (fixture);
  g_string_free (fixture->changes, TRUE);
  g_free (fixture->dir);
  culvert_temp_dir_free (fixture->temp);
}

static char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

/* Writes as another program does. */
static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char   *path = path_of (fixture, name);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (fixture->dir, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_tunnel (Fixture *fixture, const char *id, const char *name)
{
  g_autofree char *file = g_strconcat (id, ".culvert", NULL);
  g_autofree char *text = g_strdup_printf ("[Tunnel]\nVersion=1\nName=%s\nHost=h\n", name);

  write_file (fixture, file, text);
}

static char *
read_file (Fixture *fixture, const char *name)
{
  g_autofree char   *path = path_of (fixture, name);
  g_autoptr (GError) error = NULL;
  char              *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static CulvertProfile *
make (const char *id, const char *name)
{
  CulvertProfile *profile = culvert_profile_new ();

  culvert_profile_set_string (&profile->id, id);
  culvert_profile_set_string (&profile->name, name);
  culvert_profile_set_string (&profile->host, "h");
  return profile;
}

static void
save (Fixture *fixture, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;

  culvert_profile_store_save (fixture->store, profile, &error);
  g_assert_no_error (error);
}

static void
save_new (Fixture *fixture, const char *id, const char *name)
{
  g_autoptr (CulvertProfile) profile = make (id, name);

  save (fixture, profile);
}

/* The names in the list, in order. */
static char *
names (Fixture *fixture)
{
  GListModel *model = G_LIST_MODEL (fixture->store);
  GString    *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CulvertProfileEntry) entry = g_list_model_get_item (model, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              culvert_profile_entry_get_profile (entry)->name);
    }
  return g_string_free (text, FALSE);
}

static void
assert_names (Fixture *fixture, const char *expected)
{
  g_autofree char *found = names (fixture);

  g_assert_cmpstr (found, ==, expected);
}

/* What was said since the last call. */
static void
assert_changes (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->changes->str, ==, expected);
  g_string_truncate (fixture->changes, 0);
}

static const char *
name_of (Fixture *fixture, const char *id)
{
  CulvertProfileEntry *entry = culvert_profile_store_find (fixture->store, id);

  g_assert_nonnull (entry);
  return culvert_profile_entry_get_profile (entry)->name;
}

static void
test_empty (Fixture *fixture, gconstpointer data)
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
test_save (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = make ("a", "One");
  g_autofree char           *path = path_of (fixture, "a.culvert");
  g_autofree char           *text = NULL;
  g_autofree char           *expected = culvert_profile_to_text (profile);
  CulvertProfileEntry       *entry;
  GStatBuf                   info;

  save (fixture, profile);
  assert_names (fixture, "One");
  assert_changes (fixture, "0,0,1 ");
  entry = culvert_profile_store_find (fixture->store, "a");
  g_assert_true (culvert_profile_equal (culvert_profile_entry_get_profile (entry), profile));
  g_assert_cmpstr (culvert_profile_entry_get_id (entry), ==, "a");

  text = read_file (fixture, "a.culvert");
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (fixture->dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);

  /* What was given away may be changed by whoever holds it; the store has its own. */
  culvert_profile_set_string (&profile->name, "Two");
  g_assert_cmpstr (name_of (fixture, "a"), ==, "One");
  close_store (fixture);
  open_store (fixture);
  assert_names (fixture, "One");
}

static void
test_edit_keeps_the_entry (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (CulvertProfile) seen = NULL;
  CulvertProfileEntry       *entry;

  save_new (fixture, "a", "One");
  save_new (fixture, "b", "Two");
  assert_changes (fixture, "0,0,1 1,0,1 ");
  entry = culvert_profile_store_find (fixture->store, "a");
  g_signal_connect (entry, "notify::profile", G_CALLBACK (notify_cb), fixture);

  edited = culvert_profile_edit (culvert_profile_entry_get_profile (entry));
  edited->port = 23;
  save (fixture, edited);
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  g_assert_cmpuint (culvert_profile_entry_get_profile (entry)->port, ==, 23);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
  assert_changes (fixture, "");
  g_object_get (entry, "profile", &seen, NULL);
  g_assert_true (seen == culvert_profile_entry_get_profile (entry));

  /* Nothing new is nothing to tell. */
  save (fixture, edited);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
}

static void
test_titles_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;

  save_new (fixture, "x", "beta");
  save_new (fixture, "y", "Alpha");
  save_new (fixture, "z", "Gamma");
  assert_names (fixture, "Alpha beta Gamma");
  assert_changes (fixture, "0,0,1 0,0,1 2,0,1 ");

  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "y")));
  culvert_profile_set_string (&edited->name, "Zeta");
  save (fixture, edited);
  assert_names (fixture, "beta Gamma Zeta");
  assert_changes (fixture, "0,3,3 ");
}

static void
test_move (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *order = NULL;

  save_new (fixture, "a", "A");
  save_new (fixture, "b", "B");
  save_new (fixture, "c", "C");
  save_new (fixture, "d", "D");
  g_string_truncate (fixture->changes, 0);

  g_assert_true (culvert_profile_store_move (fixture->store, "c", 1, &error));
  assert_names (fixture, "A C B D");
  assert_changes (fixture, "1,2,2 ");
  order = read_file (fixture, "order");
  g_assert_cmpstr (order, ==, "a\nc\nb\nd\n");

  g_assert_true (culvert_profile_store_move (fixture->store, "a", 99, &error));
  assert_names (fixture, "C B D A");
  assert_changes (fixture, "0,4,4 ");
  g_assert_true (culvert_profile_store_move (fixture->store, "a", 3, &error));
  assert_changes (fixture, "");

  g_assert_false (culvert_profile_store_move (fixture->store, "nobody", 0, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);

  /* It survives; who is not named in it comes behind, by title. */
  close_store (fixture);
  write_tunnel (fixture, "n", "0 New");
  write_tunnel (fixture, "m", "00 New");
  open_store (fixture);
  assert_names (fixture, "C B D A 0 New 00 New");
}

static void
test_order_file_of_others (Fixture *fixture, gconstpointer data)
{
  save_new (fixture, "a", "A");
  save_new (fixture, "b", "B");
  save_new (fixture, "c", "C");
  g_string_truncate (fixture->changes, 0);

  /* Rubbish, repeats and strangers in it do no harm. */
  write_file (fixture, "order", "../x\nc\n\nc\nnobody\n  a  \r\n\xff\xfe\n");
  culvert_profile_store_refresh (fixture->store);
  assert_names (fixture, "C A B");
  assert_changes (fixture, "0,3,3 ");
}

static void
test_remove_and_undo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) kept = NULL;
  g_autofree char           *path = path_of (fixture, "b.culvert");

  save_new (fixture, "a", "A");
  save_new (fixture, "b", "B");
  save_new (fixture, "c", "C");
  g_assert_true (culvert_profile_store_move (fixture->store, "b", 0, &error));
  kept = culvert_profile_ref (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "b")));
  g_string_truncate (fixture->changes, 0);

  g_assert_true (culvert_profile_store_remove (fixture->store, "b", &error));
  g_assert_no_error (error);
  assert_names (fixture, "A C");
  assert_changes (fixture, "0,1,0 ");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_null (culvert_profile_store_find (fixture->store, "b"));

  save (fixture, kept);
  assert_names (fixture, "B A C");
  assert_changes (fixture, "0,0,1 ");
  /* The same once more, from the profile that was kept. */
  save (fixture, kept);

  g_assert_false (culvert_profile_store_remove (fixture->store, "nobody", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
}

static void
test_find_by_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) nameless = make ("d", "");

  save_new (fixture, "a", "Büro");
  save_new (fixture, "b", "Twin");
  save_new (fixture, "c", "TWIN");
  save_new (fixture, "e", "a");
  save (fixture, nameless);

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
test_watch (Fixture *fixture, gconstpointer data)
{
  CulvertProfileEntry *entry;
  g_autofree char     *path = path_of (fixture, "b.culvert");

  save_new (fixture, "a", "A");
  assert_changes (fixture, "0,0,1 ");
  entry = culvert_profile_store_find (fixture->store, "a");
  g_signal_connect (entry, "notify::profile", G_CALLBACK (notify_cb), fixture);

  /* come */
  write_tunnel (fixture, "b", "B");
  culvert_test_wait_until (culvert_profile_store_find (fixture->store, "b") != NULL,
                           WATCH_DEADLINE_MS);
  assert_changes (fixture, "1,0,1 ");
  g_assert_cmpuint (fixture->n_notified, ==, 0);

  /* changed */
  write_tunnel (fixture, "a", "A2");
  culvert_test_wait_until (strcmp (name_of (fixture, "a"), "A2") == 0, WATCH_DEADLINE_MS);
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  g_assert_cmpuint (fixture->n_notified, ==, 1);
  assert_changes (fixture, "");

  /* gone */
  g_assert_cmpint (g_remove (path), ==, 0);
  culvert_test_wait_until (culvert_profile_store_find (fixture->store, "b") == NULL,
                           WATCH_DEADLINE_MS);
  assert_changes (fixture, "1,1,0 ");
}

/* An editor that moves the old file away first makes no tunnel come and go. */
static void
test_watch_waits_for_editors (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "a.culvert");
  g_autofree char *backup = path_of (fixture, "a.culvert~");

  save_new (fixture, "a", "A");
  assert_changes (fixture, "0,0,1 ");
  g_assert_cmpint (g_rename (path, backup), ==, 0);
  write_tunnel (fixture, "a", "A2");
  culvert_test_wait_until (strcmp (name_of (fixture, "a"), "A2") == 0, WATCH_DEADLINE_MS);
  assert_changes (fixture, "");
}

static void
test_several_changes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *b = path_of (fixture, "b.culvert");
  g_autofree char *d = path_of (fixture, "d.culvert");

  save_new (fixture, "b", "B");
  save_new (fixture, "c", "C");
  save_new (fixture, "d", "D");
  save_new (fixture, "e", "E");
  g_string_truncate (fixture->changes, 0);

  g_assert_cmpint (g_remove (b), ==, 0);
  g_assert_cmpint (g_remove (d), ==, 0);
  write_tunnel (fixture, "a", "A");
  write_tunnel (fixture, "f", "F");
  culvert_profile_store_refresh (fixture->store);
  assert_names (fixture, "A C E F");
  assert_changes (fixture, "2,1,0 0,1,0 0,0,1 3,0,1 ");
}

/* A handler that changes the store again finds it in order, and nothing is said twice. */
static void
remove_b_cb (GListModel *model, guint at, guint removed, guint added, gpointer user_data)
{
  if (culvert_profile_store_find (CULVERT_PROFILE_STORE (model), "b") != NULL)
    culvert_profile_store_remove (CULVERT_PROFILE_STORE (model), "b", NULL);
}

static void
test_reentrant (Fixture *fixture, gconstpointer data)
{
  write_tunnel (fixture, "a", "A");
  write_tunnel (fixture, "b", "B");
  write_tunnel (fixture, "c", "C");
  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (remove_b_cb), NULL);
  culvert_profile_store_refresh (fixture->store);
  assert_names (fixture, "A C");
  assert_changes (fixture, "0,0,1 1,0,1 ");
}

static void
save_again_cb (CulvertProfileEntry *entry, GParamSpec *pspec, Fixture *fixture)
{
  g_autoptr (CulvertProfile) edited =
    culvert_profile_edit (culvert_profile_entry_get_profile (entry));

  if (edited->port == 24)
    return;
  edited->port = 24;
  save (fixture, edited);
}

static void
test_save_in_handler (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = make ("a", "A");
  CulvertProfileEntry       *entry;

  save (fixture, edited);
  entry = culvert_profile_store_find (fixture->store, "a");
  g_signal_connect (entry, "notify::profile", G_CALLBACK (save_again_cb), fixture);
  edited->port = 23;
  save (fixture, edited);
  g_assert_cmpuint (culvert_profile_entry_get_profile (entry)->port, ==, 24);
}

static const CulvertBadFile *
bad (Fixture *fixture, guint index)
{
  GPtrArray *bad_files = culvert_profile_store_get_bad_files (fixture->store);

  g_assert_cmpuint (index, <, bad_files->len);
  return g_ptr_array_index (bad_files, index);
}

static void
assert_bad (Fixture *fixture, guint index, const char *name, int code)
{
  const CulvertBadFile *file = bad (fixture, index);
  g_autofree char      *path = path_of (fixture, name);

  g_assert_cmpstr (file->path, ==, path);
  g_assert_error (file->error, CULVERT_PROFILE_ERROR, code);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (CULVERT_PROFILE_MAX_BYTES + 10, '#');
  g_autofree char *folder = path_of (fixture, "c-folder.culvert");
  g_autofree char *link = path_of (fixture, "d-link.culvert");
  g_autofree char *pipe = path_of (fixture, "e-pipe.culvert");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  close_store (fixture);
  write_tunnel (fixture, "good", "Good");
  write_file (fixture, "a-rubbish.culvert", "rubbish\n");
  write_file (fixture, "b-huge.culvert", huge);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  write_file (fixture, "f-newer.culvert", "[Tunnel]\nVersion=99\n");
  write_file (fixture, "g-value.culvert", "[Tunnel]\nPort=x\n");
  write_file (fixture, "h strange\n.culvert", "[Tunnel]\n");
  write_file (fixture, "i-empty.culvert", "");
  /* None of our business. */
  write_file (fixture, "notes.txt", "rubbish");
  write_file (fixture, ".hidden.culvert", "rubbish");
  write_file (fixture, "good.culvert~", "rubbish");
  before = read_file (fixture, "a-rubbish.culvert");
  open_store (fixture);

  assert_names (fixture, "Good");
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
  after = read_file (fixture, "a-rubbish.culvert");
  g_assert_cmpstr (before, ==, after);
}

static void
test_bad_becomes_good (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "a.culvert", "rubbish\n");
  culvert_profile_store_refresh (fixture->store);
  assert_bad (fixture, 0, "a.culvert", CULVERT_PROFILE_ERROR_SYNTAX);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 1);
  assert_names (fixture, "");

  write_file (fixture, "a.culvert", "[Tunnel]\nPort=x\n");
  culvert_profile_store_refresh (fixture->store);
  assert_bad (fixture, 0, "a.culvert", CULVERT_PROFILE_ERROR_INVALID);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 2);

  write_tunnel (fixture, "a", "A");
  culvert_profile_store_refresh (fixture->store);
  assert_names (fixture, "A");
  assert_changes (fixture, "0,0,1 ");
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 3);
}

/* A bad file that goes away is no longer listed. */
static void
test_bad_goes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "a.culvert");

  write_file (fixture, "a.culvert", "rubbish\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpint (g_remove (path), ==, 0);
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
  g_assert_cmpuint (fixture->n_bad_changes, ==, 2);
}

/* A slip in an editor stops no tunnel, and the broken file is safe from us. */
static void
test_good_becomes_bad (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;
  CulvertProfileEntry       *entry;

  save_new (fixture, "a", "A");
  entry = culvert_profile_store_find (fixture->store, "a");
  edited = culvert_profile_edit (culvert_profile_entry_get_profile (entry));
  g_string_truncate (fixture->changes, 0);

  write_file (fixture, "a.culvert", "[Tunnel]\nPort=2o22\n");
  culvert_profile_store_refresh (fixture->store);
  assert_changes (fixture, "");
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  assert_bad (fixture, 0, "a.culvert", CULVERT_PROFILE_ERROR_INVALID);

  g_assert_false (culvert_profile_store_save (fixture->store, edited, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (culvert_profile_store_remove (fixture->store, "a", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  text = read_file (fixture, "a.culvert");
  g_assert_cmpstr (text, ==, "[Tunnel]\nPort=2o22\n");

  write_file (fixture, "a.culvert", "[Tunnel]\nName=A\nPort=2022\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_true (culvert_profile_store_find (fixture->store, "a") == entry);
  g_assert_cmpuint (culvert_profile_entry_get_profile (entry)->port, ==, 2022);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 0);
}

/* A new tunnel is not written over a bad file of the same name. */
static void
test_save_over_bad (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = make ("a", "A");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  write_file (fixture, "a.culvert", "rubbish\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "a.culvert"));
  text = read_file (fixture, "a.culvert");
  g_assert_cmpstr (text, ==, "rubbish\n");
}

static void
assert_conflict (Fixture *fixture, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
}

/* The other program's work is on the disk, and we have not seen it yet. */
static void
test_conflict_unseen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  save_new (fixture, "a", "A");
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  edited->port = 23;
  write_tunnel (fixture, "a", "Other");

  assert_conflict (fixture, edited);
  g_assert_cmpstr (name_of (fixture, "a"), ==, "A");
  text = read_file (fixture, "a.culvert");
  g_assert_nonnull (strstr (text, "Name=Other"));
  g_assert_false (culvert_profile_store_remove (fixture->store, "a", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);

  /* What was refused brings the other's work in by itself. */
  culvert_test_wait_until (strcmp (name_of (fixture, "a"), "Other") == 0, WATCH_DEADLINE_MS);
}

/* We have seen it, but the form was opened before. */
static void
test_conflict_seen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (CulvertProfile) fresh = NULL;

  save_new (fixture, "a", "A");
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  write_tunnel (fixture, "a", "Other");
  culvert_profile_store_refresh (fixture->store);
  g_assert_cmpstr (name_of (fixture, "a"), ==, "Other");
  assert_conflict (fixture, edited);
  g_assert_cmpstr (name_of (fixture, "a"), ==, "Other");

  fresh = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  fresh->port = 23;
  save (fixture, fresh);
  assert_conflict (fixture, edited);
}

/* Our own saves are no conflict, also from a form that was opened before them. */
static void
test_no_conflict_with_self (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) first = NULL;
  g_autoptr (CulvertProfile) second = NULL;

  save_new (fixture, "a", "A");
  first = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  second = culvert_profile_edit (first);
  first->port = 23;
  save (fixture, first);
  first->port = 24;
  save (fixture, first);
  second->port = 25;
  save (fixture, second);
  g_assert_cmpuint (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a"))->port, ==,
    25);
}

/* Removed by the other program: not silently made anew. */
static void
test_conflict_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *path = path_of (fixture, "a.culvert");

  save_new (fixture, "a", "A");
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  g_assert_cmpint (g_remove (path), ==, 0);
  assert_conflict (fixture, edited);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  /* Once that is known, saving is making it anew. */
  culvert_profile_store_refresh (fixture->store);
  g_assert_null (culvert_profile_store_find (fixture->store, "a"));
  save (fixture, edited);
  g_assert_cmpstr (name_of (fixture, "a"), ==, "A");
}

/* A new tunnel whose id another program has just used. */
static void
test_conflict_new (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = make ("a", "A");

  write_tunnel (fixture, "a", "Other");
  assert_conflict (fixture, profile);
}

static void
test_unknown_keys_survive (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *text = NULL;

  write_file (fixture, "a.culvert", "# mine\n\n[Tunnel]\nName=A\nHost=h\nGlow=1\n\n[Later]\nX=y\n");
  culvert_profile_store_refresh (fixture->store);
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  edited->port = 23;
  save (fixture, edited);
  text = read_file (fixture, "a.culvert");
  g_assert_nonnull (strstr (text, "# mine\n"));
  g_assert_nonnull (strstr (text, "Glow=1\n"));
  g_assert_nonnull (strstr (text, "[Later]\nX=y\n"));
  g_assert_nonnull (strstr (text, "Port=23\n"));
}

/* A change that only a later version understands reaches the next save as well. */
static void
test_unknown_keys_are_refreshed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) edited = NULL;
  g_autofree char           *text = NULL;

  write_file (fixture, "a.culvert", "[Tunnel]\nName=A\nHost=h\n# old\nGlow=1\n");
  culvert_profile_store_refresh (fixture->store);
  write_file (fixture, "a.culvert", "[Tunnel]\nName=A\nHost=h\n# new\nGlow=1\n");
  culvert_profile_store_refresh (fixture->store);
  edited = culvert_profile_edit (
    culvert_profile_entry_get_profile (culvert_profile_store_find (fixture->store, "a")));
  edited->port = 23;
  save (fixture, edited);
  text = read_file (fixture, "a.culvert");
  g_assert_nonnull (strstr (text, "# new\nGlow=1\n"));
}

/* A draft that no reader would take back is not written. */
static void
test_invalid_is_not_saved (Fixture *fixture, gconstpointer data)
{
  static const char *const       ids[] = { "", "A", "a/b", "../a" };
  g_autoptr (CulvertProfile)     profile = make ("a", "A");
  g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp ("not a host", 1);
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (
    &(CulvertForwardFields){ .kind = CULVERT_FORWARD_DYNAMIC, .listen = listen });
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = path_of (fixture, "a.culvert");

  culvert_profile_put_forward (profile, spec);
  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (CulvertProfile) named = make (ids[i], "A");

      g_clear_error (&error);
      g_assert_false (culvert_profile_store_save (fixture->store, named, &error));
      g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
    }
  assert_names (fixture, "");
}

/* The folder is a file: nothing can be made in it, and it is not touched. */
static void
test_folder_is_a_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = make ("a", "A");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  close_store (fixture);
  g_file_set_contents (fixture->dir, "a file", -1, NULL);
  open_store (fixture);
  g_assert_cmpuint (culvert_profile_store_get_bad_files (fixture->store)->len, ==, 1);
  g_assert_cmpstr (bad (fixture, 0)->path, ==, fixture->dir);
  g_assert_error (bad (fixture, 0)->error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNREADABLE);
  g_assert_false (culvert_profile_store_save (fixture->store, profile, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE);
  g_file_get_contents (fixture->dir, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, "a file");
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
    void (*test) (Fixture *fixture, gconstpointer data);
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
    { "bad-files", test_bad_files },
    { "bad-becomes-good", test_bad_becomes_good },
    { "bad-goes", test_bad_goes },
    { "good-becomes-bad", test_good_becomes_bad },
    { "save-over-bad", test_save_over_bad },
    { "conflict-unseen", test_conflict_unseen },
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
      g_autofree char *path = g_strconcat ("/core/profile-store/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  g_test_add_func ("/core/profile-store/default-dir", test_default_dir);

  return g_test_run ();
}
