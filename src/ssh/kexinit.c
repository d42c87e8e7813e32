/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/kexinit.h"

#include "base/log.h"
#include "core/errors.h"
#include "ssh/wire.h"

#include <string.h>

#define SSH_MSG_KEXINIT 20
#define COOKIE_SIZE     16
/* A server may say something before its version line (RFC 4253 4.2); more than this is no SSH. */
#define LINE_MAX_BYTES 1024
#define QUOTE_MAX      60

/* Returns the offset behind the version line, or 0; @line is set to its start. */
static gsize
find_version_line (const guint8 *bytes, gsize n_bytes, gsize *line, gsize *line_length)
{
  gsize start = 0;

  while (start < n_bytes)
    {
      const guint8 *end = memchr (bytes + start, '\n', n_bytes - start);
      gsize         length;

      if (end == NULL)
        return 0;
      length = (gsize)(end - (bytes + start));
      if (length >= 4 && length <= LINE_MAX_BYTES && memcmp (bytes + start, "SSH-", 4) == 0)
        {
          *line = start;
          *line_length = length > 0 && bytes[start + length - 1] == '\r' ? length - 1 : length;
          return start + length + 1;
        }
      start += length + 1;
    }
  return 0;
}

char *
culvert_greeting_find_version (const guint8 *bytes, gsize n_bytes)
{
  gsize line, length;

  if (find_version_line (bytes, n_bytes, &line, &length) == 0)
    return NULL;
  return culvert_log_printable ((const char *)bytes + line, (gssize)length);
}

static gboolean
read_lists (CulvertWireReader *reader, CulvertKexinit *self)
{
  self->offered[CULVERT_LIB_KEX] = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_HOST_KEY] = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_CIPHER] = culvert_wire_read_name_list (reader);
  self->to_client[CULVERT_LIB_CIPHER] = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_MAC] = culvert_wire_read_name_list (reader);
  self->to_client[CULVERT_LIB_MAC] = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_COMPRESSION] = culvert_wire_read_name_list (reader);
  self->to_client[CULVERT_LIB_COMPRESSION] = culvert_wire_read_name_list (reader);
  return !reader->failed;
}

CulvertKexinit *
culvert_kexinit_parse (const guint8 *bytes, gsize n_bytes)
{
  g_autoptr (CulvertKexinit) self = g_new0 (CulvertKexinit, 1);
  CulvertWireReader          packet, payload;
  gsize         line, length, start = find_version_line (bytes, n_bytes, &line, &length);
  guint32       packet_length;
  guint8        padding, type;
  const guint8 *raw;

  if (start == 0)
    return NULL;
  culvert_wire_reader_init (&packet, bytes + start, n_bytes - start);
  if (!culvert_wire_read_u32 (&packet, &packet_length) ||
      !culvert_wire_read_byte (&packet, &padding) || packet_length < 1u + padding ||
      packet_length > CULVERT_LIB_PACKET_SIZE + 4096 ||
      !culvert_wire_read_raw (&packet, packet_length - 1 - padding, &raw))
    return NULL;
  culvert_wire_reader_init (&payload, raw, packet_length - 1 - padding);
  if (!culvert_wire_read_byte (&payload, &type) || type != SSH_MSG_KEXINIT ||
      !culvert_wire_read_raw (&payload, COOKIE_SIZE, &raw) || !read_lists (&payload, self))
    return NULL;
  return g_steal_pointer (&self);
}

void
culvert_kexinit_free (CulvertKexinit *self)
{
  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      g_strfreev (self->offered[i]);
      g_strfreev (self->to_client[i]);
    }
  g_free (self);
}

static gboolean
have_common (GStrv ours, GStrv theirs)
{
  for (; *ours != NULL; ours++)
    if (g_strv_contains ((const char *const *)theirs, *ours))
      return TRUE;
  return FALSE;
}

/* With an authenticated cipher the MAC list does not matter. */
static gboolean
cipher_brings_mac (GStrv ours, GStrv theirs)
{
  for (; *ours != NULL; ours++)
    if (g_strv_contains ((const char *const *)theirs, *ours))
      return strstr (*ours, "-gcm@") != NULL || strstr (*ours, "poly1305") != NULL;
  return FALSE;
}

static gboolean
is_in_doubt (int category, const GStrv *ours, const GStrv *theirs)
{
  if (theirs[category] == NULL || have_common (ours[category], theirs[category]))
    return FALSE;
  return category != CULVERT_LIB_MAC ||
         !cipher_brings_mac (ours[CULVERT_LIB_CIPHER], theirs[CULVERT_LIB_CIPHER]);
}

/* Words among the algorithms that are none (RFC 8308 2.1, OpenSSH PROTOCOL 1.10). */
static gboolean
is_algorithm (const char *name)
{
  return !g_str_has_prefix (name, "ext-info-") && !g_str_has_prefix (name, "kex-strict-");
}

/* (transfer full): by ", " */
static char *
list_names (GStrv names)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; *names != NULL; names++)
    if (is_algorithm (*names))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", *names);
  return culvert_log_printable (text->str, (gssize)text->len);
}

/* (transfer full) (nullable): NULL when there are none */
static char *
list_common (GStrv ours, GStrv theirs)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           common = NULL;

  for (; *ours != NULL; ours++)
    if (g_strv_contains ((const char *const *)theirs, *ours))
      g_strv_builder_add (builder, *ours);
  common = g_strv_builder_end (builder);
  return common[0] != NULL ? g_strjoinv (", ", common) : NULL;
}

gboolean
culvert_kexinit_explain (const CulvertKexinit  *self,
                         const CulvertGreeting *greeting,
                         GError               **error)
{
  static const struct
  {
    const char *what;
    int         code;
  } categories[CULVERT_LIB_N_CATEGORIES] = {
    [CULVERT_LIB_KEX] = { "key exchange", CULVERT_SSH_ERROR_NO_COMMON_KEX },
    [CULVERT_LIB_HOST_KEY] = { "host key", CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY },
    [CULVERT_LIB_CIPHER] = { "cipher", CULVERT_SSH_ERROR_NO_COMMON_CIPHER },
    [CULVERT_LIB_MAC] = { "MAC", CULVERT_SSH_ERROR_NO_COMMON_MAC },
    [CULVERT_LIB_COMPRESSION] = { "compression", CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION },
  };

  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      GStrv            theirs = self->offered[i];
      g_autofree char *offered = NULL;
      g_autofree char *ours = NULL;
      g_autofree char *legacy = NULL;

      if (!is_in_doubt (i, greeting->ours, self->offered))
        {
          if (!is_in_doubt (i, greeting->ours, self->to_client))
            continue;
          theirs = self->to_client[i];
        }
      offered = list_names (theirs);
      ours = list_names (greeting->ours[i]);
      legacy = list_common (greeting->legacy[i], theirs);
      g_set_error (error, CULVERT_SSH_ERROR, categories[i].code,
                   "no %s algorithm in common with the server, which offers: %s; offered here: %s",
                   categories[i].what, offered, ours);
      culvert_error_set_fact (error, CULVERT_FACT_OFFERED, offered);
      culvert_error_set_fact (error, CULVERT_FACT_OURS, ours);
      culvert_error_set_fact (error, CULVERT_FACT_LEGACY, legacy);
      return TRUE;
    }
  return FALSE;
}

/* What the first bytes of other protocols are like.  "220 " is said by mail and file servers alike. */
static const struct
{
  const char *begin;
  const char *contains; /* in the first line; nullable */
  const char *protocol;
} protocols[] = {
  { "HTTP/", NULL, "http" }, { "<!DOCTYPE", NULL, "http" }, { "<html", NULL, "http" },
  { "<HTML", NULL, "http" }, { "\x15\x03", NULL, "tls" },   { "220", "SMTP", "smtp" },
  { "220", "smtp", "smtp" }, { "220", "Postfix", "smtp" },  { "220", "mail", "smtp" },
  { "220", "FTP", "ftp" },   { "220", "ftp", "ftp" },       { "220", "FileZilla", "ftp" },
  { "554 ", NULL, "smtp" },  { "421 ", NULL, "smtp" },      { "* OK", NULL, "mail" },
  { "+OK", NULL, "mail" },   { "RFB 00", NULL, "vnc" },     { "SSH-1.", NULL, "ssh1" },
};

/* Its packets begin with a length of three bytes, a number, and the version of the protocol; then
 * comes the server's own version. */
static gboolean
is_mysql (const guint8 *bytes, gsize n_bytes)
{
  return n_bytes > 6 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 && bytes[4] == 10 &&
         g_ascii_isdigit (bytes[5]);
}

/* RFC 854: IAC, and WILL, WONT, DO or DONT */
static gboolean
is_telnet (const guint8 *bytes, gsize n_bytes)
{
  return n_bytes > 2 && bytes[0] == 255 && bytes[1] >= 251 && bytes[1] <= 254;
}

const char *
culvert_greeting_find_protocol (const guint8 *bytes, gsize n_bytes)
{
  const guint8    *end = n_bytes > 0 ? memchr (bytes, '\n', MIN (n_bytes, LINE_MAX_BYTES)) : NULL;
  g_autofree char *line = NULL;

  if (is_mysql (bytes, n_bytes))
    return "mysql";
  if (is_telnet (bytes, n_bytes))
    return "telnet";
  /* An alert has no line end. */
  if (n_bytes > 2 && memcmp (bytes, "\x15\x03", 2) == 0)
    return "tls";
  if (end == NULL)
    return NULL;
  /* Compared up to its first NUL, which is good enough. */
  line = g_strndup ((const char *)bytes, (gsize)(end - bytes));
  /* SSH-1.99 is a server that has both versions. */
  if (g_str_has_prefix (line, "SSH-1.99"))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (g_str_has_prefix (line, protocols[i].begin) &&
        (protocols[i].contains == NULL || strstr (line, protocols[i].contains) != NULL))
      return protocols[i].protocol;
  return NULL;
}

/* (transfer full): the first line, cut where it is too long to be read */
static char *
quote_first_line (const CulvertGreeting *self)
{
  gsize         n_bytes = MIN (self->n_bytes, QUOTE_MAX);
  const guint8 *end = memchr (self->bytes, '\n', n_bytes);

  if (end != NULL && end > self->bytes)
    n_bytes = (gsize)(end - self->bytes);
  if (n_bytes > 1 && self->bytes[n_bytes - 1] == '\r')
    n_bytes--;
  return culvert_log_printable ((const char *)self->bytes, (gssize)n_bytes);
}

/* What sshd writes in the place of its version line when it takes no more connections, or none from
 * this address. */
static gboolean
is_turned_away (const CulvertGreeting *self, const char *said)
{
  static const char *const texts[] = { "Exceeded MaxStartups", "Not allowed at this time" };

  if (self->n_bytes == 0)
    return self->has_ended;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_has_prefix (said, texts[i]))
      return TRUE;
  return FALSE;
}

/* (transfer full) (nullable): NULL when its first line is that of an SSH server */
static GError *
explain_first_line (const CulvertGreeting *self)
{
  const char      *protocol = culvert_greeting_find_protocol (self->bytes, self->n_bytes);
  g_autofree char *version = culvert_greeting_find_version (self->bytes, self->n_bytes);
  g_autofree char *said = NULL;
  GError          *error = NULL;

  if (version != NULL && protocol == NULL)
    return NULL;
  if (self->n_bytes > 0)
    said = quote_first_line (self);
  if (is_turned_away (self, said))
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_TURNED_AWAY,
                         "the server closed the connection before its version line%s%s",
                         said != NULL ? ": " : "", said != NULL ? said : "");
  else if (self->n_bytes > 0)
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NOT_SSH,
                         "what answers is not an SSH server (%s); it said: %s",
                         protocol != NULL ? protocol : "of no known kind", said);
  culvert_error_set_fact (&error, CULVERT_FACT_SAID, said);
  culvert_error_set_fact (&error, CULVERT_FACT_SPEAKS, protocol);
  return error;
}

GError *
culvert_greeting_explain (const CulvertGreeting *self, GError *fallback)
{
  g_autoptr (CulvertKexinit) kexinit = culvert_kexinit_parse (self->bytes, self->n_bytes);
  GError                    *error = explain_first_line (self);

  if (error == NULL && kexinit != NULL)
    culvert_kexinit_explain (kexinit, self, &error);
  if (error == NULL)
    return fallback;
  g_error_free (fallback);
  return error;
}
