/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The connection protocol of a session that is up: channels and pings, whichever libssh2 is below.
 *
 *   carrier-private.c   speaks it over the packets of our own libssh2: hundreds of opens in flight,
 *                       each packet handed on as it comes, no channel of ours but the streams
 *   carrier-system.c    makes do with the public calls of the system's libssh2: one open at a time,
 *                       every channel asked in turn, a channel of its own to read and ping with
 *
 * Exactly one of the two is built.  What happens is told to the files above by plain calls:
 * culvert_open_queue_opened() and _refused(), culvert_channel_received(), culvert_channel_attend()
 * by way of the session's list of channels that are due, culvert_heartbeat_ponged(), and
 * culvert_server_port_answered(), _find() and _offer().
 *
 * Spec: RFC 4254 sections 4, 5 and 7. */

#include "core/transport.h"
#include "ssh/lib.h"
#include "ssh/session.h"

G_BEGIN_DECLS

typedef struct _CulvertCarrier    CulvertCarrier;
typedef struct _CulvertServerPort CulvertServerPort;

/* What one side has said about its sending; it only ever moves on (RFC 4254 section 5.3). */
typedef enum
{
  CULVERT_LINE_FLOWING,
  CULVERT_LINE_FINISHED, /* EOF */
  CULVERT_LINE_CLOSED,   /* CLOSE */
} CulvertLineEnd;

/* One channel as the carrier sees it; embedded in a CulvertChannel. */
typedef struct
{
  CulvertLineEnd theirs;
  CulvertLineEnd ours;
  guint32        window; /* what the server may still send */

  /* carrier-private.c */
  guint32 local_id;
  guint32 remote_id;
  guint32 room;       /* what the server takes from us */
  guint32 packet_max; /* and how much of it in one packet */

  /* carrier-system.c */
  LIBSSH2_CHANNEL *handle;         /* NULL until open */
  gboolean         is_offered;     /* libssh2 widens its window by itself; `window` is ours alone */
  guint32          refused_length; /* what libssh2 must be offered again, and … */
  guint32          refused_digest; /* … the same bytes */
  gboolean         is_starved;     /* the window is too narrow to read what came */
  const char      *command;        /* to be run, and not answered yet */
} CulvertLine;

/* Once signed in; and when the session is over, before libssh2's session is freed. */
void culvert_carrier_start (CulvertSession *session);
void culvert_carrier_clear (CulvertSession *session);

/* May another open begin now? */
gboolean culvert_carrier_can_open (CulvertSession *session);

/* Asks the server for a channel.  @message: the part of the packet that belongs to @type.  The
 * answer comes from culvert_carrier_receive(); @line must live until then. */
void culvert_carrier_open (CulvertSession   *session,
                           CulvertLine      *line,
                           const char       *type,
                           const GByteArray *message,
                           guint32           window);

/* Asks the server to listen, and to stop listening.  @port must live until
 * culvert_server_port_answered(), and after culvert_carrier_unlisten() until _forgotten(). */
void culvert_carrier_listen (CulvertSession *session, CulvertServerPort *port);
void culvert_carrier_unlisten (CulvertSession *session, CulvertServerPort *port);

/* The answer to a channel that the server offered. @window: what it may send at first.  A refused
 * line is forgotten once culvert_line_close() says so, as any other. */
void culvert_line_accept (CulvertSession *session, CulvertLine *line, guint32 window);
void culvert_line_refuse (CulvertSession *session, CulvertLine *line, CulvertRefusal reason);

/* Takes in what the server sent and tells whom it concerns, until there is nothing more, the turn's
 * share of bytes is used up, or the time is @until_us.  @is_last: the socket has ended, and whatever
 * is left must come out now.  Returns TRUE when there may be more without the socket saying so. */
gboolean culvert_carrier_receive (CulvertSession *session, gint64 until_us, gboolean is_last);

/* Can incoming packets be taken in at all?  Without, the socket need not be watched for them. */
gboolean culvert_carrier_is_reading (CulvertSession *session);

/* Does a key exchange keep everything back?  What waits for it to be over is held (session-private.h).
 * Where the library cannot tell, every channel is due whenever something came. */
gboolean culvert_carrier_is_held (CulvertSession *session);

/* Asks for a sign of life; culvert_heartbeat_ponged() follows. */
void culvert_carrier_ping (CulvertSession *session);

/* Once a second or so. */
void culvert_carrier_tick (CulvertSession *session);

/* New keys, begun from our side.  Does nothing where the library cannot. */
void culvert_carrier_rekey (CulvertSession *session);

/* How many bytes of @line can be sent now: 0 while the server's window is used up, a key exchange is
 * under way, or our side has finished.  When the window opens the channel becomes due. */
gsize culvert_line_get_writable (CulvertSession *session, CulvertLine *line);

/* Returns how many bytes were taken; the rest must be offered again, and the same. */
gsize
culvert_line_write (CulvertSession *session, CulvertLine *line, const guint8 *bytes, gsize n_bytes);

/* Lets the server send @n_bytes more.  FALSE: not now, ask again with the same number. */
gboolean culvert_line_grant (CulvertSession *session, CulvertLine *line, guint32 n_bytes);

/* Sends EOF.  FALSE: not now, ask again. */
gboolean culvert_line_finish (CulvertSession *session, CulvertLine *line);

/* Asks for @command (a literal) to be run, on a channel of type "session".  That it was answered,
 * one way or the other, is told to culvert_no_delay_answered(). */
void culvert_line_run (CulvertSession *session, CulvertLine *line, const char *command);

/* Sends CLOSE.  FALSE until the server has closed, too, and the line is forgotten. */
gboolean culvert_line_close (CulvertSession *session, CulvertLine *line);

G_END_DECLS
