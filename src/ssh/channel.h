/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An SSH channel as a stream (core/transport.h).
 *
 * Receiving: what comes goes straight to the stream's receiver.  What the server may send ahead is
 * the window:
 *
 *   window   what the server may still send
 *   unused   what was handed to the receiver and not yet consumed
 *   target   window + unused is brought back to this whenever half of it is missing; it follows
 *            bandwidth × delay (ssh/receive-window.h)
 *
 * Sending: all of what get_writable() offered is taken.  Should a key exchange come in between, the
 * rest waits in `stuck` and nothing else is offered meanwhile.
 *
 * Nothing is asked of a channel every turn: whoever changes something that concerns it marks it due,
 * and the turn attends to those that are (session-pump.c).
 *
 * Spec: RFC 4254 sections 5.2 and 5.3. */

#include "base/byte-queue.h"
#include "core/transport.h"
#include "ssh/carrier.h"
#include "ssh/receive-window.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_CHANNEL_QUEUED,    /* its turn to be opened has not come */
  CULVERT_CHANNEL_OPENING,   /* the server has been asked */
  CULVERT_CHANNEL_ABANDONED, /* asked, and nobody wants the answer any more */
  CULVERT_CHANNEL_OFFERED,   /* the server asks, and has no answer yet */
  CULVERT_CHANNEL_OPEN,
  CULVERT_CHANNEL_ENDED, /* both sides are done, or the receiver closed it: to be freed */
} CulvertChannelState;

typedef struct
{
  CulvertStream       stream; /* first */
  CulvertSession     *session;
  CulvertLine         line;
  CulvertChannelState state;

  GList            open_link;    /* in the open queue, or among those offered, until answered */
  CulvertEndpoint *target;       /* until answered; NULL for "session" and what the server offers */
  CulvertEndpoint *originator;   /* nullable */
  gint64           queued_at_us; /* when the open was asked for */

  guint index; /* in the session's channels, once open */

  CulvertWindow    window;
  guint32          unused;
  guint32          granting; /* what a key exchange holds up; repeated with the same value */
  CulvertByteQueue stuck;

  guint32 n_lately;  /* bytes sent since … */
  gint64  lately_us; /* … then: little is let past a congested queue */

  gboolean is_due;        /* in the session's list of that name */
  gboolean is_held;       /* in the session's list of that name */
  gboolean was_blocked;   /* get_writable() said 0: say so when that changes */
  gboolean finish_wanted; /* send EOF when nothing is stuck */
  gboolean finish_sent;
  gboolean got_finish; /* the server's EOF was handed on */
} CulvertChannel;

#define CULVERT_CHANNEL_FROM_LINE(l)                                                               \
  ((CulvertChannel *)(void *)((char *)(l)-G_STRUCT_OFFSET (CulvertChannel, line)))

CulvertChannel *culvert_channel_new (CulvertSession            *session,
                                     const CulvertEndpoint     *target,
                                     const CulvertEndpoint     *originator,
                                     const CulvertStreamEvents *events,
                                     gpointer                   user_data);
/* Only once the line is forgotten, or never was. */
void culvert_channel_free (CulvertChannel *self);

/* The server confirmed: data may flow. */
void culvert_channel_opened (CulvertChannel *self);
/* Tells the receiver that there will be no stream; the channel is ENDED. */
void culvert_channel_refuse (CulvertChannel *self, const GError *error);

/* The server sent @bytes. */
void culvert_channel_received (CulvertChannel *self, const guint8 *bytes, gsize n_bytes);

/* Something changed that concerns @self: it is attended to in this turn or the next. */
void culvert_channel_mark_due (CulvertChannel *self);

/* Sends what waits, tells the receiver what has changed.  Returns FALSE when the channel has ended
 * on both sides, so that it can be freed. */
gboolean culvert_channel_attend (CulvertChannel *self);

/* The session is over: tells the receiver. */
void culvert_channel_lose (CulvertChannel *self, const GError *error);

G_END_DECLS
