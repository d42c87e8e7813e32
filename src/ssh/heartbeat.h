/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Is the server still there?
 *
 * A bare session channel, on which nothing runs, serves twice.  Reading it is how libssh2 is made
 * to take packets in when no stream is open.  And a request on it that every server refuses is the
 * ping; the refusal is the pong, and the time between is the round trip.  libssh2's own keepalive
 * is of no use: it never takes the answers back out of its queue, where the next remote forward
 * would find them.
 *
 * A server that allows no session channel is pinged by opening a channel of an unknown type. */

#include "ssh/lib.h"
#include "ssh/session.h"

G_BEGIN_DECLS

/* Silence of this many intervals means that the server is gone. */
#define CULVERT_HEARTBEAT_MISSES 3
/* After the network changed or the machine woke, an answer must come within this time. */
#define CULVERT_PROBE_TIMEOUT_S 5

typedef struct
{
  LIBSSH2_CHANNEL *channel;      /* NULL until opened, or where the server allows none */
  gint64           pinged_at_us; /* the ping on its way; 0 for none */
  gint64           answer_by_us; /* a probe's limit; 0 for none */
  gint64           pumped_at_us; /* when a ping last served as the read pump */
  GSource         *timer;
  gboolean         is_refused;
} CulvertHeartbeat;

/* When the session comes up. */
void culvert_heartbeat_start (CulvertSession *session);
void culvert_heartbeat_clear (CulvertHeartbeat *self);

/* The open queue's answer; @channel is NULL when refused. */
void culvert_heartbeat_opened (CulvertSession *session, LIBSSH2_CHANNEL *channel);
/* A ping was answered. */
void culvert_heartbeat_ponged (CulvertSession *session);

gboolean culvert_heartbeat_is_ready (const CulvertHeartbeat *self);

/* Sends a ping, unless one is on its way. */
void culvert_heartbeat_ping (CulvertSession *session);
/* The same, and the answer must come soon. */
void culvert_heartbeat_probe (CulvertSession *session);

/* Takes packets in and looks for the pong. Returns FALSE when nothing could take packets in. */
gboolean culvert_heartbeat_run (CulvertSession *session);

G_END_DECLS
