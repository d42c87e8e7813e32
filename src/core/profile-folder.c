/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-folder.h"

#include "base/log.h"
#include "core/errors.h"
#include "core/profile-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define EXCLUSIVE_FILE "one-at-a-time"
#define ORDER_FILE     "order"
#define FILE_MODE      0600
#define DIR_MODE       0700

void
culvert_folder_file_free (CulvertFolderFile *self)
{
  g_free (self->path);
  g_free (self->id);
  g_free (self->revision);
  g_clear_pointer (&self->profile, culvert_profile_unref);
  g_clear_error (&self->error);
  g_free (self);
}

char *
culvert_folder_path (const char *dir, const char *id)
{
  g_autofree char *name = g_strconcat (id, CULVERT_PROFILE_SUFFIX, NULL);

  return g_build_filename (dir, name, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GStrv
culvert_folder_list (const char *dir, GError **error)
{
  g_autoptr (GDir)      opened = NULL;
  g_autoptr (GError)    own = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;

  opened = g_dir_open (dir, 0, &own);
  if (opened == NULL && !g_error_matches (own, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNREADABLE,
                   "the folder cannot be read: %s", own->message);
      culvert_error_set_fact (error, CULVERT_FACT_FILE, dir);
      culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
      return NULL;
    }
  while (opened != NULL && (name = g_dir_read_name (opened)) != NULL)
    if (name[0] != '.' && g_str_has_suffix (name, CULVERT_PROFILE_SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* Reads up to one byte more than a tunnel may have.  Anything but a file is refused unopened: a
 * pipe would keep us waiting. */
static GBytes *
load (const char *path, GError **error)
{
  g_autoptr (GFile)            file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char             *buffer = NULL;
  gsize                        n_read = 0;
  GFileType                    type;

  type = g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL);
  /* A link is what remains of one that leads nowhere, which the opening then says. */
  if (type != G_FILE_TYPE_REGULAR && type != G_FILE_TYPE_UNKNOWN &&
      type != G_FILE_TYPE_SYMBOLIC_LINK)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "not a regular file");
      return NULL;
    }
  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return NULL;
  buffer = g_malloc (CULVERT_PROFILE_MAX_BYTES + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), buffer, CULVERT_PROFILE_MAX_BYTES + 1,
                                &n_read, NULL, error))
    return NULL;
  return g_bytes_new (buffer, n_read);
}

/* Of a file that is too large this is the hash of its beginning, which suffices: what is bad is
 * never overwritten. */
static char *
hash (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static char *
id_from_name (const char *name)
{
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (CULVERT_PROFILE_SUFFIX));

  return culvert_profile_id_is_valid (id) ? g_steal_pointer (&id) : NULL;
}

static void
parse (CulvertFolderFile *file, GBytes *bytes)
{
  gsize       n_bytes;
  const char *text = g_bytes_get_data (bytes, &n_bytes);

  file->profile = culvert_profile_parse_own (file->id, text, n_bytes, &file->error);
  if (file->profile != NULL)
    file->profile->revision = g_strdup (file->revision);
}

CulvertFolderFile *
culvert_folder_read (const char *dir, const char *name, const CulvertFolderFile *known)
{
  g_autoptr (CulvertFolderFile) file = g_new0 (CulvertFolderFile, 1);
  g_autoptr (GBytes)            bytes = NULL;
  g_autoptr (GError)            own = NULL;

  file->path = g_build_filename (dir, name, NULL);
  file->id = id_from_name (name);
  if (file->id == NULL)
    {
      g_autofree char *shown = culvert_log_printable (name, -1);

      g_set_error (&file->error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID,
                   "\"%s\" cannot be a tunnel's file name: a-z, 0-9 and - alone, then %s", shown,
                   CULVERT_PROFILE_SUFFIX);
    }
  else
    {
      bytes = load (file->path, &own);
      if (bytes == NULL)
        {
          g_set_error (&file->error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNREADABLE,
                       "cannot be read: %s", own->message);
          culvert_error_set_fact (&file->error, CULVERT_FACT_REASON, own->message);
        }
      else
        file->revision = hash (bytes);
    }
  if (known != NULL && g_strcmp0 (known->revision, file->revision) == 0 &&
      (file->error == NULL ||
       (known->error != NULL && strcmp (known->error->message, file->error->message) == 0)))
    return NULL;
  if (bytes != NULL)
    parse (file, bytes);
  culvert_error_set_fact (&file->error, CULVERT_FACT_FILE, file->path);
  return g_steal_pointer (&file);
}

gboolean
culvert_folder_get_revision (const char *path, char **revision, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autoptr (GBytes) bytes = load (path, &own);

  *revision = NULL;
  if (bytes != NULL)
    {
      *revision = hash (bytes);
      return TRUE;
    }
  if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNREADABLE,
               "%s: cannot be read: %s", path, own->message);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
  return FALSE;
}

gboolean
culvert_folder_make (const char *dir, GError **error)
{
  const char *reason;

  if (g_mkdir_with_parents (dir, DIR_MODE) == 0)
    return TRUE;
  reason = g_strerror (errno);
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE,
               "%s: the folder cannot be made: %s", dir, reason);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, dir);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, reason);
  return FALSE;
}

static gboolean
replace (const char *path, const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (GError) own = NULL;

  if (g_file_set_contents_full (path, text, (gssize)n_bytes,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                FILE_MODE, &own))
    return TRUE;
  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_UNWRITABLE,
               "%s: cannot be written: %s", path, own->message);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
  return FALSE;
}

char *
culvert_folder_write (const char *path, const char *text, GError **error)
{
  gsize n_bytes = strlen (text);

  if (!replace (path, text, n_bytes, error))
    return NULL;
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, n_bytes);
}

/* (transfer full): the lines of a list in the folder that @is_valid, without spaces around them */
static GStrv
read_lines (const char *dir, const char *name, gboolean (*is_valid) (const char *line))
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_autofree char         *path = g_build_filename (dir, name, NULL);
  g_autoptr (GBytes)       bytes = load (path, NULL);
  g_autofree char         *text = NULL;
  g_auto (GStrv)           lines = NULL;

  /* An empty file has no data to point at. */
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return g_strv_builder_end (found);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (is_valid (g_strstrip (lines[i])))
      g_strv_builder_add (found, lines[i]);
  return g_strv_builder_end (found);
}

static gboolean
write_lines (const char *dir, const char *name, const char *const *lines, GError **error)
{
  g_autofree char    *path = g_build_filename (dir, name, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", lines[i]);
  return replace (path, text->str, text->len, error);
}

GStrv
culvert_folder_read_order (const char *dir)
{
  return read_lines (dir, ORDER_FILE, culvert_profile_id_is_valid);
}

gboolean
culvert_folder_write_order (const char *dir, const char *const *ids, GError **error)
{
  return write_lines (dir, ORDER_FILE, ids, error);
}

GStrv
culvert_folder_read_exclusive (const char *dir)
{
  return read_lines (dir, EXCLUSIVE_FILE, culvert_group_is_valid);
}

gboolean
culvert_folder_write_exclusive (const char *dir, const char *const *groups, GError **error)
{
  return write_lines (dir, EXCLUSIVE_FILE, groups, error);
}
