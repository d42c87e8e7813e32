/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import-private.h"

#include "core/profile-file.h"
#include "core/putty.h"
#include "core/short-id.h"
#include "core/systemd-unit-read.h"

#include <string.h>

#define NAMES_MAX       10000 /* of files in one folder */
#define SESSIONS_FOLDER "sessions"

GBytes *
culvert_import_read_bytes (const char *path, gsize n_max, GError **error)
{
  g_autoptr (GFile)            file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GByteArray)       content = g_byte_array_new ();
  gsize                        n_read = 0;
  gsize                        n_block;

  /* A pipe would keep us waiting. */
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_SPECIAL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "not a regular file");
      return NULL;
    }
  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return NULL;
  do
    {
      g_byte_array_set_size (content, (guint)MIN (MAX (2 * n_read, 16384), n_max + 1));
      if (!g_input_stream_read_all (G_INPUT_STREAM (stream), content->data + n_read,
                                    content->len - n_read, &n_block, NULL, error))
        return NULL;
      n_read += n_block;
    }
  while (n_read == content->len && n_read <= n_max);
  if (n_read > n_max)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                   "larger than %" G_GSIZE_FORMAT " bytes", n_max);
      return NULL;
    }
  g_byte_array_set_size (content, (guint)n_read);
  g_byte_array_append (content, (const guint8 *)"", 1);
  g_byte_array_set_size (content, (guint)n_read);
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

char *
culvert_import_id_of_file (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, CULVERT_PROFILE_SUFFIX))
    {
      name[strlen (name) - strlen (CULVERT_PROFILE_SUFFIX)] = '\0';
      if (culvert_profile_id_is_valid (name))
        return g_steal_pointer (&name);
    }
  return culvert_short_id_new (CULVERT_PROFILE_ID_LENGTH);
}

/* The first line that is neither empty nor a comment. */
static const char *
skip_comments (const char *text)
{
  const char *p = text;

  if (g_str_has_prefix (p, "\xef\xbb\xbf"))
    p += 3;
  while (*p == '#' || *p == ';' || g_ascii_isspace (*p))
    p += *p == '#' || *p == ';' ? strcspn (p, "\n") : 1;
  return p;
}

static gboolean
is_command (const char *line)
{
  static const char *const starts[] = { "ssh ", "exec ssh ", "autossh ", "$ ssh " };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (line, starts[i]))
      return TRUE;
  return FALSE;
}

CulvertImportKind
culvert_import_kind_of (const char *path, const char *data, gsize n_bytes)
{
  const char *start;

  if (culvert_putty_is_registry (data, n_bytes))
    return CULVERT_IMPORT_KIND_PUTTY;
  if (memchr (data, '\0', n_bytes) != NULL)
    return CULVERT_IMPORT_KIND_UNKNOWN;
  start = skip_comments (data);
  if (culvert_systemd_unit_is_one (start))
    return CULVERT_IMPORT_KIND_UNIT;
  if (*start == '[')
    return CULVERT_IMPORT_KIND_CULVERT;
  if (culvert_putty_is_session (start))
    return CULVERT_IMPORT_KIND_PUTTY;
  if (is_command (start))
    return CULVERT_IMPORT_KIND_COMMANDS;
  return g_str_has_suffix (path, CULVERT_PROFILE_SUFFIX) ? CULVERT_IMPORT_KIND_CULVERT
                                                         : CULVERT_IMPORT_KIND_SSH_CONFIG;
}

static void
refuse_file (CulvertImportReader *self, const char *path, CulvertImportNote *why)
{
  CulvertImportCandidate *candidate =
    culvert_import_add (self, CULVERT_IMPORT_KIND_UNKNOWN, path, NULL);

  if (candidate != NULL)
    culvert_import_candidate_refuse (candidate, why);
  else
    culvert_import_note_free (why);
}

static void
refuse_unreadable (CulvertImportReader *self, const char *path, const GError *error)
{
  CulvertImportNoteCode code = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)
                                 ? CULVERT_IMPORT_TOO_LARGE
                                 : CULVERT_IMPORT_UNREADABLE;

  refuse_file (self, path, culvert_import_note_new (code, path, 0, NULL, error->message));
}

static void
read_session_file (CulvertImportReader *self, const char *path, const char *text)
{
  g_autofree char      *name = g_path_get_basename (path);
  g_autoptr (GPtrArray) sessions =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_putty_session_free);

  g_ptr_array_add (sessions, culvert_putty_read_session (path, name, text));
  culvert_import_read_sessions (self, sessions);
}

static void
read_content (CulvertImportReader *self, const char *path, const char *data, gsize n_bytes)
{
  CulvertImportKind kind = culvert_import_kind_of (path, data, n_bytes);

  if (kind == CULVERT_IMPORT_KIND_PUTTY && culvert_putty_is_registry (data, n_bytes))
    {
      culvert_import_read_registry (self, path, data, n_bytes);
      return;
    }
  /* Of all the others one is a few lines long. */
  if (n_bytes > CULVERT_PROFILE_MAX_BYTES)
    {
      refuse_file (self, path,
                   culvert_import_note_new (CULVERT_IMPORT_TOO_LARGE, path, 0, NULL, NULL));
      return;
    }
  switch (kind)
    {
    case CULVERT_IMPORT_KIND_CULVERT:
      culvert_import_read_culvert (self, path, data, n_bytes);
      break;
    case CULVERT_IMPORT_KIND_SSH_CONFIG:
      culvert_import_read_ssh_config (self, path);
      break;
    case CULVERT_IMPORT_KIND_PUTTY:
      read_session_file (self, path, data);
      break;
    case CULVERT_IMPORT_KIND_COMMANDS:
      culvert_import_read_commands (self, path, data);
      break;
    case CULVERT_IMPORT_KIND_UNIT:
      culvert_import_read_unit (self, path, data);
      break;
    case CULVERT_IMPORT_KIND_UNKNOWN:
    default:
      refuse_file (self, path,
                   culvert_import_note_new (CULVERT_IMPORT_UNKNOWN_KIND, path, 0, NULL, NULL));
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* (transfer full) (element-type utf8): the paths of ordinary files in @folder, sorted */
static GPtrArray *
list_files (const char *folder)
{
  GPtrArray       *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  const char      *name;

  for (guint i = 0; listing != NULL && i < NAMES_MAX; i++)
    {
      g_autofree char *path = NULL;

      name = g_dir_read_name (listing);
      if (name == NULL)
        break;
      path = g_build_filename (folder, name, NULL);
      /* What is no ordinary file could wait for ever to be read. */
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

/* Of a folder only what can be nothing else is taken. */
static void
read_folder (CulvertImportReader *self, const char *folder)
{
  g_autoptr (GPtrArray) paths = list_files (folder);
  g_autoptr (GPtrArray) sessions =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_putty_session_free);

  for (guint i = 0; i < paths->len && !culvert_import_reader_is_over (self); i++)
    {
      const char        *path = g_ptr_array_index (paths, i);
      g_autofree char   *name = g_path_get_basename (path);
      g_autoptr (GBytes) bytes = culvert_import_read_bytes (path, CULVERT_PROFILE_MAX_BYTES, NULL);
      const char        *data;
      gsize              n_bytes;

      if (bytes == NULL)
        continue;
      data = g_bytes_get_data (bytes, &n_bytes);
      switch (n_bytes > 0 ? culvert_import_kind_of (path, data, n_bytes)
                          : CULVERT_IMPORT_KIND_UNKNOWN)
        {
        case CULVERT_IMPORT_KIND_PUTTY:
          if (culvert_putty_is_registry (data, n_bytes))
            culvert_import_read_registry (self, path, data, n_bytes);
          else
            g_ptr_array_add (sessions, culvert_putty_read_session (path, name, data));
          break;
        case CULVERT_IMPORT_KIND_CULVERT:
          if (g_str_has_suffix (path, CULVERT_PROFILE_SUFFIX))
            culvert_import_read_culvert (self, path, data, n_bytes);
          break;
        case CULVERT_IMPORT_KIND_SSH_CONFIG:
        case CULVERT_IMPORT_KIND_COMMANDS:
        case CULVERT_IMPORT_KIND_UNIT:
        case CULVERT_IMPORT_KIND_UNKNOWN:
        default:
          break;
        }
    }
  culvert_import_read_sessions (self, sessions);
}

void
culvert_import_read_path (CulvertImportReader *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint              n_before = self->import->candidates->len;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *below = g_build_filename (path, SESSIONS_FOLDER, NULL);

      read_folder (self, path);
      if (g_file_test (below, G_FILE_TEST_IS_DIR))
        read_folder (self, below);
    }
  else
    {
      bytes = culvert_import_read_bytes (path, CULVERT_PUTTY_MAX_BYTES, &error);
      if (bytes == NULL)
        refuse_unreadable (self, path, error);
      else if (g_bytes_get_size (bytes) > 0)
        read_content (self, path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  if (self->import->candidates->len == n_before && !culvert_import_reader_is_over (self))
    refuse_file (self, path, culvert_import_note_new (CULVERT_IMPORT_NOTHING, path, 0, NULL, NULL));
}
