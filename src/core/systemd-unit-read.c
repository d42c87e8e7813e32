/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/systemd-unit-read.h"

#include <string.h>

#define COMMANDS_MAX 256
#define KEY          "ExecStart"

void
culvert_unit_command_free (CulvertUnitCommand *self)
{
  g_strfreev (self->ssh);
  g_free (self->tunnel);
  g_free (self->reason);
  g_free (self);
}

/* (transfer full): the next line, joined with those it goes on in; @n_lines: how many they were */
static char *
take_line (const char **cursor, guint *n_lines)
{
  GString *line = g_string_new (NULL);

  *n_lines = 0;
  while (**cursor != '\0')
    {
      gsize length = strcspn (*cursor, "\n");
      gsize kept = length > 0 && (*cursor)[length - 1] == '\r' ? length - 1 : length;

      g_string_append_len (line, *cursor, kept);
      *cursor += length + ((*cursor)[length] != '\0');
      ++*n_lines;
      if (line->len == 0 || line->str[line->len - 1] != '\\')
        break;
      line->str[line->len - 1] = ' ';
    }
  return g_string_free (line, FALSE);
}

/* Adds what the backslash at *@cursor and what follows stand for, and moves behind it. */
static gboolean
unescape (const char **cursor, GString *word)
{
  static const char from[] = "abfnrtvs\\\"'";
  static const char to[] = "\a\b\f\n\r\t\v \\\"'";
  const char       *p = *cursor + 1;
  const char       *found = *p != '\0' ? strchr (from, *p) : NULL;

  if (*p == 'x' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
    {
      int byte = g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2]);

      if (byte == 0)
        return FALSE;
      g_string_append_c (word, (char)byte);
      *cursor = p + 3;
      return TRUE;
    }
  if (found == NULL)
    return FALSE;
  g_string_append_c (word, to[found - from]);
  *cursor = p + 1;
  return TRUE;
}

/* Takes one character, or what stands for it.  @is_program: a dollar means nothing there. */
static gboolean
take (const char **cursor, GString *word, gboolean is_program, const char **reason)
{
  const char *p = *cursor;

  if (*p == '\\')
    {
      *reason = "a backslash stands in front of what it cannot";
      return unescape (cursor, word);
    }
  if (*p == '$' && is_program)
    {
      g_string_append_c (word, *p);
      ++*cursor;
      return TRUE;
    }
  if ((*p == '%' || *p == '$') && p[1] != *p)
    {
      *reason = *p == '%' ? "specifiers such as %i are not replaced here"
                          : "variables are not replaced here";
      return FALSE;
    }
  g_string_append_c (word, *p);
  *cursor += *p == '%' || *p == '$' ? 2 : 1;
  return TRUE;
}

/* (transfer full) (nullable): NULL with @reason */
static GStrv
split (const char *text, const char **reason)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString)   word = NULL;
  char                  quote = '\0';

  for (const char *p = text; *p != '\0';)
    {
      if (quote == '\0' && (*p == ' ' || *p == '\t'))
        {
          if (word != NULL)
            g_ptr_array_add (words, g_string_free (g_steal_pointer (&word), FALSE));
          p++;
          continue;
        }
      if (word == NULL)
        word = g_string_new (NULL);
      if (*p == quote || (quote == '\0' && (*p == '"' || *p == '\'')))
        quote = *p++ == quote ? '\0' : p[-1];
      else if (!take (&p, word, words->len == 0, reason))
        return NULL;
    }
  if (quote != '\0')
    {
      *reason = "a quotation mark is not closed";
      return NULL;
    }
  if (word != NULL)
    g_ptr_array_add (words, g_string_free (g_steal_pointer (&word), FALSE));
  g_ptr_array_add (words, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

static gboolean
is_program (const char *word, const char *name)
{
  const char *slash = strrchr (word, '/');

  return strcmp (slash != NULL ? slash + 1 : word, name) == 0;
}

/* (transfer full): "ssh" and @words; @is_auto: without what is for autossh: -M PORT */
static GStrv
make_ssh (const char *const *words, gboolean is_auto)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, "ssh");
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (is_auto && strcmp (words[i], "-M") == 0 && words[i + 1] != NULL)
        i++;
      else if (!is_auto || !g_str_has_prefix (words[i], "-M"))
        g_strv_builder_add (builder, words[i]);
    }
  return g_strv_builder_end (builder);
}

static void
understand (CulvertUnitCommand *self, GStrv words)
{
  guint    n_words = g_strv_length (words);
  gboolean is_ours = FALSE;

  if (n_words > 0 && (is_program (words[0], "ssh") || is_program (words[0], "autossh")))
    {
      self->ssh = make_ssh ((const char *const *)words + 1, is_program (words[0], "autossh"));
      return;
    }
  for (guint i = 0; i + 1 < n_words && self->ssh == NULL && self->tunnel == NULL; i++)
    {
      is_ours |= strstr (words[i], "culvertctl") != NULL;
      if (!is_ours || strcmp (words[i], "run") != 0)
        continue;
      if (strcmp (words[i + 1], "--") == 0 && i + 2 < n_words && is_program (words[i + 2], "ssh"))
        self->ssh = make_ssh ((const char *const *)words + i + 3, FALSE);
      else if (i + 2 == n_words)
        self->tunnel = g_strdup (words[i + 1]);
    }
  if (self->ssh == NULL && self->tunnel == NULL)
    self->reason = g_strdup ("it starts neither ssh nor one saved tunnel");
}

static CulvertUnitCommand *
read_command (const char *value, guint line)
{
  CulvertUnitCommand *self = g_new0 (CulvertUnitCommand, 1);
  const char         *reason = NULL;
  g_auto (GStrv)      words = NULL;

  self->line = line;
  /* What systemd does otherwise with it. */
  value += strspn (value, " \t@-:+!");
  words = split (value, &reason);
  if (words == NULL)
    self->reason = g_strdup (reason);
  else
    understand (self, words);
  return self;
}

/* (transfer full) (nullable): the value, when @line assigns to ExecStart */
static char *
get_value (const char *line)
{
  const char *equals = strchr (line, '=');

  if (equals == NULL || !g_str_has_prefix (line, KEY) ||
      strspn (line + strlen (KEY), " \t") != (gsize)(equals - line) - strlen (KEY))
    return NULL;
  return g_strstrip (g_strdup (equals + 1));
}

GPtrArray *
culvert_systemd_unit_read (const char *text)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_unit_command_free);
  gboolean   in_service = FALSE;
  guint      number = 1;
  guint      n_lines;

  for (const char *p = text; *p != '\0' && commands->len < COMMANDS_MAX; number += n_lines)
    {
      g_autofree char *line = take_line (&p, &n_lines);
      g_autofree char *value = NULL;

      g_strstrip (line);
      if (*line == '[')
        in_service = strcmp (line, "[Service]") == 0;
      value = in_service ? get_value (line) : NULL;
      if (value != NULL && *value != '\0')
        g_ptr_array_add (commands, read_command (value, number));
    }
  return commands;
}

gboolean
culvert_systemd_unit_is_one (const char *text)
{
  const char *p = text;
  guint       n_lines;

  while (*p != '\0')
    {
      g_autofree char *line = take_line (&p, &n_lines);

      g_strstrip (line);
      if (*line != '\0' && *line != '#' && *line != ';')
        return strcmp (line, "[Unit]") == 0 || strcmp (line, "[Service]") == 0;
    }
  return FALSE;
}
