/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-tokens.h"

#include "core/errors.h"

#include <string.h>

/* However often a token is repeated. */
#define EXPANDED_MAX (64 * 1024)

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

/* (transfer full): OpenSSH's %C: a digest of what tells connections apart */
static char *
make_hash (const CulvertSshTokens *tokens)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  const char           *parts[] = { tokens->local_host, tokens->host, tokens->port, tokens->user,
                                    tokens->jump_host };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_checksum_update (checksum, (const guchar *)or_empty (parts[i]), -1);
  return g_strdup (g_checksum_get_string (checksum));
}

/* (transfer full) (nullable) */
static char *
get_token (const CulvertSshTokens *tokens, char token)
{
  switch (token)
    {
    case 'C':
      return make_hash (tokens);
    case 'L':
      return g_strndup (or_empty (tokens->local_host),
                        strcspn (or_empty (tokens->local_host), "."));
    case 'd':
      return g_strdup (tokens->home);
    case 'h':
      return g_strdup (tokens->host);
    case 'i':
      return g_strdup (tokens->local_uid);
    case 'j':
      return g_strdup (or_empty (tokens->jump_host));
    case 'k':
      return g_strdup (tokens->key_alias != NULL ? tokens->key_alias : tokens->alias);
    case 'l':
      return g_strdup (tokens->local_host);
    case 'n':
      return g_strdup (tokens->alias);
    case 'p':
      return g_strdup (tokens->port);
    case 'r':
      return g_strdup (tokens->user);
    case 'u':
      return g_strdup (tokens->local_user);
    default:
      return NULL;
    }
}

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND, text);
  return FALSE;
}

static gboolean
add_variable (const CulvertSshTokens *tokens, const char **cursor, GString *result, GError **error)
{
  const char      *start = *cursor + strlen ("${");
  const char      *end = strchr (start, '}');
  g_autofree char *name = end != NULL ? g_strndup (start, end - start) : NULL;
  g_autofree char *value = NULL;

  if (name == NULL || name[0] == '\0')
    return fail (error, "\"%s\" is no variable: write ${NAME}", *cursor);
  if (tokens->get_variable != NULL)
    value = tokens->get_variable (name, tokens->data);
  if (value == NULL)
    return fail (error, "the variable %s is not set: set it, or write the value", name);
  g_string_append (result, value);
  *cursor = end;
  return TRUE;
}

static gboolean
add_token (const CulvertSshTokens *tokens,
           const char             *allowed,
           const char            **cursor,
           GString                *result,
           GError                **error)
{
  char             token = (*cursor)[1];
  const char       shown[] = { '%', token, '\0' };
  g_autofree char *value = NULL;

  if (token == '%')
    value = g_strdup ("%");
  else if (token != '\0' && strchr (allowed, token) != NULL)
    value = get_token (tokens, token);
  if (value == NULL)
    return fail (error, "\"%s\" has no meaning here: write %%%% for a percent sign", shown);
  g_string_append (result, value);
  (*cursor)++;
  return TRUE;
}

char *
culvert_ssh_tokens_expand (const char             *text,
                           const CulvertSshTokens *tokens,
                           const char             *allowed,
                           gboolean                with_variables,
                           GError                **error)
{
  g_autoptr (GString) result = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (with_variables && p[0] == '$' && p[1] == '{')
        {
          if (!add_variable (tokens, &p, result, error))
            return NULL;
        }
      else if (*p == '%' && allowed != NULL)
        {
          if (!add_token (tokens, allowed, &p, result, error))
            return NULL;
        }
      else
        g_string_append_c (result, *p);
      if (result->len > EXPANDED_MAX)
        {
          fail (error, "the value becomes too long");
          return NULL;
        }
    }
  return g_string_free (g_steal_pointer (&result), FALSE);
}
