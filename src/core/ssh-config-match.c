/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config-private.h"
#include "core/ssh-pattern.h"

#include <string.h>

typedef enum
{
  CRITERION_YES,
  CRITERION_NO,
  CRITERION_UNKNOWN, /* cannot be decided here, so the block does not apply, negated or not */
  CRITERION_WRONG,   /* no such criterion */
} CriterionResult;

static CriterionResult
from_bool (gboolean is_match)
{
  return is_match ? CRITERION_YES : CRITERION_NO;
}

static CriterionResult
match_list (const char *list, const char *text)
{
  return from_bool (culvert_ssh_pattern_list_match (list, text, FALSE) == CULVERT_SSH_MATCH_YES);
}

static CriterionResult
match_host (const char *list, const char *host)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return from_bool (culvert_ssh_pattern_list_match (list, lower, TRUE) == CULVERT_SSH_MATCH_YES);
}

/* An empty list stands for nothing being set. */
static CriterionResult
match_maybe (const char *list, const char *text)
{
  return text[0] == '\0' ? from_bool (list[0] == '\0') : match_list (list, text);
}

static const char *
get_session_type (CulvertSshResolver *self)
{
  const char *type = culvert_ssh_resolver_get (self, "sessiontype");

  if (self->query->no_session)
    return "none";
  return type != NULL && strcmp (type, "default") != 0 ? type : "shell";
}

/* @name: in lower case, without a `!` */
static gboolean
match_criterion (CulvertSshResolver *self,
                 const char         *name,
                 const char         *list,
                 CriterionResult    *result,
                 GError            **error)
{
  g_autofree char *host = NULL;
  const char      *user = culvert_ssh_resolver_get (self, "user");
  const char      *tag = culvert_ssh_resolver_get (self, "tag");

  if (strcmp (name, "host") == 0)
    {
      host = culvert_ssh_resolver_dup_host (self, error);
      if (host == NULL)
        return FALSE;
      *result = match_host (list, host);
    }
  else if (strcmp (name, "originalhost") == 0)
    *result = match_host (list, self->query->alias);
  else if (strcmp (name, "user") == 0)
    *result = match_list (list, user != NULL ? user : self->files->local_user);
  else if (strcmp (name, "localuser") == 0)
    *result = match_list (list, self->files->local_user);
  else if (strcmp (name, "tagged") == 0)
    *result = match_maybe (list, tag != NULL ? tag : "");
  else if (strcmp (name, "command") == 0)
    *result = match_maybe (list, "");
  else if (strcmp (name, "sessiontype") == 0)
    *result = match_list (list, get_session_type (self));
  else if (strcmp (name, "exec") == 0 || strcmp (name, "localnetwork") == 0 ||
           strcmp (name, "version") == 0)
    *result = CRITERION_UNKNOWN;
  else
    *result = CRITERION_WRONG;
  return TRUE;
}

static void
report_unknown (CulvertSshResolver *self, const CulvertSshScope *scope, const char *name)
{
  g_autofree char *what = g_strconcat ("Match ", name, NULL);

  culvert_ssh_resolver_add_notice (
    self, scope, what,
    strcmp (name, "exec") == 0
      ? "no command is run to decide it, so the block is left out: give what it sets with -o"
      : "it cannot be decided here, so the block is left out: give what it sets with -o");
}

/* The argument of a criterion, behind a `=` in the same word or as the next one; moves @cursor. */
static const char *
take_argument (char *word, GStrv *cursor)
{
  char *equals = strchr (word, '=');

  if (equals != NULL)
    {
      *equals = '\0';
      return equals + 1;
    }
  return **cursor != NULL ? *(*cursor)++ : NULL;
}

typedef struct
{
  GStrv    cursor;
  guint    n_criteria;
  gboolean is_match;
} Matching;

static gboolean
match_all (Matching *matching, const CulvertSshScope *scope, gboolean is_negated, GError **error)
{
  if (matching->n_criteria > 1 || *matching->cursor != NULL)
    return culvert_ssh_scope_fail (scope, error, "\"all\" must stand alone behind Match");
  if (matching->is_match)
    matching->is_match = !is_negated;
  return TRUE;
}

static void
match_final (CulvertSshResolver *self, Matching *matching, gboolean is_final, gboolean is_negated)
{
  if (is_final)
    self->wants_final |= !is_negated;
  if (self->is_final == is_negated)
    matching->is_match = FALSE;
}

/* Takes one criterion from @matching. */
static gboolean
match_next (CulvertSshResolver    *self,
            const CulvertSshScope *scope,
            Matching              *matching,
            GError               **error)
{
  gboolean         is_negated = (*matching->cursor)[0] == '!';
  g_autofree char *word = g_strdup (*matching->cursor + (is_negated ? 1 : 0));
  g_autofree char *name = NULL;
  const char      *list;
  CriterionResult  result;

  matching->cursor++;
  if (g_ascii_strcasecmp (word, "all") == 0)
    return match_all (matching, scope, is_negated, error);
  matching->n_criteria++;
  if (g_ascii_strcasecmp (word, "final") == 0 || g_ascii_strcasecmp (word, "canonical") == 0)
    {
      match_final (self, matching, g_ascii_tolower (word[0]) == 'f', is_negated);
      return TRUE;
    }
  list = take_argument (word, &matching->cursor);
  name = g_ascii_strdown (word, -1);
  if (list == NULL ||
      (list[0] == '\0' && strcmp (name, "tagged") != 0 && strcmp (name, "command") != 0))
    return culvert_ssh_scope_fail (scope, error, "what belongs to \"%s\" is missing", name);
  if (!match_criterion (self, name, list, &result, error))
    return FALSE;
  if (result == CRITERION_WRONG)
    return culvert_ssh_scope_fail (scope, error, "Match has no \"%s\" that is understood here",
                                   name);
  if (result == CRITERION_UNKNOWN && matching->is_match && !scope->is_dead)
    report_unknown (self, scope, name);
  if (result == CRITERION_UNKNOWN || (result == CRITERION_YES) == is_negated)
    matching->is_match = FALSE;
  return TRUE;
}

gboolean
culvert_ssh_resolver_match (CulvertSshResolver    *self,
                            const CulvertSshScope *scope,
                            const CulvertSshLine  *line,
                            gboolean              *is_match,
                            GError               **error)
{
  Matching matching = { .cursor = line->values, .is_match = TRUE };

  if (*matching.cursor == NULL)
    return culvert_ssh_scope_fail (scope, error, "Match needs a criterion");
  while (*matching.cursor != NULL)
    if (!match_next (self, scope, &matching, error))
      return FALSE;
  *is_match = matching.is_match;
  return TRUE;
}
