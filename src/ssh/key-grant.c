/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-grant.h"

#include <string.h>

#define MARK "key options:"

void
culvert_key_grant_clear (CulvertKeyGrant *grant)
{
  g_clear_pointer (&grant->file, g_free);
  g_clear_pointer (&grant->line, g_free);
  g_clear_pointer (&grant->options, g_free);
}

/* @place: "/home/alice/.ssh/authorized_keys:12", "cert" */
static void
set_place (CulvertKeyGrant *grant, const char *place)
{
  const char *colon = strrchr (place, ':');

  if (colon == NULL || colon == place || colon[1] == '\0' ||
      strspn (colon + 1, "0123456789") != strlen (colon + 1))
    return;
  grant->file = g_strndup (place, (gsize)(colon - place));
  grant->line = g_strdup (colon + 1);
}

gboolean
culvert_key_grant_parse (const char *remark, CulvertKeyGrant *grant)
{
  const char      *mark = g_strrstr (remark, ": " MARK);
  g_autofree char *place = NULL;

  if (mark == NULL)
    return FALSE;
  place = g_strndup (remark, (gsize)(mark - remark));
  culvert_key_grant_clear (grant);
  set_place (grant, place);
  grant->options = g_strstrip (g_strdup (mark + strlen (": " MARK)));
  return TRUE;
}
