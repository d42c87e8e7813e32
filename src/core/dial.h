/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reaching a host: looks its name up and connects to whichever of its addresses answers first.
 *
 * The addresses of both families take turns, the system's favourite first; the next one is tried
 * 250 ms after the one before, or at once when that one failed, and whoever connects first wins.  So
 * a family that leads nowhere costs a quarter of a second.  The name is looked up by GIO in a thread of
 * its own.  There is no limit of time in here: whoever wants one frees the dial.
 *
 * Lives in one thread, on that thread's CulvertIoSource and thread-default context.
 *
 * Spec: RFC 8305 sections 4 and 5. */

#include "base/io-watch.h"
#include "core/profile.h"

G_BEGIN_DECLS

#define CULVERT_DIAL_DELAY_MS      250
#define CULVERT_DIAL_ADDRESSES_MAX 32

typedef struct _CulvertDial CulvertDial;

/* Neither is called from inside culvert_dial_new(); both may free the dial. */
typedef struct
{
  /* The name is known. */
  void (*resolved) (gpointer user_data);
  /* The last event.  @socket: (transfer full): connected, or CULVERT_SOCKET_NONE with @error:
   * CULVERT_SSH_ERROR_NAME_UNKNOWN, …_REFUSED, …_UNREACHABLE, …_TIMED_OUT */
  void (*done) (CulvertSocket socket, const GError *error, gpointer user_data);
} CulvertDialEvents;

/**
 * culvert_dial_new:
 * @owner: kept alive while a lookup is out, which goes on for a moment after it was cancelled
 * @host: a name or an address, without brackets
 * @events: outlives the dial
 */
CulvertDial *culvert_dial_new (CulvertIoSource         *io,
                               GObject                 *owner,
                               const char              *host,
                               guint16                  port,
                               CulvertAddressFamily     family,
                               const CulvertDialEvents *events,
                               gpointer                 user_data);

/* Gives up what is under way.  No event follows. */
void culvert_dial_free (CulvertDial *self);

/* (transfer full) (element-type GInetAddress): @addresses with the families taking turns, that of the
 * first one first; not more than CULVERT_DIAL_ADDRESSES_MAX */
GPtrArray *culvert_dial_interleave (GList *addresses);

G_END_DECLS
