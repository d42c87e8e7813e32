/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Groups of saved tunnels: which there are, where they stand, and of which one is on at a time. */

#include "core/errors.h"
#include "core/profile-file.h"
#include "core/profile-groups.h"
#include "core/store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
save_in (StoreFixture *fixture, const char *id, const char *group)
{
  g_autoptr (CulvertProfile) profile = store_make (id, id);

  culvert_profile_set_string (&profile->group, group);
  store_save (fixture, profile);
}

static void
assert_groups (StoreFixture *fixture, const char *expected)
{
  g_auto (GStrv)   groups = culvert_profile_store_list_groups (fixture->store);
  g_autofree char *text = g_strjoinv ("|", groups);

  g_assert_cmpstr (text, ==, expected);
}

static void
place (StoreFixture *fixture, const char *id, const char *group, const char *before)
{
  g_autoptr (GError) error = NULL;

  culvert_profile_store_place (fixture->store, id, group, before, &error);
  g_assert_no_error (error);
}

static void
set_exclusive (StoreFixture *fixture, const char *group, gboolean is_exclusive)
{
  g_autoptr (GError) error = NULL;

  culvert_profile_store_set_exclusive (fixture->store, group, is_exclusive, &error);
  g_assert_no_error (error);
}

static void
rename_group (StoreFixture *fixture, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;

  culvert_profile_store_rename_group (fixture->store, from, to, &error);
  g_assert_no_error (error);
}

/* a, e without a group; b, d in Work; c in Home. */
static void
save_five (StoreFixture *fixture)
{
  save_in (fixture, "a", "");
  save_in (fixture, "b", "Work");
  save_in (fixture, "c", "Home");
  save_in (fixture, "d", "Work");
  save_in (fixture, "e", "");
}

static void
test_names (void)
{
  static const char *const good[] = { "Work", "Büro & Lager", "a b", "[x]=1", "日本" };
  static const char *const bad[] = { "", " a", "a ", "a\nb", "\x1b[m", "x\u202ey", "\xff" };
  g_autofree char         *longest = g_strnfill (CULVERT_GROUP_MAX, 'x');
  g_autofree char         *too_long = g_strnfill (CULVERT_GROUP_MAX + 1, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (culvert_group_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (culvert_group_is_valid (bad[i]));
  g_assert_true (culvert_group_is_valid (longest));
  g_assert_false (culvert_group_is_valid (too_long));
}

static void
test_bad_name_in_a_file (void)
{
  static const char          text[] = "[Tunnel]\nHost=h\nGroup=a\\nb\n";
  static const char          spaces[] = "[Tunnel]\nHost=h\nGroup=\\sWork\\s\n";
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_profile_parse ("x", text, strlen (text), &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "Group"));
  g_clear_error (&error);
  profile = culvert_profile_parse ("x", spaces, strlen (spaces), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (profile->group, ==, "Work");
}

static void
test_in_one_piece (StoreFixture *fixture, gconstpointer data)
{
  save_five (fixture);
  store_assert_names (fixture, "a e b d c");
  assert_groups (fixture, "Work|Home");
  store_close (fixture);
  store_open (fixture);
  store_assert_names (fixture, "a e b d c");
}

static void
test_place (StoreFixture *fixture, gconstpointer data)
{
  save_five (fixture);
  /* within a group */
  place (fixture, "d", "Work", "b");
  store_assert_names (fixture, "a e d b c");
  place (fixture, "d", "Work", NULL);
  store_assert_names (fixture, "a e b d c");
  /* to another, at its end and in front of one */
  place (fixture, "a", "Home", NULL);
  store_assert_names (fixture, "e b d c a");
  place (fixture, "e", "Home", "a");
  store_assert_names (fixture, "b d c e a");
  /* out of it, into none, and the last leaves nothing behind */
  place (fixture, "b", "", NULL);
  place (fixture, "d", "", "b");
  store_assert_names (fixture, "d b c e a");
  assert_groups (fixture, "Home");
  /* into a new one, which is the last */
  place (fixture, "c", "New", NULL);
  assert_groups (fixture, "Home|New");
  store_close (fixture);
  store_open (fixture);
  store_assert_names (fixture, "d b e a c");
  assert_groups (fixture, "Home|New");
}

static void
test_place_refuses (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_five (fixture);
  g_assert_false (culvert_profile_store_place (fixture->store, "nobody", "Work", NULL, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (culvert_profile_store_place (fixture->store, "a", "a\nb", NULL, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
  store_assert_names (fixture, "a e b d c");
}

/* A tunnel whose file another program has changed is not overwritten. */
static void
test_place_in_a_conflict (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_five (fixture);
  store_write_file (fixture, "b.culvert", "nonsense");
  g_assert_false (culvert_profile_store_place (fixture->store, "b", "Home", NULL, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  assert_groups (fixture, "Work|Home");
}

static void
test_move_group (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save_five (fixture);
  save_in (fixture, "f", "Third");
  g_assert_true (culvert_profile_store_move_group (fixture->store, "Third", "Work", &error));
  assert_groups (fixture, "Third|Work|Home");
  store_assert_names (fixture, "a e f b d c");
  g_assert_true (culvert_profile_store_move_group (fixture->store, "Work", NULL, &error));
  assert_groups (fixture, "Third|Home|Work");
  store_assert_names (fixture, "a e f c b d");
  g_assert_false (culvert_profile_store_move_group (fixture->store, "None", NULL, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (culvert_profile_store_move_group (fixture->store, "Work", "None", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
}

static void
count_cb (CulvertProfileStore *store, guint *n)
{
  (*n)++;
}

static void
test_exclusive (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char   *text = NULL;
  g_autofree char   *path = store_path (fixture, "one-at-a-time");
  g_autoptr (GError) error = NULL;
  guint              n_told = 0;
  struct stat        info;

  save_five (fixture);
  g_signal_connect (fixture->store, "groups-changed", G_CALLBACK (count_cb), &n_told);
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Work"));
  set_exclusive (fixture, "Work", TRUE);
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Work"));
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Home"));
  g_assert_cmpuint (n_told, ==, 1);
  text = store_read_file (fixture, "one-at-a-time");
  g_assert_cmpstr (text, ==, "Work\n");
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);

  store_close (fixture);
  store_open (fixture);
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Work"));
  set_exclusive (fixture, "Work", FALSE);
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Work"));
  g_assert_false (culvert_profile_store_set_exclusive (fixture->store, "None", TRUE, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
}

/* What another copy of the program wrote is kept, and heard of; rubbish does no harm. */
static void
test_exclusive_by_two (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfileStore) other = NULL;
  g_autoptr (GError)              error = NULL;

  save_five (fixture);
  other = culvert_profile_store_new (fixture->dir);
  culvert_profile_store_set_exclusive (other, "Home", TRUE, &error);
  g_assert_no_error (error);
  set_exclusive (fixture, "Work", TRUE);
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Home"));
  culvert_test_wait_until (culvert_profile_store_is_exclusive (other, "Work"),
                           STORE_WATCH_DEADLINE_MS);

  store_write_file (fixture, "one-at-a-time", "\xff\xfe\n\n  Home \r\n\x1b[m\nGone\n");
  culvert_profile_store_refresh (fixture->store);
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Home"));
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Work"));
}

/* The rule of a group that the other copy has just made is kept; so is that of one whose tunnel comes back. */
static void
test_exclusive_of_others (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfileStore) other = NULL;
  g_autoptr (CulvertProfile)      profile = store_make ("n", "n");
  g_autoptr (GError)              error = NULL;
  g_autofree char                *text = NULL;

  save_five (fixture);
  other = culvert_profile_store_new (fixture->dir);
  culvert_profile_set_string (&profile->group, "New");
  g_assert_true (culvert_profile_store_save (other, profile, &error));
  g_assert_true (culvert_profile_store_set_exclusive (other, "New", TRUE, &error));
  set_exclusive (fixture, "Work", TRUE);
  text = store_read_file (fixture, "one-at-a-time");
  g_assert_cmpstr (text, ==, "New\nWork\n");
  /* Which exists in the other copy alone so far. */
  culvert_profile_set_string (&profile->group, "Newer");
  g_clear_pointer (&profile->revision, g_free);
  culvert_profile_set_string (&profile->id, "m");
  g_assert_true (culvert_profile_store_save (other, profile, &error));
  set_exclusive (fixture, "Newer", TRUE);

  g_assert_true (culvert_profile_store_remove (fixture->store, "m", &error));
  set_exclusive (fixture, "Home", TRUE);
  store_save (fixture, profile);
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Newer"));
}

typedef struct
{
  CulvertProfileStore *other; /* NULL once it has moved a group */
} Meanwhile;

static void
move_meanwhile_cb (GListModel *model,
                   guint       position,
                   guint       n_removed,
                   guint       n_added,
                   Meanwhile  *meanwhile)
{
  CulvertProfileStore *other = g_steal_pointer (&meanwhile->other);
  g_autoptr (GError)   error = NULL;

  if (other != NULL)
    culvert_profile_store_move_group (other, "Home", "Work", &error);
  g_assert_no_error (error);
}

/* Another copy orders anew just after this one has looked. */
static void
test_order_by_two (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfileStore) other = NULL;
  g_autoptr (CulvertProfile)      profile = store_make ("n", "n");
  Meanwhile                       meanwhile;

  save_five (fixture);
  other = culvert_profile_store_new (fixture->dir);
  g_assert_true (culvert_profile_store_save (other, profile, NULL));
  meanwhile.other = other;
  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (move_meanwhile_cb), &meanwhile);
  place (fixture, "e", "", "a");
  g_assert_null (meanwhile.other);
  store_assert_names (fixture, "e a n c b d");
  g_signal_handlers_disconnect_by_data (fixture->store, &meanwhile);
}

static void
test_rename (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char   *text = NULL;
  g_autoptr (GError) error = NULL;

  save_five (fixture);
  set_exclusive (fixture, "Work", TRUE);
  rename_group (fixture, "Work", "Office");
  assert_groups (fixture, "Office|Home");
  store_assert_names (fixture, "a e b d c");
  g_assert_true (culvert_profile_store_is_exclusive (fixture->store, "Office"));
  text = store_read_file (fixture, "one-at-a-time");
  g_assert_cmpstr (text, ==, "Office\n");

  /* Into one that is there, by whose rule they go from then on. */
  rename_group (fixture, "Office", "Home");
  assert_groups (fixture, "Home");
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Home"));
  g_assert_false (culvert_profile_store_is_exclusive (fixture->store, "Office"));
  /* And to an end. */
  rename_group (fixture, "Home", "");
  assert_groups (fixture, "");
  g_assert_false (culvert_profile_store_rename_group (fixture->store, "Home", "x", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
}

/* What is removed and saved again finds its group and its place, whatever was moved meanwhile. */
static void
test_undo_finds_its_place (StoreFixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "b", "d" };
  g_autoptr (GPtrArray)    kept =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);
  g_autoptr (GError) error = NULL;

  save_five (fixture);
  save_in (fixture, "x", "Work");
  store_assert_names (fixture, "a e b d x c");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_ptr_array_add (kept, culvert_profile_ref (culvert_profile_entry_get_profile (
                               culvert_profile_store_find (fixture->store, ids[i]))));
      g_assert_true (culvert_profile_store_remove (fixture->store, ids[i], &error));
    }
  place (fixture, "e", "", "a");
  g_assert_true (culvert_profile_store_move_group (fixture->store, "Home", "Work", &error));
  store_assert_names (fixture, "e a c x");
  for (guint i = 0; i < kept->len; i++)
    store_save (fixture, g_ptr_array_index (kept, i));
  store_assert_names (fixture, "e a c b d x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/core/profile-groups/" name, StoreFixture, NULL, store_set_up, function,            \
              store_tear_down)
  g_test_add_func ("/core/profile-groups/names", test_names);
  g_test_add_func ("/core/profile-groups/bad-name-in-a-file", test_bad_name_in_a_file);
  ADD ("in-one-piece", test_in_one_piece);
  ADD ("place", test_place);
  ADD ("place-refuses", test_place_refuses);
  ADD ("place-in-a-conflict", test_place_in_a_conflict);
  ADD ("move-group", test_move_group);
  ADD ("exclusive", test_exclusive);
  ADD ("exclusive-by-two", test_exclusive_by_two);
  ADD ("exclusive-of-others", test_exclusive_of_others);
  ADD ("order-by-two", test_order_by_two);
  ADD ("rename", test_rename);
  ADD ("undo-finds-its-place", test_undo_finds_its_place);
#undef ADD
  return g_test_run ();
}
