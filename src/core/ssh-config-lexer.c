/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config-lexer.h"

#include <string.h>

#define BLANKS " \t\r\n"

static gboolean
is_blank (char c)
{
  return c != '\0' && strchr (BLANKS, c) != NULL;
}

/* (nullable) (transfer full): the word in front, which blanks, one `=` or a quotation end; moves
 * @cursor behind what it used, to NULL when nothing is left.  NULL when a quotation is not closed. */
static char *
take_word (const char **cursor)
{
  const char *text = *cursor;
  const char *end = text + strcspn (text, BLANKS "\"=");
  const char *close;
  char       *word;
  gboolean    has_equals = *end == '=';

  if (*end == '\0')
    {
      *cursor = NULL;
      return g_strdup (text);
    }
  if (*end == '"')
    {
      close = strchr (end + 1, '"');
      if (close == NULL)
        return NULL;
      *cursor = close + 1 + strspn (close + 1, BLANKS);
      word = g_strndup (text, close - text);
      memmove (word + (end - text), word + (end - text) + 1, (gsize)(close - end));
      return word;
    }
  word = g_strndup (text, end - text);
  end += 1 + strspn (end + 1, BLANKS);
  if (*end == '=' && !has_equals)
    end += 1 + strspn (end + 1, BLANKS);
  *cursor = end;
  return word;
}

/* Reads one value up to a blank outside quotes. */
static gboolean
read_value (const char **cursor, GString *value)
{
  const char *p = *cursor;
  char        quote = '\0';

  for (; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0' &&
          (strchr ("'\"\\", p[1]) != NULL || (quote == '\0' && p[1] == ' ')))
        g_string_append_c (value, *++p);
      else if (quote == '\0' && (*p == ' ' || *p == '\t'))
        break;
      else if (quote == '\0' && (*p == '"' || *p == '\''))
        quote = *p;
      else if (quote != '\0' && *p == quote)
        quote = '\0';
      else
        g_string_append_c (value, *p);
    }
  *cursor = p;
  return quote == '\0';
}

GStrv
culvert_ssh_values_split (const char *text)
{
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();

  while (TRUE)
    {
      g_autoptr (GString) value = g_string_new (NULL);

      while (*text == ' ' || *text == '\t')
        text++;
      if (*text == '\0' || *text == '#')
        return g_strv_builder_end (values);
      if (!read_value (&text, value))
        return NULL;
      g_strv_builder_add (values, value->str);
    }
}

CulvertSshLineResult
culvert_ssh_line_parse (const char *text, CulvertSshLine *line)
{
  g_autofree char *trimmed = g_strdup (text);
  const char      *cursor = trimmed;
  char            *keyword;

  *line = (CulvertSshLine){ 0 };
  for (gsize n = strlen (trimmed); n > 1 && (is_blank (trimmed[n - 1]) || trimmed[n - 1] == '\f');
       n--)
    trimmed[n - 1] = '\0';
  keyword = take_word (&cursor);
  /* Blanks in front. */
  if (keyword != NULL && keyword[0] == '\0' && cursor != NULL)
    {
      g_free (keyword);
      keyword = take_word (&cursor);
    }
  if (keyword == NULL || keyword[0] == '\0' || keyword[0] == '#')
    {
      g_free (keyword);
      return CULVERT_SSH_LINE_GOOD;
    }
  line->keyword = g_ascii_strdown (keyword, -1);
  g_free (keyword);
  if (cursor != NULL)
    cursor += strspn (cursor, BLANKS);
  if (cursor == NULL || *cursor == '\0')
    return CULVERT_SSH_LINE_NO_VALUE;
  line->values = culvert_ssh_values_split (cursor);
  line->rest = g_strdup (cursor + strspn (cursor, BLANKS "="));
  return line->values != NULL ? CULVERT_SSH_LINE_GOOD : CULVERT_SSH_LINE_OPEN_QUOTE;
}

void
culvert_ssh_line_clear (CulvertSshLine *line)
{
  g_clear_pointer (&line->keyword, g_free);
  g_clear_pointer (&line->values, g_strfreev);
  g_clear_pointer (&line->rest, g_free);
}
