/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t
make_address (const char *address, guint16 port, struct sockaddr_storage *storage)
{
  g_autoptr (GSocketAddress) made = NULL;
  g_autoptr (GError)         error = NULL;

  if (address != NULL && address[0] == '/')
    made = g_unix_socket_address_new (address);
  else
    made = g_inet_socket_address_new_from_string (address != NULL ? address : "127.0.0.1", port);
  g_assert_nonnull (made);
  g_socket_address_to_native (made, storage, sizeof *storage, &error);
  g_assert_no_error (error);
  return (socklen_t)g_socket_address_get_native_size (made);
}

static int
open_socket (int family, guint receive_buffer)
{
  int descriptor = socket (family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int size = (int)receive_buffer;

  if (descriptor >= 0 && size > 0)
    setsockopt (descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return descriptor;
}

static int
close_and_keep_errno (int descriptor)
{
  int saved = errno;

  close (descriptor);
  errno = saved;
  return -1;
}

int
culvert_loopback_listen (const char *address, guint16 port, int backlog, guint receive_buffer)
{
  struct sockaddr_storage storage;
  socklen_t               length = make_address (address, port, &storage);
  int                     descriptor = open_socket (storage.ss_family, receive_buffer);
  int                     one = 1;

  if (descriptor < 0)
    return -1;
  setsockopt (descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (descriptor, (struct sockaddr *)&storage, length) < 0 ||
      listen (descriptor, backlog) < 0)
    return close_and_keep_errno (descriptor);
  return descriptor;
}

guint16
culvert_loopback_get_port (int descriptor)
{
  struct sockaddr_storage storage;
  socklen_t               length = sizeof storage;

  g_assert_cmpint (getsockname (descriptor, (struct sockaddr *)&storage, &length), ==, 0);
  if (storage.ss_family == AF_INET)
    return ntohs (((struct sockaddr_in *)&storage)->sin_port);
  if (storage.ss_family == AF_INET6)
    return ntohs (((struct sockaddr_in6 *)&storage)->sin6_port);
  return 0;
}

static void
set_no_delay (int descriptor)
{
  int one = 1;

  setsockopt (descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

int
culvert_loopback_connect (const char *address, guint16 port, guint receive_buffer)
{
  struct sockaddr_storage storage;
  socklen_t               length = make_address (address, port, &storage);
  int                     descriptor = open_socket (storage.ss_family, receive_buffer);

  if (descriptor < 0)
    return -1;
  set_no_delay (descriptor);
  if (connect (descriptor, (struct sockaddr *)&storage, length) < 0 && errno != EINPROGRESS)
    return close_and_keep_errno (descriptor);
  return descriptor;
}

int
culvert_loopback_get_error (int descriptor)
{
  int       error = 0;
  socklen_t length = sizeof error;

  if (getsockopt (descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
    return errno;
  return error;
}

int
culvert_loopback_accept (int listener)
{
  int descriptor = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (descriptor >= 0)
    set_no_delay (descriptor);
  return descriptor;
}

void
culvert_loopback_reset (int descriptor)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (descriptor);
}

gboolean
culvert_loopback_is_flushed (int descriptor)
{
  int n_waiting = 0;

  return ioctl (descriptor, SIOCOUTQ, &n_waiting) < 0 || n_waiting == 0;
}

void
culvert_loopback_open_bell (int bell[2])
{
  g_assert_cmpint (pipe2 (bell, O_CLOEXEC | O_NONBLOCK), ==, 0);
}

void
culvert_loopback_ring (int bell[2])
{
  /* A full pipe has been rung already. */
  if (write (bell[1], "!", 1) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
}

void
culvert_loopback_silence (int bell[2])
{
  char bytes[64];

  while (read (bell[0], bytes, sizeof bytes) > 0)
    continue;
}

void
culvert_loopback_close_bell (int bell[2])
{
  close (bell[0]);
  close (bell[1]);
}
