/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import-id.h"

#include <string.h>

#define ID_DIGITS 8 /* of a digest */

char *
culvert_import_id (const char *prefix, const char *name)
{
  g_autofree char *plain = g_strconcat (prefix, name, NULL);
  g_autofree char *digest = NULL;

  if (culvert_profile_id_is_valid (plain))
    return g_steal_pointer (&plain);
  for (char *p = plain; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p))
      *p = g_ascii_isupper (*p) ? g_ascii_tolower (*p) : '-';
  plain[MIN (strlen (plain), CULVERT_PROFILE_ID_MAX - ID_DIGITS - 1)] = '\0';
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  digest[ID_DIGITS] = '\0';
  return g_strconcat (plain, "-", digest, NULL);
}

void
culvert_import_number_forwards (CulvertProfile *profile)
{
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      CulvertForwardSpec  *spec = g_ptr_array_index (profile->forwards, i);
      CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
      g_autofree char     *id = g_strdup_printf ("f%u", i + 1);

      fields.id = id;
      g_ptr_array_index (profile->forwards, i) = culvert_forward_spec_new (&fields);
      culvert_forward_spec_unref (spec);
    }
}
