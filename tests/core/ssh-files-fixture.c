/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh-files-fixture.h"

#include <gio/gio.h>
#include <string.h>

typedef struct
{
  CulvertSshFiles files; /* first: what the code under test sees */
  GHashTable     *texts; /* path → text */
  guint           n_reads;
} Fixture;

static char *
read_cb (const char *path, gboolean must_be_safe, gpointer data, GError **error)
{
  Fixture *self = data;
  gpointer text;

  self->n_reads++;
  if (!g_hash_table_lookup_extended (self->texts, path, NULL, &text))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "is not there");
      return NULL;
    }
  if (text == NULL)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "may not be read");
  return g_strdup (text);
}

static GStrv
list_cb (const char *folder, gpointer data)
{
  Fixture                 *self = data;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GHashTableIter           iter;
  gpointer                 path;

  g_hash_table_iter_init (&iter, self->texts);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      g_autofree char *parent = g_path_get_dirname (path);
      g_autofree char *name = g_path_get_basename (path);

      if (strcmp (parent, folder) == 0)
        g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

static char *
get_variable_cb (const char *name, gpointer data)
{
  return strcmp (name, "COLOUR") == 0 ? g_strdup ("blue") : NULL;
}

CulvertSshFiles *
ssh_files_fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->files = (CulvertSshFiles){
    .home = "/home/me",
    .system_folder = "/sys",
    .local_user = "me",
    .local_uid = "1000",
    .local_host = "desk.example.org",
    .read = read_cb,
    .list = list_cb,
    .get_variable = get_variable_cb,
    .data = self,
  };
  return &self->files;
}

void
ssh_files_fixture_free (CulvertSshFiles *files)
{
  Fixture *self = (Fixture *)files;

  g_hash_table_unref (self->texts);
  g_free (self);
}

void
ssh_files_fixture_add (CulvertSshFiles *files, const char *path, const char *text)
{
  g_hash_table_insert (((Fixture *)files)->texts, g_strdup (path), g_strdup (text));
}

guint
ssh_files_fixture_count_reads (CulvertSshFiles *files)
{
  return ((Fixture *)files)->n_reads;
}
