/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The text of a saved tunnel.  What is taken is written, read back and equal; writing what was
 * written changes nothing more. */

#include "core/profile-check.h"
#include "core/profile-file.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile =
    culvert_profile_parse ("id", (const char *)data, n_bytes, &error);
  g_autoptr (CulvertProfile) again = NULL;
  g_autoptr (CulvertProfile) duplicate = NULL;
  g_autoptr (GPtrArray)      problems = NULL;
  g_autofree char           *text = NULL;
  g_autofree char           *twice = NULL;
  g_autofree char           *of_duplicate = NULL;

  g_assert_true ((profile == NULL) == (error != NULL));
  if (profile == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  problems = culvert_profile_check (profile);
  text = culvert_profile_to_text (profile);
  if (strlen (text) > CULVERT_PROFILE_MAX_BYTES)
    return 0;
  again = culvert_profile_parse ("id", text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (culvert_profile_equal (profile, again));
  twice = culvert_profile_to_text (again);
  g_assert_cmpstr (twice, ==, text);

  duplicate = culvert_profile_duplicate (profile);
  of_duplicate = culvert_profile_to_text (duplicate);
  g_clear_pointer (&again, culvert_profile_unref);
  again = culvert_profile_parse (duplicate->id, of_duplicate, strlen (of_duplicate), &error);
  g_assert_no_error (error);
  g_assert_true (culvert_profile_equal (duplicate, again));
  return 0;
}
