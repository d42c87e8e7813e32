/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log.h"
#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Signing in, but for the keys' files (failure-key.c). */

/* A name can come with a file from a stranger. */
static char *
dup_user (const CulvertProfile *profile)
{
  g_autofree char *user = culvert_profile_dup_user (profile);

  return culvert_log_printable (user, -1);
}

static CulvertFailureWords *
describe_refused (const CulvertFailure *failure)
{
  const char      *offered = culvert_error_get_fact (failure->error, CULVERT_FACT_OFFERED);
  g_autofree char *user = NULL;
  char            *what;

  if (failure->profile == NULL)
    what = g_strdup (_ ("The server accepted none of the ways to sign in."));
  else if (offered != NULL && offered[0] != '\0')
    {
      user = dup_user (failure->profile);
      /* Translators: 1 is the server's name, 2 the user's, 3 a list of technical names */
      what = g_strdup_printf (_ ("%1$s did not let %2$s in; what it accepts is: %3$s."),
                              failure->server, user, offered);
    }
  else
    {
      user = dup_user (failure->profile);
      /* Translators: 1 is the server's name, 2 the user's */
      what = g_strdup_printf (_ ("%1$s did not let %2$s in."), failure->server, user);
    }
  return culvert_failure_words_take (
    what, g_strdup (_ ("Check the user name, and whether it is the right key or password; the log "
                       "says what was tried.")));
}

static CulvertFailureWords *
describe_no_method (const CulvertFailure *failure)
{
  const char *offered = culvert_error_get_fact (failure->error, CULVERT_FACT_OFFERED);

  if (offered == NULL || offered[0] == '\0')
    return culvert_failure_words_take (
      /* Translators: %s is the server's name */
      g_strdup_printf (_ ("%s allows no way to sign in that this tunnel has."), failure->server),
      g_strdup (_ ("Give the tunnel a key, or allow more ways in its sign-in settings.")));
  return culvert_failure_words_take (
    /* Translators: 1 is the server's name, 2 a list of technical names */
    g_strdup_printf (_ ("%1$s allows only these ways to sign in, and this tunnel has none of them "
                        "to offer: %2$s."),
                     failure->server, offered),
    /* Translators: %s is a list of technical names */
    g_strdup_printf (_ ("Allow one of these in the tunnel’s sign-in settings, or give it the key "
                        "it takes: %s."),
                     offered));
}

static CulvertFailureWords *
describe_too_many_keys (const CulvertFailure *failure)
{
  const char *tried = culvert_error_get_fact (failure->error, CULVERT_FACT_TRIED);
  const char *left = culvert_error_get_fact (failure->error, CULVERT_FACT_LEFT);
  guint64     n_tried = tried != NULL ? g_ascii_strtoull (tried, NULL, 10) : 0;
  guint64     n_left = left != NULL ? g_ascii_strtoull (left, NULL, 10) : 0;
  char       *what;

  if (n_tried > 0 && n_left > 0)
    what = g_strdup_printf (
      /* Translators: 1 is the server's name, 2 a number, 3 how many there are altogether */
      ngettext ("%1$s did not accept the first %2$u of your %3$u keys.",
                "%1$s accepted none of the first %2$u of your %3$u keys.", (gulong)n_tried),
      failure->server, (guint)n_tried, (guint)(n_tried + n_left));
  else
    /* Translators: %s is the server's name */
    what = g_strdup_printf (_ ("%s did not accept the first of your many keys."), failure->server);
  return culvert_failure_words_take_all (
    what,
    g_strdup (_ ("The others were not tried, because a server closes the connection after a few "
                 "wrong ones.")),
    g_strdup (_ ("Name the right key in the tunnel’s sign-in settings: it is then tried first. "
                 "The file with the public half (“.pub”) is enough for a key of the agent if "
                 "only listed keys are offered.")));
}

static CulvertFailureWords *
describe_expired (const CulvertFailure *failure)
{
  const char      *said = culvert_error_get_fact (failure->error, CULVERT_FACT_SAID);
  g_autofree char *user = NULL;
  char            *what;

  if (failure->profile == NULL)
    what = g_strdup (_ ("The password has expired."));
  else if (said != NULL && said[0] != '\0')
    {
      user = dup_user (failure->profile);
      /* Translators: 1 is the user's name, 2 the server's, 3 are the server's own words */
      what =
        g_strdup_printf (_ ("The password of %1$s at %2$s has expired; the server says “%3$s”."),
                         user, failure->server, said);
    }
  else
    {
      user = dup_user (failure->profile);
      /* Translators: 1 is the user's name, 2 the server's */
      what =
        g_strdup_printf (_ ("The password of %1$s at %2$s has expired."), user, failure->server);
    }
  return culvert_failure_words_take (
    what, g_strdup (_ (
            "Connect again and choose a new one when you are asked, or ask the administrator.")));
}

static CulvertFailureWords *
describe_agent (const CulvertFailure *failure)
{
  /* Translators: stands for the path of the SSH agent's socket where none is known */
  const char *file = failure->file != NULL ? failure->file : _ ("its socket");

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_AGENT_UNREACHABLE:
      return culvert_failure_words_take (
        /* Translators: %s is the path of a socket */
        g_strdup_printf (_ ("The SSH agent at %s can’t be reached."), file),
        g_strdup (_ ("Start the agent, or correct the path in SSH_AUTH_SOCK or in the tunnel’s "
                     "sign-in settings.")));
    case CULVERT_SSH_ERROR_AGENT_TIMED_OUT:
      return culvert_failure_words_take (
        /* Translators: %s is the path of a socket */
        g_strdup_printf (_ ("The SSH agent at %s does not answer."), file),
        g_strdup (_ ("Look whether the agent asks you something, or a key waits to be touched; if "
                     "not, start the agent anew.")));
    case CULVERT_SSH_ERROR_AGENT_FAILED:
    default:
      return culvert_failure_words_take (
        /* Translators: 1 is the path of a socket, 2 are the agent's or the system's words */
        g_strdup_printf (_ ("The SSH agent at %1$s did not do its part: %2$s."), file,
                         failure->reason),
        g_strdup (
          _ ("Look whether the agent still has the key (“ssh-add -l”) and is not locked.")));
    }
}

CulvertFailureWords *
culvert_failure_words_for_sign_in (const CulvertFailure *failure)
{
  const char *server = failure->server;

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_AUTH_REFUSED:
      return describe_refused (failure);
    case CULVERT_SSH_ERROR_AUTH_NO_METHOD:
      return describe_no_method (failure);
    case CULVERT_SSH_ERROR_AUTH_CANCELLED:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("The question for signing in to %s was closed without an answer."),
                         server),
        g_strdup (_ ("Connect again to be asked again.")));
    case CULVERT_SSH_ERROR_AUTH_UNANSWERED:
      return culvert_failure_words_take_all (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s closed the connection while it waited for your answer."), server),
        g_strdup (_ ("Servers wait two minutes or so; it may also have been stopped.")),
        g_strdup (_ ("Connect again and answer soon. The administrator can allow more time in "
                     "sshd_config: “LoginGraceTime 300”.")));
    case CULVERT_SSH_ERROR_AUTH_TIMED_OUT:
      return culvert_failure_words_take_all (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s did not say in time whether it lets you in."), server),
        g_strdup (_ ("The place where it looks people up may be slow or unreachable.")),
        g_strdup (
          _ ("Connect again later; if it happens every time, the server’s own log tells its "
             "administrator where it waits.")));
    case CULVERT_SSH_ERROR_AUTH_CLOSED:
      return culvert_failure_words_take_all (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s closed the connection during the sign-in."), server),
        g_strdup (_ ("It may be starting or stopping, or the account is locked or expired.")),
        g_strdup (_ ("Connect again in a minute; if it happens every time, ask its administrator: "
                     "the server’s own log says why.")));
    case CULVERT_SSH_ERROR_AUTH_TOO_MANY:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s closed the connection after too many tries to sign in."), server),
        g_strdup (_ ("Choose the one key file that the server knows and offer only listed keys, "
                     "then connect again.")));
    case CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS:
      return describe_too_many_keys (failure);
    case CULVERT_SSH_ERROR_AUTH_NO_PROMPTER:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("Signing in to %s needs an answer from you, and there is no way to ask "
                            "you here."),
                         server),
        g_strdup (_ ("Connect in a terminal or the window, set SSH_ASKPASS, or use a key that "
                     "needs no question, such as one in ssh-agent.")));
    case CULVERT_SSH_ERROR_PASSWORD_EXPIRED:
      return describe_expired (failure);
    case CULVERT_SSH_ERROR_AGENT_UNREACHABLE:
    case CULVERT_SSH_ERROR_AGENT_FAILED:
    case CULVERT_SSH_ERROR_AGENT_TIMED_OUT:
      return describe_agent (failure);
    default:
      return NULL;
    }
}
