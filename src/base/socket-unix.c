/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/socket.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* POSIX allows two numbers; every system we know has one. */
G_STATIC_ASSERT (EAGAIN == EWOULDBLOCK);

#define KEEPALIVE_IDLE_S      30
#define KEEPALIVE_INTERVAL_S  10
#define KEEPALIVE_COUNT       3
#define UNACKNOWLEDGED_MAX_MS 30000
#define UNSENT_MAX_BYTES      (128 * 1024)

/* Linux; elsewhere it is not there. */
#define PORT_START_FILE "/proc/sys/net/ipv4/ip_unprivileged_port_start"

typedef union
{
  struct sockaddr         any;
  struct sockaddr_storage storage;
  struct sockaddr_un      unix_path;
} NativeAddress;

/* The one place where an errno becomes a GError.  @what: "bind", "connect"… */
static void
set_error (GError **error, int code, const char *what)
{
  GIOErrorEnum io_error;

  if (code == EADDRNOTAVAIL)
    io_error = G_IO_ERROR_NOT_FOUND;
  else if (code == EPIPE)
    io_error = G_IO_ERROR_NOT_CONNECTED;
  else if (code == ENOBUFS || code == ENOMEM)
    io_error = G_IO_ERROR_TOO_MANY_OPEN_FILES;
  else
    io_error = g_io_error_from_errno (code);

  g_set_error (error, G_IO_ERROR, io_error, "%s: %s (%d)", what, g_strerror (code), code);
}

static void
set_option (CulvertSocket socket, int level, int option, int value)
{
  (void)setsockopt (socket, level, option, &value, sizeof value);
}

static gboolean
is_tcp (CulvertSocket fd)
{
  NativeAddress address;
  socklen_t     size = sizeof address;

  return getsockname (fd, &address.any, &size) == 0 &&
         (address.any.sa_family == AF_INET || address.any.sa_family == AF_INET6);
}

/* What a system cannot do while making a descriptor is done right afterwards. */
static void
make_ours (CulvertSocket fd)
{
#ifndef SOCK_CLOEXEC
  (void)fcntl (fd, F_SETFD, FD_CLOEXEC);
  (void)fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
#endif
#ifdef SO_NOSIGPIPE
  set_option (fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
}

static CulvertSocket
open_stream (int family, GError **error)
{
#ifdef SOCK_CLOEXEC
  CulvertSocket fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
  CulvertSocket fd = socket (family, SOCK_STREAM, 0);
#endif

  if (fd < 0)
    {
      set_error (error, errno, "socket");
      return CULVERT_SOCKET_NONE;
    }
  make_ours (fd);

  return fd;
}

static gboolean
to_native (GSocketAddress *address, NativeAddress *native, socklen_t *size, GError **error)
{
  gssize native_size = g_socket_address_get_native_size (address);

  /* A GUnixSocketAddress cuts what does not fit, and another file than the one meant must not be
     touched: a path that fills the field may have been cut. */
  if (G_IS_UNIX_SOCKET_ADDRESS (address) &&
      g_unix_socket_address_get_path_len (G_UNIX_SOCKET_ADDRESS (address)) >=
        sizeof native->unix_path.sun_path - 1)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                   "the path of a socket may have at most %u bytes",
                   (guint)sizeof native->unix_path.sun_path - 2);
      return FALSE;
    }

  if (native_size < 0 || (gsize)native_size > sizeof *native)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "unknown kind of address");
      return FALSE;
    }

  *size = (socklen_t)native_size;

  return g_socket_address_to_native (address, native, sizeof *native, error);
}

CulvertIoStatus
culvert_socket_receive (CulvertSocket socket,
                        void         *buffer,
                        gsize         size,
                        gsize        *n_received,
                        GError      **error)
{
  gssize n;

  g_return_val_if_fail (size > 0, CULVERT_IO_AGAIN);

  do
    n = recv (socket, buffer, size, 0);
  while (n < 0 && errno == EINTR);

  *n_received = n > 0 ? (gsize)n : 0;
  if (n > 0)
    return CULVERT_IO_OK;
  if (n == 0)
    return CULVERT_IO_EOF;
  if (errno == EAGAIN)
    return CULVERT_IO_AGAIN;

  set_error (error, errno, "receive");

  return CULVERT_IO_FAILED;
}

CulvertIoStatus
culvert_socket_peek (CulvertSocket socket, GError **error)
{
  char   byte;
  gssize n;

  do
    n = recv (socket, &byte, 1, MSG_PEEK);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    return CULVERT_IO_OK;
  if (n == 0)
    return CULVERT_IO_EOF;
  if (errno == EAGAIN)
    return CULVERT_IO_AGAIN;

  set_error (error, errno, "receive");

  return CULVERT_IO_FAILED;
}

CulvertIoStatus
culvert_socket_send (CulvertSocket socket,
                     const void   *bytes,
                     gsize         n_bytes,
                     gsize        *n_sent,
                     GError      **error)
{
  gssize n;

  do
    n = send (socket, bytes, n_bytes, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  *n_sent = n > 0 ? (gsize)n : 0;
  if (n >= 0)
    return CULVERT_IO_OK;
  if (errno == EAGAIN)
    return CULVERT_IO_AGAIN;

  set_error (error, errno, "send");

  return CULVERT_IO_FAILED;
}

CulvertSocket
culvert_socket_connect (GSocketAddress *address, gboolean *in_progress, GError **error)
{
  NativeAddress native;
  socklen_t     size;
  CulvertSocket fd;
  int           code;

  *in_progress = FALSE;
  if (!to_native (address, &native, &size, error))
    return CULVERT_SOCKET_NONE;

  fd = open_stream (native.any.sa_family, error);
  if (fd == CULVERT_SOCKET_NONE)
    return CULVERT_SOCKET_NONE;

  if (connect (fd, &native.any, size) == 0)
    return fd;

  /* Interrupted or not, the kernel goes on connecting. */
  code = errno;
  if (code == EINPROGRESS || code == EINTR)
    {
      *in_progress = TRUE;
      return fd;
    }

  /* Of a Unix socket: the listener lives, but too many wait already. */
  if (code == EAGAIN)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "connect: too many clients wait");
  else
    set_error (error, code, "connect");
  culvert_socket_close (&fd);

  return CULVERT_SOCKET_NONE;
}

gboolean
culvert_socket_take_error (CulvertSocket socket, GError **error)
{
  int       code = 0;
  socklen_t size = sizeof code;

  if (getsockopt (socket, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    code = errno;
  if (code == 0)
    return TRUE;

  set_error (error, code, "connect");

  return FALSE;
}

/* Removes the file at @path if it is a socket that nobody listens to any more. */
static gboolean
clear_dead_socket (const char *path, const NativeAddress *native, socklen_t size, GError **error)
{
  struct stat   before, after;
  CulvertSocket fd;
  int           code;

  if (lstat (path, &before) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      set_error (error, errno, "look at the socket's path");
      return FALSE;
    }

  if (!S_ISSOCK (before.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s exists and is not a socket", path);
      return FALSE;
    }

  fd = open_stream (AF_UNIX, error);
  if (fd == CULVERT_SOCKET_NONE)
    return FALSE;
  code = connect (fd, &native->any, size) == 0 ? 0 : errno;
  culvert_socket_close (&fd);

  if (code == EACCES || code == EPERM)
    {
      set_error (error, code, "ask the socket's owner");
      return FALSE;
    }
  if (code != ECONNREFUSED && code != ENOENT)
    {
      set_error (error, EADDRINUSE, "bind");
      return FALSE;
    }

  /* Somebody may have been faster. */
  if (lstat (path, &after) == 0 && after.st_ino == before.st_ino && after.st_dev == before.st_dev)
    (void)g_unlink (path);

  return TRUE;
}

static gboolean
bind_path (CulvertSocket        fd,
           GSocketAddress      *address,
           const NativeAddress *native,
           socklen_t            size,
           GError             **error)
{
  const char *path = g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address));
  struct stat info;

  if (g_unix_socket_address_get_address_type (G_UNIX_SOCKET_ADDRESS (address)) !=
      G_UNIX_SOCKET_ADDRESS_PATH)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "only a socket with a path can be kept from other users");
      return FALSE;
    }

  if (!clear_dead_socket (path, native, size, error))
    return FALSE;

  /* The process-wide umask stays alone, since other threads make files.  Linux takes the file's mode
     from the socket, less the umask; elsewhere it is set before anybody is listened to. */
  (void)fchmod (fd, 0600);
  if (bind (fd, &native->any, size) != 0)
    {
      set_error (error, errno, "bind");
      return FALSE;
    }
  if ((lstat (path, &info) != 0 || (info.st_mode & 0777) != 0600) && g_chmod (path, 0600) != 0)
    {
      set_error (error, errno, "restrict the socket's file");
      (void)g_unlink (path);
      return FALSE;
    }

  return TRUE;
}

static gboolean
bind_internet (CulvertSocket fd, const NativeAddress *native, socklen_t size, GError **error)
{
  set_option (fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (native->any.sa_family == AF_INET6)
    set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);

  if (bind (fd, &native->any, size) == 0)
    return TRUE;

  set_error (error, errno, "bind");

  return FALSE;
}

CulvertSocket
culvert_socket_listen (GSocketAddress *address, int backlog, GError **error)
{
  NativeAddress native;
  socklen_t     size;
  CulvertSocket fd;
  gboolean      is_bound;

  if (!to_native (address, &native, &size, error))
    return CULVERT_SOCKET_NONE;

  fd = open_stream (native.any.sa_family, error);
  if (fd == CULVERT_SOCKET_NONE)
    return CULVERT_SOCKET_NONE;

  if (native.any.sa_family == AF_UNIX)
    is_bound = bind_path (fd, address, &native, size, error);
  else
    is_bound = bind_internet (fd, &native, size, error);

  if (is_bound && listen (fd, backlog) == 0)
    return fd;

  if (is_bound)
    {
      set_error (error, errno, "listen");
      if (native.any.sa_family == AF_UNIX)
        (void)g_unlink (native.unix_path.sun_path);
    }
  culvert_socket_close (&fd);

  return CULVERT_SOCKET_NONE;
}

CulvertSocket
culvert_socket_accept (CulvertSocket    listener,
                       CulvertIoStatus *status,
                       GSocketAddress **peer,
                       GError         **error)
{
  NativeAddress native;
  socklen_t     size;
  CulvertSocket fd;
  int           code;

  if (peer != NULL)
    *peer = NULL;

  do
    {
      size = sizeof native;
#ifdef SOCK_CLOEXEC
      fd = accept4 (listener, &native.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
      fd = accept (listener, &native.any, &size);
#endif
    }
  while (fd < 0 && errno == EINTR);

  if (fd >= 0)
    {
      make_ours (fd);
      if (peer != NULL)
        *peer = g_socket_address_new_from_native (&native, size);
      *status = CULVERT_IO_OK;
      return fd;
    }

  code = errno;
  if (code == EAGAIN)
    {
      *status = CULVERT_IO_AGAIN;
      return CULVERT_SOCKET_NONE;
    }

  *status = CULVERT_IO_FAILED;
  set_error (error, code, "accept");

  return CULVERT_SOCKET_NONE;
}

gboolean
culvert_socket_pair (CulvertSocket pair[2], GError **error)
{
#ifdef SOCK_CLOEXEC
  int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
#else
  int type = SOCK_STREAM;
#endif

  if (socketpair (AF_UNIX, type, 0, pair) != 0)
    {
      set_error (error, errno, "socketpair");
      pair[0] = pair[1] = CULVERT_SOCKET_NONE;
      return FALSE;
    }

  make_ours (pair[0]);
  make_ours (pair[1]);

  return TRUE;
}

GSocketAddress *
culvert_socket_get_local_address (CulvertSocket socket)
{
  NativeAddress native;
  socklen_t     size = sizeof native;

  if (getsockname (socket, &native.any, &size) != 0)
    return NULL;

  return g_socket_address_new_from_native (&native, size);
}

GSocketAddress *
culvert_socket_get_remote_address (CulvertSocket socket)
{
  NativeAddress native;
  socklen_t     size = sizeof native;

  if (getpeername (socket, &native.any, &size) != 0)
    return NULL;

  return g_socket_address_new_from_native (&native, size);
}

void
culvert_socket_shutdown_send (CulvertSocket socket)
{
  (void)shutdown (socket, SHUT_WR);
}

void
culvert_socket_close (CulvertSocket *socket)
{
  CulvertSocket old = *socket;

  *socket = CULVERT_SOCKET_NONE;
  if (old != CULVERT_SOCKET_NONE)
    (void)close (old);
}

void
culvert_socket_reset (CulvertSocket *socket)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  if (*socket != CULVERT_SOCKET_NONE)
    (void)setsockopt (*socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  culvert_socket_close (socket);
}

void
culvert_socket_set_writable_when_sent (CulvertSocket socket)
{
#ifdef TCP_NOTSENT_LOWAT
  if (is_tcp (socket))
    set_option (socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1);
#endif
}

guint16
culvert_socket_get_unprivileged_port_start (void)
{
  g_autofree char *text = NULL;
  guint64          port;

  if (g_file_get_contents (PORT_START_FILE, &text, NULL, NULL) &&
      g_ascii_string_to_unsigned (g_strstrip (text), 10, 0, G_MAXUINT16, &port, NULL))
    return (guint16)port;

  return IPPORT_RESERVED;
}

void
culvert_socket_set_no_delay (CulvertSocket socket)
{
  if (is_tcp (socket))
    set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

void
culvert_socket_set_urgent_inline (CulvertSocket socket)
{
  if (is_tcp (socket))
    set_option (socket, SOL_SOCKET, SO_OOBINLINE, 1);
}

void
culvert_socket_tune_session (CulvertSocket socket)
{
  if (!is_tcp (socket))
    return;

  set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option (socket, SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE)
  set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
#elif defined(TCP_KEEPALIVE)
  set_option (socket, IPPROTO_TCP, TCP_KEEPALIVE, KEEPALIVE_IDLE_S);
#endif
#ifdef TCP_KEEPINTVL
  set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
#endif
#ifdef TCP_KEEPCNT
  set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
#endif
#ifdef TCP_USER_TIMEOUT
  set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MAX_MS);
#endif
#ifdef TCP_NOTSENT_LOWAT
  set_option (socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_MAX_BYTES);
#endif
}

void
culvert_socket_set_unsent_max (CulvertSocket socket, gsize n_bytes)
{
#ifdef TCP_NOTSENT_LOWAT
  if (is_tcp (socket))
    set_option (socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, (int)n_bytes);
#endif
}

void
culvert_socket_quick_ack (CulvertSocket socket)
{
#ifdef TCP_QUICKACK
  set_option (socket, IPPROTO_TCP, TCP_QUICKACK, 1);
#endif
}

gboolean
culvert_socket_peer_is_gone (CulvertSocket socket)
{
#ifdef POLLRDHUP
  struct pollfd entry = { .fd = socket, .events = POLLRDHUP };

  return poll (&entry, 1, 0) > 0;
#else
  struct pollfd entry = { .fd = socket, .events = POLLIN };
  char          byte;

  if (poll (&entry, 1, 0) <= 0)
    return FALSE;

  return (entry.revents & (POLLHUP | POLLERR)) != 0 || recv (socket, &byte, 1, MSG_PEEK) == 0;
#endif
}
