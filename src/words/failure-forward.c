/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Forwards that cannot listen. */

/* Where a port without privilege is suggested for one with: 80 becomes 8080. */
#define PORT_SHIFT              8000
#define FIRST_UNPRIVILEGED_PORT 1024

char *
culvert_failure_words_dup_place (const CulvertEndpoint *end)
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

static CulvertFailureWords *
describe_in_use (const CulvertForwardSpec *spec)
{
  g_autofree char *place = NULL;

  if (spec == NULL)
    return culvert_failure_words_take (
      g_strdup (_ ("A port that the tunnel listens on is taken by another program.")),
      g_strdup (_ ("Choose another port for the forward, or end the program that has it.")));
  place = culvert_failure_words_dup_place (culvert_forward_spec_get_listen (spec));
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
  g_autofree char *place =
    spec != NULL ? culvert_failure_words_dup_place (culvert_forward_spec_get_listen (spec))
                 : g_strdup (_ ("its address"));

  CulvertFailureWords *about_target = culvert_failure_words_for_target (failure, spec);

  if (about_target == NULL)
    about_target = culvert_failure_words_for_self_test (failure);
  if (about_target != NULL)
    return about_target;
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
        /* Translators: %s is a path */
        g_strdup_printf (_ ("Listening on the socket %s at the server is not possible."), place),
        g_strdup (_ ("Choose a port there.")));
    case CULVERT_FORWARD_ERROR_LISTEN:
    default:
      return culvert_failure_words_take (
        /* Translators: 1 is host:port, 2 are the system's own words */
        g_strdup_printf (_ ("Can’t listen on %1$s: %2$s."), place, failure->reason),
        g_strdup (_ ("Check the address and the port of the forward.")));
    }
}
