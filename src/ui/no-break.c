/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/no-break.h"

#include <string.h>

#define WORD_JOINER 0x2060

static gboolean
is_within_word (const char *p)
{
  gunichar next = g_utf8_get_char (p + 1);

  return next != 0 && !g_unichar_isspace (next) && !g_unichar_ispunct (next);
}

char *
culvert_no_break (const char *text)
{
  GString *joined = g_string_new (NULL);

  g_return_val_if_fail (text != NULL, g_string_free (joined, FALSE));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_string_append_unichar (joined, g_utf8_get_char (p));
      if ((*p == ':' || *p == '/') && is_within_word (p))
        g_string_append_unichar (joined, WORD_JOINER);
    }
  return g_string_free (joined, FALSE);
}

PangoAttrList *
culvert_no_break_attributes (const char *text)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  g_return_val_if_fail (text != NULL, attributes);

  for (const char *p = strchr (text, ':'); p != NULL; p = strchr (p + 1, ':'))
    {
      PangoAttribute *attribute;
      gsize           n_digits = strspn (p + 1, "0123456789");

      if (n_digits == 0)
        continue;
      attribute = pango_attr_allow_breaks_new (FALSE);
      attribute->start_index = (guint)(p - text);
      attribute->end_index = (guint)(p - text + 1 + (gssize)n_digits);
      pango_attr_list_insert (attributes, attribute);
    }
  return attributes;
}
