/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Sockets, the portable way: everything the engine does with one, besides polling it
 * (base/io-watch.h).  Every socket made here is non-blocking, closed on exec, and never raises
 * SIGPIPE.
 *
 * Errors are GIOErrorEnum in G_IO_ERROR, made from the system's error in one place.  Those a caller may
 * tell apart: CONNECTION_REFUSED, CONNECTION_CLOSED (reset), NOT_CONNECTED (the peer had finished and
 * takes no more; what it sent before may still wait), TIMED_OUT, HOST_UNREACHABLE,
 * NETWORK_UNREACHABLE, ADDRESS_IN_USE, NOT_FOUND (the address is not one of this machine's; the path
 * does not exist), PERMISSION_DENIED, EXISTS (a file that is not a socket), TOO_MANY_OPEN_FILES
 * (descriptors or kernel memory), FILENAME_TOO_LONG, BUSY (a Unix listener whose queue is full). */

#include <gio/gio.h>

G_BEGIN_DECLS

#ifdef G_OS_WIN32
typedef guintptr CulvertSocket;
#define CULVERT_SOCKET_NONE ((CulvertSocket) ~(guintptr)0)
#else
typedef int CulvertSocket;
#define CULVERT_SOCKET_NONE ((CulvertSocket)-1)
#endif

/* What one read or write did. */
typedef enum
{
  CULVERT_IO_OK,     /* some bytes moved */
  CULVERT_IO_AGAIN,  /* none now: wait for the socket */
  CULVERT_IO_EOF,    /* the other side has finished sending */
  CULVERT_IO_FAILED, /* the socket is broken; error is set */
} CulvertIoStatus;

/**
 * culvert_socket_receive:
 * @n_received: (out): bytes read; 0 unless CULVERT_IO_OK
 *
 * Never blocks.
 */
CulvertIoStatus culvert_socket_receive (CulvertSocket socket,
                                        void         *buffer,
                                        gsize         size,
                                        gsize        *n_received,
                                        GError      **error);
CulvertIoStatus culvert_socket_send (CulvertSocket socket,
                                     const void   *bytes,
                                     gsize         n_bytes,
                                     gsize        *n_sent,
                                     GError      **error);

/**
 * culvert_socket_connect:
 * @address: where to
 * @in_progress: (out): TRUE when the answer is still out: wait until the socket is writable, then
 *   ask [func@culvert_socket_take_error]
 *
 * Starts connecting.  Returns: the socket, or CULVERT_SOCKET_NONE with @error set
 */
CulvertSocket
culvert_socket_connect (GSocketAddress *address, gboolean *in_progress, GError **error);

/**
 * culvert_socket_take_error:
 *
 * Returns: TRUE when the socket has no pending error (a connect succeeded)
 */
gboolean culvert_socket_take_error (CulvertSocket socket, GError **error);

/**
 * culvert_socket_listen:
 * @address: internet address (port 0: the system picks) or Unix path (made with mode 0600; a dead
 *   socket file left there is replaced, a live one or a file of another kind is an error)
 * @backlog: how many clients may wait
 *
 * IPv6 sockets listen on IPv6 alone.  Returns: the socket, or CULVERT_SOCKET_NONE with @error set
 */
CulvertSocket culvert_socket_listen (GSocketAddress *address, int backlog, GError **error);

/**
 * culvert_socket_accept:
 * @status: (out): OK; AGAIN when nobody waits; FAILED with @error: G_IO_ERROR_TOO_MANY_OPEN_FILES
 *   when out of descriptors (the client still waits), others concern one client only
 * @peer: (out) (optional) (transfer full): the client's address
 */
CulvertSocket culvert_socket_accept (CulvertSocket    listener,
                                     CulvertIoStatus *status,
                                     GSocketAddress **peer,
                                     GError         **error);

/**
 * culvert_socket_peek:
 *
 * What would culvert_socket_receive() say?  Takes no byte.  An error of the socket is taken.
 */
CulvertIoStatus culvert_socket_peek (CulvertSocket socket, GError **error);

/* Two connected stream sockets. */
gboolean culvert_socket_pair (CulvertSocket pair[2], GError **error);

GSocketAddress *culvert_socket_get_local_address (CulvertSocket socket);
GSocketAddress *culvert_socket_get_remote_address (CulvertSocket socket);

/* Half-close: the peer reads EOF after what was sent. */
void culvert_socket_shutdown_send (CulvertSocket socket);

/* The lowest port on which a program may listen without a privilege. */
guint16 culvert_socket_get_unprivileged_port_start (void);

/* Closes and forgets: *socket becomes CULVERT_SOCKET_NONE.  Accepts CULVERT_SOCKET_NONE. */
void culvert_socket_close (CulvertSocket *socket);

/* Closes so that the peer sees a reset, not an orderly end. */
void culvert_socket_reset (CulvertSocket *socket);

/* From now on the socket is writable only once the system has passed on all that it was given: for
 * waiting before culvert_socket_reset(), which takes back the rest.  No effect on Unix sockets,
 * whose peer has everything at once, and on systems that cannot do it. */
void culvert_socket_set_writable_when_sent (CulvertSocket socket);

/* Small packets at once (TCP_NODELAY).  No effect on Unix sockets. */
void culvert_socket_set_no_delay (CulvertSocket socket);

/* A byte that was sent as urgent is read in its place, like any other (SO_OOBINLINE).  No effect on
 * Unix sockets. */
void culvert_socket_set_urgent_inline (CulvertSocket socket);

/* For the socket to an SSH server: no delay, keepalive 30 s / 10 s / 3, unacknowledged data for
 * at most 30 s, at most 128 KiB unsent in the kernel.  What a system lacks is left out. */
void culvert_socket_tune_session (CulvertSocket socket);

/**
 * culvert_socket_get_pace:
 * @bytes_per_s: (out): how fast what is sent arrives at the other side, as the system measures it
 *
 * Returns: FALSE when the system does not tell, or cannot know because too little was sent
 */
gboolean culvert_socket_get_pace (CulvertSocket socket, guint64 *bytes_per_s);

/* Writable again while less than @n_bytes wait in the kernel to be sent; a hint. */
void culvert_socket_set_unsent_max (CulvertSocket socket, gsize n_bytes);

/* Acknowledge at once; lasts for one exchange, so call again after a short receive. */
void culvert_socket_quick_ack (CulvertSocket socket);

/* Has the peer closed, reset or finished?  Reads nothing. */
gboolean culvert_socket_peer_is_gone (CulvertSocket socket);

G_END_DECLS
