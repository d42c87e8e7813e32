/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/secret-store.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Files of tunnels, command lines, and the keyring. */

CulvertFailureWords *
culvert_failure_words_for_profile (const CulvertFailure *failure)
{
  const char *reason = failure->reason;
  char       *what;
  const char *next;

  switch (failure->error->code)
    {
    case CULVERT_PROFILE_ERROR_SYNTAX:
      /* Translators: %s is a technical reason in English, with the line */
      what = g_strdup_printf (_ ("The file is not a tunnel that can be read: %s."), reason);
      next = _ ("Correct it in a text editor, or remove it; until then it is kept as it is.");
      break;
    case CULVERT_PROFILE_ERROR_VERSION:
      what = g_strdup (_ ("The file was made by a newer Culvert."));
      next = _ ("Update Culvert to use it; until then it is kept as it is.");
      break;
    case CULVERT_PROFILE_ERROR_INVALID:
      /* Translators: %s is a technical reason in English, naming the place */
      what = g_strdup_printf (_ ("A value of the tunnel makes no sense: %s."), reason);
      next = _ ("Correct it in a text editor; until then the file is kept as it is.");
      break;
    case CULVERT_PROFILE_ERROR_TOO_LARGE:
      what = g_strdup (_ ("The file is too large for a tunnel."));
      next = _ ("Choose another file; a tunnel’s is a few lines long.");
      break;
    case CULVERT_PROFILE_ERROR_UNREADABLE:
      /* Translators: %s are the system's own words */
      what = g_strdup_printf (_ ("The file can’t be read: %s."), reason);
      next = _ ("Check whether it is there, and yours.");
      break;
    case CULVERT_PROFILE_ERROR_UNWRITABLE:
      /* Translators: %s are the system's own words */
      what =
        g_strdup_printf (_ ("The change can’t be saved, and nothing was changed: %s."), reason);
      next = _ ("Check whether the disk is full, and whether the folder is yours; then try again.");
      break;
    case CULVERT_PROFILE_ERROR_CONFLICT:
      if (culvert_error_get_fact (failure->error, CULVERT_FACT_REASON) != NULL)
        {
          /* Translators: %s is a technical reason in English, with the line */
          what = g_strdup_printf (
            _ ("The tunnel’s file can’t be read any more, so it was left as it is: %s."), reason);
          next = _ ("Correct it in a text editor, or remove it.");
          break;
        }
      what = g_strdup (_ ("Another program changed the tunnel meanwhile, so nothing was saved."));
      next = _ ("Look at its change, then make yours again.");
      break;
    case CULVERT_PROFILE_ERROR_NOT_FOUND:
      what = g_strdup (_ ("There is no such tunnel."));
      next = _ ("Look for its name in the list of tunnels.");
      break;
    case CULVERT_PROFILE_ERROR_COMMAND:
      /* Translators: %s is a technical reason in English, naming the word */
      what = g_strdup_printf (_ ("The ssh command can’t be used for a tunnel: %s."), reason);
      /* It says what to do. */
      next = NULL;
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (what, g_strdup (next));
}

CulvertFailureWords *
culvert_failure_words_for_secret_store (const CulvertFailure *failure)
{
  switch (failure->error->code)
    {
    case CULVERT_SECRET_STORE_ERROR_ABSENT:
      return culvert_failure_words_take (
        g_strdup (_ ("There is no keyring to keep secrets in.")),
        g_strdup (_ ("Secrets are kept until Culvert ends; install a keyring such as GNOME Keyring "
                     "or KWallet to keep them longer.")));
    case CULVERT_SECRET_STORE_ERROR_LOCKED:
      return culvert_failure_words_take (g_strdup (_ ("The keyring is locked.")),
                                         g_strdup (_ ("Unlock the keyring, then try again.")));
    case CULVERT_SECRET_STORE_ERROR_DENIED:
      return culvert_failure_words_take (
        g_strdup (_ ("The keyring does not let Culvert in.")),
        g_strdup (_ ("Secrets are kept until Culvert ends. In a sandbox, allow it to talk to "
                     "org.freedesktop.secrets.")));
    case CULVERT_SECRET_STORE_ERROR_FAILED:
      return culvert_failure_words_take (
        /* Translators: %s are the system's own words */
        g_strdup_printf (_ ("The keyring did not do its part: %s."), failure->reason),
        g_strdup (_ ("Look into the keyring’s own program, or try again later.")));
    default:
      return NULL;
    }
}
