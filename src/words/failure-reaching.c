/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Reaching the server, agreeing with it on a secure connection, and losing it. */

static char *
describe_not_ssh (const CulvertFailure *failure)
{
  const char *said = culvert_error_get_fact (failure->error, CULVERT_FACT_SAID);

  if (said != NULL && said[0] != '\0')
    /* Translators: 1 is the server's name, 2 what it said */
    return g_strdup_printf (_ ("What answers at %1$s is not an SSH server; it said “%2$s”."),
                            failure->server, said);
  /* Translators: %s is the server's name */
  return g_strdup_printf (_ ("What answers at %s is not an SSH server."), failure->server);
}

/* Translators' note for all four: 1 is the server's name, 2 a list of technical names. */
static char *
describe_no_common (const CulvertFailure *failure)
{
  const char *offered = culvert_error_get_fact (failure->error, CULVERT_FACT_OFFERED);

  if (offered == NULL || offered[0] == '\0')
    /* Translators: %s is the server's name */
    return g_strdup_printf (_ ("%s has no way to secure a connection that is in use here."),
                            failure->server);
  if (failure->error->code == CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY)
    /* Translators: 1 is the server's name, 2 a list of technical names */
    return g_strdup_printf (_ ("%1$s proves itself only with host keys of kinds that are not in "
                               "use here: %2$s."),
                            failure->server, offered);
  if (failure->error->code == CULVERT_SSH_ERROR_NO_COMMON_CIPHER)
    /* Translators: 1 is the server's name, 2 a list of technical names */
    return g_strdup_printf (_ ("%1$s encrypts only with ciphers that are not in use here: %2$s."),
                            failure->server, offered);
  if (failure->error->code == CULVERT_SSH_ERROR_NO_COMMON_MAC)
    /* Translators: 1 is the server's name, 2 a list of technical names */
    return g_strdup_printf (
      _ ("%1$s protects data only with MAC algorithms that are not in use here: %2$s."),
      failure->server, offered);
  /* Translators: 1 is the server's name, 2 a list of technical names */
  return g_strdup_printf (
    _ ("%1$s exchanges keys only with algorithms that are not in use here: %2$s."), failure->server,
    offered);
}

static const char *
advise_no_common (const CulvertFailure *failure)
{
  if (failure->profile != NULL && failure->profile->legacy_algorithms)
    return _ ("Ask the administrator to update the server’s SSH program: its algorithms are no "
              "longer safe.");
  return _ ("Turn on “Legacy server” for this tunnel if the server is an old one, or ask for it to "
            "be updated.");
}

static char *
describe_closed (const CulvertFailure *failure)
{
  const char *said = culvert_error_get_fact (failure->error, CULVERT_FACT_SAID);

  if (said != NULL && said[0] != '\0')
    /* Translators: 1 is the server's name, 2 are its own words */
    return g_strdup_printf (_ ("%1$s closed the connection and said “%2$s”."), failure->server,
                            said);
  /* Translators: %s is the server's name */
  return g_strdup_printf (_ ("%s closed the connection."), failure->server);
}

CulvertFailureWords *
culvert_failure_words_for_reaching (const CulvertFailure *failure)
{
  const char *server = failure->server;
  char       *what;
  const char *next;

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_NAME_UNKNOWN:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("Can’t reach %s: the name is unknown to this network."), server);
      next = _ ("Check the spelling, or whether you need a VPN.");
      break;
    case CULVERT_SSH_ERROR_REFUSED:
      /* Translators: %s is the server's name, perhaps with its port */
      what = g_strdup_printf (_ ("Can’t reach %s: nothing listens there."), server);
      next = _ ("Check the address and the port, or ask whether the SSH server is running.");
      break;
    case CULVERT_SSH_ERROR_UNREACHABLE:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("Can’t reach %s: no way leads there from this network."), server);
      next = _ ("Check the network connection, or whether you need a VPN.");
      break;
    case CULVERT_SSH_ERROR_NO_NETWORK:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("Can’t reach %s: this computer has no network."), server);
      next = _ ("Connect it to one; the tunnel then comes back by itself.");
      break;
    case CULVERT_SSH_ERROR_TIMED_OUT:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("%s did not answer in time."), server);
      next = _ ("Check the address and the port, or whether a firewall stands between.");
      break;
    case CULVERT_SSH_ERROR_NOT_SSH:
      what = describe_not_ssh (failure);
      next = _ ("Check the port: most SSH servers listen on 22.");
      break;
    case CULVERT_SSH_ERROR_HANDSHAKE:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("No secure connection with %s came about."), server);
      next = _ ("Connect again; if it happens every time, the log has the technical reason for the "
                "administrator.");
      break;
    case CULVERT_SSH_ERROR_NO_COMMON_KEX:
    case CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY:
    case CULVERT_SSH_ERROR_NO_COMMON_CIPHER:
    case CULVERT_SSH_ERROR_NO_COMMON_MAC:
      what = describe_no_common (failure);
      next = advise_no_common (failure);
      break;
    case CULVERT_SSH_ERROR_CLOSED:
      what = describe_closed (failure);
      next = _ ("Connect again; if it happens every time, the server’s own log says why.");
      break;
    case CULVERT_SSH_ERROR_LOST:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("The connection to %s was lost."), server);
      next = _ ("Check the network connection, then connect again.");
      break;
    case CULVERT_SSH_ERROR_PROTOCOL:
      /* Translators: %s is the server's name */
      what =
        g_strdup_printf (_ ("%s sent something that the SSH protocol does not allow."), server);
      next = _ ("Connect again; if it happens every time, the log has what the administrator needs "
                "to know.");
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (what, g_strdup (next));
}
