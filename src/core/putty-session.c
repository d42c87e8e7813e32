/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/putty-private.h"

#include <string.h>

/* PuTTY's own file of one session: lines of key and value, with nothing quoted. */

static const char *const used_keys[] = {
  "hostname",
  "portnumber",
  "protocol",
  "username",
  "usernamefromenvironment",
  "addressfamily",
  "pinginterval",
  "pingintervalsecs",
  "proxymethod",
  "proxyhost",
  "proxyport",
  "proxyusername",
  "proxypassword",
  "proxytelnetcommand",
  "compression",
  "tryagent",
  "agentfwd",
  "authki",
  "sshprot",
  "sshnoshell",
  "loghost",
  "publickeyfile",
  "remotecommand",
  "portforwardings",
  "localportacceptall",
  "remoteportacceptall",
  NULL,
};

static void
value_free (gpointer data)
{
  CulvertPuttyValue *value = data;

  g_free (value->text);
  g_free (value);
}

CulvertPuttySession *
culvert_putty_session_new (const char *name, const char *file, guint line)
{
  CulvertPuttySession *self = g_new0 (CulvertPuttySession, 1);

  self->name = g_strdup (name);
  self->file = g_strdup (file);
  self->line = line;
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, value_free);
  return self;
}

void
culvert_putty_session_free (CulvertPuttySession *self)
{
  g_free (self->name);
  g_free (self->file);
  g_hash_table_unref (self->values);
  g_clear_pointer (&self->trouble, culvert_import_note_free);
  g_free (self);
}

/* What the code page of western Windows has where Latin-1 has control characters. */
static gunichar
from_code_page (guchar byte)
{
  static const gunichar special[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
  };

  return byte >= 0x80 && byte < 0xa0 ? special[byte - 0x80] : byte;
}

char *
culvert_putty_to_utf8 (const char *data, gsize n_bytes)
{
  GString *text;

  if (g_utf8_validate_len (data, n_bytes, NULL))
    return g_strndup (data, n_bytes);
  text = g_string_sized_new (n_bytes);
  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_unichar (text, data[i] != '\0' ? from_code_page ((guchar)data[i]) : 0xfffd);
  return g_string_free (text, FALSE);
}

char *
culvert_putty_decode_name (const char *encoded)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *p = encoded; *p != '\0'; p++)
    if (p[0] == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]) &&
        (p[1] != '0' || p[2] != '0'))
      {
        g_string_append_c (name,
                           (char)(g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2])));
        p += 2;
      }
    else
      g_string_append_c (name, *p);
  return culvert_putty_to_utf8 (name->str, name->len);
}

gboolean
culvert_putty_key_is_used (const char *key)
{
  g_autofree char *lower = g_ascii_strdown (key, -1);

  return g_strv_contains (used_keys, lower);
}

void
culvert_putty_session_set (CulvertPuttySession *self, const char *key, const char *text, guint line)
{
  g_autofree char   *lower = g_ascii_strdown (key, -1);
  CulvertPuttyValue *value;

  if (!g_strv_contains (used_keys, lower))
    return;
  if (strlen (text) > CULVERT_PUTTY_VALUE_MAX)
    {
      culvert_putty_session_set_trouble (self, line, "the value is too long");
      return;
    }
  value = g_new (CulvertPuttyValue, 1);
  /* That there is one is all that may be known of it. */
  value->text = g_strdup (strcmp (lower, "proxypassword") == 0 && *text != '\0' ? "*" : text);
  value->line = line;
  g_hash_table_replace (self->values, g_steal_pointer (&lower), value);
}

void
culvert_putty_session_set_trouble (CulvertPuttySession *self, guint line, const char *reason)
{
  if (self->trouble == NULL)
    self->trouble =
      culvert_import_note_new (CULVERT_IMPORT_MALFORMED, self->file, line, self->name, reason);
}

const char *
culvert_putty_get (const CulvertPuttySession *self, const char *key)
{
  const CulvertPuttyValue *value = g_hash_table_lookup (self->values, key);

  return value != NULL ? value->text : "";
}

guint
culvert_putty_get_line (const CulvertPuttySession *self, const char *key)
{
  const CulvertPuttyValue *value = g_hash_table_lookup (self->values, key);

  return value != NULL ? value->line : self->line;
}

gboolean
culvert_putty_refuse (const CulvertPuttySession *self,
                      const char                *key,
                      CulvertImportNoteCode      code,
                      const char                *text,
                      const char                *reason,
                      CulvertImportNote        **why)
{
  *why =
    culvert_import_note_new (code, self->file, culvert_putty_get_line (self, key), text, reason);
  return FALSE;
}

gboolean
culvert_putty_get_number (const CulvertPuttySession *self,
                          const char                *key,
                          guint                      max,
                          guint                      usual,
                          guint                     *number,
                          CulvertImportNote        **why)
{
  const char      *text = culvert_putty_get (self, key);
  g_autofree char *reason = NULL;
  guint64          found;

  *number = usual;
  if (*text == '\0')
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, 0, max, &found, NULL))
    {
      *number = (guint)found;
      return TRUE;
    }
  reason = g_strdup_printf ("%s is not a number from 0 to %u", key, max);
  return culvert_putty_refuse (self, key, CULVERT_IMPORT_MALFORMED, self->name, reason, why);
}

gboolean
culvert_putty_is_on (const CulvertPuttySession *self, const char *key, gboolean usual)
{
  const char *text = culvert_putty_get (self, key);

  return *text != '\0' ? strcmp (text, "0") != 0 : usual;
}

gboolean
culvert_putty_is_session (const char *text)
{
  static const char *const starts[] = { "Protocol=", "PortForwardings=", "Present=",
                                        "ProxyMethod=" };
  guint                    n_found = 0;

  if (g_str_has_prefix (text, "Present="))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autofree char *line = g_strconcat ("\n", starts[i], NULL);

      n_found += g_str_has_prefix (text, starts[i]) || strstr (text, line) != NULL;
    }
  return n_found >= 2;
}

static void
read_line (CulvertPuttySession *self, const char *line, guint number)
{
  const char      *equals = strchr (line, '=');
  g_autofree char *key = NULL;

  if (*line == '\0' || *line == '#')
    return;
  if (equals == NULL || equals == line)
    {
      culvert_putty_session_set_trouble (self, number, "it is not a key, \"=\" and a value");
      return;
    }
  key = g_strndup (line, equals - line);
  culvert_putty_session_set (self, key, equals + 1, number);
}

CulvertPuttySession *
culvert_putty_read_session (const char *file, const char *base_name, const char *text)
{
  g_autofree char     *name = culvert_putty_decode_name (base_name);
  CulvertPuttySession *self = culvert_putty_session_new (name, file, 1);
  guint                number = 1;

  for (const char *line = text; *line != '\0'; number++)
    {
      gsize            length = strcspn (line, "\n");
      g_autofree char *copy = culvert_putty_to_utf8 (line, length);

      copy[strcspn (copy, "\r")] = '\0';
      read_line (self, copy, number);
      line += length + (line[length] != '\0');
    }
  return self;
}
