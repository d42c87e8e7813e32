/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/endpoint.h"
#include "core/ssh-config-keys.h"

#include <string.h>

#define URI_PREFIX "ssh://"

void
culvert_ssh_jump_free (CulvertSshJump *self)
{
  g_free (self->user);
  g_free (self->host);
  g_free (self);
}

static gboolean
read_address (const char *text, CulvertSshJump *jump)
{
  const char *end = text[0] == '[' ? strchr (text, ']') : text + strcspn (text, ":/") - 1;

  if (end == NULL || (end[1] != '\0' && end[1] != ':'))
    return FALSE;
  jump->host =
    text[0] == '[' ? g_strndup (text + 1, end - text - 1) : g_strndup (text, end + 1 - text);
  if (jump->host[0] == '\0')
    return FALSE;
  return end[1] == '\0' || end[2] == '\0' ||
         (culvert_port_parse_service (end + 2, &jump->port) && jump->port > 0);
}

/* (transfer full) (nullable) */
static CulvertSshJump *
read_jump (const char *text)
{
  CulvertSshJump  *jump = g_new0 (CulvertSshJump, 1);
  gboolean         is_uri = g_ascii_strncasecmp (text, URI_PREFIX, strlen (URI_PREFIX)) == 0;
  g_autofree char *plain = g_strdup (is_uri ? text + strlen (URI_PREFIX) : text);
  gsize            length = strlen (plain);
  const char      *at;

  if (is_uri && length > 0 && plain[length - 1] == '/')
    plain[length - 1] = '\0';
  at = strrchr (plain, '@');
  if (at != NULL && is_uri)
    {
      g_autofree char *escaped = g_strndup (plain, at - plain);

      escaped[strcspn (escaped, ";")] = '\0';
      jump->user = g_uri_unescape_string (escaped, NULL);
    }
  else if (at != NULL)
    jump->user = g_strndup (plain, at - plain);
  if ((at == NULL || (jump->user != NULL && jump->user[0] != '\0')) &&
      read_address (at != NULL ? at + 1 : plain, jump))
    return jump;
  culvert_ssh_jump_free (jump);
  return NULL;
}

GPtrArray *
culvert_ssh_jumps_parse (const char *text)
{
  g_autoptr (GPtrArray) jumps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_jump_free);
  g_auto (GStrv) parts = NULL;

  if (g_ascii_strcasecmp (text, "none") == 0)
    return g_steal_pointer (&jumps);
  parts = g_strsplit (text, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      CulvertSshJump *jump = read_jump (parts[i]);

      if (jump == NULL)
        return NULL;
      g_ptr_array_add (jumps, jump);
    }
  return jumps->len > 0 ? g_steal_pointer (&jumps) : NULL;
}
