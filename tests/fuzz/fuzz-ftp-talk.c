/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-talk.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
check_command (const CulvertFtpCommand *command)
{
  g_autofree char  *text = culvert_ftp_write_command (command->verb, &command->place);
  CulvertFtpCommand again;

  culvert_ftp_parse_command ((const guint8 *)text, strlen (text), &again);
  g_assert_false (again.is_malformed);
  g_assert_cmpuint (again.place.port, ==, command->place.port);
  g_assert_true (culvert_ftp_is_same_host (again.place.host, command->place.host));
}

static void
check_reply (const guint8 *line, gsize n_bytes, const CulvertFtpReply *reply)
{
  CulvertFtpPlace        place = { .host = "127.0.0.1", .port = 54321 };
  g_autoptr (GByteArray) changed = culvert_ftp_write_reply (line, n_bytes, reply, &place);
  CulvertFtpReply        again;

  culvert_ftp_parse_reply (changed->data, changed->len, &again);
  if (changed->len > CULVERT_FTP_LINE_MAX)
    return;
  g_assert_cmpuint (again.code, ==, reply->code);
  g_assert_cmpuint (again.place.port, ==, place.port);
  g_assert_cmpuint (again.start, ==, reply->start);
}

static void
feed_command (CulvertFtpTalk *talk, const guint8 *line, gsize n_bytes)
{
  CulvertFtpCommand command;
  const char       *note;

  (void)culvert_ftp_is_tls (line, n_bytes);
  switch (culvert_ftp_talk_command (talk, line, n_bytes, &command, &note))
    {
    case CULVERT_FTP_ACTIVE:
      g_assert_cmpuint (command.place.port, >=, 1024);
      check_command (&command);
      break;
    case CULVERT_FTP_REFUSE:
      g_assert_nonnull (note);
      break;
    case CULVERT_FTP_PASS:
      break;
    case CULVERT_FTP_PASSIVE:
    case CULVERT_FTP_HIDE:
    default:
      g_assert_not_reached ();
    }
}

static void
feed_reply (CulvertFtpTalk *talk, const guint8 *line, gsize n_bytes)
{
  CulvertFtpReply reply;
  const char     *note;

  switch (culvert_ftp_talk_reply (talk, line, n_bytes, &reply, &note))
    {
    case CULVERT_FTP_PASSIVE:
      g_assert_cmpuint (reply.length, >, 0);
      g_assert_cmpuint (reply.place.port, >, 0);
      check_reply (line, n_bytes, &reply);
      break;
    case CULVERT_FTP_HIDE:
      g_assert_true (talk->is_hidden);
      break;
    case CULVERT_FTP_PASS:
      break;
    case CULVERT_FTP_ACTIVE:
    case CULVERT_FTP_REFUSE:
    default:
      g_assert_not_reached ();
    }
}

/* A conversation: lines that begin with '>' are the client's, without it, all others the server's. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  CulvertFtpTalk talk;
  gsize          used = 0;

  culvert_ftp_talk_init (&talk);
  while (used < n_bytes)
    {
      gsize         n_line = culvert_ftp_find_line (data + used, n_bytes - used);
      const guint8 *line = data + used;

      n_line = n_line > 0 ? n_line : n_bytes - used;
      used += n_line;
      if (line[0] == '>')
        feed_command (&talk, line + 1, n_line - 1);
      else
        feed_reply (&talk, line, n_line);
    }
  return 0;
}
