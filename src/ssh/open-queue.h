/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Channel opens, one at a time.
 *
 * libssh2 keeps the state of an open in the session: a second one begun before the first was
 * answered is given the first one's channel, which is somebody else's target.  So every open of a
 * session goes through this queue: streams, the heartbeat's channel, and the opens that serve as
 * pings.  An open cannot be taken back; a stream that is no longer wanted is abandoned and its
 * channel closed when it comes.
 *
 * Spec: RFC 4254 section 5.1. */

#include "core/transport.h"
#include "ssh/lib.h"
#include "ssh/session.h"

G_BEGIN_DECLS

/* A client waits this long for the server's answer. */
#define CULVERT_OPEN_TIMEOUT_S 30

typedef enum
{
  CULVERT_OPEN_NOTHING,
  CULVERT_OPEN_STREAM,
  CULVERT_OPEN_HEARTBEAT, /* a bare session channel */
  CULVERT_OPEN_PING,      /* of a type that no server knows: the refusal is the answer */
} CulvertOpenKind;

typedef struct
{
  CulvertOpenKind kind;        /* what is in flight */
  CulvertStream  *current;     /* the stream in flight */
  GByteArray     *message;     /* its type-specific part; libssh2 does not copy it */
  GQueue          waiting;     /* of CulvertChannel */
  CulvertOpenKind service;     /* a heartbeat or ping to open before the next stream */
  gboolean        is_settling; /* an open ended oddly: its late answer must pass first */
  GSource        *timer;       /* while a stream waits */
} CulvertOpenQueue;

void culvert_open_queue_init (CulvertOpenQueue *self);
/* Streams must have been told already. */
void culvert_open_queue_clear (CulvertOpenQueue *self);

CulvertStream *culvert_open_queue_add (CulvertSession            *session,
                                       const CulvertEndpoint     *target,
                                       const CulvertEndpoint     *originator,
                                       const CulvertStreamEvents *events,
                                       gpointer                   user_data);
/* @kind: HEARTBEAT or PING; goes before the streams that wait */
void culvert_open_queue_add_service (CulvertSession *session, CulvertOpenKind kind);

/* Goes on with the open in flight and begins others, as far as answers are there. */
void culvert_open_queue_run (CulvertSession *session);

/* A round trip passed since the odd end: nothing late can come any more. */
void culvert_open_queue_settled (CulvertSession *session);

/* The session is over: tells every stream in the queue and drops it. */
void culvert_open_queue_lose (CulvertSession *session, const GError *error);

G_END_DECLS
