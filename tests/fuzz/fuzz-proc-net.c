/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/proc-net.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* Whatever a line is, it is about a socket of a known family or about none. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *text = g_strndup (n_bytes > 0 ? (const char *)data : "", n_bytes);
  g_auto (GStrv)   lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      CulvertProcNetSocket socket;
      gboolean             is_socket = culvert_proc_net_parse (lines[i], &socket);

      g_assert_true (!is_socket || socket.family == G_SOCKET_FAMILY_IPV4 ||
                     socket.family == G_SOCKET_FAMILY_IPV6);
      if (!is_socket)
        continue;
      g_assert_cmpuint (culvert_proc_net_rank (&socket, "127.0.0.1"), <=, 3);
      g_assert_cmpuint (culvert_proc_net_rank (&socket, "::"), <=, 3);
    }
  return 0;
}
