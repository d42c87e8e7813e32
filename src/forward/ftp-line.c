/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-line.h"

#include <gio/gio.h>

#include <string.h>

#define TELNET_IAC  0xff
#define TELNET_WILL 0xfb /* this and those above take one more byte */
#define TELNET_SE   0xf0 /* the lowest command */

#define N_NUMBERS 6 /* of PORT and 227: four of the address, two of the port */

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Cursor;

gsize
culvert_ftp_find_line (const guint8 *bytes, gsize n_bytes)
{
  const guint8 *end = n_bytes > 0 ? memchr (bytes, '\n', n_bytes) : NULL;

  return end != NULL ? (gsize)(end - bytes) + 1 : 0;
}

static gboolean
has (const Cursor *self, guint8 byte)
{
  return self->at < self->end && *self->at == byte;
}

static gboolean
skip (Cursor *self, guint8 byte)
{
  if (!has (self, byte))
    return FALSE;
  self->at++;
  return TRUE;
}

static void
skip_spaces (Cursor *self)
{
  while (has (self, ' '))
    self->at++;
}

static void
skip_telnet (Cursor *self)
{
  while (skip (self, TELNET_IAC))
    {
      if (self->at < self->end && *self->at >= TELNET_SE)
        self->at +=
          MIN (*self->at >= TELNET_WILL && *self->at != TELNET_IAC ? 2 : 1, self->end - self->at);
    }
}

/* Decimal digits, at most @n_digits of them. */
static gboolean
read_number (Cursor *self, guint n_digits, guint *number)
{
  guint n = 0;

  *number = 0;
  while (self->at < self->end && g_ascii_isdigit (*self->at))
    {
      if (n++ == n_digits)
        return FALSE;
      *number = *number * 10 + (guint)(*self->at++ - '0');
    }
  return n > 0;
}

static gboolean
set_place (CulvertFtpPlace *place, const guint numbers[N_NUMBERS])
{
  guint port = numbers[4] * 256 + numbers[5];

  for (guint i = 0; i < N_NUMBERS; i++)
    if (numbers[i] > 255)
      return FALSE;
  if (port == 0)
    return FALSE;
  place->port = (guint16)port;
  g_snprintf (place->host, sizeof place->host, "%u.%u.%u.%u", numbers[0], numbers[1], numbers[2],
              numbers[3]);
  return TRUE;
}

static gboolean
read_numbers (Cursor *self, guint numbers[N_NUMBERS])
{
  for (guint i = 0; i < N_NUMBERS; i++)
    {
      if (i > 0 && !skip (self, ','))
        return FALSE;
      skip_spaces (self);
      if (!read_number (self, 3, &numbers[i]))
        return FALSE;
    }
  return !has (self, ',');
}

static void
read_port (Cursor *self, CulvertFtpCommand *command)
{
  guint numbers[N_NUMBERS];

  command->is_malformed = !read_numbers (self, numbers) || !set_place (&command->place, numbers);
  skip_spaces (self);
  command->is_malformed = command->is_malformed || self->at != self->end;
}

static gboolean
is_address_byte (guint8 byte)
{
  return g_ascii_isalnum (byte) || byte == '.' || byte == ':' || byte == '%';
}

static gboolean
is_mark (guint8 byte)
{
  return byte > ' ' && byte < 0x7f && !is_address_byte (byte);
}

/* What is left up to @mark, as text: the number of a family, or an address.  FALSE when there is no
 * mark, something else before it, or too much. */
static gboolean
read_field (Cursor *self, guint8 mark, char *text, gsize size)
{
  gsize n_bytes = 0;

  while (self->at < self->end && is_address_byte (*self->at) && n_bytes + 1 < size)
    text[n_bytes++] = (char)*self->at++;
  text[n_bytes] = '\0';
  return skip (self, mark);
}

static gboolean
read_port_field (Cursor *self, guint8 mark, guint16 *port)
{
  guint number;

  if (!read_number (self, 5, &number) || number == 0 || number > G_MAXUINT16 || !skip (self, mark))
    return FALSE;
  *port = (guint16)number;
  return TRUE;
}

static gboolean
set_host (CulvertFtpPlace *place, const char *family, const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autofree char         *text = NULL;
  gboolean                 is_ipv6;

  if (address == NULL)
    return FALSE;
  is_ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  if (!g_str_equal (family, is_ipv6 ? "2" : "1"))
    return FALSE;
  text = g_inet_address_to_string (address);
  return g_strlcpy (place->host, text, sizeof place->host) < sizeof place->host;
}

static void
read_eprt (Cursor *self, CulvertFtpCommand *command)
{
  char   family[4], host[CULVERT_FTP_HOST_SIZE];
  guint8 mark = self->at < self->end ? *self->at : 0;

  command->is_malformed = !is_mark (mark) || !skip (self, mark) ||
                          !read_field (self, mark, family, sizeof family) ||
                          !read_field (self, mark, host, sizeof host) ||
                          !read_port_field (self, mark, &command->place.port) ||
                          !set_host (&command->place, family, host);
  skip_spaces (self);
  command->is_malformed = command->is_malformed || self->at != self->end;
}

static gboolean
read_word (Cursor *self, const char *word)
{
  gsize n_bytes = strlen (word);

  if ((gsize)(self->end - self->at) < n_bytes ||
      g_ascii_strncasecmp ((const char *)self->at, word, n_bytes) != 0)
    return FALSE;
  if ((gsize)(self->end - self->at) > n_bytes && self->at[n_bytes] != ' ')
    return FALSE;
  self->at += n_bytes;
  skip_spaces (self);
  return TRUE;
}

static CulvertFtpVerb
read_verb (Cursor *self)
{
  static const struct
  {
    const char    *word;
    CulvertFtpVerb verb;
  } verbs[] = {
    { "PASV", CULVERT_FTP_PASV }, { "P@SW", CULVERT_FTP_PASV }, { "EPSV", CULVERT_FTP_EPSV },
    { "PORT", CULVERT_FTP_PORT }, { "EPRT", CULVERT_FTP_EPRT }, { "LPSV", CULVERT_FTP_LPSV },
    { "LPRT", CULVERT_FTP_LPRT }, { "AUTH", CULVERT_FTP_AUTH }, { "ABOR", CULVERT_FTP_ABOR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (read_word (self, verbs[i].word))
      return verbs[i].verb;
  return CULVERT_FTP_OTHER;
}

static gboolean
is_tls (Cursor *self)
{
  return read_word (self, "TLS") || read_word (self, "TLS-C") || read_word (self, "TLS-P") ||
         read_word (self, "SSL");
}

/* The line without its end. */
static Cursor
open_line (const guint8 *line, gsize n_bytes)
{
  Cursor self = { line, line + n_bytes };

  if (self.end > self.at && self.end[-1] == '\n')
    self.end--;
  if (self.end > self.at && self.end[-1] == '\r')
    self.end--;
  return self;
}

void
culvert_ftp_parse_command (const guint8 *line, gsize n_bytes, CulvertFtpCommand *command)
{
  Cursor self = open_line (line, n_bytes);

  *command = (CulvertFtpCommand){ 0 };
  if (n_bytes > CULVERT_FTP_LINE_MAX)
    return;
  skip_telnet (&self);
  skip_spaces (&self);
  command->verb = read_verb (&self);
  if (command->verb == CULVERT_FTP_EPSV && read_word (&self, "ALL"))
    command->verb = CULVERT_FTP_OTHER;
  else if (command->verb == CULVERT_FTP_AUTH && is_tls (&self))
    command->verb = CULVERT_FTP_AUTH_TLS;
  else if (command->verb == CULVERT_FTP_PORT)
    read_port (&self, command);
  else if (command->verb == CULVERT_FTP_EPRT)
    read_eprt (&self, command);
}

/* The last six of seven numbers are none. */
static void
skip_numbers (Cursor *self)
{
  while (self->at < self->end && g_ascii_isdigit (*self->at))
    {
      while (self->at < self->end && g_ascii_isdigit (*self->at))
        self->at++;
      if (skip (self, ','))
        skip_spaces (self);
    }
}

/* Six numbers somewhere in the text, as clients look for them (RFC 1123 4.1.2.6). */
static gboolean
find_numbers (const guint8 *line, Cursor *self, CulvertFtpReply *reply)
{
  guint numbers[N_NUMBERS];

  while (self->at < self->end)
    {
      Cursor at = *self;

      if (!g_ascii_isdigit (*self->at))
        {
          self->at++;
          continue;
        }
      if (read_numbers (&at, numbers))
        {
          reply->start = (gsize)(self->at - line);
          reply->length = (gsize)(at.at - self->at);
          return set_place (&reply->place, numbers);
        }
      skip_numbers (self);
    }
  return FALSE;
}

/* "|||6446|", whatever the mark is; some servers fill the fields that should be empty. */
static gboolean
read_extended (const guint8 *line, Cursor *self, CulvertFtpReply *reply)
{
  const guint8 *start = self->at;
  const guint8  mark = *self->at++;
  char          unused[CULVERT_FTP_HOST_SIZE];

  if (!is_mark (mark) || !read_field (self, mark, unused, sizeof unused) ||
      !read_field (self, mark, unused, sizeof unused) ||
      !read_port_field (self, mark, &reply->place.port))
    return FALSE;
  reply->start = (gsize)(start - line);
  reply->length = (gsize)(self->at - start);
  return TRUE;
}

static gboolean
find_extended (const guint8 *line, Cursor *self, CulvertFtpReply *reply)
{
  while (self->at < self->end)
    {
      Cursor at = *self;

      if (read_extended (line, &at, reply))
        return TRUE;
      self->at++;
    }
  return FALSE;
}

void
culvert_ftp_parse_reply (const guint8 *line, gsize n_bytes, CulvertFtpReply *reply)
{
  Cursor self = open_line (line, n_bytes);

  *reply = (CulvertFtpReply){ 0 };
  if (n_bytes > CULVERT_FTP_LINE_MAX || self.end - self.at < 3 || self.at[0] < '1' ||
      self.at[0] > '5' || !g_ascii_isdigit (self.at[1]) || !g_ascii_isdigit (self.at[2]))
    return;
  if (self.end - self.at > 3 && self.at[3] != ' ' && self.at[3] != '-')
    return;
  reply->code =
    (guint)(self.at[0] - '0') * 100 + (guint)(self.at[1] - '0') * 10 + (guint)(self.at[2] - '0');
  self.at += 3;
  reply->is_first_of = has (&self, '-');
  if (self.at < self.end)
    self.at++;
  if (reply->code == 227)
    reply->is_malformed = !find_numbers (line, &self, reply);
  else if (reply->code == 229)
    reply->is_malformed = !find_extended (line, &self, reply);
  if (reply->is_malformed)
    reply->length = 0;
}
