/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-says.h"

#include <string.h>

char *
ssh_says (const char *words, char **messages)
{
  g_autofree char   *script = g_strdup_printf ("ssh -G %s", words);
  const char        *argv[] = { "sh", "-c", script, NULL };
  g_autofree char   *output = NULL;
  g_autoptr (GError) error = NULL;
  int                status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDIN_FROM_DEV_NULL, NULL,
                NULL, &output, messages, &status, &error);
  g_assert_no_error (error);
  return g_spawn_check_wait_status (status, NULL) ? g_steal_pointer (&output) : NULL;
}

GPtrArray *
ssh_says_values (const char *output, const char *key)
{
  g_auto (GStrv)   lines = g_strsplit (output, "\n", -1);
  g_autofree char *start = g_strconcat (key, " ", NULL);
  GPtrArray       *values = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], start))
      g_ptr_array_add (values, g_strdup (lines[i] + strlen (start)));
  return values;
}
