/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-line.h"

#include <gio/gio.h>
#include <string.h>

/* (nullable) (transfer full) */
static GInetAddress *
read_address (const char *host)
{
  GInetAddress *address = g_inet_address_new_from_string (host);
  const guint8 *bytes;
  GInetAddress *inner;

  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return address;
  bytes = g_inet_address_to_bytes (address);
  if (memcmp (bytes, mapped, sizeof mapped) != 0)
    return address;
  inner = g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);
  g_object_unref (address);
  return inner;
}

gboolean
culvert_ftp_is_same_host (const char *a, const char *b)
{
  g_autoptr (GInetAddress) first = read_address (a);
  g_autoptr (GInetAddress) second = read_address (b);

  return first != NULL && second != NULL && g_inet_address_equal (first, second);
}

gboolean
culvert_ftp_is_any_host (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_any (address);
}

gboolean
culvert_ftp_is_ipv6 (const char *host)
{
  g_autoptr (GInetAddress) address = read_address (host);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

/* "127,0,0,1,4,1" */
static char *
to_numbers (const CulvertFtpPlace *place)
{
  g_autoptr (GInetAddress) address = read_address (place->host);
  const guint8            *bytes;

  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4, NULL);

  bytes = g_inet_address_to_bytes (address);
  return g_strdup_printf ("%u,%u,%u,%u,%u,%u", bytes[0], bytes[1], bytes[2], bytes[3],
                          place->port >> 8, place->port & 0xff);
}

char *
culvert_ftp_write_command (CulvertFtpVerb verb, const CulvertFtpPlace *place)
{
  gboolean         is_ipv6 = culvert_ftp_is_ipv6 (place->host);
  g_autofree char *numbers = NULL;

  g_return_val_if_fail (verb == CULVERT_FTP_PORT || verb == CULVERT_FTP_EPRT, NULL);

  if (verb == CULVERT_FTP_EPRT || is_ipv6)
    return g_strdup_printf ("EPRT |%d|%s|%u|\r\n", is_ipv6 ? 2 : 1, place->host, place->port);
  numbers = to_numbers (place);
  return g_strdup_printf ("PORT %s\r\n", numbers);
}

GByteArray *
culvert_ftp_write_reply (const guint8          *line,
                         gsize                  n_bytes,
                         const CulvertFtpReply *reply,
                         const CulvertFtpPlace *place)
{
  GByteArray      *result;
  g_autofree char *text = NULL;
  char             mark;

  g_return_val_if_fail (reply->length > 0, NULL);
  g_return_val_if_fail (reply->start + reply->length <= n_bytes, NULL);

  mark = (char)line[reply->start];
  text = reply->code == 227 ? to_numbers (place)
                            : g_strdup_printf ("%c%c%c%u%c", mark, mark, mark, place->port, mark);
  g_return_val_if_fail (text != NULL, NULL);

  result = g_byte_array_sized_new ((guint)n_bytes + 32);
  g_byte_array_append (result, line, (guint)reply->start);
  g_byte_array_append (result, (const guint8 *)text, (guint)strlen (text));
  g_byte_array_append (result, line + reply->start + reply->length,
                       (guint)(n_bytes - reply->start - reply->length));
  return result;
}
