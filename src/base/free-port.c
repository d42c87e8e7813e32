/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/free-port.h"

#include "base/socket.h"

gboolean
culvert_port_is_free (const char *const *addresses, guint16 port)
{
  guint n_free = 0;

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      g_autoptr (GSocketAddress) address =
        g_inet_socket_address_new_from_string (addresses[i], port);
      g_autoptr (GError) error = NULL;
      CulvertSocket      socket =
        address != NULL ? culvert_socket_listen (address, 1, &error) : CULVERT_SOCKET_NONE;

      if (socket != CULVERT_SOCKET_NONE)
        n_free++;
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
               !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        return FALSE;
      culvert_socket_close (&socket);
    }
  return n_free > 0;
}
