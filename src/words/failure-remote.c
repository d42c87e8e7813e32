/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/port-choice.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Remote forwards: the server does not listen, or the target here does not answer. */

typedef struct
{
  const CulvertFailure *failure;
  const char           *place; /* host:port at the server, or words for it */
  guint                 port;  /* 0: not known, or of the server's choice */
} Port;

static const char *
get_fact (const Port *port, CulvertFact fact)
{
  return culvert_error_get_fact (port->failure->error, fact);
}

static gboolean
has_option (const Port *port, const char *option)
{
  const char    *options = get_fact (port, CULVERT_FACT_KEY_OPTIONS);
  g_auto (GStrv) words = g_strsplit (options != NULL ? options : "", " ", -1);

  return g_strv_contains ((const char *const *)words, option);
}

/* (transfer full) */
static char *
say_not_allowed (const Port *port)
{
  /* Translators: 1 is the server's name, 2 host:port there */
  return g_strdup_printf (_ ("%1$s does not allow you to listen on %2$s."), port->failure->server,
                          port->place);
}

/* The key's entry, or the certificate, does not allow it. */
static CulvertFailureWords *
describe_forbidden_by_key (const Port *port)
{
  const char *line = get_fact (port, CULVERT_FACT_LINE);

  if (port->failure->file == NULL || line == NULL)
    return culvert_failure_words_take_all (
      say_not_allowed (port), g_strdup (_ ("Your certificate does not allow forwards.")),
      g_strdup (_ ("Ask for a certificate with the permission: “ssh-keygen -O "
                   "permit-port-forwarding” gives it.")));
  return culvert_failure_words_take_all (
    say_not_allowed (port),
    /* Translators: 1 is a path at the server, 2 a number */
    g_strdup_printf (
      _ ("The entry of your key there, in %1$s, line %2$s, does not allow forwards."),
      port->failure->file, line),
    g_strdup (_ ("Ask its administrator to add “port-forwarding” to the options in that "
                 "line, after “restrict”, or to take “no-port-forwarding” out.")));
}

static CulvertFailureWords *
describe_prohibited (const Port *port)
{
  if (get_fact (port, CULVERT_FACT_KEY_OPTIONS) != NULL && !has_option (port, "port-forwarding"))
    return describe_forbidden_by_key (port);
  if (port->port != 0 && port->port < CULVERT_PORT_FIRST_COMMON)
    return culvert_failure_words_take_all (
      say_not_allowed (port),
      /* Translators: %u is a port number */
      g_strdup_printf (_ ("Ports below %u are for its administrator alone."),
                       CULVERT_PORT_FIRST_COMMON),
      /* Translators: %u is a port number */
      g_strdup_printf (_ ("Choose a port from %u on."), CULVERT_PORT_FIRST_COMMON));
  return culvert_failure_words_take_all (
    say_not_allowed (port), g_strdup (_ ("It forbids listening on any port.")),
    g_strdup (_ ("Ask its administrator for “AllowTcpForwarding yes”, or “remote”, in sshd_config, "
                 "and no “DisableForwarding yes”.")));
}

static CulvertFailureWords *
describe_not_permitted (const Port *port)
{
  const char *line = get_fact (port, CULVERT_FACT_LINE);

  if (has_option (port, "permitlisten") && port->failure->file != NULL && line != NULL)
    return culvert_failure_words_take_all (
      say_not_allowed (port),
      g_strdup_printf (
        /* Translators: 1 is a path at the server, 2 a number */
        _ ("The entry of your key there, in %1$s, line %2$s, allows only certain ports to listen "
           "on."),
        port->failure->file, line),
      g_strdup_printf (
        /* Translators: %s is host:port */
        _ ("Ask its administrator to add “permitlisten=\"%s\"” to the options in that line."),
        port->place));
  return culvert_failure_words_take_all (
    say_not_allowed (port), g_strdup (_ ("It allows only certain ports to listen on.")),
    g_strdup_printf (
      /* Translators: %s is host:port */
      _ ("Choose one of them, or ask its administrator for “PermitListen %s” in sshd_config."),
      port->place));
}

static CulvertFailureWords *
describe_refused (const Port *port)
{
  const char *software = get_fact (port, CULVERT_FACT_SOFTWARE);
  /* Translators: 1 is the server's name, 2 host:port there */
  char *what =
    g_strdup_printf (_ ("%1$s can’t listen on %2$s."), port->failure->server, port->place);

  if (software != NULL && strstr (software, "OpenSSH") == NULL)
    return culvert_failure_words_take_all (
      what,
      g_strdup (_ ("It does not say why: the port may be taken, or forwards from there may not be "
                   "allowed.")),
      g_strdup (_ ("Choose another port, or ask its administrator to allow this account to forward "
                   "ports.")));
  return culvert_failure_words_take_all (
    what,
    g_strdup (
      _ ("Most likely another program there has this port; or the server does not have that "
         "address.")),
    g_strdup (_ ("Choose another port for the forward, or end the program there that has it.")));
}

CulvertFailureWords *
culvert_failure_words_for_server_port (const CulvertFailure     *failure,
                                       const CulvertForwardSpec *spec)
{
  const CulvertEndpoint *listen = spec != NULL ? culvert_forward_spec_get_listen (spec) : NULL;
  g_autofree char       *place = NULL;
  Port                   port = { .failure = failure };

  if (listen != NULL)
    port.port = culvert_endpoint_get_port (listen);
  if (port.port != 0)
    place = culvert_failure_words_dup_place (listen);
  /* Translators: stands for host:port where the server is free to choose it */
  port.place = place != NULL ? place : _ ("a port of its choice");
  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_LISTEN_PROHIBITED:
      return describe_prohibited (&port);
    case CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED:
      return describe_not_permitted (&port);
    case CULVERT_SSH_ERROR_LISTEN_REFUSED:
      return describe_refused (&port);
    case CULVERT_SSH_ERROR_LISTEN_HELD:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port there */
        g_strdup_printf (_ ("%1$s still holds %2$s for the connection that was lost."),
                         failure->server, port.place),
        g_strdup (_ ("Culvert asks for it again until it is free; the rest of the tunnel works.")));
    default:
      return NULL;
    }
}

static gboolean
is_everywhere (const CulvertEndpoint *end)
{
  const char *host = culvert_endpoint_get_host (end);

  return host != NULL && (g_str_equal (host, "*") || g_str_equal (host, "0.0.0.0"));
}

CulvertFailureWords *
culvert_failure_words_for_exposure (const CulvertForwardSpec *spec,
                                    const CulvertEndpoint    *bound,
                                    const CulvertProfile     *profile)
{
  const CulvertEndpoint *listen = culvert_forward_spec_get_listen (spec);
  const char            *host;

  if (bound == NULL || !culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec)) ||
      !is_everywhere (bound) || is_everywhere (listen))
    return NULL;
  host = culvert_endpoint_get_host (listen);
  return culvert_failure_words_take_all (
    /* Translators: 1 is the server's name, 2 a port, 3 an address such as localhost */
    g_strdup_printf (_ ("%1$s listens on port %2$u of all its addresses, not of %3$s alone: other "
                        "computers that reach it can connect."),
                     profile->host, culvert_endpoint_get_port (bound),
                     *host != '\0' ? host : "localhost"),
    g_strdup (_ ("Its sshd_config says “GatewayPorts yes”.")),
    g_strdup (_ ("Ask its administrator for “GatewayPorts clientspecified” or “no”.")));
}

CulvertFailureWords *
culvert_failure_words_for_self_test (const CulvertFailure *failure)
{
  const char *place = culvert_error_get_fact (failure->error, CULVERT_FACT_TARGET);
  const char *server = failure->server;

  if (place == NULL)
    /* Translators: stands for host:port at the server where it is not known */
    place = _ ("the port");
  switch (failure->error->code)
    {
    case CULVERT_FORWARD_ERROR_TEST_OTHER:
      return culvert_failure_words_take (
        /* Translators: 1 is host:port, 2 the server’s name */
        g_strdup_printf (_ ("On %2$s, %1$s does not lead here: another program answers there."),
                         place, server),
        g_strdup (
          _ ("Choose another port for the forward, or end the program there that has it.")));
    case CULVERT_FORWARD_ERROR_TEST_TIMED_OUT:
      return culvert_failure_words_take (
        /* Translators: 1 is host:port, 2 the server’s name */
        g_strdup_printf (_ ("%2$s tried to connect to %1$s, its own port for this forward, and "
                            "nothing came back in time."),
                         place, server),
        g_strdup (_ ("Ask its administrator whether a firewall there is in the way.")));
    case CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY:
      return culvert_failure_words_take_all (
        /* Translators: 1 is host:port, 2 the server’s name */
        g_strdup_printf (_ ("Only programs on %2$s itself can connect: %1$s refuses."), place,
                         server),
        g_strdup (_ ("Most likely the server listens for itself alone, whatever it is asked for: "
                     "“GatewayPorts no” is the default.")),
        g_strdup (_ ("Ask its administrator for “GatewayPorts clientspecified” in sshd_config.")));
    default:
      return NULL;
    }
}

CulvertFailureWords *
culvert_failure_words_for_target (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  const CulvertEndpoint *end = spec != NULL ? culvert_forward_spec_get_target (spec) : NULL;
  const char            *asked = culvert_error_get_fact (failure->error, CULVERT_FACT_TARGET);
  g_autofree char       *target = NULL;

  /* What a client of a proxy asked for has no other place. */
  if (end != NULL)
    target = culvert_endpoint_to_string (end);
  else
    /* Translators: stands for host:port where it is not known */
    target = g_strdup (asked != NULL ? asked : _ ("the target"));

  switch (failure->error->code)
    {
    case CULVERT_FORWARD_ERROR_TARGET_REFUSED:
      return culvert_failure_words_take (
        /* Translators: %s is host:port or a path */
        g_strdup_printf (_ ("This computer can’t reach %s: nothing listens there."), target),
        g_strdup (_ ("Check the target, and whether the program there is running.")));
    case CULVERT_FORWARD_ERROR_TARGET_NAME:
      return culvert_failure_words_take (
        /* Translators: %s is host:port */
        g_strdup_printf (_ ("This computer can’t find the target %s by its name."), target),
        g_strdup (_ ("Write the target’s name as it is known here, or its address: the targets of "
                     "remote forwards are looked up by this computer.")));
    case CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT:
      return culvert_failure_words_take (
        /* Translators: %s is host:port or a path */
        g_strdup_printf (_ ("This computer got no answer from %s in time."), target),
        g_strdup (
          _ ("Check the target’s address and port, and whether a firewall stands between it "
             "and this computer.")));
    case CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE:
      return culvert_failure_words_take (
        /* Translators: 1 is host:port or a path, 2 are the system's own words */
        g_strdup_printf (_ ("This computer can’t reach %1$s: %2$s."), target, failure->reason),
        g_strdup (_ ("Check the target of the forward.")));
    default:
      return NULL;
    }
}
