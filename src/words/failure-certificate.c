/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* OpenSSH certificates that a person signs in with. */

static char *
describe_too_early (const CulvertFailure *failure, const char *file)
{
  g_autofree char *time = culvert_words_for_fact_time (failure->error);

  if (time == NULL)
    /* Translators: %s is a path or a name */
    return g_strdup_printf (_ ("The certificate %s is not valid yet."), file);
  /* Translators: 1 is a path or a name, 2 a time */
  return g_strdup_printf (_ ("The certificate %1$s is not valid yet: it will be from %2$s on."),
                          file, time);
}

static char *
describe_too_late (const CulvertFailure *failure, const char *file)
{
  g_autofree char *time = culvert_words_for_fact_time (failure->error);

  if (time == NULL)
    /* Translators: %s is a path or a name */
    return g_strdup_printf (_ ("The certificate %s has expired."), file);
  /* Translators: 1 is a path or a name, 2 a time */
  return g_strdup_printf (_ ("The certificate %1$s has expired: it was valid until %2$s."), file,
                          time);
}

static CulvertFailureWords *
describe_other_users (const CulvertFailure *failure, const char *file)
{
  const char *names = culvert_error_get_fact (failure->error, CULVERT_FACT_NAMES);
  char       *what;

  if (names == NULL || names[0] == '\0')
    /* Translators: 1 is a path or a name, 2 the server's name */
    what =
      g_strdup_printf (_ ("%2$s did not accept the certificate %1$s, which is for other users."),
                       file, failure->server);
  else
    /* Translators: 1 is a path or a name, 2 the server's name, 3 a list of names */
    what =
      g_strdup_printf (_ ("%2$s did not accept the certificate %1$s, which is for these users: "
                          "%3$s."),
                       file, failure->server, names);
  return culvert_failure_words_take (
    what,
    g_strdup (_ ("Set one of these as the tunnel’s user, or ask for a certificate for the one "
                 "that is set.")));
}

CulvertFailureWords *
culvert_failure_words_for_certificate (const CulvertFailure *failure)
{
  /* Translators: stands for the path of a certificate where none is known */
  const char *file = failure->file != NULL ? failure->file : _ ("of this tunnel");
  char       *what;
  const char *next;

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS:
      return describe_other_users (failure, file);
    case CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY:
      what = describe_too_early (failure, file);
      next = _ ("Check this computer’s clock, or wait until then.");
      break;
    case CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE:
      what = describe_too_late (failure, file);
      next = _ ("Get a new one from whoever made it, and put it in its place.");
      break;
    case CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED:
      /* Translators: %s is a path or a name */
      what = g_strdup_printf (
        _ ("The certificate %s is damaged, or of a kind that is not used here."), file);
      next = _ ("Choose another file, or get the certificate anew from whoever made it.");
      break;
    case CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY:
      /* Translators: %s is a path */
      what = g_strdup_printf (_ ("The key that the certificate %s belongs to is neither among the "
                                 "tunnel’s key files nor in the SSH agent."),
                              file);
      next = _ ("Add the private key to the tunnel’s key files, or to the agent.");
      break;
    case CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS:
      /* Translators: %s is a path or a name */
      what = g_strdup_printf (_ ("The certificate %s proves a server; nobody can sign in with it."),
                              file);
      next = _ ("Choose a certificate that was made for a user.");
      break;
    case CULVERT_SSH_ERROR_CERTIFICATE_REFUSED:
      /* Translators: 1 is a path or a name, 2 the server's name */
      what =
        g_strdup_printf (_ ("%2$s did not accept the certificate %1$s."), file, failure->server);
      next =
        _ ("Ask the administrator whether the server trusts who made it (TrustedUserCAKeys), and "
           "whether it was revoked.");
      break;
    case CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER:
      /* Translators: %s is a path or a name */
      what =
        g_strdup_printf (_ ("The SSH library of this computer is too old to use the certificate "
                            "%s."),
                         file);
      next =
        _ ("Get a certificate for an ECDSA key (“ssh-keygen -t ecdsa” makes one), or build Culvert "
           "with its own SSH library.");
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (what, g_strdup (next));
}
