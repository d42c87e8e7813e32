/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/socket.h"

/* A file of its own: the kernel's header knows more of tcp_info than the C library's, and the two do
 * not go together. */
#ifdef __linux__
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#endif

gboolean
culvert_socket_get_pace (CulvertSocket socket, guint64 *bytes_per_s)
{
#ifdef __linux__
  struct tcp_info info = { 0 };
  socklen_t       size = sizeof info;

  if (getsockopt (socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      size < offsetof (struct tcp_info, tcpi_delivery_rate) + sizeof info.tcpi_delivery_rate ||
      info.tcpi_delivery_rate_app_limited || info.tcpi_delivery_rate == 0)
    return FALSE;
  *bytes_per_s = info.tcpi_delivery_rate;
  return TRUE;
#else
  return FALSE;
#endif
}
