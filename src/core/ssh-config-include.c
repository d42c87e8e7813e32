/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config-private.h"
#include "core/ssh-pattern.h"

#include <string.h>

#define PATHS_MAX 1000

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcoll (*(const char *const *)a, *(const char *const *)b);
}

/* The paths in @folders that one part of the pattern stands for. */
static GPtrArray *
find_part (const CulvertSshFiles *files, GPtrArray *folders, const char *part)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < folders->len; i++)
    {
      const char    *folder = g_ptr_array_index (folders, i);
      g_auto (GStrv) names = NULL;

      if (!culvert_ssh_file_pattern_is_wild (part))
        {
          g_ptr_array_add (paths, g_build_filename (folder, part, NULL));
          continue;
        }
      names = files->list (folder, files->data);
      for (guint j = 0; names[j] != NULL && paths->len < PATHS_MAX; j++)
        if (culvert_ssh_file_pattern_match (part, names[j]))
          g_ptr_array_add (paths, g_build_filename (folder, names[j], NULL));
    }
  return paths;
}

GPtrArray *
culvert_ssh_files_find (const CulvertSshFiles *files, const char *pattern)
{
  const char    *relative = g_path_skip_root (pattern);
  GPtrArray     *paths = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = NULL;

  if (!culvert_ssh_file_pattern_is_wild (pattern) || relative == NULL)
    {
      g_ptr_array_add (paths, g_strdup (pattern));
      return paths;
    }
  g_ptr_array_add (paths, g_strndup (pattern, relative - pattern));
  parts = g_strsplit (relative, G_DIR_SEPARATOR_S, -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      GPtrArray *deeper;

      if (parts[i][0] == '\0')
        continue;
      deeper = find_part (files, paths, parts[i]);
      g_ptr_array_unref (paths);
      paths = deeper;
    }
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}
