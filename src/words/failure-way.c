/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* What stands between this computer and the server: proxies, a command, jump hosts. */

static char *
describe_way (const CulvertFailure *failure, const char *next_server)
{
  const char *server = failure->server;
  const char *said = culvert_error_get_fact (failure->error, CULVERT_FACT_SAID);
  gboolean    has_said = said != NULL && said[0] != '\0';

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_PROXY_REFUSED:
      return has_said
               /* Translators: 1 is the server's name, 2 are the proxy's own words */
               ? g_strdup_printf (_ ("The proxy made no connection to %1$s and said “%2$s”."),
                                  server, said)
               /* Translators: %s is the server's name */
               : g_strdup_printf (_ ("The proxy made no connection to %s."), server);
    case CULVERT_SSH_ERROR_PROXY_AUTH:
      return has_said
               /* Translators: %s are the proxy's own words */
               ? g_strdup_printf (_ ("The proxy let nobody in and said “%s”."), said)
               : g_strdup (_ ("The proxy let nobody in with this user name and password."));
    case CULVERT_SSH_ERROR_PROXY_PROTOCOL:
      return g_strdup (_ ("What answers at the proxy’s address is not such a proxy."));
    case CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED:
      return g_strdup (_ ("The command that leads to the server was not run: nobody has allowed "
                          "it, or it can’t be run with these names."));
    case CULVERT_SSH_ERROR_COMMAND_FAILED:
      return has_said
               /* Translators: 1 is the server's name, 2 are the words of a program */
               ? g_strdup_printf (_ ("The command did not lead to %1$s and said “%2$s”."), server,
                                  said)
               /* Translators: %s is the server's name */
               : g_strdup_printf (_ ("The command did not lead to %s."), server);
    case CULVERT_SSH_ERROR_NEXT_PROHIBITED:
      /* Translators: 1 is "the jump host NAME", 2 a server's name */
      return g_strdup_printf (_ ("%1$s does not allow connections on to %2$s."), server,
                              next_server);
    case CULVERT_SSH_ERROR_NEXT_UNREACHABLE:
      /* Translators: 1 is "the jump host NAME", 2 a server's name */
      return g_strdup_printf (_ ("%1$s can’t reach %2$s: nothing answers there."), server,
                              next_server);
    default:
      return NULL;
    }
}

static char *
advise_way (int code, const char *next_server)
{
  switch (code)
    {
    case CULVERT_SSH_ERROR_PROXY_REFUSED:
      return g_strdup (_ ("Check the server’s address, or ask whoever runs the proxy whether it "
                          "allows connections to SSH servers."));
    case CULVERT_SSH_ERROR_PROXY_AUTH:
      return g_strdup (_ ("Check the user name in the proxy’s address, then connect again and type "
                          "its password."));
    case CULVERT_SSH_ERROR_PROXY_PROTOCOL:
      return g_strdup (_ ("Check the proxy’s kind, address and port."));
    case CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED:
      return g_strdup (
        _ ("Read the command and allow it in the tunnel’s settings if you trust it."));
    case CULVERT_SSH_ERROR_COMMAND_FAILED:
      return g_strdup (_ ("Try the command in a terminal; what it says is in the log."));
    case CULVERT_SSH_ERROR_NEXT_PROHIBITED:
      return g_strdup_printf (
        /* Translators: %s is host:port */
        _ ("Ask the administrator of the jump host for “AllowTcpForwarding local” and “PermitOpen "
           "%s” in its sshd_config."),
        next_server);
    case CULVERT_SSH_ERROR_NEXT_UNREACHABLE:
    default:
      return g_strdup (_ ("Check the name and port as the jump host sees them, and whether the SSH "
                          "server there is running."));
    }
}

/* An SSH server that the proxy leads to is not what went wrong. */
static CulvertFailureWords *
describe_proxy (int code, const char *proxy)
{
  char       *what;
  const char *next;

  switch (code)
    {
    case CULVERT_SSH_ERROR_NAME_UNKNOWN:
      /* Translators: %s is host:port */
      what = g_strdup_printf (_ ("Can’t reach the proxy %s: the name is unknown to this network."),
                              proxy);
      next = _ ("Check the proxy’s address, or whether you need a VPN.");
      break;
    case CULVERT_SSH_ERROR_NO_NAME_SERVICE:
      /* Translators: %s is host:port */
      what = g_strdup_printf (_ ("Can’t look up the proxy %s: no name server answers."), proxy);
      next = _ ("Check the network connection, or whether you need a VPN.");
      break;
    case CULVERT_SSH_ERROR_REFUSED:
      /* Translators: %s is host:port */
      what = g_strdup_printf (_ ("Can’t reach the proxy %s: nothing listens there."), proxy);
      next = _ ("Check the proxy’s address and port.");
      break;
    case CULVERT_SSH_ERROR_UNREACHABLE:
      /* Translators: %s is host:port */
      what = g_strdup_printf (_ ("Can’t reach the proxy %s: no way leads there from this network."),
                              proxy);
      next = _ ("Check the network connection, or whether you need a VPN.");
      break;
    case CULVERT_SSH_ERROR_TIMED_OUT:
      /* Translators: %s is host:port */
      what = g_strdup_printf (_ ("The proxy %s did not answer in time."), proxy);
      next = _ ("Check the proxy’s address and port.");
      break;
    case CULVERT_SSH_ERROR_CLOSED:
      /* Translators: %s is host:port */
      what = g_strdup_printf (_ ("The proxy %s closed the connection without an answer."), proxy);
      next = _ ("Check the proxy’s kind, address and port.");
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (what, g_strdup (next));
}

/* A jump host that was there and is gone. */
static CulvertFailureWords *
describe_hop (int code, const char *hop)
{
  char *what;

  switch (code)
    {
    case CULVERT_SSH_ERROR_CLOSED:
      /* Translators: %s is a jump host's name */
      what = g_strdup_printf (_ ("The jump host %s closed the connection."), hop);
      break;
    case CULVERT_SSH_ERROR_LOST:
      /* Translators: %s is a jump host's name */
      what = g_strdup_printf (_ ("The connection to the jump host %s was lost."), hop);
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (
    what, g_strdup (_ ("Check whether the jump host is running, then connect again.")));
}

CulvertFailureWords *
culvert_failure_words_for_way (const CulvertFailure *failure)
{
  int                  code = failure->error->code;
  const char          *proxy = culvert_error_get_fact (failure->error, CULVERT_FACT_PROXY);
  const char          *hop = culvert_error_get_fact (failure->error, CULVERT_FACT_HOP);
  const char          *next = culvert_error_get_fact (failure->error, CULVERT_FACT_NEXT);
  CulvertFailureWords *words = NULL;
  char                *what;

  if (next == NULL)
    /* Translators: stands for a server's name where none is known */
    next = _ ("the next server");
  what = describe_way (failure, next);
  if (what != NULL)
    return culvert_failure_words_take (what, advise_way (code, next));
  if (proxy != NULL)
    words = describe_proxy (code, proxy);
  if (words == NULL && hop != NULL)
    words = describe_hop (code, hop);
  return words;
}
