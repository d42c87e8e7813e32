/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Lines of an FTP control connection: what matters of them to whoever carries the data connections,
 * and the same lines with another address.  Pure: bytes in, bytes out.
 *
 * A line is what ends with LF, its end included.  Telnet commands in front of a command, as clients
 * send them before ABOR, are looked past.
 *
 * Spec: RFC 959 sections 4.1, 4.2 and 5.3; RFC 2428; RFC 4217 section 4; RFC 1639. */

#include <glib.h>

G_BEGIN_DECLS

/* Longer lines have no meaning here.  A path may have 4,096 bytes. */
#define CULVERT_FTP_LINE_MAX 8192

/* A numeric address and its NUL. */
#define CULVERT_FTP_HOST_SIZE 46

typedef enum
{
  CULVERT_FTP_OTHER,
  CULVERT_FTP_PASV,
  CULVERT_FTP_EPSV, /* "EPSV ALL" is OTHER: it asks for no port */
  CULVERT_FTP_PORT,
  CULVERT_FTP_EPRT,
  CULVERT_FTP_LPSV,
  CULVERT_FTP_LPRT,
  CULVERT_FTP_AUTH_TLS, /* "SSL" and the older names included */
  CULVERT_FTP_AUTH,     /* any other mechanism */
  CULVERT_FTP_ABOR,
} CulvertFtpVerb;

/* Where a data connection leads. */
typedef struct
{
  char    host[CULVERT_FTP_HOST_SIZE]; /* an address; "" where the line names none */
  guint16 port;                        /* never 0 */
} CulvertFtpPlace;

typedef struct
{
  CulvertFtpVerb  verb;
  gboolean        is_malformed; /* PORT or EPRT without an address that means something */
  CulvertFtpPlace place;        /* of PORT and EPRT, unless malformed */
} CulvertFtpCommand;

typedef struct
{
  guint           code;         /* 100 to 599; 0: no line that begins or ends a reply */
  gboolean        is_first_of;  /* "NNN-": more lines follow, up to one with "NNN " */
  gboolean        is_malformed; /* 227 or 229 without a place */
  gsize           start;        /* what culvert_ftp_reply_with_port() replaces … */
  gsize           length;       /* … 0 unless the line has a place */
  CulvertFtpPlace place;        /* of 227 and 229 */
} CulvertFtpReply;

/* Returns: the length of the first line of @bytes, or 0 when it has no end yet */
gsize culvert_ftp_find_line (const guint8 *bytes, gsize n_bytes);

/* @line: any bytes at all */
void culvert_ftp_parse_command (const guint8 *line, gsize n_bytes, CulvertFtpCommand *command);
void culvert_ftp_parse_reply (const guint8 *line, gsize n_bytes, CulvertFtpReply *reply);

/**
 * culvert_ftp_write_command:
 * @verb: PORT or EPRT, as the client had it
 * @place: its host is an address of either family
 *
 * Returns: (transfer full): the line, its end included; EPRT where PORT cannot say it
 */
char *culvert_ftp_write_command (CulvertFtpVerb verb, const CulvertFtpPlace *place);

/**
 * culvert_ftp_write_reply:
 * @line: what gave @reply, which has a place
 * @place: what to say instead; for 227 an IPv4 address, for 229 the port counts alone
 *
 * Returns: (transfer full): the same line, its text around the numbers unchanged
 */
GByteArray *culvert_ftp_write_reply (const guint8          *line,
                                     gsize                  n_bytes,
                                     const CulvertFtpReply *reply,
                                     const CulvertFtpPlace *place);

/* Do both name the same host?  Addresses in any notation; an IPv4 address inside IPv6 is itself. */
gboolean culvert_ftp_is_same_host (const char *a, const char *b);
/* Is @host 0.0.0.0 or "::", which stand for whoever says it? */
gboolean culvert_ftp_is_any_host (const char *host);
/* Is @host an address of IPv6, not counting those that hold an IPv4 one? */
gboolean culvert_ftp_is_ipv6 (const char *host);

G_END_DECLS
