/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-control-private.h"

CulvertFtpLane *
culvert_ftp_control_get_commands (CulvertFtpControl *self)
{
  return self->is_remote ? &self->down : &self->up;
}

CulvertFtpLane *
culvert_ftp_control_get_replies (CulvertFtpControl *self)
{
  return self->is_remote ? &self->up : &self->down;
}

void
culvert_ftp_lane_clear (CulvertFtpLane *lane)
{
  culvert_byte_queue_clear (&lane->in);
  culvert_byte_queue_clear (&lane->out);
  *lane = (CulvertFtpLane){ 0 };
}

gboolean
culvert_ftp_lane_is_drained (const CulvertFtpLane *lane)
{
  return lane->is_over && !lane->has_told_end && !lane->is_held && lane->in.length == 0 &&
         lane->out.length == 0;
}

void
culvert_ftp_lane_pass (CulvertFtpLane *lane, gsize n_bytes)
{
  gsize         n_all;
  const guint8 *bytes = culvert_byte_queue_peek (&lane->in, &n_all);

  culvert_byte_queue_append (&lane->out, bytes, MIN (n_bytes, n_all));
  culvert_byte_queue_consume (&lane->in, MIN (n_bytes, n_all));
}

/* The client sends the end of ABOR, and what announces it, as urgent data (RFC 959 4.1.3), and sshd drops
 * the byte that is marked so. */
static gboolean
is_cut_abort (CulvertFtpControl *self, CulvertFtpLane *lane, const guint8 *bytes, gsize n_bytes)
{
  CulvertFtpCommand command;

  if (!self->is_remote || lane != culvert_ftp_control_get_commands (self) ||
      bytes[n_bytes - 1] != '\r')
    return FALSE;
  culvert_ftp_parse_command (bytes, n_bytes, &command);
  return command.verb == CULVERT_FTP_ABOR;
}

/* If it came after all. */
static void
skip_late_end (CulvertFtpLane *lane)
{
  gsize         n_bytes;
  const guint8 *bytes = culvert_byte_queue_peek (&lane->in, &n_bytes);

  if (!lane->lacks_lf || n_bytes == 0)
    return;
  lane->lacks_lf = FALSE;
  if (bytes[0] == '\n')
    culvert_byte_queue_consume (&lane->in, 1);
}

static void
take_line (CulvertFtpControl *self, CulvertFtpLane *lane, gsize n_bytes)
{
  g_autoptr (GByteArray) line = g_byte_array_sized_new ((guint)n_bytes);
  gsize                  n_all;
  const guint8          *bytes = culvert_byte_queue_peek (&lane->in, &n_all);

  g_byte_array_append (line, bytes, (guint)n_bytes);
  culvert_byte_queue_consume (&lane->in, n_bytes);
  culvert_ftp_control_take_line (self, lane == culvert_ftp_control_get_commands (self), line);
}

/* Returns: whether there may be more to do. */
static gboolean
take_next (CulvertFtpControl *self, CulvertFtpLane *lane)
{
  gsize         n_bytes, n_line;
  const guint8 *bytes;

  skip_late_end (lane);
  bytes = culvert_byte_queue_peek (&lane->in, &n_bytes);
  if (lane->is_held || n_bytes == 0)
    return FALSE;
  if (!self->talk.is_hidden && lane == culvert_ftp_control_get_commands (self) && !lane->is_long &&
      culvert_ftp_is_tls (bytes, n_bytes))
    {
      self->talk.is_hidden = TRUE;
      culvert_ftp_control_note (self, "%s", CULVERT_FTP_HIDDEN_NOTE);
    }
  if (self->talk.is_hidden)
    {
      culvert_ftp_lane_pass (lane, n_bytes);
      return FALSE;
    }
  n_line = culvert_ftp_find_line (bytes, n_bytes);
  if (n_line == 0 && !lane->is_long && is_cut_abort (self, lane, bytes, n_bytes))
    {
      lane->lacks_lf = TRUE;
      n_line = n_bytes;
    }
  if (lane->is_long || n_line > CULVERT_FTP_LINE_MAX ||
      (n_line == 0 && n_bytes > CULVERT_FTP_LINE_MAX))
    {
      lane->is_long = n_line == 0;
      culvert_ftp_lane_pass (lane, n_line > 0 ? n_line : n_bytes);
      return n_line > 0;
    }
  if (n_line == 0)
    {
      if (lane->is_over)
        culvert_ftp_lane_pass (lane, n_bytes);
      return FALSE;
    }
  take_line (self, lane, n_line);
  return TRUE;
}

void
culvert_ftp_control_process (CulvertFtpControl *self)
{
  do
    {
      while (take_next (self, culvert_ftp_control_get_replies (self)))
        ;
      while (take_next (self, culvert_ftp_control_get_commands (self)))
        ;
    }
  while (culvert_ftp_control_give_refusal (self));
}
