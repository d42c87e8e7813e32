/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Sessions of PuTTY, as an export of the registry and as a file of one session.  What tunnels they make can be
 * saved. */

#include "core/profile-check.h"
#include "core/profile-file.h"
#include "core/putty.h"

#include <string.h>

#define BYTES_MAX 16384

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
check_note (const CulvertImportNote *note)
{
  g_assert_true (g_utf8_validate (note->text, -1, NULL));
  g_assert_true (g_utf8_validate (note->reason, -1, NULL));
  g_assert_null (strpbrk (note->text, "\n\r\x1b"));
  g_assert_null (strpbrk (note->reason, "\n\r\x1b"));
}

static void
check_profile (const CulvertProfile *profile)
{
  g_autofree char           *text = culvert_profile_to_text (profile);
  g_autoptr (GPtrArray)      problems = culvert_profile_check (profile);
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) saved = NULL;

  g_assert_false (profile->proxy_command_allowed);
  saved = culvert_profile_parse (profile->id, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (culvert_profile_equal (profile, saved));
}

static void
check_sessions (GPtrArray *sessions)
{
  for (guint i = 0; i < sessions->len; i++)
    {
      const CulvertPuttySession    *session = g_ptr_array_index (sessions, i);
      g_autoptr (GPtrArray)         notes = culvert_import_notes_new ();
      g_autoptr (CulvertImportNote) why = NULL;
      g_autoptr (CulvertProfile)    profile =
        culvert_putty_session_to_profile (session, sessions, notes, &why);

      g_assert_true ((profile == NULL) == (why != NULL));
      g_assert_true (g_utf8_validate (session->name, -1, NULL));
      if (why != NULL)
        check_note (why);
      g_ptr_array_foreach (notes, (GFunc)(void (*) (void))check_note, NULL);
      if (profile != NULL)
        check_profile (profile);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  const char           *bytes = n_bytes > 0 ? (const char *)data : "";
  gsize                 length = MIN (n_bytes, BYTES_MAX);
  g_autofree char      *text = g_strndup (bytes, length);
  g_autoptr (GPtrArray) registry = culvert_putty_read_registry ("file.reg", bytes, length);
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_putty_session_free);

  check_sessions (registry);
  culvert_putty_is_registry (bytes, length);
  culvert_putty_is_session (text);
  g_ptr_array_add (files, culvert_putty_read_session ("file", "a%20name", text));
  check_sessions (files);
  return 0;
}
