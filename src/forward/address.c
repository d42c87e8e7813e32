/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/address.h"

CulvertEndpoint *
culvert_address_to_endpoint (GSocketAddress *address)
{
  if (G_IS_INET_SOCKET_ADDRESS (address))
    {
      GInetSocketAddress *internet = G_INET_SOCKET_ADDRESS (address);
      g_autofree char    *host =
        g_inet_address_to_string (g_inet_socket_address_get_address (internet));

      return culvert_endpoint_new_tcp (host, g_inet_socket_address_get_port (internet));
    }

  if (G_IS_UNIX_SOCKET_ADDRESS (address) &&
      g_unix_socket_address_get_address_type (G_UNIX_SOCKET_ADDRESS (address)) ==
        G_UNIX_SOCKET_ADDRESS_PATH)
    return culvert_endpoint_new_unix (
      g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address)));

  return NULL;
}

char *
culvert_address_to_string (GSocketAddress *address)
{
  g_autoptr (CulvertEndpoint) endpoint = culvert_address_to_endpoint (address);

  return endpoint != NULL ? culvert_endpoint_to_string (endpoint) : g_strdup ("");
}
