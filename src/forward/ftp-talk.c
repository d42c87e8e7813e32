/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-talk.h"

/* A client that asks without end gets no more places than this. */
#define MAX_PASSIVE 16

/* RFC 2577 section 3: services that would be the aim of a bounce are below. */
#define LOWEST_PORT 1024

#define TLS_HANDSHAKE 0x16 /* RFC 8446 5.1: the type of a first record */

void
culvert_ftp_talk_init (CulvertFtpTalk *self)
{
  *self = (CulvertFtpTalk){ .n_unanswered = 1 };
}

gboolean
culvert_ftp_is_tls (const guint8 *bytes, gsize n_bytes)
{
  return n_bytes > 0 && bytes[0] == TLS_HANDSHAKE;
}

static CulvertFtpStep
judge_place (const CulvertFtpCommand *command, const char **note)
{
  if (command->is_malformed)
    *note = "501 Culvert does not understand this address.";
  else if (command->place.port < LOWEST_PORT)
    *note = "500 Culvert refuses data connections to ports below 1024.";
  return *note != NULL ? CULVERT_FTP_REFUSE : CULVERT_FTP_ACTIVE;
}

CulvertFtpStep
culvert_ftp_talk_command (CulvertFtpTalk    *self,
                          const guint8      *line,
                          gsize              n_bytes,
                          CulvertFtpCommand *command,
                          const char       **note)
{
  CulvertFtpStep step = CULVERT_FTP_PASS;

  *note = NULL;
  culvert_ftp_parse_command (line, n_bytes, command);
  switch (command->verb)
    {
    case CULVERT_FTP_PASV:
    case CULVERT_FTP_EPSV:
      self->n_passive = MIN (self->n_passive + 1, MAX_PASSIVE);
      break;
    case CULVERT_FTP_PORT:
    case CULVERT_FTP_EPRT:
      step = judge_place (command, note);
      break;
    case CULVERT_FTP_LPSV:
      *note = "502 Culvert does not carry LPSV; use EPSV.";
      step = CULVERT_FTP_REFUSE;
      break;
    case CULVERT_FTP_LPRT:
      *note = "502 Culvert does not carry LPRT; use EPRT or EPSV.";
      step = CULVERT_FTP_REFUSE;
      break;
    case CULVERT_FTP_AUTH_TLS:
      self->wants_tls = TRUE;
      break;
    case CULVERT_FTP_AUTH:
      self->wants_auth = TRUE;
      break;
    case CULVERT_FTP_ABOR: /* the transfer's own reply comes too */
    case CULVERT_FTP_OTHER:
    default:
      break;
    }
  if (step == CULVERT_FTP_PASS)
    self->n_unanswered++;
  return step;
}

/* Some servers say 334 to what TLS was called before RFC 4217; 235 ends other ways to sign in, after
 * which commands come wrapped (RFC 2228). */
static gboolean
is_hiding (CulvertFtpTalk *self, guint code)
{
  return (self->wants_tls && (code == 234 || code == 334)) ||
         (self->wants_auth && (code == 234 || code == 235));
}

static CulvertFtpStep
judge_passive (CulvertFtpTalk *self, const CulvertFtpReply *reply, const char **note)
{
  gboolean is_last = !reply->is_first_of;
  gboolean was_asked = self->n_passive > 0;

  if (is_last && was_asked)
    self->n_passive--;
  if (!reply->is_malformed && was_asked)
    {
      self->n_places++;
      return CULVERT_FTP_PASSIVE;
    }
  if (!was_asked)
    *note = "nobody asked for the data port that the server names: passed on unchanged";
  else if (is_last && self->n_places == 0)
    *note = "the server names a data port in a form that is not understood: passed on unchanged";
  return CULVERT_FTP_PASS;
}

CulvertFtpStep
culvert_ftp_talk_reply (CulvertFtpTalk  *self,
                        const guint8    *line,
                        gsize            n_bytes,
                        CulvertFtpReply *reply,
                        const char     **note)
{
  CulvertFtpStep step = CULVERT_FTP_PASS;

  *note = NULL;
  culvert_ftp_parse_reply (line, n_bytes, reply);
  /* Text inside a longer reply may look like anything. */
  if (reply->code == 0 || (self->reply_code != 0 && reply->code != self->reply_code))
    return CULVERT_FTP_PASS;

  if (self->reply_code == 0)
    self->n_places = 0;
  self->reply_code = reply->is_first_of ? reply->code : 0;
  if (reply->code == 227 || reply->code == 229)
    step = judge_passive (self, reply, note);
  if (reply->is_first_of || reply->code < 200)
    return step;

  if (self->n_unanswered > 0)
    self->n_unanswered--;
  if (is_hiding (self, reply->code))
    {
      self->is_hidden = TRUE;
      *note = CULVERT_FTP_HIDDEN_NOTE;
      return CULVERT_FTP_HIDE;
    }
  return step;
}
