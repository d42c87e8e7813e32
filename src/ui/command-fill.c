/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/command-fill.h"

#include "core/ssh-command.h"
#include "words/failure.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define SSH_PORT 22

static gboolean
is_address (const char *text)
{
  return g_ascii_strncasecmp (text, "ssh://", strlen ("ssh://")) == 0;
}

static gboolean
is_command (const char *text)
{
  if (is_address (text))
    return TRUE;
  if (g_str_has_prefix (text, "$ "))
    text += 2;
  return g_str_has_prefix (text, "ssh ") || g_str_has_prefix (text, "ssh\t") ||
         g_str_has_prefix (text, "ssh\\");
}

static gboolean
methods_equal (const GArray *a, const GArray *b)
{
  return a->len == b->len &&
         (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (CulvertAuthMethod)) == 0);
}

/* Is there a forward that does the same already? */
static gboolean
has_forward (CulvertProfile *draft, const CulvertForwardSpec *spec)
{
  g_autofree char *argument = culvert_forward_spec_to_argument (spec);

  for (guint i = 0; i < draft->forwards->len; i++)
    {
      g_autofree char *other = culvert_forward_spec_to_argument (draft->forwards->pdata[i]);

      if (culvert_forward_spec_get_kind (spec) ==
            culvert_forward_spec_get_kind (draft->forwards->pdata[i]) &&
          g_str_equal (argument, other))
        return TRUE;
    }
  return FALSE;
}

static void
fill_server (CulvertProfile *draft, const CulvertProfile *given, GPtrArray *filled)
{
  g_autofree char *server = culvert_words_for_server (given);

  if (given->user[0] != '\0')
    culvert_profile_set_string (&draft->user, given->user);
  culvert_profile_set_string (&draft->host, given->host);
  draft->port = given->port;
  if (given->name[0] != '\0' && draft->name[0] == '\0')
    culvert_profile_set_string (&draft->name, given->name);
  /* Without a user the sentence would name one that nobody wrote. */
  if (given->user[0] != '\0')
    g_ptr_array_add (filled, g_steal_pointer (&server));
  else if (given->port != SSH_PORT)
    g_ptr_array_add (filled, g_strdup_printf ("%s:%u", given->host, given->port));
  else
    g_ptr_array_add (filled, g_strdup (given->host));
}

/* What the command leads through; without it the server would be reached in another way than it says. */
static void
fill_way (CulvertProfile *draft, const CulvertProfile *given, GPtrArray *filled)
{
  guint n_hops = g_strv_length (given->hops);

  if (n_hops > 0)
    {
      culvert_profile_set_strings (&draft->hops, (const char *const *)given->hops);
      /* Translators: part of a list of what was filled in */
      g_ptr_array_add (filled, g_strdup (ngettext ("the jump host", "the jump hosts", n_hops)));
    }
  if (given->proxy_command[0] != '\0')
    {
      culvert_profile_set_string (&draft->proxy, "");
      culvert_profile_set_string (&draft->proxy_command, given->proxy_command);
      draft->proxy_command_allowed = FALSE;
      /* Translators: part of a list of what was filled in */
      g_ptr_array_add (filled, g_strdup (_ ("the command on the way")));
    }
}

static void
fill_sign_in (CulvertProfile       *draft,
              const CulvertProfile *given,
              const CulvertProfile *blank,
              GPtrArray            *filled)
{
  gboolean has_keys = given->key_files[0] != NULL;
  gboolean has_order = !methods_equal (given->methods, blank->methods);

  if (has_keys)
    {
      culvert_profile_set_strings (&draft->key_files, (const char *const *)given->key_files);
      g_ptr_array_add (filled, g_strdup (ngettext ("the key file", "the key files",
                                                   g_strv_length (given->key_files))));
    }
  if (given->certificate_files[0] != NULL)
    {
      culvert_profile_set_strings (&draft->certificate_files,
                                   (const char *const *)given->certificate_files);
      g_ptr_array_add (filled, g_strdup (ngettext ("the certificate", "the certificates",
                                                   g_strv_length (given->certificate_files))));
    }
  /* What is listed is no use to a tunnel that does not sign in by key. */
  if (has_order || (has_keys && !culvert_profile_has_method (draft, CULVERT_AUTH_KEY)))
    {
      g_array_set_size (draft->methods, 0);
      g_array_append_vals (draft->methods, given->methods->data, given->methods->len);
      g_ptr_array_add (filled, g_strdup (_ ("how to sign in")));
    }
  draft->only_listed_keys |= given->only_listed_keys;
  draft->never_ask |= given->never_ask;
  if (given->agent_socket[0] != '\0')
    {
      culvert_profile_set_string (&draft->agent_socket, given->agent_socket);
      g_ptr_array_add (filled, g_strdup (_ ("the agent’s socket")));
    }
}

static void
fill_behaviour (CulvertProfile       *draft,
                const CulvertProfile *given,
                const CulvertProfile *blank,
                GPtrArray            *filled)
{
  if (given->keepalive_interval_s != blank->keepalive_interval_s)
    {
      draft->keepalive_interval_s = given->keepalive_interval_s;
      g_ptr_array_add (filled, g_strdup (_ ("how often the connection is checked")));
    }
  if (given->connect_timeout_s != blank->connect_timeout_s)
    {
      draft->connect_timeout_s = given->connect_timeout_s;
      g_ptr_array_add (filled, g_strdup (_ ("how long connecting may take")));
    }
  if (given->address_family != blank->address_family)
    {
      draft->address_family = given->address_family;
      g_ptr_array_add (filled, g_strdup (_ ("the kind of address")));
    }
  if (given->known_hosts_files[0] != NULL)
    {
      culvert_profile_set_strings (&draft->known_hosts_files,
                                   (const char *const *)given->known_hosts_files);
      g_ptr_array_add (filled, g_strdup (_ ("where host keys are kept")));
    }
  if (given->host_key_alias[0] != '\0')
    {
      culvert_profile_set_string (&draft->host_key_alias, given->host_key_alias);
      g_ptr_array_add (filled, g_strdup (_ ("the name in the known hosts")));
    }
  if (given->host_key_policy != blank->host_key_policy)
    {
      draft->host_key_policy = given->host_key_policy;
      g_ptr_array_add (filled, g_strdup (_ ("what happens with unknown servers")));
    }
  draft->legacy_algorithms |= given->legacy_algorithms;
  draft->quick_replies &= given->quick_replies;
}

static void
fill_forwards (CulvertProfile *draft, const CulvertProfile *given, GPtrArray *filled)
{
  guint n_added = 0;

  for (guint i = 0; i < given->forwards->len; i++)
    if (!has_forward (draft, given->forwards->pdata[i]))
      {
        culvert_profile_put_forward (draft, given->forwards->pdata[i]);
        n_added++;
      }
  if (n_added > 0)
    g_ptr_array_add (filled,
                     g_strdup_printf (ngettext ("%u forward", "%u forwards", n_added), n_added));
}

static char *
describe (GPtrArray *filled)
{
  g_autofree char *list = NULL;

  g_ptr_array_add (filled, NULL);
  /* Translators: between the parts of a list */
  list = g_strjoinv (_ (", "), (char **)filled->pdata);
  /* Translators: %s is a list: "alice@bastion:2222, the key file, 2 forwards" */
  return g_strdup_printf (_ ("Filled in: %s."), list);
}

/* (transfer full) (nullable) */
static CulvertProfile *
parse (const char *text, GError **error)
{
  if (is_address (text))
    return culvert_ssh_command_parse ((const char *const[]){ text, NULL }, error);
  return culvert_ssh_command_parse_line (text, error);
}

static CulvertFillResult
fill_from_command (CulvertProfile *draft, const char *text, char **words)
{
  g_autoptr (GError)              error = NULL;
  g_autoptr (CulvertProfile)      given = parse (text, &error);
  g_autoptr (CulvertProfile)      blank = NULL;
  g_autoptr (CulvertFailureWords) failure = NULL;
  g_autoptr (GPtrArray)           filled = NULL;

  if (given == NULL)
    {
      failure = culvert_failure_words_for_other (error);
      *words = failure->next != NULL ? g_strdup_printf ("%s %s", failure->what, failure->next)
                                     : g_strdup (failure->what);
      return CULVERT_FILL_REFUSED;
    }
  blank = culvert_profile_new ();
  filled = g_ptr_array_new_with_free_func (g_free);
  fill_server (draft, given, filled);
  fill_way (draft, given, filled);
  fill_sign_in (draft, given, blank, filled);
  fill_forwards (draft, given, filled);
  fill_behaviour (draft, given, blank, filled);
  *words = describe (filled);
  return CULVERT_FILL_DONE;
}

/* `user@host:port`, with either part but not neither */
static CulvertFillResult
fill_from_place (CulvertProfile *draft, const char *text, char **words)
{
  const char                 *at = strrchr (text, '@');
  const char                 *place = at != NULL ? at + 1 : text;
  g_autoptr (CulvertEndpoint) end = NULL;
  g_autoptr (GPtrArray)       filled = NULL;
  const char                 *host;
  guint16                     port;
  gboolean                    has_port = strchr (place, ':') != NULL;

  if ((at == NULL && !has_port) || at == text || *place == '\0')
    return CULVERT_FILL_NOTHING;
  /* An IPv6 address without brackets has no port. */
  if (has_port && *place != '[' && strchr (place, ':') != strrchr (place, ':'))
    has_port = FALSE;
  if (has_port)
    {
      end = culvert_endpoint_parse (place, NULL);
      if (end == NULL || culvert_endpoint_get_kind (end) != CULVERT_ENDPOINT_TCP)
        return CULVERT_FILL_NOTHING;
    }
  host = end != NULL ? culvert_endpoint_get_host (end) : place;
  port = end != NULL ? culvert_endpoint_get_port (end) : draft->port;
  if (!culvert_host_is_valid (host) || port == 0 || (at == NULL && !has_port))
    return CULVERT_FILL_NOTHING;

  filled = g_ptr_array_new_with_free_func (g_free);
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (text, (gsize)(at - text));

      culvert_profile_set_string (&draft->user, user);
      /* Translators: part of a list of what was filled in; %s is a user's name */
      g_ptr_array_add (filled, g_strdup_printf (_ ("user %s"), user));
    }
  culvert_profile_set_string (&draft->host, host);
  draft->port = port;
  if (has_port)
    /* Translators: part of a list of what was filled in; %u is a port */
    g_ptr_array_add (filled, g_strdup_printf (_ ("port %u"), port));
  *words = describe (filled);
  return CULVERT_FILL_DONE;
}

CulvertFillResult
culvert_fill_from_text (CulvertProfile *draft, const char *text, char **words)
{
  g_autofree char *copy = NULL;
  const char      *trimmed;

  g_return_val_if_fail (draft != NULL && text != NULL && words != NULL, CULVERT_FILL_NOTHING);

  *words = NULL;
  copy = g_strdup (text);
  trimmed = g_strstrip (copy);
  if (is_command (trimmed))
    return fill_from_command (draft, trimmed, words);
  return fill_from_place (draft, trimmed, words);
}
