/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config-write.h"

#include "core/ssh-options-private.h"
#include "core/text-lines.h"

#include <string.h>

#define ALIAS_MAX 48 /* bytes */

char *
culvert_ssh_config_alias (const CulvertProfile *profile)
{
  g_autofree char *title = NULL;
  g_autofree char *ascii = NULL;
  GString         *alias;

  g_return_val_if_fail (profile != NULL, NULL);

  title = culvert_profile_dup_title (profile);
  ascii = g_str_to_ascii (title, NULL);
  alias = g_string_new (NULL);
  for (const char *p = ascii; *p != '\0' && alias->len < ALIAS_MAX; p++)
    {
      if (g_ascii_isalnum (*p) || *p == '_' || (*p == '.' && alias->len > 0))
        g_string_append_c (alias, g_ascii_tolower (*p));
      else if (alias->len > 0 && alias->str[alias->len - 1] != '-')
        g_string_append_c (alias, '-');
    }
  while (alias->len > 0 && alias->str[alias->len - 1] == '-')
    g_string_truncate (alias, alias->len - 1);
  if (alias->len == 0)
    g_string_assign (alias, profile->id);
  if (g_ascii_strcasecmp (alias->str, profile->host) == 0)
    g_string_append (alias, "-tunnel");
  return g_string_free (alias, FALSE);
}

/* (transfer full): with "%" as what it is, where tokens are replaced */
static char *
escape_tokens (const char *text)
{
  GString *escaped = g_string_new (text);

  g_string_replace (escaped, "%", "%%", 0);
  return g_string_free (escaped, FALSE);
}

/* (transfer full): one value */
static char *
format_end (const CulvertEndpoint *endpoint, gboolean is_here)
{
  g_autofree char    *path = NULL;
  g_autofree char    *text = NULL;
  g_autoptr (GString) escaped = NULL;

  if (culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_TCP)
    {
      text = culvert_endpoint_to_string (endpoint);
      return culvert_ssh_value_quote (text);
    }
  /* Nobody replaces "~" in there. */
  path =
    is_here ? culvert_endpoint_dup_local_path (endpoint) : culvert_endpoint_to_string (endpoint);
  text = escape_tokens (path);
  escaped = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == ':' || *p == '\\')
        g_string_append_c (escaped, '\\');
      g_string_append_c (escaped, *p);
    }
  return culvert_ssh_value_quote (escaped->str);
}

/* (transfer full): "LocalForward 5433 db:5432" */
static char *
format_forward (const CulvertForwardSpec *spec)
{
  static const char *const keys[] = {
    [CULVERT_FORWARD_LOCAL] = "LocalForward",
    [CULVERT_FORWARD_REMOTE] = "RemoteForward",
    [CULVERT_FORWARD_DYNAMIC] = "DynamicForward",
    [CULVERT_FORWARD_REVERSE_DYNAMIC] = "RemoteForward",
  };
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  gboolean             listens_there = culvert_forward_kind_is_remote (fields.kind);
  g_autofree char     *listen = format_end (fields.listen, !listens_there);
  g_autofree char     *target = NULL;

  if (fields.target == NULL)
    return g_strdup_printf ("%s %s", keys[fields.kind], listen);
  target = format_end (fields.target, listens_there);
  return g_strdup_printf ("%s %s %s", keys[fields.kind], listen, target);
}

static void
add_forwards (GString *text, const CulvertProfile *profile)
{
  gboolean is_for_my_user = FALSE;

  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      CulvertForwardFields      fields = culvert_forward_spec_get_fields (spec);
      g_autofree char          *line = format_forward (spec);

      if (!fields.is_enabled)
        {
          culvert_text_lines_add (text, "    # Switched off: %s", line);
          continue;
        }
      if (fields.is_ftp)
        culvert_text_lines_add (
          text, "    # Left out: FTP-aware; ssh carries the control connection alone");
      culvert_text_lines_add (text, "    %s", line);
      is_for_my_user |= culvert_endpoint_get_kind (fields.listen) == CULVERT_ENDPOINT_TCP &&
                        culvert_forward_spec_is_for_my_user (spec);
    }
  if (is_for_my_user)
    culvert_text_lines_add (
      text, "    # Left out: only my user may connect; ssh lets every user of this computer");
}

static void
add_left_out (GString *text, const CulvertProfile *profile)
{
  if (profile->proxy[0] != '\0')
    culvert_text_lines_add (
      text, "    # Left out: the proxy %s; ssh needs a ProxyCommand that talks to it",
      profile->proxy);
  if (profile->proxy_command[0] != '\0' && profile->hops[0] != NULL)
    culvert_text_lines_add (
      text,
      "    # Left out: the command that leads to the first jump server: %s; it belongs "
      "into a Host block of its own",
      profile->proxy_command);
  if (profile->network_rule != CULVERT_NETWORK_RULE_ANY)
    culvert_text_lines_add (text, "    # Left out: the networks that the tunnel is wanted on");
  if (profile->on_demand)
    culvert_text_lines_add (text, "    # Left out: on demand; ssh connects at once");
}

static void
add_options (GString *text, const CulvertProfile *profile)
{
  g_autoptr (GPtrArray) options = culvert_ssh_options_new (profile);

  for (guint i = 0; i < options->len; i++)
    {
      const CulvertSshOption *option = g_ptr_array_index (options, i);

      /* Nobody is made to run a stranger's command. */
      if (strcmp (option->key, "ProxyCommand") == 0 && !profile->proxy_command_allowed)
        culvert_text_lines_add (text, "    # Not allowed yet: %s %s", option->key, option->value);
      else
        culvert_text_lines_add (text, "    %s %s", option->key, option->value);
    }
}

static void
add_value (GString *text, const char *key, const char *value)
{
  g_autofree char *quoted = culvert_ssh_value_quote (value);

  culvert_text_lines_add (text, "    %s %s", key, quoted);
}

static void
add_server (GString *text, const CulvertProfile *profile)
{
  g_autofree char *host = escape_tokens (profile->host);

  if (profile->host[0] != '\0')
    add_value (text, "HostName", host);
  culvert_text_lines_add (text, "    Port %u", profile->port);
  if (profile->user[0] != '\0')
    add_value (text, "User", profile->user);
  if (profile->address_family != CULVERT_ADDRESS_FAMILY_ANY)
    culvert_text_lines_add (text, "    AddressFamily %s",
                            profile->address_family == CULVERT_ADDRESS_FAMILY_IPV4 ? "inet"
                                                                                   : "inet6");
  for (guint i = 0; profile->key_files[i] != NULL; i++)
    {
      g_autofree char *path = escape_tokens (profile->key_files[i]);

      add_value (text, "IdentityFile", path);
    }
}

char *
culvert_ssh_config_from_profile (const CulvertProfile *profile, const char *alias)
{
  g_autofree char *title = NULL;
  g_autofree char *own_alias = NULL;
  GString         *text;

  g_return_val_if_fail (profile != NULL, NULL);

  title = culvert_profile_dup_title (profile);
  if (alias == NULL)
    alias = own_alias = culvert_ssh_config_alias (profile);
  text = g_string_new (NULL);
  culvert_text_lines_add (text, "# %s, from Culvert. To open it: ssh -N %s", title, alias);
  culvert_text_lines_add (text, "Host %s", alias);
  add_server (text, profile);
  add_options (text, profile);
  culvert_text_lines_add (text, "    ExitOnForwardFailure yes");
  /* As -N does; only where it matters, since ssh knows it from version 8.7 on. */
  if (!profile->quick_replies)
    culvert_text_lines_add (text, "    SessionType none");
  add_forwards (text, profile);
  add_left_out (text, profile);
  return g_string_free (text, FALSE);
}
