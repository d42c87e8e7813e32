/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-pattern.h"

#include <string.h>

/* Compares the character of @text with what stands at @pattern, and says where the pattern goes on.
 * NULL: they differ. */
typedef const char *(*StepFunc) (const char *pattern, char c);

/* The usual way to match one `*`: when the rest does not fit, the last `*` takes one character more. */
static gboolean
match_with (const char *pattern, const char *text, StepFunc step)
{
  const char *after_star = NULL;
  const char *text_at_star = NULL;

  while (*text != '\0')
    {
      const char *next = NULL;

      if (*pattern == '*')
        {
          after_star = ++pattern;
          text_at_star = text;
          continue;
        }
      if (*pattern != '\0')
        next = step (pattern, *text);
      if (next != NULL)
        {
          pattern = next;
          text++;
        }
      else if (after_star != NULL)
        {
          pattern = after_star;
          text = ++text_at_star;
        }
      else
        return FALSE;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

static const char *
step_plain (const char *pattern, char c)
{
  return *pattern == '?' || *pattern == c ? pattern + 1 : NULL;
}

gboolean
culvert_ssh_pattern_match (const char *pattern, const char *text)
{
  return match_with (pattern, text, step_plain);
}

CulvertSshMatch
culvert_ssh_pattern_list_match (const char *list, const char *text, gboolean fold_case)
{
  g_autofree char *folded = fold_case ? g_ascii_strdown (list, -1) : g_strdup (list);
  g_auto (GStrv)   patterns = g_strsplit (folded, ",", -1);
  CulvertSshMatch  result = CULVERT_SSH_MATCH_NO;

  for (guint i = 0; patterns[i] != NULL; i++)
    {
      gboolean is_negated = patterns[i][0] == '!';

      /* What stands behind the last comma is nothing, not an empty pattern. */
      if (patterns[i][0] == '\0' && patterns[i + 1] == NULL)
        break;
      if (!culvert_ssh_pattern_match (patterns[i] + (is_negated ? 1 : 0), text))
        continue;
      if (is_negated)
        return CULVERT_SSH_MATCH_NEGATED;
      result = CULVERT_SSH_MATCH_YES;
    }
  return result;
}

gboolean
culvert_ssh_pattern_is_wild (const char *pattern)
{
  return pattern[0] == '!' || strpbrk (pattern, "*?") != NULL;
}

/* Behind the `[`. (nullable): behind the `]`; NULL when there is none */
static const char *
step_class (const char *pattern, char c, gboolean *is_in)
{
  gboolean is_inverted = *pattern == '!' || *pattern == '^';
  gboolean is_found = FALSE;

  if (is_inverted)
    pattern++;
  for (const char *start = pattern; *pattern != '\0' && (*pattern != ']' || pattern == start);
       pattern++)
    {
      guchar first = (guchar)*pattern;
      guchar last = first;

      if (pattern[1] == '-' && pattern[2] != '\0' && pattern[2] != ']')
        {
          last = (guchar)pattern[2];
          pattern += 2;
        }
      is_found = is_found || ((guchar)c >= first && (guchar)c <= last);
    }
  *is_in = is_found != is_inverted;
  return *pattern == ']' ? pattern + 1 : NULL;
}

static const char *
step_file (const char *pattern, char c)
{
  gboolean is_in = FALSE;

  if (*pattern == '[')
    {
      const char *next = step_class (pattern + 1, c, &is_in);

      if (next != NULL)
        return is_in ? next : NULL;
    }
  if (*pattern == '\\' && pattern[1] != '\0')
    return pattern[1] == c ? pattern + 2 : NULL;
  return step_plain (pattern, c);
}

gboolean
culvert_ssh_file_pattern_match (const char *pattern, const char *name)
{
  if (name[0] == '.' && pattern[0] != '.' && !(pattern[0] == '\\' && pattern[1] == '.'))
    return FALSE;
  return match_with (pattern, name, step_file);
}

gboolean
culvert_ssh_file_pattern_is_wild (const char *pattern)
{
  return strpbrk (pattern, "*?[\\") != NULL;
}
