/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What goes on in an FTP control connection: which line asks for a data connection, which would
 * lead one astray, and when TLS hides all that follows.  Pure: lines in, a step out.
 *
 * Spec: RFC 959 section 5.4; RFC 2428; RFC 2577 (bounce); RFC 4217. */

#include "forward/ftp-line.h"

G_BEGIN_DECLS

/* What to do with a line. */
typedef enum
{
  CULVERT_FTP_PASS,    /* nothing: it goes its way as it is */
  CULVERT_FTP_ACTIVE,  /* the client says where it listens; see the command's place */
  CULVERT_FTP_PASSIVE, /* the server says where it listens; see the reply's place */
  CULVERT_FTP_REFUSE,  /* the client gets an answer in the server's place */
  CULVERT_FTP_HIDE,    /* it goes its way, and all that follows is encrypted */
} CulvertFtpStep;

/* What is said of an encrypted one. */
#define CULVERT_FTP_HIDDEN_NOTE                                                                    \
  "data connections cannot be forwarded because the control channel is encrypted; "                \
  "the FTP client has to do without TLS"

/* Start from zeroed memory and culvert_ftp_talk_init(). */
typedef struct
{
  guint    n_unanswered; /* commands whose last reply has not come; the greeting counts as one */
  guint    n_passive;    /* how many 227 and 229 may come */
  guint    reply_code;   /* of a reply whose last line has not come; 0: of none */
  guint    n_places;     /* in the lines of a reply to PASV or EPSV, up to now */
  gboolean wants_tls;    /* AUTH was sent: with TLS … */
  gboolean wants_auth;   /* … or with something else */
  gboolean is_hidden;
} CulvertFtpTalk;

void culvert_ftp_talk_init (CulvertFtpTalk *self);

/**
 * culvert_ftp_talk_command:
 * @line: one whole line from the client
 * @note: (out): (nullable): a remark for the log; for REFUSE the reply that the client gets
 */
CulvertFtpStep culvert_ftp_talk_command (CulvertFtpTalk    *self,
                                         const guint8      *line,
                                         gsize              n_bytes,
                                         CulvertFtpCommand *command,
                                         const char       **note);

/**
 * culvert_ftp_talk_reply:
 * @line: one whole line from the server
 * @note: (out): (nullable): a remark for the log
 */
CulvertFtpStep culvert_ftp_talk_reply (CulvertFtpTalk  *self,
                                       const guint8    *line,
                                       gsize            n_bytes,
                                       CulvertFtpReply *reply,
                                       const char     **note);

/* Does @bytes, where a command should begin, begin TLS? */
gboolean culvert_ftp_is_tls (const guint8 *bytes, gsize n_bytes);

G_END_DECLS
