/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a line of an FTP control connection asks for, done: ftp-steps.c, which takes each line and answers
 * in either side's place, ftp-active.c and ftp-passive.c, which know the two modes. */

#include "forward/ftp-control-private.h"

G_BEGIN_DECLS

#define CULVERT_FTP_LOOPBACK_4 "127.0.0.1"
#define CULVERT_FTP_LOOPBACK_6 "::1"

/* ftp-active.c: the client listens, the server connects */

/* The client has said where, in the control connection's command. */
void culvert_ftp_active_begin (CulvertFtpControl *self);
/* The server's side listens for the FTP server. */
void culvert_ftp_active_listening (CulvertFtpControl *self, guint16 port);
/* It does not.  Returns: whether it is asked for something else */
gboolean culvert_ftp_active_failed (CulvertFtpControl *self);
/* A reply that may be the FTP server's to that.  Returns: whether it is kept from the client, since the
 * FTP server is asked again */
gboolean culvert_ftp_active_take_reply (CulvertFtpControl *self);

/* A transfer has begun, and its data connection has not got to the client: the line waits for that. */
gboolean culvert_ftp_active_is_early (CulvertFtpControl *self);

/* ftp-passive.c: the server listens, the client connects */

/* The server has said where, in the control connection's reply. */
void culvert_ftp_passive_begin (CulvertFtpControl *self, GByteArray *line);
/* The server's side listens for the FTP client. */
void culvert_ftp_passive_listening (CulvertFtpControl *self, guint16 port);

/* ftp-steps.c */

/* The command or reply that asked goes on, with another place. */
void culvert_ftp_control_put_command (CulvertFtpControl *self, const char *host, guint16 port);
void culvert_ftp_control_put_reply (CulvertFtpControl *self, const char *host, guint16 port);
/* PASV is answered, but with no place. */
void culvert_ftp_control_put_no_place (CulvertFtpControl *self, const char *text);
/* The command does not reach the server; the client is told @text in its turn. */
void culvert_ftp_control_refuse (CulvertFtpControl *self, const char *text);

/* One line of a reply that is kept back goes on. */
void culvert_ftp_control_release_reply (CulvertFtpControl *self);

/* No command goes to the server until culvert_ftp_control_clear_patience(), or for so long. */
void culvert_ftp_control_wait_for_replies (CulvertFtpControl *self);
void culvert_ftp_control_clear_patience (CulvertFtpControl *self);

/* The listener that nobody has come to is not wanted any more. */
void culvert_ftp_control_drop_data (CulvertFtpControl *self);

/* (transfer full): @host, or localhost where there is none */
CulvertEndpoint *culvert_ftp_build_target (const char *host, guint16 port);

/* As culvert_ftp_data_listen_here().
 * Returns: (nullable): the words for why not, or NULL when it listens on @port */
const char *culvert_ftp_control_listen_here (CulvertFtpControl     *self,
                                             const char            *host,
                                             const char            *client,
                                             const CulvertEndpoint *target,
                                             guint16               *port);
/* As culvert_ftp_data_listen_there().
 * Returns: (nullable): the words for why not, or NULL when the server is asked */
const char *culvert_ftp_control_listen_there (CulvertFtpControl     *self,
                                              const char            *host,
                                              const char            *client,
                                              const CulvertEndpoint *target);

G_END_DECLS
