/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-search.h"

#include "words/tunnel-words.h"

/* (transfer full): everything that can be searched for, folded */
static char *
dup_searchable (const CulvertProfile *profile)
{
  g_autofree char *title = culvert_profile_dup_title (profile);
  g_autofree char *server = culvert_words_for_server (profile);
  GString         *text = g_string_new (title);
  g_autofree char *plain = NULL;

  g_string_append_printf (text, "\n%s\n%s", server, profile->group);
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = profile->forwards->pdata[i];
      g_autofree char          *words = culvert_words_for_forward_short (spec);

      g_string_append_printf (text, "\n%s\n%s", culvert_forward_spec_get_name (spec), words);
    }
  plain = g_string_free (text, FALSE);
  return g_utf8_casefold (plain, -1);
}

gboolean
culvert_tunnel_search_matches (const CulvertProfile *profile, const char *query)
{
  g_autofree char *folded = NULL;
  g_autofree char *searchable = NULL;
  g_auto (GStrv)   words = NULL;

  g_return_val_if_fail (profile != NULL, FALSE);
  g_return_val_if_fail (query != NULL, FALSE);

  folded = g_utf8_casefold (query, -1);
  words = g_strsplit_set (folded, " \t\n", -1);
  searchable = dup_searchable (profile);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (searchable, words[i]) == NULL)
      return FALSE;
  return TRUE;
}
