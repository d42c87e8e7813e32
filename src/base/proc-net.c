/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/proc-net.h"

#include <string.h>

#define N_FIELDS      10 /* up to the inode, and it */
#define FIELD_LOCAL   1
#define FIELD_STATE   3
#define FIELD_UID     7
#define FIELD_INODE   9
#define N_WORD_DIGITS 8 /* of a 32-bit word of an address */

#define STATE_TIME_WAIT 0x06
#define STATE_LISTEN    0x0a

static gboolean
parse_number (const char *text, guint base, guint64 max, guint64 *number)
{
  return g_ascii_string_to_unsigned (text, base, 0, max, number, NULL);
}

/* The kernel prints each word as its own processor reads it. */
static gboolean
parse_words (const char *text, guint n_words, guint8 *address)
{
  for (guint i = 0; i < n_words; i++)
    {
      char    digits[N_WORD_DIGITS + 1] = "";
      guint64 value;
      guint32 word;

      memcpy (digits, text + i * N_WORD_DIGITS, N_WORD_DIGITS);
      if (!parse_number (digits, 16, G_MAXUINT32, &value))
        return FALSE;
      word = (guint32)value;
      memcpy (address + i * sizeof word, &word, sizeof word);
    }
  return TRUE;
}

static gboolean
parse_local (const char *text, CulvertProcNetSocket *socket)
{
  const char *colon = strchr (text, ':');
  gsize       n_digits = colon != NULL ? (gsize)(colon - text) : 0;
  guint64     port;

  if (n_digits != N_WORD_DIGITS && n_digits != 4 * N_WORD_DIGITS)
    return FALSE;
  socket->family = n_digits == N_WORD_DIGITS ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  if (!parse_words (text, (guint)(n_digits / N_WORD_DIGITS), socket->address) ||
      !parse_number (colon + 1, 16, G_MAXUINT16, &port))
    return FALSE;
  socket->port = (guint16)port;
  return TRUE;
}

gboolean
culvert_proc_net_parse (const char *line, CulvertProcNetSocket *socket)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t\n", -1);
  const char    *fields[N_FIELDS];
  guint          n_fields = 0;
  guint64        state;
  guint64        uid;

  *socket = (CulvertProcNetSocket){ .family = G_SOCKET_FAMILY_INVALID };
  for (guint i = 0; words[i] != NULL && n_fields < N_FIELDS; i++)
    if (*words[i] != '\0')
      fields[n_fields++] = words[i];
  if (n_fields < N_FIELDS || !parse_local (fields[FIELD_LOCAL], socket) ||
      !parse_number (fields[FIELD_STATE], 16, G_MAXUINT8, &state) ||
      !parse_number (fields[FIELD_UID], 10, G_MAXUINT32, &uid) ||
      !parse_number (fields[FIELD_INODE], 10, G_MAXUINT64, &socket->inode))
    return FALSE;
  socket->uid = (guint32)uid;
  socket->state = CULVERT_PROC_NET_OTHER;
  if (state == STATE_LISTEN)
    socket->state = CULVERT_PROC_NET_LISTEN;
  else if (state == STATE_TIME_WAIT)
    socket->state = CULVERT_PROC_NET_OVER;
  return TRUE;
}

guint
culvert_proc_net_rank (const CulvertProcNetSocket *socket, const char *wanted)
{
  static const guint8      mapped[12] = { [10] = 0xff, [11] = 0xff }; /* RFC 4291 2.5.5.2 */
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (wanted);
  g_autoptr (GInetAddress) its = NULL;

  if (address == NULL || socket->family == G_SOCKET_FAMILY_INVALID)
    return 0;
  its = g_inet_address_new_from_bytes (socket->address, socket->family);
  if (g_inet_address_equal (its, address))
    return 3;
  if (g_inet_address_get_family (address) == socket->family)
    return g_inet_address_get_is_any (its) || g_inet_address_get_is_any (address) ? 2 : 0;
  if (socket->family != G_SOCKET_FAMILY_IPV6)
    return 0;
  if (memcmp (socket->address, mapped, sizeof mapped) == 0)
    return memcmp (socket->address + sizeof mapped, g_inet_address_to_bytes (address), 4) == 0 ? 3
                                                                                               : 0;
  /* Whether it does depends on an option that the table does not show. */
  return g_inet_address_get_is_any (its) ? 1 : 0;
}
