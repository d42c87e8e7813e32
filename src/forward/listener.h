/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where clients of a forward connect: one listening endpoint as one or two sockets.
 *
 * `localhost` (or no host) is 127.0.0.1 and ::1 on the same port, `*` every address of both
 * families; a machine that lacks one family listens on the other alone.  An address listens on
 * itself, a path as a Unix socket that only this user may connect to.  Other names are refused: what
 * they mean is not ours to choose.
 *
 * While it does not accept, clients wait in the system's queue.  It belongs to the thread of its
 * source. */

#include "base/io-watch.h"
#include "base/log.h"
#include "core/endpoint.h"
#include "forward/guard.h"

G_BEGIN_DECLS

typedef struct _CulvertListener CulvertListener;

/* Both may free the listener. */
typedef struct
{
  /* A client connected; @client is the receiver's to close. */
  void (*accepted) (CulvertListener *self, CulvertSocket client, gpointer user_data);
  /* Something about the listener that its owner should note. */
  void (*warned) (CulvertListener *self, const char *text, gpointer user_data);
} CulvertListenerEvents;

/**
 * culvert_listener_new:
 * @where: port 0 lets the system choose
 * @events: outlives the listener
 *
 * Listens at once and accepts nobody until [func@culvert_listener_set_accepting].
 *
 * Errors: CULVERT_FORWARD_ERROR; the message names the address.  `…_PORT_IN_USE` also when one of
 * two families is in use; `…_PORT_PRIVILEGED`, `…_ADDRESS_UNKNOWN`; `…_SOCKET_PATH` whatever is wrong
 * with a path; else `…_LISTEN`.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertListener *culvert_listener_new (const CulvertEndpoint       *where,
                                       CulvertIoSource             *io,
                                       const CulvertListenerEvents *events,
                                       gpointer                     user_data,
                                       GError                     **error);

/* Stops listening: whoever waits is reset; the socket file is removed if it is still ours. */
void culvert_listener_free (CulvertListener *self);

/* @guard: (nullable): only clients that it admits are told of; outlives the listener.  Its log may free
 * both. */
void culvert_listener_set_guard (CulvertListener *self, CulvertGuard *guard);

void culvert_listener_set_accepting (CulvertListener *self, gboolean accepting);

/* (transfer full): the address and the real port; of two sockets the IPv4 one's */
CulvertEndpoint *culvert_listener_dup_bound (CulvertListener *self);

/* Most clients accepted in one turn of the source, so that a flood leaves room for the rest. */
#define CULVERT_LISTENER_ACCEPTS_PER_TURN 64

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertListener, culvert_listener_free)

G_END_DECLS
