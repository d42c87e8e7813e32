/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Forwards that cannot listen. */

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

/* Linux has all of 127.0.0.0/8, other systems only the first of them. */
static gboolean
is_other_loopback (const CulvertForwardSpec *spec)
{
  const char *host =
    spec != NULL ? culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec)) : NULL;

  return host != NULL && g_str_has_prefix (host, "127.");
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
    case CULVERT_FORWARD_ERROR_PORT_PRIVILEGED:
      return culvert_failure_words_for_port (failure, spec);
    case CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN:
      if (is_other_loopback (spec))
        return culvert_failure_words_take (
          /* Translators: %s is host:port */
          g_strdup_printf (_ ("Can’t listen on %s: this computer does not have that address."),
                           place),
          /* Translators: %s is an address; the command stays as it is */
          g_strdup_printf (
            _ ("Choose localhost. On macOS, “sudo ifconfig lo0 alias %s” adds the address."),
            culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec))));
      return culvert_failure_words_take (
        /* Translators: %s is host:port */
        g_strdup_printf (_ ("Can’t listen on %s: this computer does not have that address."),
                         place),
        g_strdup (_ ("Choose localhost, or an address that this computer has.")));
    case CULVERT_FORWARD_ERROR_SOCKET_PATH:
      if (culvert_error_get_fact (failure->error, CULVERT_FACT_HOLDER) != NULL)
        return culvert_failure_words_for_socket_in_use (failure, place);
      return culvert_failure_words_take (
        /* Translators: 1 is a path, 2 are the system's own words */
        g_strdup_printf (_ ("Can’t listen on the socket %1$s: %2$s."), place, failure->reason),
        g_strdup (_ ("Choose a path in a folder of yours where there is no file of that name.")));
    case CULVERT_FORWARD_ERROR_FAR_SOCKET:
      return culvert_failure_words_take (
        /* Translators: %s is a path */
        g_strdup_printf (_ ("Listening on the socket %s at the server is not possible."), place),
        g_strdup (_ ("Choose a port there, and let programs at the server connect to localhost and "
                     "that port.")));
    case CULVERT_FORWARD_ERROR_LISTEN:
    default:
      return culvert_failure_words_take (
        /* Translators: 1 is host:port, 2 are the system's own words */
        g_strdup_printf (_ ("Can’t listen on %1$s: %2$s."), place, failure->reason),
        g_strdup (_ ("Check the address and the port of the forward.")));
    }
}
