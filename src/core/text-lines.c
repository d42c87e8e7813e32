/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/text-lines.h"

/* A line break of Unicode, or what turns the direction of text, is none for the programs but for the eye. */
static gboolean
is_printable (gunichar c)
{
  const GUnicodeType type = g_unichar_type (c);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_UNASSIGNED &&
         type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

void
culvert_text_lines_add (GString *text, const char *format, ...)
{
  g_autofree char *line = NULL;
  g_autofree char *valid = NULL;
  va_list          arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  valid = g_utf8_make_valid (line, -1);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (text, is_printable (c) ? c : '?');
    }
  g_string_append_c (text, '\n');
}
