/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Is the server still there?
 *
 * After an interval of silence a ping is sent, and a server that stays silent for several is gone.
 * While bytes come nobody asks: they are sign enough.  The time between ping and answer is the round
 * trip, which people see and the windows are made by.  How one pings is the carrier's business. */

#include "ssh/session.h"

G_BEGIN_DECLS

/* Silence of this many intervals means that the server is gone. */
#define CULVERT_HEARTBEAT_MISSES 3
/* After the network changed or the machine woke, a sign of life must come within this time. */
#define CULVERT_PROBE_TIMEOUT_S 5

typedef struct
{
  gint64   pinged_at_us; /* the ping on its way; 0 for none */
  gint64   probed_at_us; /* something must come within a time from then; 0 for none */
  GSource *timer;
} CulvertHeartbeat;

/* When the session comes up. */
void culvert_heartbeat_start (CulvertSession *session);
void culvert_heartbeat_clear (CulvertHeartbeat *self);

/* The carrier's answer to a ping. */
void culvert_heartbeat_ponged (CulvertSession *session);

/* Sends a ping, unless one is on its way. */
void culvert_heartbeat_ping (CulvertSession *session);
/* The same, and the answer must come soon. */
void culvert_heartbeat_probe (CulvertSession *session);

/* The next look at the heartbeat is in @delay_us at the latest. */
void culvert_heartbeat_look_within (CulvertSession *session, gint64 delay_us);

G_END_DECLS
