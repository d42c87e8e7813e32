/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An SSH channel as a stream (core/transport.h).
 *
 * Receiving: every channel is read dry whenever packets came, so that libssh2's one packet list for
 * all channels stays short; the bytes go straight to the stream's receiver.  What the server may
 * send ahead is the window, which is ours alone to open: libssh2 would send adjustments of its own
 * when it thinks the window narrow, so a channel is opened with a tiny one and never read below
 * CULVERT_LIB_WINDOW_RESERVE.
 *
 *   window   what the server may still send
 *   unused   what was handed to the receiver and not yet consumed
 *   target   window + unused is brought back to this whenever half of it is missing; it doubles
 *            while the round trip, not the receiver, limits the speed
 *
 * Sending: all of what get_writable() offered is taken.  libssh2 can refuse only during a rekey; it
 * then wants the same bytes again, so they wait in `stuck` and nothing else is offered meanwhile.
 *
 * Spec: RFC 4254 sections 5.2 and 5.3. */

#include "base/byte-queue.h"
#include "core/transport.h"
#include "ssh/lib.h"
#include "ssh/session.h"

G_BEGIN_DECLS

#define CULVERT_CHANNEL_WINDOW_FIRST (512 * 1024)
#define CULVERT_CHANNEL_WINDOW_MAX   (8 * 1024 * 1024)
/* What all channels of the process together may have beyond their first window. */
#define CULVERT_CHANNEL_WINDOW_TOTAL (256 * 1024 * 1024)

typedef enum
{
  CULVERT_CHANNEL_QUEUED,    /* its turn to be opened has not come */
  CULVERT_CHANNEL_OPENING,   /* the server has been asked */
  CULVERT_CHANNEL_ABANDONED, /* asked, and nobody wants the answer any more */
  CULVERT_CHANNEL_OPEN,
  CULVERT_CHANNEL_ENDED, /* both sides are done, or the receiver closed it: to be freed */
} CulvertChannelState;

typedef struct
{
  CulvertStream       stream; /* first */
  CulvertSession     *session;
  LIBSSH2_CHANNEL    *channel; /* NULL until open */
  CulvertChannelState state;

  CulvertEndpoint *target;
  CulvertEndpoint *originator;   /* nullable */
  gint64           queued_at_us; /* when the open was asked for */

  guint32 unused;
  guint32 window_target;
  guint32 adjusting; /* an adjustment that a rekey holds up; repeated with the same value */
  gint64  adjusted_at_us;

  CulvertByteQueue stuck;
  guint32          refused_length; /* what libssh2 must be offered again, and … */
  guint32          refused_digest; /* … the same bytes */
  gboolean         is_starved;     /* the window is too narrow to read what came */
  gboolean         was_blocked;    /* get_writable() said 0: say so when that changes */
  gboolean         finish_wanted;  /* send EOF when nothing is stuck */
  gboolean         finish_sent;
  gboolean         got_finish; /* the server's EOF was handed on */
} CulvertChannel;

extern const CulvertStreamClass culvert_channel_stream_class;

CulvertChannel *culvert_channel_new (CulvertSession            *session,
                                     const CulvertEndpoint     *target,
                                     const CulvertEndpoint     *originator,
                                     const CulvertStreamEvents *events,
                                     gpointer                   user_data);
/* Only once libssh2's channel is freed, or never was. */
void culvert_channel_free (CulvertChannel *self);

/* The server confirmed: @channel becomes this stream's. */
void culvert_channel_opened (CulvertChannel *self, LIBSSH2_CHANNEL *channel);
/* Tells the receiver that there will be no stream; the channel is ENDED. */
void culvert_channel_refuse (CulvertChannel *self, const GError *error);

/* Reads at most @max_bytes, hands them on, sends what waits.  Returns the bytes read. */
gsize culvert_channel_pump (CulvertChannel *self, gsize max_bytes, gboolean is_last);

/* The session is over: tells the receiver. */
void culvert_channel_lose (CulvertChannel *self, const GError *error);

/* Frees libssh2's channel. Returns FALSE while the server's CLOSE is awaited. */
gboolean culvert_channel_try_free (CulvertChannel *self);

G_END_DECLS
