/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/prompt-text.h"

#include "words/host-certificate-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define SSH_PORT 22

static char *
describe_host (const char *host, guint16 port)
{
  if (port == SSH_PORT)
    return g_strdup (host);
  return g_strdup_printf ("[%s]:%u", host, (guint)port);
}

static char *
describe_account (const CulvertPromptFields *fields)
{
  if (fields->user == NULL)
    return g_strdup (fields->host);
  return g_strdup_printf ("%s@%s", fields->user, fields->host);
}

static void
describe_host_key (const CulvertHostKeyInfo *key, CulvertAskedBy asked_by, GString *text)
{
  g_autofree char *host = describe_host (key->host, key->port);

  if (asked_by == CULVERT_ASKED_BY_HOP)
    /* Translators: %s is the jump host's name */
    g_string_append_printf (text, _ ("Nothing is known yet about the jump host %s."), host);
  else
    /* Translators: %s is the server's name */
    g_string_append_printf (text, _ ("Nothing is known yet about the server %s."), host);
  g_string_append_c (text, '\n');
  /* Translators: 1 is a kind of key, 2 its fingerprint */
  g_string_append_printf (text, _ ("It shows a host key of kind %1$s with the fingerprint\n  %2$s"),
                          key->type_name, key->fingerprint);
  g_string_append_c (text, '\n');
  if (key->other_known != NULL)
    {
      /* Translators: %s is a fingerprint */
      g_string_append_printf (text, _ ("A host key of another kind is known for it:\n  %s"),
                              key->other_known);
      g_string_append_c (text, '\n');
    }
  if (key->certificate != CULVERT_HOST_CERTIFICATE_FINE)
    {
      g_string_append (text, culvert_words_for_host_certificate (key->certificate));
      g_string_append_c (text, '\n');
    }
  g_string_append (text, _ ("Compare it with what the server’s administrator tells you."));
  g_string_append_c (text, '\n');
}

static void
append_line (GString *text, const char *line)
{
  if (line == NULL || line[0] == '\0')
    return;
  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

/* The server's own words, each line marked, so that none passes for one of ours. */
static void
append_quote (GString *text, const char *words)
{
  g_autofree char *stripped = g_strchomp (g_strdup (words != NULL ? words : ""));
  g_auto (GStrv)   lines = g_strsplit (stripped, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf (text, "| %s\n", *line);
}

/* A question of several lines: all but the last are quoted above it. */
static char *
describe_question (const char *account, const char *question)
{
  const char      *last = strrchr (question, '\n');
  g_autofree char *before = NULL;
  GString         *text = g_string_new (NULL);

  if (last == NULL || last[1] == '\0')
    last = question;
  else
    {
      before = g_strndup (question, (gsize)(last - question));
      append_quote (text, before);
      last++;
    }
  /* Who it comes from: it could pretend to be another. */
  g_string_append_printf (text, "(%s) %s", account, last);
  return g_string_free (text, FALSE);
}

char *
culvert_prompt_text_intro (const CulvertPromptFields *fields)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (fields->kind == CULVERT_PROMPT_HOST_KEY && fields->host_key != NULL)
    describe_host_key (fields->host_key, fields->asked_by, text);
  if (fields->attempt > 0 &&
      (fields->kind == CULVERT_PROMPT_PASSWORD || fields->kind == CULVERT_PROMPT_PASSPHRASE))
    append_line (text, _ ("That was not right; once more."));
  if (fields->kind == CULVERT_PROMPT_NEW_PASSWORD)
    append_line (text, fields->attempt == 0
                         ? _ ("The password has expired and must be changed.")
                         : _ ("The server did not take the new password; choose another one."));
  append_quote (text, fields->title);
  append_quote (text, fields->instruction);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
culvert_prompt_text_question (const CulvertPromptFields *fields, guint index, gboolean *is_hidden)
{
  g_autofree char *account = describe_account (fields);

  *is_hidden = TRUE;
  switch (fields->kind)
    {
    case CULVERT_PROMPT_HOST_KEY:
      *is_hidden = FALSE;
      /* Translators: the words in brackets are what has to be typed, and are not translated */
      return g_strdup (_ ("Trust it? (yes, once, no, or the fingerprint) "));
    case CULVERT_PROMPT_PASSPHRASE:
      if (fields->key_file != NULL)
        /* Translators: %s is the path of a key file */
        return g_strdup_printf (_ ("Passphrase of the key %s: "), fields->key_file);
      return g_strdup (_ ("Passphrase of the key: "));
    case CULVERT_PROMPT_QUESTIONS:
      if (index >= fields->n_fields)
        return g_strdup ("");
      *is_hidden = fields->fields[index].is_hidden;
      return describe_question (account, fields->fields[index].text);
    case CULVERT_PROMPT_NEW_PASSWORD:
      if (index > 0)
        return g_strdup (_ ("New password once more: "));
      /* Translators: %s is user@server */
      return g_strdup_printf (_ ("New password of %s: "), account);
    case CULVERT_PROMPT_PASSWORD:
    default:
      if (fields->asked_by == CULVERT_ASKED_BY_PROXY)
        /* Translators: %s is user@server */
        return g_strdup_printf (_ ("Password of the proxy %s: "), account);
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is user@server */
        return g_strdup_printf (_ ("Password of the jump host %s: "), account);
      /* Translators: %s is user@server */
      return g_strdup_printf (_ ("Password of %s: "), account);
    }
}

CulvertDecision
culvert_prompt_text_decide (const CulvertHostKeyInfo *host_key, const char *text)
{
  g_autofree char *word = g_strstrip (g_strdup (text));

  if (host_key != NULL && strcmp (word, host_key->fingerprint) == 0)
    return CULVERT_DECISION_SAVE;
  if (g_ascii_strcasecmp (word, "yes") == 0)
    return CULVERT_DECISION_SAVE;
  if (g_ascii_strcasecmp (word, "once") == 0)
    return CULVERT_DECISION_ONCE;
  if (word[0] == '\0' || g_ascii_strcasecmp (word, "no") == 0)
    return CULVERT_DECISION_REFUSE;
  return CULVERT_DECISION_NONE;
}
