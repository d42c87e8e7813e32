/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/failure-private.h"

#include "core/errors.h"
#include "core/secret-store.h"

#include <glib/gi18n.h>
#include <string.h>

#define SSH_PORT 22

void
culvert_failure_words_free (CulvertFailureWords *self)
{
  g_free (self->what);
  g_free (self->why);
  g_free (self->next);
  g_free (self->command);
  g_free (self);
}

CulvertFailureWords *
culvert_failure_words_take (char *what, char *next)
{
  return culvert_failure_words_take_all (what, NULL, next);
}

CulvertFailureWords *
culvert_failure_words_take_all (char *what, char *why, char *next)
{
  CulvertFailureWords *self = g_new0 (CulvertFailureWords, 1);

  self->what = what;
  self->why = why;
  self->next = next;
  return self;
}

char *
culvert_failure_words_join (const CulvertFailureWords *self)
{
  GString *text = g_string_new (self->what);

  if (self->why != NULL)
    g_string_append_printf (text, " %s", self->why);
  if (self->next != NULL)
    g_string_append_printf (text, " %s", self->next);
  return g_string_free (text, FALSE);
}

/* What cannot be looked up in the dictionary: the system's own words. */
static CulvertFailureWords *
quote_message (const GError *error, const char *reason)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return culvert_failure_words_take (g_strdup (_ ("This was stopped before it was done.")), NULL);
  /* Translators: %s are the system's own words */
  return culvert_failure_words_take (g_strdup_printf (_ ("This did not work: %s."), reason), NULL);
}

static char *
describe_server (const CulvertProfile *profile, const char *hop)
{
  gboolean is_address;

  if (hop != NULL)
    /* Translators: stands for the server's name in sentences; %s is the jump host's name */
    return g_strdup_printf (_ ("the jump host %s"), hop);
  if (profile == NULL || profile->host[0] == '\0')
    /* Translators: stands for the server's name where none is known */
    return g_strdup (_ ("the server"));
  if (profile->port == SSH_PORT)
    return g_strdup (profile->host);
  is_address = strchr (profile->host, ':') != NULL;
  return g_strdup_printf ("%s%s%s:%u", is_address ? "[" : "", profile->host, is_address ? "]" : "",
                          (guint)profile->port);
}

static void
begin_large (char **sentence)
{
  char        first[6];
  const char *rest = g_utf8_next_char (*sentence);
  int         length = g_unichar_to_utf8 (g_unichar_totitle (g_utf8_get_char (*sentence)), first);
  char       *large = g_strdup_printf ("%.*s%s", length, first, rest);

  g_free (*sentence);
  *sentence = large;
}

static CulvertFailureWords *
look_up_ssh (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  CulvertFailureWords *words = culvert_failure_words_for_way (failure);

  if (words == NULL)
    words = culvert_failure_words_for_reaching (failure);
  if (words == NULL)
    words = culvert_failure_words_for_algorithms (failure);
  if (words == NULL)
    words = culvert_failure_words_for_host_key (failure);
  if (words == NULL)
    words = culvert_failure_words_for_sign_in (failure);
  if (words == NULL)
    words = culvert_failure_words_for_key (failure);
  if (words == NULL)
    words = culvert_failure_words_for_certificate (failure);
  if (words == NULL)
    words = culvert_failure_words_for_open (failure, spec);
  if (words == NULL)
    words = culvert_failure_words_for_server_port (failure, spec);
  return words;
}

/* (transfer full): as part of a sentence, which brings its own full stop */
static char *
dup_reason (const GError *error)
{
  const char *reason = culvert_error_get_fact (error, CULVERT_FACT_REASON);
  char       *text = g_strstrip (g_strdup (reason != NULL ? reason : error->message));
  gsize       length = strlen (text);

  while (length > 0 && text[length - 1] == '.')
    text[--length] = '\0';
  return text;
}

static CulvertFailureWords *
look_up (const GError *error, const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  const char          *hop = culvert_error_get_fact (error, CULVERT_FACT_HOP);
  g_autofree char     *reason = dup_reason (error);
  g_autofree char     *server = describe_server (profile, hop);
  CulvertFailureWords *words = NULL;
  CulvertFailure       failure = {
          .error = error,
          .profile = profile,
          .server = server,
          .file = culvert_error_get_fact (error, CULVERT_FACT_FILE),
          .reason = reason,
  };

  if (error->domain == CULVERT_SSH_ERROR)
    words = look_up_ssh (&failure, spec);
  else if (error->domain == CULVERT_FORWARD_ERROR)
    words = culvert_failure_words_for_listen (&failure, spec);
  else if (error->domain == CULVERT_PROFILE_ERROR)
    words = culvert_failure_words_for_profile (&failure);
  else if (error->domain == CULVERT_SECRET_STORE_ERROR)
    words = culvert_failure_words_for_secret_store (&failure);
  if (words == NULL)
    words = quote_message (error, reason);
  culvert_failure_words_add_sandbox (words, &failure);
  /* What stands for the server's name may begin the sentence. */
  if (profile == NULL || hop != NULL)
    begin_large (&words->what);
  return words;
}

/* The one forward that an error without a name can be about. */
static const CulvertForwardSpec *
find_only_forward (const CulvertProfile *profile)
{
  const CulvertForwardSpec *found = NULL;

  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);

      if (culvert_forward_spec_is_enabled (spec) && found != NULL)
        return NULL;
      if (culvert_forward_spec_is_enabled (spec))
        found = spec;
    }
  return found;
}

CulvertFailureWords *
culvert_failure_words_for_tunnel (const GError *error, const CulvertProfile *profile)
{
  g_return_val_if_fail (error != NULL && profile != NULL, NULL);

  return look_up (error, find_only_forward (profile), profile);
}

CulvertFailureWords *
culvert_failure_words_for_forward (const GError             *error,
                                   const CulvertForwardSpec *spec,
                                   const CulvertProfile     *profile)
{
  g_return_val_if_fail (error != NULL && spec != NULL && profile != NULL, NULL);

  return look_up (error, spec, profile);
}

CulvertFailureWords *
culvert_failure_words_for_other (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return look_up (error, NULL, NULL);
}

char *
culvert_words_for_fact_time (const GError *error)
{
  const char           *text = culvert_error_get_fact (error, CULVERT_FACT_TIME);
  guint64               seconds;
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &seconds, NULL))
    return NULL;
  time = g_date_time_new_from_unix_local ((gint64)seconds);
  return time != NULL ? g_date_time_format (time, "%c") : NULL;
}
