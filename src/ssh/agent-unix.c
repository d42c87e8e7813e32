/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/agent-private.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/un.h>

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  GError            *error = NULL;
  GSocketConnection *connection =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
open_async (gpointer            data,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  const char                *path = data;
  g_autoptr (GTask)          task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSocketClient)  client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = NULL;
  struct sockaddr_un         longest;

  g_task_set_source_tag (task, open_async);
  /* GLib would cut a longer path, and so reach another socket. */
  if (strlen (path) >= sizeof longest.sun_path)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                               "the path of the socket is too long");
      return;
    }

  address = g_unix_socket_address_new_with_type (path, -1, G_UNIX_SOCKET_ADDRESS_PATH);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), cancellable, connected_cb,
                                 g_steal_pointer (&task));
}

static GIOStream *
open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static const CulvertAgentOpener opener = { open_async, open_finish, g_free };

CulvertAgent *
culvert_agent_new_for_path (const char *socket_path)
{
  return culvert_agent_new (socket_path, &opener, g_strdup (socket_path), NULL);
}
