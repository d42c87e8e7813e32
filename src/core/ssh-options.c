/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-options-private.h"

#include "core/legacy-algorithms.h"

#include <string.h>

static void
option_free (gpointer data)
{
  CulvertSshOption *option = data;

  g_free (option->value);
  g_free (option);
}

static void
add_option (GPtrArray *options, const char *key, const char *value)
{
  CulvertSshOption *option = g_new0 (CulvertSshOption, 1);

  option->key = key;
  option->value = g_strdup (value);
  g_ptr_array_add (options, option);
}

static void
add_number (GPtrArray *options, const char *key, guint value)
{
  g_autofree char *text = g_strdup_printf ("%u", value);

  add_option (options, key, text);
}

/* (transfer full): @path as one value of an option, as ssh's argv_split() reads it */
char *
culvert_ssh_value_quote (const char *path)
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

/* (transfer full): @path as one value in which tokens are replaced */
static char *
quote_path (const char *path)
{
  g_autoptr (GString) text = g_string_new (path);

  g_string_replace (text, "%", "%%", 0);
  return culvert_ssh_value_quote (text->str);
}

static void
add_known_hosts (GPtrArray *options, const CulvertProfile *profile)
{
  g_autoptr (GString) value = g_string_new (NULL);

  for (guint i = 0; profile->known_hosts_files[i] != NULL; i++)
    {
      g_autofree char *quoted = quote_path (profile->known_hosts_files[i]);

      if (value->len > 0)
        g_string_append_c (value, ' ');
      g_string_append (value, quoted);
    }
  if (value->len > 0)
    add_option (options, "UserKnownHostsFile", value->str);
}

static void
add_host_keys (GPtrArray *options, const CulvertProfile *profile)
{
  if (profile->host_key_alias[0] != '\0')
    {
      g_autofree char *quoted = culvert_ssh_value_quote (profile->host_key_alias);

      add_option (options, "HostKeyAlias", quoted);
    }
  if (profile->host_key_policy == CULVERT_HOST_KEY_ACCEPT_NEW)
    add_option (options, "StrictHostKeyChecking", "accept-new");
  else if (profile->host_key_policy == CULVERT_HOST_KEY_STRICT)
    add_option (options, "StrictHostKeyChecking", "yes");
}

static void
add_certificates (GPtrArray *options, const CulvertProfile *profile)
{
  for (guint i = 0; profile->certificate_files[i] != NULL; i++)
    {
      g_autofree char *value = quote_path (profile->certificate_files[i]);

      add_option (options, "CertificateFile", value);
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
add_methods (GPtrArray *options, const CulvertProfile *profile)
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
  add_option (options, "PreferredAuthentications", names->str);
  if (has_key && !has_agent)
    add_option (options, "IdentityAgent", "none");
  else if (has_agent && !has_key && !profile->only_listed_keys)
    add_option (options, "IdentityFile", "none");
}

/* What the switch allows; ssh has no one word for it. */
static void
add_legacy_algorithms (GPtrArray *options)
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

      add_option (options, rows[i].key, value);
    }
}

static void
add_way (GPtrArray *options, const CulvertProfile *profile)
{
  if (profile->hops[0] != NULL)
    {
      g_autofree char *hops = g_strjoinv (",", profile->hops);

      add_option (options, "ProxyJump", hops);
    }
  else if (profile->proxy_command[0] != '\0')
    {
      add_option (options, "ProxyCommand", profile->proxy_command);
    }
}

GPtrArray *
culvert_ssh_options_new (const CulvertProfile *profile)
{
  GPtrArray *options = g_ptr_array_new_with_free_func (option_free);

  add_certificates (options, profile);
  if (profile->only_listed_keys)
    add_option (options, "IdentitiesOnly", "yes");
  if (profile->agent_socket[0] != '\0')
    {
      g_autofree char *value = quote_path (profile->agent_socket);

      add_option (options, "IdentityAgent", value);
    }
  if (profile->never_ask)
    add_option (options, "BatchMode", "yes");
  add_methods (options, profile);
  add_known_hosts (options, profile);
  add_way (options, profile);
  add_host_keys (options, profile);
  add_number (options, "ConnectTimeout", profile->connect_timeout_s);
  add_number (options, "ServerAliveInterval", profile->keepalive_interval_s);
  if (profile->legacy_algorithms)
    add_legacy_algorithms (options);
  return options;
}

gboolean
culvert_ssh_options_contain (GPtrArray *options, const CulvertSshOption *option)
{
  for (guint i = 0; i < options->len; i++)
    {
      const CulvertSshOption *other = g_ptr_array_index (options, i);

      if (strcmp (other->key, option->key) == 0 && strcmp (other->value, option->value) == 0)
        return TRUE;
    }
  return FALSE;
}
