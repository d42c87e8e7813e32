/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A TCP relay that breaks on command: put it between a client and a server to slow, chop, freeze or
 * cut what they say.  Runs in a thread of its own; every call may come from any thread, holds
 * for the connections that exist as well as for later ones, and returns when it is in force. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_PROXY_PASS,
  CULVERT_PROXY_FREEZE,    /* moves nothing, not even a close; connections stay */
  CULVERT_PROXY_DRIBBLE,   /* one byte at a time, each in a segment of its own */
  CULVERT_PROXY_HALF_OPEN, /* the server's side is closed, the client is not told and what it
                            * sends is swallowed: the peer that has silently gone */
} CulvertProxyMode;

typedef enum
{
  CULVERT_CUT_CLOSE, /* both sides read EOF */
  CULVERT_CUT_RESET, /* both sides get ECONNRESET */
} CulvertProxyCut;

typedef enum
{
  CULVERT_PROXY_TO_SERVER,
  CULVERT_PROXY_TO_CLIENT,
} CulvertProxyDirection;

typedef struct _CulvertFaultProxy CulvertFaultProxy;

/**
 * culvert_fault_proxy_new:
 * @target_port: the server's port on 127.0.0.1
 *
 * Listens on 127.0.0.1.  A close of one side is passed on as a half-close, a reset as a reset.
 */
CulvertFaultProxy *culvert_fault_proxy_new (guint16 target_port);
void               culvert_fault_proxy_free (CulvertFaultProxy *self);
guint16            culvert_fault_proxy_get_port (CulvertFaultProxy *self);

void culvert_fault_proxy_set_mode (CulvertFaultProxy *self, CulvertProxyMode mode);

/* Holds each byte back for so long, each way (0: not at all). */
void culvert_fault_proxy_set_delay_ms (CulvertFaultProxy *self, guint delay_ms);

/* Bytes a second for each connection, each way (0: no limit). */
void culvert_fault_proxy_set_rate (CulvertFaultProxy *self, guint64 bytes_per_s);

/* Ends every connection there is, now. */
void culvert_fault_proxy_cut (CulvertFaultProxy *self, CulvertProxyCut cut);

/**
 * culvert_fault_proxy_cut_after:
 * @n_bytes: counted from now over all connections in that direction
 *
 * Ends every connection once exactly so many bytes have been passed on that way.
 */
void culvert_fault_proxy_cut_after (CulvertFaultProxy    *self,
                                    CulvertProxyDirection direction,
                                    guint64               n_bytes,
                                    CulvertProxyCut       cut);

/* Flips one bit of the byte that comes to the client once so many more have come, all connections
 * together. */
void culvert_fault_proxy_damage_after (CulvertFaultProxy *self, guint64 n_bytes);

/* While refusing, the port is closed: connecting fails at once.  Otherwise the same port again. */
void culvert_fault_proxy_set_refusing (CulvertFaultProxy *self, gboolean refusing);

guint64 culvert_fault_proxy_get_n_bytes (CulvertFaultProxy *self, CulvertProxyDirection direction);
guint   culvert_fault_proxy_get_n_connections (CulvertFaultProxy *self); /* ever */
guint   culvert_fault_proxy_get_n_open (CulvertFaultProxy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFaultProxy, culvert_fault_proxy_free)

G_END_DECLS
