/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Plain non-blocking sockets for the threads of targets, traffic and fault-proxy, which must not
 * lean on the code under test. */

#include <glib.h>

G_BEGIN_DECLS

/**
 * culvert_loopback_listen:
 * @address: (nullable): NULL is 127.0.0.1; an address; or the path of a socket to make
 * @port: 0 lets the system choose
 * @receive_buffer: for the connections, in bytes; 0 leaves the system's
 *
 * Returns: a listening descriptor, or -1 with errno
 */
int culvert_loopback_listen (const char *address, guint16 port, int backlog, guint receive_buffer);
guint16 culvert_loopback_get_port (int descriptor);

/* Returns: a descriptor that is connected or connecting, or -1 with errno. */
int culvert_loopback_connect (const char *address, guint16 port, guint receive_buffer);

/* Once a connecting descriptor is writable: 0, or the errno of why it failed. */
int culvert_loopback_get_error (int descriptor);

/* Returns: a connection with small packets sent at once, or -1. */
int culvert_loopback_accept (int listener);

/* Closes so that the peer gets ECONNRESET. */
void culvert_loopback_reset (int descriptor);

/* Has the peer's kernel confirmed all that was sent? */
gboolean culvert_loopback_is_flushed (int descriptor);

/* A pipe that wakes a thread from poll(): writes are never lost and never block. */
void culvert_loopback_open_bell (int bell[2]);
void culvert_loopback_ring (int bell[2]);
void culvert_loopback_silence (int bell[2]);
void culvert_loopback_close_bell (int bell[2]);

G_END_DECLS
