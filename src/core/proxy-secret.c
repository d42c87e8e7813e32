/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/proxy-secret.h"

#include <string.h>

static gboolean
is_program (const char *word, const char *name)
{
  const char *slash =
    strpbrk (word, "/\\") != NULL ? MAX (strrchr (word, '/'), strrchr (word, '\\')) : NULL;

  return g_ascii_strncasecmp (slash != NULL ? slash + 1 : word, name, strlen (name)) == 0;
}

/* `scheme://user:password@host` */
static gboolean
is_address_with_password (const char *word)
{
  const char *start = strstr (word, "://");
  const char *colon = start != NULL ? strchr (start + 3, ':') : NULL;

  return colon != NULL && strchr (colon, '@') != NULL && colon[1] != '@';
}

gboolean
culvert_command_has_secret (const char *command)
{
  g_auto (GStrv) words = g_strsplit_set (command, " \t\"'=", -1);
  gboolean       in_sshpass = FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i];

      if (strcmp (word, "-pw") == 0 || strcmp (word, "--proxy-auth") == 0 ||
          strcmp (word, "--password") == 0 || is_address_with_password (word) ||
          (in_sshpass && g_str_has_prefix (word, "-p")))
        return TRUE;
      if (is_program (word, "sshpass"))
        in_sshpass = TRUE;
      else if (in_sshpass && word[0] != '-' && word[0] != '\0')
        in_sshpass = FALSE;
    }
  return FALSE;
}
