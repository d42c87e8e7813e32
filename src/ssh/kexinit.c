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
  g_auto (GStrv) mac_to_client = NULL;
  g_auto (GStrv) cipher_to_client = NULL;

  self->offered[CULVERT_LIB_KEX] = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_HOST_KEY] = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_CIPHER] = culvert_wire_read_name_list (reader);
  cipher_to_client = culvert_wire_read_name_list (reader);
  self->offered[CULVERT_LIB_MAC] = culvert_wire_read_name_list (reader);
  mac_to_client = culvert_wire_read_name_list (reader);
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
    g_strfreev (self->offered[i]);
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

gboolean
culvert_kexinit_explain (const CulvertKexinit *self,
                         GStrv                 ours[CULVERT_LIB_N_CATEGORIES],
                         GError              **error)
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
  };

  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      g_autofree char *list = NULL;

      if (have_common (ours[i], self->offered[i]))
        continue;
      if (i == CULVERT_LIB_MAC &&
          cipher_brings_mac (ours[CULVERT_LIB_CIPHER], self->offered[CULVERT_LIB_CIPHER]))
        continue;
      list = g_strjoinv (", ", self->offered[i]);
      g_set_error (error, CULVERT_SSH_ERROR, categories[i].code,
                   "no %s algorithm in common with the server, which offers: %s",
                   categories[i].what, list);
      culvert_error_set_fact (error, CULVERT_FACT_OFFERED, list);
      return TRUE;
    }
  return FALSE;
}

GError *
culvert_greeting_explain (const guint8 *bytes,
                          gsize         n_bytes,
                          GStrv         ours[CULVERT_LIB_N_CATEGORIES],
                          GError       *fallback)
{
  g_autoptr (CulvertKexinit) kexinit = culvert_kexinit_parse (bytes, n_bytes);
  g_autofree char           *version = culvert_greeting_find_version (bytes, n_bytes);
  GError                    *error = NULL;

  if (kexinit != NULL && culvert_kexinit_explain (kexinit, ours, &error))
    {
      g_error_free (fallback);
      return error;
    }
  if (version == NULL && n_bytes > 0)
    {
      g_autofree char *quote =
        culvert_log_printable ((const char *)bytes, (gssize)MIN (n_bytes, QUOTE_MAX));

      g_error_free (fallback);
      error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NOT_SSH,
                           "what answers is not an SSH server; it said: %s", quote);
      culvert_error_set_fact (&error, CULVERT_FACT_SAID, quote);
      return error;
    }
  return fallback;
}
