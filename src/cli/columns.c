/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/columns.h"

#define GAP "  "

guint
culvert_columns_measure (const char *text)
{
  guint n_columns = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      n_columns += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return n_columns;
}

void
culvert_columns_append (GString *line, const char *text, guint width)
{
  g_string_append (line, text);
  for (guint i = culvert_columns_measure (text); i < width; i++)
    g_string_append_c (line, ' ');
  g_string_append (line, GAP);
}
