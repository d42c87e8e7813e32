/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/shell-words.h"

#include "base/log.h"
#include "core/errors.h"

#include <string.h>

#define NO_BREAK_SPACE   0xa0
#define SAFE_PUNCTUATION "@%_-+=:,./~"

typedef struct
{
  const char *p;
  GString    *word; /* NULL between words */
  GPtrArray  *words;
} Splitter;

static gboolean
fail (GError **error, const char *what, gssize n_bytes, const char *reason)
{
  g_autofree char *shown = culvert_log_printable (what, n_bytes);

  g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND, "\"%s\": %s", shown,
               reason);
  return FALSE;
}

static gboolean
is_space (gunichar c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' ||
         c == NO_BREAK_SPACE;
}

static void
begin_word (Splitter *self)
{
  if (self->word == NULL)
    self->word = g_string_new (NULL);
}

static void
end_word (Splitter *self)
{
  if (self->word != NULL)
    g_ptr_array_add (self->words, g_string_free (g_steal_pointer (&self->word), FALSE));
}

/* Skips a backslash and the end of line behind it. */
static gboolean
skip_continuation (Splitter *self)
{
  const char *next = self->p + 1;

  if (next[0] == '\r' && next[1] == '\n')
    next++;
  if (next[0] != '\n')
    return FALSE;
  self->p = next + 1;
  return TRUE;
}

/* At a '$' outside single quotes: a home folder, a plain dollar, or something that we cannot know. */
static gboolean
read_dollar (Splitter *self, GError **error)
{
  static const char *const homes[] = { "$HOME", "${HOME}" };
  const char              *end = self->p + 1;

  for (guint i = 0; i < G_N_ELEMENTS (homes); i++)
    {
      const char *after = self->p + strlen (homes[i]);

      if (!g_str_has_prefix (self->p, homes[i]) || self->word->len > 0 ||
          g_ascii_isalnum (*after) || *after == '_')
        continue;
      g_string_append_c (self->word, '~');
      self->p = after;
      return TRUE;
    }
  if (!g_ascii_isalnum (*end) && strchr ("_{(", *end) == NULL)
    {
      g_string_append_c (self->word, '$');
      self->p++;
      return TRUE;
    }
  while (g_ascii_isalnum (*end) || (*end != '\0' && strchr ("_{()}", *end) != NULL))
    end++;
  return fail (error, self->p, end - self->p, "no shell reads this here: write what it stands for");
}

static gboolean
read_single_quoted (Splitter *self, GError **error)
{
  const char *end = strchr (self->p + 1, '\'');

  if (end == NULL)
    return fail (error, "'", -1, "the quotation is not closed");
  g_string_append_len (self->word, self->p + 1, end - self->p - 1);
  self->p = end + 1;
  return TRUE;
}

static gboolean
read_double_quoted (Splitter *self, GError **error)
{
  self->p++;
  while (*self->p != '"')
    {
      if (*self->p == '\0')
        return fail (error, "\"", -1, "the quotation is not closed");
      if (*self->p == '`')
        return fail (error, "`", -1, "no shell runs this here: write what it stands for");
      if (*self->p == '$')
        {
          if (!read_dollar (self, error))
            return FALSE;
          continue;
        }
      if (*self->p == '\\' && skip_continuation (self))
        continue;
      if (*self->p == '\\' && self->p[1] != '\0' && strchr ("$`\"\\", self->p[1]) != NULL)
        self->p++;
      g_string_append_c (self->word, *self->p++);
    }
  self->p++;
  return TRUE;
}

/* At a character that ends a command: only a '&' with nothing behind it means nothing here. */
static gboolean
read_operator (Splitter *self, GError **error)
{
  const char *rest = self->p + 1;

  while (g_ascii_isspace (*rest))
    rest++;
  if (*self->p != '&' || *rest != '\0')
    return fail (
      error, self->p, 1,
      "one ssh command is understood, without what a shell does around it: leave it out");
  end_word (self);
  self->p = rest;
  return TRUE;
}

static gboolean
read_unquoted (Splitter *self, GError **error)
{
  gunichar c = g_utf8_get_char (self->p);

  if (c == 0x201c || c == 0x201d || c == 0x2018 || c == 0x2019)
    return fail (error, self->p, g_utf8_next_char (self->p) - self->p,
                 "a typographic quotation mark: type a straight one");
  if (strchr ("|&;<>()", (int)MIN (c, 0x7f)) != NULL && c < 0x7f)
    return read_operator (self, error);
  begin_word (self);
  switch (c)
    {
    case '\'':
      return read_single_quoted (self, error);
    case '"':
      return read_double_quoted (self, error);
    case '$':
      return read_dollar (self, error);
    case '`':
      return fail (error, "`", -1, "no shell runs this here: write what it stands for");
    case '\\':
      if (self->p[1] == '\0')
        return fail (error, "\\", -1, "nothing follows the backslash");
      self->p++;
      break;
    default:
      break;
    }
  g_string_append_len (self->word, self->p, g_utf8_next_char (self->p) - self->p);
  self->p = g_utf8_next_char (self->p);
  return TRUE;
}

static const char *
skip_prompt (const char *line)
{
  while (is_space (g_utf8_get_char (line)))
    line = g_utf8_next_char (line);
  return strchr ("$%#>", line[0]) != NULL && line[0] != '\0' && line[1] == ' ' ? line + 2 : line;
}

GStrv
culvert_shell_words_split (const char *line, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  Splitter              splitter = { .words = words };
  gboolean              is_good = TRUE;

  g_return_val_if_fail (line != NULL, NULL);

  if (strlen (line) > CULVERT_SHELL_LINE_MAX)
    is_good = fail (error, line, 40, "the line is too long");
  else if (!g_utf8_validate (line, -1, NULL))
    is_good = fail (error, line, -1, "not UTF-8 text");
  else
    splitter.p = skip_prompt (line);

  while (is_good && *splitter.p != '\0')
    {
      if (*splitter.p == '\\' && skip_continuation (&splitter))
        continue;
      if (is_space (g_utf8_get_char (splitter.p)))
        {
          end_word (&splitter);
          splitter.p = g_utf8_next_char (splitter.p);
        }
      else if (*splitter.p == '#' && splitter.word == NULL)
        splitter.p += strcspn (splitter.p, "\n");
      else
        is_good = read_unquoted (&splitter, error);
    }
  end_word (&splitter);
  if (!is_good)
    return NULL;
  g_ptr_array_add (words, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

char *
culvert_shell_words_quote (const char *word)
{
  g_return_val_if_fail (word != NULL, NULL);

  if (word[0] == '\0' || (word[0] == '~' && word[1] != '/'))
    return g_shell_quote (word);
  for (const char *p = word; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (SAFE_PUNCTUATION, *p) == NULL)
      {
        g_autofree char *quoted = NULL;

        if (word[0] != '~')
          return g_shell_quote (word);
        quoted = g_shell_quote (word + 2);
        return g_strconcat ("~/", quoted, NULL);
      }
  return g_strdup (word);
}
