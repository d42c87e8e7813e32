/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"

#include "core/legacy-algorithms.h"
#include "core/shell-words.h"

#include <string.h>

static void
add_word (GString *line, const char *word)
{
  g_autofree char *quoted = culvert_shell_words_quote (word);

  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append (line, quoted);
}

static void
add_option (GString *line, const char *key, const char *value)
{
  g_autofree char *word = g_strconcat (key, "=", value, NULL);

  add_word (line, "-o");
  add_word (line, word);
}

static void
add_number_option (GString *line, const char *key, guint value, guint usual)
{
  g_autofree char *text = g_strdup_printf ("%u", value);

  if (value != usual)
    add_option (line, key, text);
}

/* (transfer full): @path as one value of an option, as ssh's argv_split() reads it */
static char *
quote_value (const char *path)
{
  GString *quoted;

  if (path[0] != '\0' && strpbrk (path, " \t\n\r\v\f\"'\\#") == NULL)
    return g_strdup (path);
  quoted = g_string_new ("\"");
  for (const char *p = path; *p != '\0'; p++)
    {
      if (strchr ("\"'\\", *p) != NULL)
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

static void
add_known_hosts (GString *line, const CulvertProfile *profile)
{
  g_autoptr (GString) value = g_string_new (NULL);

  for (guint i = 0; profile->known_hosts_files[i] != NULL; i++)
    {
      g_autofree char *quoted = quote_value (profile->known_hosts_files[i]);

      if (value->len > 0)
        g_string_append_c (value, ' ');
      g_string_append (value, quoted);
    }
  if (value->len > 0)
    add_option (line, "UserKnownHostsFile", value->str);
}

static void
add_host_keys (GString *line, const CulvertProfile *profile)
{
  if (profile->host_key_alias[0] != '\0')
    {
      g_autofree char *quoted = quote_value (profile->host_key_alias);

      add_option (line, "HostKeyAlias", quoted);
    }
  if (profile->host_key_policy == CULVERT_HOST_KEY_ACCEPT_NEW)
    add_option (line, "StrictHostKeyChecking", "accept-new");
  else if (profile->host_key_policy == CULVERT_HOST_KEY_STRICT)
    add_option (line, "StrictHostKeyChecking", "yes");
}

static void
add_key_files (GString *line, const CulvertProfile *profile)
{
  for (guint i = 0; profile->key_files[i] != NULL; i++)
    {
      g_autoptr (GString) path = g_string_new (profile->key_files[i]);

      g_string_replace (path, "%", "%%", 0);
      add_word (line, "-i");
      add_word (line, path->str);
    }
}

static void
add_certificates (GString *line, const CulvertProfile *profile)
{
  for (guint i = 0; profile->certificate_files[i] != NULL; i++)
    {
      g_autoptr (GString) path = g_string_new (profile->certificate_files[i]);
      g_autofree char    *value = NULL;

      g_string_replace (path, "%", "%%", 0);
      value = quote_value (path->str);
      add_option (line, "CertificateFile", value);
    }
}

static const char *
method_name (CulvertAuthMethod method)
{
  switch (method)
    {
    case CULVERT_AUTH_PASSWORD:
      return "password";
    case CULVERT_AUTH_INTERACTIVE:
      return "keyboard-interactive";
    case CULVERT_AUTH_AGENT:
    case CULVERT_AUTH_KEY:
    default:
      return "publickey";
    }
}

static gboolean
methods_are_usual (const CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();

  /* BatchMode alone says that much. */
  if (profile->never_ask)
    g_array_set_size (usual->methods, 2);
  return profile->methods->len == usual->methods->len &&
         memcmp (profile->methods->data, usual->methods->data,
                 usual->methods->len * sizeof (CulvertAuthMethod)) == 0;
}

static void
add_methods (GString *line, const CulvertProfile *profile)
{
  gboolean            has_agent = culvert_profile_has_method (profile, CULVERT_AUTH_AGENT);
  gboolean            has_key = culvert_profile_has_method (profile, CULVERT_AUTH_KEY);
  g_autoptr (GString) names = g_string_new (NULL);
  gboolean            has_public_key = FALSE;

  if (methods_are_usual (profile))
    return;
  for (guint i = 0; i < profile->methods->len; i++)
    {
      CulvertAuthMethod method = g_array_index (profile->methods, CulvertAuthMethod, i);
      gboolean          is_public_key = method == CULVERT_AUTH_AGENT || method == CULVERT_AUTH_KEY;

      if (is_public_key && has_public_key)
        continue;
      has_public_key = has_public_key || is_public_key;
      g_string_append_printf (names, "%s%s", names->len > 0 ? "," : "", method_name (method));
    }
  add_option (line, "PreferredAuthentications", names->str);
  if (has_key && !has_agent)
    add_option (line, "IdentityAgent", "none");
  else if (has_agent && !has_key && !profile->only_listed_keys)
    add_option (line, "IdentityFile", "none");
}

/* What the switch allows; ssh has no one word for it. */
static void
add_legacy_algorithms (GString *line)
{
  static const struct
  {
    const char          *key;
    CulvertAlgorithmKind kind;
  } rows[] = {
    { "KexAlgorithms", CULVERT_ALGORITHM_KEX },
    { "HostKeyAlgorithms", CULVERT_ALGORITHM_HOST_KEY },
    { "PubkeyAcceptedAlgorithms", CULVERT_ALGORITHM_HOST_KEY },
    { "Ciphers", CULVERT_ALGORITHM_CIPHER },
    { "MACs", CULVERT_ALGORITHM_MAC },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *names = g_strjoinv (",", (GStrv)culvert_legacy_algorithms (rows[i].kind));
      g_autofree char *value = g_strconcat ("+", names, NULL);

      add_option (line, rows[i].key, value);
    }
}

static void
add_forwards (GString *line, const CulvertProfile *profile)
{
  static const char *const letters[] = {
    [CULVERT_FORWARD_LOCAL] = "-L",
    [CULVERT_FORWARD_REMOTE] = "-R",
    [CULVERT_FORWARD_DYNAMIC] = "-D",
    [CULVERT_FORWARD_REVERSE_DYNAMIC] = "-R",
  };

  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      g_autofree char          *argument = NULL;

      if (!culvert_forward_spec_is_enabled (spec))
        continue;
      argument = culvert_forward_spec_to_argument (spec);
      add_word (line, letters[culvert_forward_spec_get_kind (spec)]);
      add_word (line, argument);
    }
}

static void
add_way (GString *line, const CulvertProfile *profile)
{
  if (profile->hops[0] != NULL)
    {
      g_autofree char *hops = g_strjoinv (",", profile->hops);

      add_word (line, "-J");
      add_word (line, hops);
    }
  else if (profile->proxy_command[0] != '\0')
    {
      add_option (line, "ProxyCommand", profile->proxy_command);
    }
}

/* Can @user stand in front of the '@', whatever shell or ssh look at it? */
static gboolean
is_plain_user (const char *user)
{
  if (user[0] == '-' || user[0] == '~')
    return FALSE;
  for (const char *p = user; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-+@", *p) == NULL)
      return FALSE;
  return TRUE;
}

static void
add_destination (GString *line, const CulvertProfile *profile)
{
  g_autofree char *word = NULL;

  if (profile->user[0] == '\0' || profile->host[0] == '\0' || !is_plain_user (profile->user))
    {
      if (profile->user[0] != '\0')
        {
          add_word (line, "-l");
          add_word (line, profile->user);
        }
      if (profile->host[0] != '\0')
        add_word (line, profile->host);
      return;
    }
  word = g_strconcat (profile->user, "@", profile->host, NULL);
  add_word (line, word);
}

char *
culvert_ssh_command_from_profile (const CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  GString                   *line = g_string_new ("ssh -N");

  g_return_val_if_fail (profile != NULL, NULL);

  if (profile->address_family != CULVERT_ADDRESS_FAMILY_ANY)
    add_word (line, profile->address_family == CULVERT_ADDRESS_FAMILY_IPV4 ? "-4" : "-6");
  if (profile->port != usual->port)
    {
      g_autofree char *port = g_strdup_printf ("%u", profile->port);

      add_word (line, "-p");
      add_word (line, port);
    }
  add_key_files (line, profile);
  add_certificates (line, profile);
  if (profile->only_listed_keys)
    add_option (line, "IdentitiesOnly", "yes");
  if (profile->agent_socket[0] != '\0')
    {
      g_autofree char *value = quote_value (profile->agent_socket);

      add_option (line, "IdentityAgent", value);
    }
  if (profile->never_ask)
    add_option (line, "BatchMode", "yes");
  add_methods (line, profile);
  add_known_hosts (line, profile);
  add_way (line, profile);
  add_host_keys (line, profile);
  add_number_option (line, "ConnectTimeout", profile->connect_timeout_s, usual->connect_timeout_s);
  add_number_option (line, "ServerAliveInterval", profile->keepalive_interval_s,
                     usual->keepalive_interval_s);
  if (profile->legacy_algorithms)
    add_legacy_algorithms (line);
  add_forwards (line, profile);
  add_destination (line, profile);
  return g_string_free (line, FALSE);
}
