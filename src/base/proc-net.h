/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A line of Linux's tables of TCP sockets, /proc/net/tcp and /proc/net/tcp6.  Pure: takes any bytes.
 *
 * Spec: proc(5), /proc/net/tcp; the kernel's Documentation/networking/proc_net_tcp.rst */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_PROC_NET_OTHER,  /* connected, or on the way there or back */
  CULVERT_PROC_NET_LISTEN, /* clients may connect */
  CULVERT_PROC_NET_OVER,   /* TIME_WAIT: only the kernel remembers it */
} CulvertProcNetState;

typedef struct
{
  GSocketFamily family;      /* IPv4 or IPv6 */
  guint8        address[16]; /* in the order of the network; 4 bytes for IPv4, the rest is 0 */
  guint16       port;
  CulvertProcNetState state;
  guint32             uid;   /* who made the socket */
  guint64             inode; /* what its descriptors are called after; 0: no process has it */
} CulvertProcNetSocket;

/* FALSE when @line is no line about a socket, as the first one is not. */
gboolean culvert_proc_net_parse (const char *line, CulvertProcNetSocket *socket);

/* How sure is it that @socket keeps others from listening on the literal address @wanted?  0: it does not;
 * 1: perhaps, as where one for IPv6 takes clients of IPv4 too; 2: one of the two is every address; 3: it
 * is that very address.  The ports are not compared. */
guint culvert_proc_net_rank (const CulvertProcNetSocket *socket, const char *wanted);

G_END_DECLS
