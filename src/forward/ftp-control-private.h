/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For ftp-control.c, which stands between relay and stream, ftp-lanes.c, which makes lines of bytes, and
 * those of ftp-steps.h, which know what a line asks for. */

#include "base/byte-queue.h"
#include "forward/ftp-control.h"
#include "forward/ftp-talk.h"

G_BEGIN_DECLS

/* One direction. */
typedef struct
{
  CulvertByteQueue in;           /* not looked at yet */
  CulvertByteQueue out;          /* ready for the other side */
  gboolean         is_held;      /* by a line that waits for an answer */
  gboolean         lacks_lf;     /* of the last line, which was completed without it */
  gboolean         is_long;      /* inside a line that is too long to mean anything */
  gboolean         is_over;      /* nothing more comes in … */
  gboolean         has_told_end; /* … and the other side knows */
} CulvertFtpLane;

typedef enum
{
  CULVERT_FTP_FAMILY_UNKNOWN,
  CULVERT_FTP_FAMILY_4,
  CULVERT_FTP_FAMILY_6,
} CulvertFtpFamily;

struct _CulvertFtpControl
{
  CulvertStream      outer; /* what the relay has; first */
  CulvertTransport   way;
  grefcount          ref_count; /* the relay's, and one during each call from elsewhere */
  CulvertFtpDataSet *set;
  CulvertForward    *forward; /* borrowed, as long as is_alive */
  gboolean           is_alive;
  gboolean           is_remote; /* the FTP client is at the server's side */
  guint64            id;

  CulvertEndpoint *target; /* of the control connection */
  char            *here;   /* our address on the socket's side; "" for a Unix socket */
  char *near_peer;  /* who is there: the client or, of a remote forward, the FTP server; or "" */
  char *far_client; /* nullable */

  CulvertStream *inner;   /* the transport's; set while it is asked and open */
  gboolean       is_open; /* it has answered */
  gboolean       is_outer_blocked;
  gsize          n_unconsumed; /* handed to the relay */
  gsize          n_owed;       /* came from the inner stream, which thinks that we still have it */

  CulvertFtpTalk  talk;
  CulvertFtpLane  up;   /* from the relay's socket into the tunnel */
  CulvertFtpLane  down; /* out of the tunnel to the socket */
  CulvertFtpData *data; /* nullable: the one that waits for its connection */

  GByteArray       *line; /* nullable: that which waits for the server's listener */
  CulvertFtpCommand command;
  CulvertFtpReply   reply;
  guint16           server_port; /* that the last reply named … */
  CulvertFtpPlace   given;       /* … and what the client got instead */
  CulvertFtpFamily  family;      /* by which a server beside the SSH server takes addresses … */
  CulvertFtpFamily  asked;       /* … that in which the server's side listens now … */
  CulvertFtpFamily  untried;     /* … and that which is asked for if that one is refused */
  gboolean          is_on_trial; /* the FTP server's answer decides that */
  gboolean          is_active;   /* data leads to where the client listens */
  GByteArray       *held_reply;  /* nullable: "150", until it does */
  char    *refusal; /* nullable: what the client is told once what it asked before is answered */
  GSource *patience_timer; /* for the answers before a refusal, that of a trial, or the data */

  GSource   *later;   /* nullable */
  guint      n_notes; /* ever */
  GPtrArray *notes;   /* of char *: lines for the log, to be written when nothing is under way */
};

/* ftp-steps.c */

/* One line of either direction: puts it, or what stands for it, into the lane's out, or holds the
 * lane. */
void culvert_ftp_control_take_line (CulvertFtpControl *self, gboolean is_command, GByteArray *line);

/* Forgets what waits. */
void culvert_ftp_control_reset_steps (CulvertFtpControl *self);

/* Tells the client its refusal, if it is its turn. Returns: whether it did */
gboolean culvert_ftp_control_give_refusal (CulvertFtpControl *self);

/* ftp-lanes.c */

CulvertFtpLane *culvert_ftp_control_get_commands (CulvertFtpControl *self);
CulvertFtpLane *culvert_ftp_control_get_replies (CulvertFtpControl *self);
/* Takes what lines have come, in both directions, as far as nothing holds them. */
void culvert_ftp_control_process (CulvertFtpControl *self);
void culvert_ftp_lane_clear (CulvertFtpLane *self);
/* So many bytes go on as they are. */
void culvert_ftp_lane_pass (CulvertFtpLane *self, gsize n_bytes);
/* Has all gone on, and may the other side know that there is no more? */
gboolean culvert_ftp_lane_is_drained (const CulvertFtpLane *self);

/* ftp-control.c */

/* One line for the log, as soon as it may be written; so many of a connection, and no more. */
void culvert_ftp_control_note (CulvertFtpControl *self, const char *format, ...)
  G_GNUC_PRINTF (2, 3);
/* Something has come that a lane waited for: goes on.  Not to be called from a call of the relay's.
 * The control connection may be gone afterwards. */
void culvert_ftp_control_run (CulvertFtpControl *self);
/* From anywhere. */
void culvert_ftp_control_run_later (CulvertFtpControl *self);

G_END_DECLS
