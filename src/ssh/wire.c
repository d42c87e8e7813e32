/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/wire.h"

#include <string.h>

/* 16384 bits, the largest RSA modulus that OpenSSL and OpenSSH accept. */
#define MPINT_MAX 2048

#define NAME_MAX_BYTES 64
#define NAME_LIST_MAX  1024

void
culvert_wire_reader_init (CulvertWireReader *self, const void *bytes, gsize n_bytes)
{
  self->next = bytes;
  self->n_left = n_bytes;
  self->failed = FALSE;
}

void
culvert_wire_reader_init_from_bytes (CulvertWireReader *self, GBytes *bytes)
{
  gsize       n_bytes;
  const void *data = g_bytes_get_data (bytes, &n_bytes);

  culvert_wire_reader_init (self, data, n_bytes);
}

gboolean
culvert_wire_reader_is_done (const CulvertWireReader *self)
{
  return !self->failed && self->n_left == 0;
}

static gboolean
fail (CulvertWireReader *self)
{
  self->failed = TRUE;
  return FALSE;
}

gboolean
culvert_wire_read_raw (CulvertWireReader *self, gsize n_bytes, const guint8 **bytes)
{
  *bytes = NULL;
  if (self->failed || n_bytes > self->n_left)
    return fail (self);

  *bytes = self->next;
  /* Adding 0 to the NULL of an empty view is left out: it is undefined. */
  if (n_bytes > 0)
    self->next += n_bytes;
  self->n_left -= n_bytes;
  return TRUE;
}

gboolean
culvert_wire_read_byte (CulvertWireReader *self, guint8 *value)
{
  const guint8 *bytes;

  *value = 0;
  if (!culvert_wire_read_raw (self, 1, &bytes))
    return FALSE;

  *value = bytes[0];
  return TRUE;
}

gboolean
culvert_wire_read_u32 (CulvertWireReader *self, guint32 *value)
{
  const guint8 *bytes;

  *value = 0;
  if (!culvert_wire_read_raw (self, 4, &bytes))
    return FALSE;

  *value = (guint32)bytes[0] << 24 | (guint32)bytes[1] << 16 | (guint32)bytes[2] << 8 | bytes[3];
  return TRUE;
}

gboolean
culvert_wire_read_u64 (CulvertWireReader *self, guint64 *value)
{
  guint32 high;
  guint32 low;

  *value = 0;
  if (!culvert_wire_read_u32 (self, &high) || !culvert_wire_read_u32 (self, &low))
    return FALSE;

  *value = (guint64)high << 32 | low;
  return TRUE;
}

gboolean
culvert_wire_read_string (CulvertWireReader *self, const guint8 **bytes, gsize *n_bytes)
{
  guint32 length;

  *bytes = NULL;
  *n_bytes = 0;
  if (!culvert_wire_read_u32 (self, &length) || !culvert_wire_read_raw (self, length, bytes))
    return FALSE;

  *n_bytes = length;
  return TRUE;
}

gboolean
culvert_wire_read_nested (CulvertWireReader *self, CulvertWireReader *inner)
{
  const guint8 *bytes;
  gsize         n_bytes;
  gboolean      ok = culvert_wire_read_string (self, &bytes, &n_bytes);

  culvert_wire_reader_init (inner, bytes, n_bytes);
  inner->failed = !ok;
  return ok;
}

GBytes *
culvert_wire_read_bytes (CulvertWireReader *self)
{
  const guint8 *bytes;
  gsize         n_bytes;

  if (!culvert_wire_read_string (self, &bytes, &n_bytes))
    return NULL;

  return g_bytes_new (bytes, n_bytes);
}

char *
culvert_wire_read_text (CulvertWireReader *self, gsize max_bytes)
{
  const guint8 *bytes;
  gsize         n_bytes;

  if (!culvert_wire_read_string (self, &bytes, &n_bytes))
    return NULL;

  if (n_bytes > max_bytes || (n_bytes > 0 && memchr (bytes, 0, n_bytes) != NULL))
    {
      fail (self);
      return NULL;
    }

  return n_bytes > 0 ? g_strndup ((const char *)bytes, n_bytes) : g_strdup ("");
}

gboolean
culvert_wire_read_expected (CulvertWireReader *self, const char *text)
{
  const guint8 *bytes;
  gsize         n_bytes;

  if (!culvert_wire_read_string (self, &bytes, &n_bytes))
    return FALSE;

  if (n_bytes != strlen (text) || (n_bytes > 0 && memcmp (bytes, text, n_bytes) != 0))
    return fail (self);

  return TRUE;
}

gboolean
culvert_wire_read_mpint (CulvertWireReader *self, const guint8 **bytes, gsize *n_bytes)
{
  if (!culvert_wire_read_string (self, bytes, n_bytes))
    return FALSE;

  gboolean is_negative = *n_bytes > 0 && ((*bytes)[0] & 0x80) != 0;
  gboolean has_zero = *n_bytes > 0 && (*bytes)[0] == 0;
  gboolean needs_zero = *n_bytes > 1 && ((*bytes)[1] & 0x80) != 0;

  if (has_zero && needs_zero)
    {
      *bytes += 1;
      *n_bytes -= 1;
    }
  if (is_negative || (has_zero && !needs_zero) || *n_bytes > MPINT_MAX)
    {
      *bytes = NULL;
      *n_bytes = 0;
      return fail (self);
    }

  return TRUE;
}

static gboolean
is_name (const guint8 *bytes, gsize n_bytes)
{
  if (n_bytes == 0 || n_bytes > NAME_MAX_BYTES)
    return FALSE;

  for (gsize i = 0; i < n_bytes; i++)
    if (!g_ascii_isgraph (bytes[i]))
      return FALSE;

  return TRUE;
}

GStrv
culvert_wire_read_name_list (CulvertWireReader *self)
{
  const guint8 *bytes;
  gsize         n_bytes;

  if (!culvert_wire_read_string (self, &bytes, &n_bytes))
    return NULL;

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize start = 0; n_bytes > 0 && start <= n_bytes;)
    {
      gsize end = start;

      while (end < n_bytes && bytes[end] != ',')
        end++;

      if (!is_name (bytes + start, end - start) || names->len == NAME_LIST_MAX)
        {
          fail (self);
          return NULL;
        }
      g_ptr_array_add (names, g_strndup ((const char *)bytes + start, end - start));
      start = end + 1;
    }

  g_ptr_array_add (names, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

void
culvert_wire_write_byte (GByteArray *array, guint8 value)
{
  g_byte_array_append (array, &value, 1);
}

void
culvert_wire_write_u32 (GByteArray *array, guint32 value)
{
  guint32 network_order = GUINT32_TO_BE (value);

  g_byte_array_append (array, (const guint8 *)&network_order, sizeof network_order);
}

void
culvert_wire_write_string (GByteArray *array, const void *bytes, gsize n_bytes)
{
  g_return_if_fail (n_bytes <= G_MAXINT32);

  culvert_wire_write_u32 (array, (guint32)n_bytes);
  if (n_bytes > 0)
    g_byte_array_append (array, bytes, (guint)n_bytes);
}

void
culvert_wire_write_bytes (GByteArray *array, GBytes *bytes)
{
  gsize       n_bytes;
  const void *data = g_bytes_get_data (bytes, &n_bytes);

  culvert_wire_write_string (array, data, n_bytes);
}

void
culvert_wire_write_text (GByteArray *array, const char *text)
{
  culvert_wire_write_string (array, text, strlen (text));
}

void
culvert_wire_write_mpint (GByteArray *array, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0 && bytes[0] == 0)
    {
      bytes++;
      n_bytes--;
    }

  gboolean needs_zero = n_bytes > 0 && (bytes[0] & 0x80) != 0;

  g_return_if_fail (n_bytes < G_MAXINT32);

  culvert_wire_write_u32 (array, (guint32)n_bytes + (needs_zero ? 1 : 0));
  if (needs_zero)
    culvert_wire_write_byte (array, 0);
  if (n_bytes > 0)
    g_byte_array_append (array, bytes, (guint)n_bytes);
}

void
culvert_wire_write_name_list (GByteArray *array, const char *const *names)
{
  g_autofree char *joined = g_strjoinv (",", (char **)names);

  culvert_wire_write_text (array, joined);
}
