/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Channels that are asked for: in which order, how many at once, and for how long.
 *
 * As many opens are in flight as the carrier allows (one, with the system's libssh2); the rest wait
 * their turn.  An open that was asked for cannot be taken back; a stream that is no longer wanted is
 * abandoned, takes up no place, and its channel is closed when it comes.
 *
 * Spec: RFC 4254 section 5.1. */

#include "core/transport.h"
#include "ssh/channel.h"

G_BEGIN_DECLS

/* A client waits this long for the server's answer. */
#define CULVERT_OPEN_TIMEOUT_S 30

typedef struct
{
  GQueue      waiting; /* of CulvertChannel */
  GQueue      asked;   /* of CulvertChannel: in flight, the abandoned ones among them */
  GByteArray *message; /* the part of an open that belongs to its type */
  GSource    *timer;   /* while anything waits */
} CulvertOpenQueue;

void culvert_open_queue_init (CulvertOpenQueue *self);
/* Streams must have been told already. */
void culvert_open_queue_clear (CulvertOpenQueue *self);

/* @target: (nullable): NULL for a channel of type "session" */
CulvertStream *culvert_open_queue_add (CulvertSession            *session,
                                       const CulvertEndpoint     *target,
                                       const CulvertEndpoint     *originator,
                                       const CulvertStreamEvents *events,
                                       gpointer                   user_data);

/* Asks for those that wait, as far as the carrier allows. */
void culvert_open_queue_run (CulvertSession *session);

/* The carrier's answers. @code: CULVERT_SSH_ERROR_OPEN_…; @text: for the log; @said: (nullable): the
 * server's own words, made printable */
void culvert_open_queue_opened (CulvertSession *session, CulvertChannel *channel);
void culvert_open_queue_refused (CulvertSession *session,
                                 CulvertChannel *channel,
                                 int             code,
                                 const char     *text,
                                 const char     *said);

/* The session is over: tells every stream in the queue and drops it. */
void culvert_open_queue_lose (CulvertSession *session, const GError *error);

G_END_DECLS
