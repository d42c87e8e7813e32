/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/putty-private.h"

#include <string.h>

/* What regedit exports: "Windows Registry Editor Version 5.00" in UTF-16, "REGEDIT4" in the code page. */

#define HEADER_5    "Windows Registry Editor Version 5.00"
#define HEADER_4    "REGEDIT4"
#define SESSIONS    "\\Sessions\\"
#define HEADER_MAX  256 /* bytes that are looked at to find the header */
#define REPLACEMENT 0xfffd

/* PuTTY and the forks that keep sessions as it does, as their part of the key in front of the sessions. */
static const char *const programs[] = { "\\PuTTY", "\\KiTTY", NULL };

typedef struct
{
  const char          *file;
  GPtrArray           *sessions; /* of CulvertPuttySession */
  GHashTable          *by_name;
  CulvertPuttySession *session; /* borrowed; NULL in other keys */
} Reader;

static gunichar
get_unit (const guchar *data, gboolean is_little)
{
  return is_little ? data[0] | (gunichar)data[1] << 8 : data[1] | (gunichar)data[0] << 8;
}

/* (transfer full): what makes no sense, and NULs, are replaced */
static char *
from_utf16 (const guchar *data, gsize n_bytes, gboolean is_little)
{
  GString *text = g_string_sized_new (n_bytes / 2);

  for (gsize i = 0; i + 1 < n_bytes; i += 2)
    {
      gunichar c = get_unit (data + i, is_little);

      if (c >= 0xd800 && c < 0xdc00 && i + 3 < n_bytes)
        {
          gunichar low = get_unit (data + i + 2, is_little);

          if (low >= 0xdc00 && low < 0xe000)
            {
              c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
              i += 2;
            }
        }
      if (c == 0 || (c >= 0xd800 && c < 0xe000))
        c = REPLACEMENT;
      g_string_append_unichar (text, c);
    }
  return g_string_free (text, FALSE);
}

/* (transfer full): UTF-8 without a byte order mark */
static char *
decode (const char *data, gsize n_bytes)
{
  const guchar *bytes = (const guchar *)data;

  if (n_bytes >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
    return from_utf16 (bytes + 2, n_bytes - 2, TRUE);
  if (n_bytes >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
    return from_utf16 (bytes + 2, n_bytes - 2, FALSE);
  if (n_bytes >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    return culvert_putty_to_utf8 (data + 3, n_bytes - 3);
  return culvert_putty_to_utf8 (data, n_bytes);
}

gboolean
culvert_putty_is_registry (const char *data, gsize n_bytes)
{
  g_autofree char *text = decode (data, MIN (n_bytes, HEADER_MAX));
  const char      *start = text;

  while (g_ascii_isspace (*start))
    start++;
  return g_str_has_prefix (start, "Windows Registry Editor") || g_str_has_prefix (start, HEADER_4);
}

/* (transfer full) (nullable): the session's name as it is written, of `HKEY…\PuTTY\Sessions\NAME` */
static char *
find_session_name (const char *key)
{
  const char      *last = strrchr (key, '\\');
  g_autofree char *parent = NULL;

  if (last == NULL || last[1] == '\0')
    return NULL;
  parent = g_strndup (key, last + 1 - key);
  if (strlen (parent) < strlen (SESSIONS) ||
      g_ascii_strcasecmp (parent + strlen (parent) - strlen (SESSIONS), SESSIONS) != 0)
    return NULL;
  parent[strlen (parent) - strlen (SESSIONS)] = '\0';
  for (guint i = 0; programs[i] != NULL; i++)
    if (strlen (parent) >= strlen (programs[i]) &&
        g_ascii_strcasecmp (parent + strlen (parent) - strlen (programs[i]), programs[i]) == 0)
      return g_strdup (last + 1);
  return NULL;
}

/* `[KEY]`, or `[-KEY]`, which removes it */
static void
read_key (Reader *reader, const char *line, guint number)
{
  const char      *end = strrchr (line, ']');
  g_autofree char *key = end != NULL ? g_strndup (line + 1, end - line - 1) : g_strdup (line + 1);
  g_autofree char *encoded = key[0] != '-' ? find_session_name (key) : NULL;
  g_autofree char *name = NULL;

  reader->session = NULL;
  if (encoded == NULL)
    return;
  name = culvert_putty_decode_name (encoded);
  reader->session = g_hash_table_lookup (reader->by_name, name);
  if (reader->session == NULL && reader->sessions->len < CULVERT_PUTTY_MAX_SESSIONS)
    {
      reader->session = culvert_putty_session_new (name, reader->file, number);
      g_ptr_array_add (reader->sessions, reader->session);
      g_hash_table_insert (reader->by_name, reader->session->name, reader->session);
    }
  if (reader->session != NULL && (end == NULL || end[1] != '\0'))
    culvert_putty_session_set_trouble (reader->session, number,
                                       "the key has no \"]\" at the end of its line");
}

/* (transfer full) (nullable): what stands between quotation marks; @end: behind them; NULL when they do not end */
static char *
read_string (const char *text, const char **end)
{
  g_autoptr (GString) string = g_string_new (NULL);
  const char         *p = text + 1;

  for (; *p != '\0' && *p != '"'; p++)
    {
      if (*p == '\\' && (p[1] == '\\' || p[1] == '"'))
        p++;
      g_string_append_c (string, *p);
    }
  if (*p != '"')
    return NULL;
  *end = p + 1;
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static gboolean
is_rest_empty (const char *text)
{
  while (*text == ' ' || *text == '\t')
    text++;
  return *text == '\0' || *text == ';';
}

static void
read_value (CulvertPuttySession *session, const char *key, const char *text, guint number)
{
  g_autofree char *value = NULL;
  const char      *end = NULL;

  if (*text == '"')
    {
      value = read_string (text, &end);
      if (value == NULL || !is_rest_empty (end))
        culvert_putty_session_set_trouble (session, number,
                                           value == NULL
                                             ? "the text has no quotation mark at its end"
                                             : "something follows behind the text");
      else
        culvert_putty_session_set (session, key, value, number);
      return;
    }
  if (g_ascii_strncasecmp (text, "dword:", 6) == 0)
    {
      guint64 found;

      value = g_strndup (text + 6, strspn (text + 6, "0123456789abcdefABCDEF"));
      if (strlen (value) == 0 || strlen (value) > 8 || !is_rest_empty (text + 6 + strlen (value)))
        {
          culvert_putty_session_set_trouble (session, number,
                                             "a number has up to eight hexadecimal digits");
          return;
        }
      found = g_ascii_strtoull (value, NULL, 16);
      g_free (value);
      value = g_strdup_printf ("%" G_GUINT64_FORMAT, found);
      culvert_putty_session_set (session, key, value, number);
      return;
    }
  /* "-" takes a value away; bytes are in none that matter. */
  if (strcmp (text, "-") != 0 && culvert_putty_key_is_used (key))
    culvert_putty_session_set_trouble (session, number, "it is neither a text nor a number");
}

/* `"NAME"=VALUE`, or `@=VALUE` for the key's own */
static void
read_assignment (Reader *reader, const char *line, guint number)
{
  g_autofree char *key = NULL;
  const char      *end = NULL;

  if (*line == '@')
    return;
  if (*line == '"')
    key = read_string (line, &end);
  if (key == NULL || *end != '=')
    culvert_putty_session_set_trouble (reader->session, number,
                                       "it is not a name in quotation marks, \"=\" and a value");
  else
    read_value (reader->session, key, end + 1, number);
}

/* Bytes go on in the next line behind a backslash. */
static gboolean
goes_on (const char *line)
{
  const char *value = strstr (line, "=hex");

  return (value != NULL || line[0] == ' ' || line[0] == '\t') && g_str_has_suffix (line, "\\");
}

GPtrArray *
culvert_putty_read_registry (const char *file, const char *data, gsize n_bytes)
{
  g_autofree char *text = decode (data, n_bytes);
  Reader           reader = {
              .file = file,
              .sessions = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_putty_session_free),
              .by_name = g_hash_table_new (g_str_hash, g_str_equal),
  };
  gboolean is_continued = FALSE;
  guint    number = 1;

  for (char *line = text; line != NULL; number++)
    {
      char    *next = strchr (line, '\n');
      gboolean was_continued = is_continued;

      if (next != NULL)
        *next++ = '\0';
      g_strchomp (line);
      is_continued = goes_on (line) || (was_continued && g_str_has_suffix (line, "\\"));
      if (*line == '[')
        read_key (&reader, line, number);
      else if (*line != '\0' && *line != ';' && !was_continued && reader.session != NULL)
        read_assignment (&reader, line, number);
      line = next;
    }
  g_hash_table_unref (reader.by_name);
  return reader.sessions;
}
