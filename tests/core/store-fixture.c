/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/store-fixture.h"

#include <glib/gstdio.h>

/* Is what the list says through its signals what it holds? */
static void
items_changed_cb (GListModel *model, guint at, guint removed, guint added, StoreFixture *fixture)
{
  g_string_append_printf (fixture->changes, "%u,%u,%u ", at, removed, added);
  g_assert_cmpuint (at + added, <=, g_list_model_get_n_items (model));
}

static void
bad_files_changed_cb (CulvertProfileStore *store, StoreFixture *fixture)
{
  fixture->n_bad_changes++;
}

void
store_open (StoreFixture *fixture)
{
  fixture->store = culvert_profile_store_new (fixture->dir);
  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  g_signal_connect (fixture->store, "bad-files-changed", G_CALLBACK (bad_files_changed_cb),
                    fixture);
}

void
store_close (StoreFixture *fixture)
{
  g_signal_handlers_disconnect_by_data (fixture->store, fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

void
store_set_up (StoreFixture *fixture, gconstpointer data)
{
  fixture->temp = culvert_temp_dir_new ();
  fixture->dir = culvert_temp_dir_build (fixture->temp, "tunnels");
  fixture->changes = g_string_new (NULL);
  store_open (fixture);
}

void
store_tear_down (StoreFixture *fixture, gconstpointer data)
{
  store_close (fixture);
  g_string_free (fixture->changes, TRUE);
  g_free (fixture->dir);
  culvert_temp_dir_free (fixture->temp);
}

char *
store_path (StoreFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

/* Writes as another program does. */
void
store_write_file (StoreFixture *fixture, const char *name, const char *text)
{
  g_autofree char   *path = store_path (fixture, name);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (fixture->dir, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
store_write_tunnel (StoreFixture *fixture, const char *id, const char *name)
{
  g_autofree char *file = g_strconcat (id, ".culvert", NULL);
  g_autofree char *text = g_strdup_printf ("[Tunnel]\nVersion=1\nName=%s\nHost=h\n", name);

  store_write_file (fixture, file, text);
}

char *
store_read_file (StoreFixture *fixture, const char *name)
{
  g_autofree char   *path = store_path (fixture, name);
  g_autoptr (GError) error = NULL;
  char              *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

CulvertProfile *
store_make (const char *id, const char *name)
{
  CulvertProfile *profile = culvert_profile_new ();

  culvert_profile_set_string (&profile->id, id);
  culvert_profile_set_string (&profile->name, name);
  culvert_profile_set_string (&profile->host, "h");
  return profile;
}

void
store_save (StoreFixture *fixture, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;

  culvert_profile_store_save (fixture->store, profile, &error);
  g_assert_no_error (error);
}

void
store_save_new (StoreFixture *fixture, const char *id, const char *name)
{
  g_autoptr (CulvertProfile) profile = store_make (id, name);

  store_save (fixture, profile);
}

/* The names in the list, in order. */
static char *
names (StoreFixture *fixture)
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

void
store_assert_names (StoreFixture *fixture, const char *expected)
{
  g_autofree char *found = names (fixture);

  g_assert_cmpstr (found, ==, expected);
}

/* What was said since the last call. */
void
store_assert_changes (StoreFixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->changes->str, ==, expected);
  g_string_truncate (fixture->changes, 0);
}

const char *
store_name_of (StoreFixture *fixture, const char *id)
{
  CulvertProfileEntry *entry = culvert_profile_store_find (fixture->store, id);

  g_assert_nonnull (entry);
  return culvert_profile_entry_get_profile (entry)->name;
}
