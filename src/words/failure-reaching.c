/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Reaching the server, and losing it. */

#define SSH_PORT 22

static char *
describe_not_ssh (const CulvertFailure *failure)
{
  static const struct
  {
    const char *protocol; /* CULVERT_FACT_SPEAKS */
    const char *sentence;
  } sentences[] = {
    /* Translators: %s is the server's name, perhaps with its port */
    { "http", N_ ("What answers at %s is a web server, not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "tls", N_ ("What answers at %s expects TLS, as web servers do; it is not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "smtp", N_ ("What answers at %s is a mail server (SMTP), not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "mail", N_ ("What answers at %s is a mail server (IMAP or POP3), not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "ftp", N_ ("What answers at %s is an FTP server, not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "vnc", N_ ("What answers at %s is a remote desktop (VNC), not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "mysql", N_ ("What answers at %s is a database (MySQL), not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "telnet", N_ ("What answers at %s is a Telnet server, not an SSH server.") },
    /* Translators: %s is the server's name, perhaps with its port */
    { "ssh1", N_ ("%s has only the first version of SSH, which is not safe.") },
  };
  const char *protocol = culvert_error_get_fact (failure->error, CULVERT_FACT_SPEAKS);
  const char *said = culvert_error_get_fact (failure->error, CULVERT_FACT_SAID);

  for (gsize i = 0; protocol != NULL && i < G_N_ELEMENTS (sentences); i++)
    if (strcmp (protocol, sentences[i].protocol) == 0)
      {
        GString *sentence = g_string_new (_ (sentences[i].sentence));

        g_string_replace (sentence, "%s", failure->server, 1);
        return g_string_free (sentence, FALSE);
      }
  if (said != NULL && said[0] != '\0')
    /* Translators: 1 is the server's name, 2 what it said */
    return g_strdup_printf (_ ("What answers at %1$s is not an SSH server; it said “%2$s”."),
                            failure->server, said);
  /* Translators: %s is the server's name */
  return g_strdup_printf (_ ("What answers at %s is not an SSH server."), failure->server);
}

static const char *
advise_not_ssh (const CulvertFailure *failure)
{
  const char *protocol = culvert_error_get_fact (failure->error, CULVERT_FACT_SPEAKS);

  if (g_strcmp0 (protocol, "ssh1") == 0)
    return _ ("Ask the administrator to update the server’s SSH program.");
  if (failure->profile != NULL && failure->profile->port == SSH_PORT)
    return _ ("Check the name or the address. In a hotel or a café, open a web page first: the "
              "network may want you to log in.");
  return _ ("Check the port: most SSH servers listen on 22.");
}

/* Three ways to be sent away at the door.  sshd says why in English, if it says anything. */
static CulvertFailureWords *
describe_turned_away (const CulvertFailure *failure)
{
  const char *said = culvert_error_get_fact (failure->error, CULVERT_FACT_SAID);

  if (said != NULL && g_str_has_prefix (said, "Exceeded MaxStartups"))
    return culvert_failure_words_take_all (
      /* Translators: %s is the server's name */
      g_strdup_printf (_ ("%s takes no more connections at the moment."), failure->server),
      g_strdup (_ ("Too many people, or programs, are signing in to it at once.")),
      g_strdup (_ ("Wait a minute, then connect again. If it happens often, ask its administrator "
                   "for a higher limit in sshd_config: “MaxStartups 100:30:200”.")));
  if (said != NULL && g_str_has_prefix (said, "Not allowed at this time"))
    return culvert_failure_words_take_all (
      /* Translators: %s is the server's name */
      g_strdup_printf (_ ("%s takes no connections from this address for a while."),
                       failure->server),
      g_strdup (_ ("Too many attempts to sign in from here have failed.")),
      g_strdup (_ ("Wait some minutes, then connect again. Its administrator can exempt this "
                   "address with “PerSourcePenaltyExemptList” in sshd_config.")));
  return culvert_failure_words_take_all (
    /* Translators: %s is the server's name */
    g_strdup_printf (_ ("%s closed the connection before it said a word."), failure->server),
    g_strdup (_ ("It may be too busy, block this address after failed attempts to sign in or in "
                 "hosts.deny, or be no SSH server at all.")),
    g_strdup (_ ("Wait a minute, then connect again. If that does not help, ask its administrator "
                 "whether this address is blocked.")));
}

static char *
describe_no_address (const CulvertFailure *failure)
{
  if (failure->profile != NULL && failure->profile->address_family == CULVERT_ADDRESS_FAMILY_IPV6)
    /* Translators: %s is the server's name */
    return g_strdup_printf (_ ("%s has no IPv6 address, and this tunnel uses IPv6 alone."),
                            failure->server);
  /* Translators: %s is the server's name */
  return g_strdup_printf (_ ("%s has no IPv4 address, and this tunnel uses IPv4 alone."),
                          failure->server);
}

static CulvertFailureWords *
describe_slow (const CulvertFailure *failure)
{
  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_SILENT:
      return culvert_failure_words_take_all (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s takes the connection, but says nothing."), failure->server),
        g_strdup (_ ("The server may be overloaded, or something else than SSH listens on that "
                     "port.")),
        g_strdup (_ ("Check the port; if it is right, try again later or ask the administrator "
                     "whether the SSH server hangs.")));
    case CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT:
      return culvert_failure_words_take_all (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s began to exchange keys, but did not finish in time."),
                         failure->server),
        g_strdup (_ ("Large packets may get lost on the way, as with some VPNs, or the server is "
                     "overloaded.")),
        g_strdup (_ ("Try it without the VPN, or lower the MTU of the network connection, to 1280 "
                     "for example.")));
    case CULVERT_SSH_ERROR_TIMED_OUT:
    default:
      return culvert_failure_words_take (
        /* Translators: %s is the server's name */
        g_strdup_printf (_ ("%s did not answer in time."), failure->server),
        g_strdup (_ ("Check the address and the port, or whether a firewall stands between.")));
    }
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

/* The networks that the tunnel is wanted on, or not. */
static CulvertFailureWords *
describe_rule (const CulvertFailure *failure)
{
  const char *network = culvert_error_get_fact (failure->error, CULVERT_FACT_NETWORK);
  gboolean    has_name = network != NULL && network[0] != '\0';

  if (failure->error->code == CULVERT_SSH_ERROR_NETWORK_EXCLUDED)
    return culvert_failure_words_take (
      has_name
        /* Translators: %s is the name of a network */
        ? g_strdup_printf (_ ("This tunnel is not used on the network “%s”."), network)
        : g_strdup (_ ("This tunnel is not used on the present network.")),
      g_strdup (_ ("It connects by itself on another network. To use it on this one, too, change "
                   "the tunnel’s settings.")));
  if (has_name)
    return culvert_failure_words_take (
      /* Translators: %s is the name of a network */
      g_strdup_printf (_ ("This tunnel waits for one of its networks: now on “%s”."), network),
      g_strdup (_ ("It connects by itself on one of them. To use it here, too, add this network in "
                   "the tunnel’s settings.")));
  if (network != NULL)
    return culvert_failure_words_take (
      g_strdup (_ ("This tunnel waits for one of its networks: now on none.")),
      g_strdup (_ ("Connect this computer to one of them; the tunnel then connects by itself.")));
  return culvert_failure_words_take_all (
    g_strdup (_ ("This tunnel waits for one of its networks, but nobody can tell on which network "
                 "this computer is.")),
    g_strdup (_ ("NetworkManager knows their names, and it does not answer.")),
    g_strdup (_ ("Allow any network in the tunnel’s settings, or start NetworkManager.")));
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
    case CULVERT_SSH_ERROR_NO_NAME_SERVICE:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("Can’t look up %s: no name server answers."), server);
      next = _ ("Check the network connection, or whether you need a VPN.");
      break;
    case CULVERT_SSH_ERROR_NO_ADDRESS:
      what = describe_no_address (failure);
      next = _ ("Allow both versions of IP in the tunnel’s settings.");
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
    case CULVERT_SSH_ERROR_NETWORK_NOT_LISTED:
    case CULVERT_SSH_ERROR_NETWORK_EXCLUDED:
      return describe_rule (failure);
    case CULVERT_SSH_ERROR_TIMED_OUT:
    case CULVERT_SSH_ERROR_SILENT:
    case CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT:
      return describe_slow (failure);
    case CULVERT_SSH_ERROR_TURNED_AWAY:
      return describe_turned_away (failure);
    case CULVERT_SSH_ERROR_NOT_SSH:
      what = describe_not_ssh (failure);
      next = advise_not_ssh (failure);
      break;
    case CULVERT_SSH_ERROR_HANDSHAKE:
      /* Translators: %s is the server's name */
      what = g_strdup_printf (_ ("No secure connection with %s came about."), server);
      next = _ ("Connect again; if it happens every time, the log has the technical reason for the "
                "administrator.");
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
