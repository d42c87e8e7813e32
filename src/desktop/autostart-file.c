/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/autostart-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define FILE_NAME CULVERT_APP_ID ".desktop"
#define GROUP     G_KEY_FILE_DESKTOP_GROUP
#define ENABLED   "X-GNOME-Autostart-enabled"
#define PRIVATE   0700

/* (transfer full) */
static char *
build_path (const char *config_dir)
{
  return g_build_filename (config_dir, "autostart", FILE_NAME, NULL);
}

char *
culvert_autostart_file_dup_path (void)
{
  return build_path (g_get_user_config_dir ());
}

/* (transfer full) (nullable): the one for every user of this computer */
static char *
find_system_path (void)
{
  const char *const *dirs = g_get_system_config_dirs ();

  for (guint i = 0; dirs[i] != NULL; i++)
    {
      g_autofree char *path = build_path (dirs[i]);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* Unless it says that it is so. */
static gboolean
is_false (GKeyFile *file, const char *key)
{
  return g_key_file_has_key (file, GROUP, key, NULL) &&
         !g_key_file_get_boolean (file, GROUP, key, NULL);
}

static gboolean
starts (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL) &&
         g_key_file_has_key (file, GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, NULL) &&
         !g_key_file_get_boolean (file, GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, NULL) &&
         !is_false (file, ENABLED);
}

gboolean
culvert_autostart_file_is_on (void)
{
  g_autofree char *path = culvert_autostart_file_dup_path ();
  g_autofree char *system_path = NULL;

  /* The person's own hides the other. */
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return starts (path);
  system_path = find_system_path ();
  return system_path != NULL && starts (system_path);
}

/* (transfer full): a word of Exec.  Spec: Desktop Entry Specification, The Exec key */
static char *
quote (const char *word)
{
  g_autoptr (GString) text = g_string_new (word);

  g_string_replace (text, "\\", "\\\\", 0);
  g_string_replace (text, "\"", "\\\"", 0);
  g_string_replace (text, "`", "\\`", 0);
  g_string_replace (text, "$", "\\$", 0);
  g_string_replace (text, "%", "%%", 0);
  if (strpbrk (word, " \t\n\"'\\><~|&;$*?#()`") != NULL)
    {
      g_string_prepend_c (text, '"');
      g_string_append_c (text, '"');
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (transfer full) */
static char *
join (const char *const *command)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; command[i] != NULL; i++)
    {
      g_autofree char *word = quote (command[i]);

      g_string_append_printf (line, "%s%s", i > 0 ? " " : "", word);
    }
  return g_string_free (line, FALSE);
}

static void
fill_in (GKeyFile *file, const char *const *command)
{
  g_autofree char *line = join (command);

  g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE,
                         G_KEY_FILE_DESKTOP_TYPE_APPLICATION);
  g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Culvert");
  g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, CULVERT_APP_ID);
  g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, line);
  /* Once the program is removed, nobody misses it. */
  g_key_file_set_string (file, GROUP, G_KEY_FILE_DESKTOP_KEY_TRY_EXEC, command[0]);
  g_key_file_set_boolean (file, GROUP, G_KEY_FILE_DESKTOP_KEY_TERMINAL, FALSE);
  g_key_file_set_boolean (file, GROUP, ENABLED, TRUE);
  g_key_file_remove_key (file, GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, NULL);
}

static gboolean
save (GKeyFile *file, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, PRIVATE) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", folder,
                   g_strerror (code));
      return FALSE;
    }
  return g_key_file_save_to_file (file, path, error);
}

static gboolean
remove_file (const char *path, GError **error)
{
  int code;

  if (g_remove (path) == 0 || errno == ENOENT)
    return TRUE;
  code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path,
               g_strerror (code));
  return FALSE;
}

gboolean
culvert_autostart_file_set (gboolean is_on, const char *const *command, GError **error)
{
  g_autofree char     *path = culvert_autostart_file_dup_path ();
  g_autofree char     *system_path = find_system_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!is_on && system_path == NULL)
    return remove_file (path, error);
  /* What cannot be read is replaced. */
  g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS,
                             NULL);
  fill_in (file, command);
  if (!is_on)
    g_key_file_set_boolean (file, GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, TRUE);
  return save (file, path, error);
}
