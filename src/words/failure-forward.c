/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* Forwards that cannot listen, and targets that cannot be reached through them. */

/* Where a port without privilege is suggested for one with: 80 becomes 8080. */
#define PORT_SHIFT              8000
#define FIRST_UNPRIVILEGED_PORT 1024

static char *
describe_place (const CulvertEndpoint *end)
{
  g_autoptr (CulvertEndpoint) here = NULL;

  if (culvert_endpoint_get_kind (end) == CULVERT_ENDPOINT_TCP &&
      culvert_endpoint_get_host (end)[0] == '\0')
    {
      here = culvert_endpoint_new_tcp ("localhost", culvert_endpoint_get_port (end));
      return culvert_endpoint_to_string (here);
    }
  return culvert_endpoint_to_string (end);
}

/* What an administrator must write to allow @spec; see sshd_config(5). */
static char *
advise_prohibited (const CulvertForwardSpec *spec)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  g_autofree char     *target = NULL;

  if (fields.kind != CULVERT_FORWARD_LOCAL || fields.target == NULL)
    return g_strdup (
      _ ("Ask the administrator to allow it in sshd_config: “AllowTcpForwarding local” (or yes) "
         "and, if PermitOpen is set there, “PermitOpen any” or a line for each target; a key’s "
         "options in authorized_keys can forbid it too."));
  if (culvert_endpoint_get_kind (fields.target) == CULVERT_ENDPOINT_UNIX)
    return g_strdup (
      _ ("Ask the administrator to allow it in sshd_config: “AllowStreamLocalForwarding local” (or "
         "yes); a key’s options in authorized_keys can forbid it too."));
  target = culvert_endpoint_to_string (fields.target);
  return g_strdup_printf (
    /* Translators: %s is host:port */
    _ ("Ask the administrator to allow it in sshd_config: “AllowTcpForwarding local” (or yes) and, "
       "if PermitOpen is set there, “PermitOpen %s”; a key’s options in authorized_keys can forbid "
       "it too."),
    target);
}

/* The sentences for a connection whose target is known … */
static CulvertFailureWords *
describe_open (const CulvertFailure *failure, const char *target, char *prohibited)
{
  const char      *server = failure->server;
  g_autofree char *advice = prohibited;
  char            *what;
  const char      *next;

  switch (failure->error->code)
    {
    case CULVERT_SSH_ERROR_OPEN_PROHIBITED:
      /* Translators: 1 is the server's name, 2 host:port or a path */
      what = g_strdup_printf (_ ("%1$s does not allow connections to %2$s."), server, target);
      next = advice;
      break;
    case CULVERT_SSH_ERROR_OPEN_FAILED:
      /* Translators: 1 is the server's name, 2 host:port or a path */
      what = g_strdup_printf (_ ("%1$s can’t reach %2$s: nothing answers there."), server, target);
      next = _ ("Check the target’s name and port as the server sees them, and whether the program "
                "there is running.");
      break;
    case CULVERT_SSH_ERROR_OPEN_SHORTAGE:
      /* Translators: 1 is the server's name, 2 host:port or a path */
      what =
        g_strdup_printf (_ ("%1$s is too busy for another connection to %2$s."), server, target);
      next = _ ("Close connections that are no longer needed, or try again later.");
      break;
    case CULVERT_SSH_ERROR_OPEN_TIMED_OUT:
      /* Translators: 1 is the server's name, 2 host:port or a path */
      what = g_strdup_printf (_ ("%1$s did not reach %2$s in time."), server, target);
      next =
        _ ("Check the target’s name and port, and whether a firewall stands between it and the "
           "server.");
      break;
    case CULVERT_SSH_ERROR_OPEN_UNKNOWN:
      /* Translators: 1 is the server's name, 2 host:port or a path */
      what = g_strdup_printf (_ ("%1$s opened no connection to %2$s."), server, target);
      next = _ ("Check the target’s name and port; the server’s own log says why it was refused.");
      break;
    default:
      return NULL;
    }
  return culvert_failure_words_take (what, g_strdup (next));
}

CulvertFailureWords *
culvert_failure_words_for_open (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  CulvertForwardFields fields;
  g_autofree char     *target = NULL;

  /* Translators: stands for host:port where it is not known */
  if (spec == NULL)
    return describe_open (failure, _ ("the target"),
                          g_strdup (_ ("Ask the administrator about AllowTcpForwarding and "
                                       "PermitOpen in sshd_config.")));
  fields = culvert_forward_spec_get_fields (spec);
  if (fields.target != NULL)
    target = culvert_endpoint_to_string (fields.target);
  return describe_open (failure, target != NULL ? target : _ ("the target"),
                        advise_prohibited (spec));
}

static CulvertFailureWords *
describe_in_use (const CulvertForwardSpec *spec)
{
  g_autofree char *place = NULL;

  if (spec == NULL)
    return culvert_failure_words_take (
      g_strdup (_ ("A port that the tunnel listens on is taken by another program.")),
      g_strdup (_ ("Choose another port for the forward, or end the program that has it.")));
  place = describe_place (culvert_forward_spec_get_listen (spec));
  return culvert_failure_words_take (
    /* Translators: %s is host:port */
    g_strdup_printf (_ ("Can’t listen on %s: another program has this port."), place),
    g_strdup (_ ("Choose another port for the forward, or end the program that has it.")));
}

static CulvertFailureWords *
describe_privileged (const CulvertForwardSpec *spec)
{
  guint port =
    spec != NULL ? culvert_endpoint_get_port (culvert_forward_spec_get_listen (spec)) : 0;

  if (port == 0 || port >= FIRST_UNPRIVILEGED_PORT)
    return culvert_failure_words_take (
      g_strdup (_ ("Listening on so low a port needs a privilege that Culvert does not have.")),
      g_strdup (_ ("Choose a port from 1024 on.")));
  return culvert_failure_words_take (
    /* Translators: %u is a port number */
    g_strdup_printf (_ ("Listening on port %u needs a privilege that Culvert does not have."),
                     port),
    /* Translators: 1 is a port number, 2 a command */
    g_strdup_printf (_ ("Choose port %1$u instead, or allow every program to listen on such ports "
                        "with “sudo sysctl net.ipv4.ip_unprivileged_port_start=%2$u”."),
                     port + PORT_SHIFT, port));
}

CulvertFailureWords *
culvert_failure_words_for_listen (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  /* Translators: stands for host:port where it is not known */
  g_autofree char *place = spec != NULL ? describe_place (culvert_forward_spec_get_listen (spec))
                                        : g_strdup (_ ("its address"));

  switch (failure->error->code)
    {
    case CULVERT_FORWARD_ERROR_PORT_IN_USE:
      return describe_in_use (spec);
    case CULVERT_FORWARD_ERROR_PORT_PRIVILEGED:
      return describe_privileged (spec);
    case CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN:
      return culvert_failure_words_take (
        /* Translators: %s is host:port */
        g_strdup_printf (_ ("Can’t listen on %s: this computer does not have that address."),
                         place),
        g_strdup (_ ("Choose localhost, or an address that this computer has.")));
    case CULVERT_FORWARD_ERROR_SOCKET_PATH:
      return culvert_failure_words_take (
        /* Translators: 1 is a path, 2 are the system's own words */
        g_strdup_printf (_ ("Can’t listen on the socket %1$s: %2$s."), place, failure->reason),
        g_strdup (_ ("Choose a path in a folder of yours where there is no file of that name.")));
    case CULVERT_FORWARD_ERROR_KIND:
      return culvert_failure_words_take (
        spec != NULL
          /* Translators: %s is a kind of forward: Remote, Dynamic … */
          ? g_strdup_printf (_ ("This version of Culvert can’t carry this forward yet (%s)."),
                             culvert_words_for_kind (culvert_forward_spec_get_kind (spec)))
          : g_strdup (_ ("This version of Culvert can’t carry a forward of that kind yet.")),
        g_strdup (_ ("Switch the forward off; the others work without it.")));
    case CULVERT_FORWARD_ERROR_LISTEN:
    default:
      return culvert_failure_words_take (
        /* Translators: 1 is host:port, 2 are the system's own words */
        g_strdup_printf (_ ("Can’t listen on %1$s: %2$s."), place, failure->reason),
        g_strdup (_ ("Check the address and the port of the forward.")));
    }
}
