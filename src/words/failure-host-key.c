/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/shell-words.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Proving the server. */

char *
culvert_words_for_forget_command (const GError *error)
{
  const char      *file = culvert_error_get_fact (error, CULVERT_FACT_FILE);
  const char      *name = culvert_error_get_fact (error, CULVERT_FACT_NAMES);
  g_autofree char *quoted_file = file != NULL ? culvert_shell_words_quote (file) : NULL;
  g_autofree char *quoted_name = name != NULL ? culvert_shell_words_quote (name) : NULL;

  if (file == NULL || name == NULL)
    return NULL;
  return g_strdup_printf ("ssh-keygen -R %s -f %s", quoted_name, quoted_file);
}

static CulvertFailureWords *
describe_changed (const CulvertFailure *failure)
{
  const char      *line = culvert_error_get_fact (failure->error, CULVERT_FACT_LINE);
  const char      *shown = culvert_error_get_fact (failure->error, CULVERT_FACT_SHOWN);
  const char      *recorded = culvert_error_get_fact (failure->error, CULVERT_FACT_RECORDED);
  g_autofree char *since = culvert_words_for_fact_time (failure->error);
  g_autofree char *command = culvert_words_for_forget_command (failure->error);
  char            *what;

  if (failure->file != NULL && line != NULL)
    /* Translators: 1 is the server's name, 2 a path, 3 a number */
    what = g_strdup_printf (
      _ ("The host key of %1$s has changed: it is not the one recorded in %2$s, line %3$s."),
      failure->server, failure->file, line);
  else
    /* Translators: %s is the server's name */
    what = g_strdup_printf (_ ("The host key of %s has changed: it is not the one it had before."),
                            failure->server);
  if (shown == NULL || failure->file == NULL || line == NULL)
    return culvert_failure_words_take (
      what,
      g_strdup (_ ("Somebody may be pretending to be the server. Ask its administrator whether "
                   "it has a new key; only if so, remove the old one from your known_hosts "
                   "file and connect again.")));
  if (recorded == NULL || since == NULL || command == NULL)
    return culvert_failure_words_take (
      what,
      /* Translators: 1 is a fingerprint, 2 a number, 3 a path */
      g_strdup_printf (_ ("Somebody may be pretending to be the server. Ask its administrator "
                          "whether its new key is %1$s; only if so, remove line %2$s from %3$s and "
                          "connect again."),
                       shown, line, failure->file));
  return culvert_failure_words_take (
    what,
    /* Translators: 1 and 2 are fingerprints, 3 a date, 4 a command */
    g_strdup_printf (
      _ ("Somebody may be pretending to be the server. Ask its administrator whether "
         "its key is %1$s now, instead of %2$s, which you have known since %3$s or "
         "longer; only if so, forget the old one with “%4$s” and connect again."),
      shown, recorded, since, command));
}

static CulvertFailureWords *
describe_revoked (const CulvertFailure *failure)
{
  const char *line = culvert_error_get_fact (failure->error, CULVERT_FACT_LINE);
  const char *recorded = culvert_error_get_fact (failure->error, CULVERT_FACT_RECORDED);
  const char *shown = culvert_error_get_fact (failure->error, CULVERT_FACT_SHOWN);
  char       *what;

  if (failure->file != NULL && line != NULL && g_strcmp0 (recorded, shown) != 0)
    /* Translators: 1 is the server's name, 2 a path, 3 a number */
    what = g_strdup_printf (_ ("The authority that certified the host key of %1$s is marked as "
                               "revoked in %2$s, line %3$s."),
                            failure->server, failure->file, line);
  else if (failure->file != NULL && line != NULL)
    /* Translators: 1 is the server's name, 2 a path, 3 a number */
    what = g_strdup_printf (_ ("The host key of %1$s is marked as revoked in %2$s, line %3$s."),
                            failure->server, failure->file, line);
  else
    /* Translators: %s is the server's name */
    what = g_strdup_printf (_ ("The host key of %s is marked as revoked."), failure->server);
  return culvert_failure_words_take (
    what, g_strdup (_ ("Don’t connect; ask the administrator which key the server should have.")));
}

static CulvertFailureWords *
describe_store (const CulvertFailure *failure)
{
  char *what;

  if (failure->file != NULL)
    /* Translators: 1 is a path, 2 are the system's own words */
    what = g_strdup_printf (_ ("The known host keys in %1$s can’t be read or written: %2$s."),
                            failure->file, failure->reason);
  else
    /* Translators: %s are the system's own words */
    what =
      g_strdup_printf (_ ("The known host keys can’t be read or written: %s."), failure->reason);
  return culvert_failure_words_take (
    what, g_strdup (_ ("Check whether the file and its folder are yours, and whether the disk is "
                       "full.")));
}

CulvertFailureWords *
culvert_failure_words_for_host_key (const CulvertFailure *failure)
{
  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN:
      if (failure->profile != NULL && failure->profile->host_key_policy == CULVERT_HOST_KEY_STRICT)
        return culvert_failure_words_take (
          /* Translators: %s is the server's name */
          g_strdup_printf (_ ("The host key of %s is not known, and this tunnel connects to known "
                              "servers alone. Nothing was sent to it."),
                           failure->server),
          g_strdup (_ ("Add the server’s key to your known_hosts file, or let the tunnel ask about "
                       "unknown servers.")));
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("The host key of %s is not known yet, so nothing was sent to it."),
                         failure->server),
        g_strdup (_ ("Connect where you can be asked, in a terminal or the window, and compare the "
                     "fingerprint with the administrator’s; or add the key to your known_hosts "
                     "file.")));
    case CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("The host key of %s was not confirmed in time, so nothing was sent to "
                            "it."),
                         failure->server),
        g_strdup (
          _ ("Get the fingerprint from the administrator, then connect again and compare it "
             "within two minutes or so.")));
    case CULVERT_SSH_ERROR_HOST_KEY_REFUSED:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("The host key of %s was not accepted, so nothing was sent to it."),
                         failure->server),
        g_strdup (_ ("Ask the administrator for the right fingerprint, then connect again.")));
    case CULVERT_SSH_ERROR_HOST_KEY_CHANGED:
      return describe_changed (failure);
    case CULVERT_SSH_ERROR_HOST_KEY_REVOKED:
      return describe_revoked (failure);
    case CULVERT_SSH_ERROR_HOST_KEY_STORE:
      return describe_store (failure);
    case CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("The certificate that %s shows is damaged, or false."),
                         failure->server),
        g_strdup (_ ("Somebody may be pretending to be the server. Don’t connect before its "
                     "administrator has looked at it.")));
    default:
      return NULL;
    }
}
