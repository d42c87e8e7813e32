/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-file.h"

#include "core/key-file-extras.h"

/* Keys that have their usual value are written only where the file already had them. */
static gboolean
is_wanted (GKeyFile *key_file, const char *group, const char *key, gboolean is_usual)
{
  return !is_usual || g_key_file_has_key (key_file, group, key, NULL);
}

static void
write_string (GKeyFile *key_file, const char *group, const char *key, const char *value)
{
  if (is_wanted (key_file, group, key, value[0] == '\0'))
    g_key_file_set_string (key_file, group, key, value);
}

static void
write_list (GKeyFile *key_file, const char *group, const char *key, GStrv value)
{
  guint length = g_strv_length (value);

  if (is_wanted (key_file, group, key, length == 0))
    g_key_file_set_string_list (key_file, group, key, (const char *const *)value, length);
}

static void
write_boolean (GKeyFile   *key_file,
               const char *group,
               const char *key,
               gboolean    value,
               gboolean    usual)
{
  if (is_wanted (key_file, group, key, !value == !usual))
    g_key_file_set_boolean (key_file, group, key, value);
}

static void
write_number (GKeyFile *key_file, const char *group, const char *key, guint value, guint usual)
{
  if (is_wanted (key_file, group, key, value == usual))
    g_key_file_set_uint64 (key_file, group, key, value);
}

static void
write_methods (GKeyFile *key_file, const CulvertProfile *profile)
{
  const char *nicks[CULVERT_N_AUTH_METHODS];
  guint       n_nicks = MIN (profile->methods->len, G_N_ELEMENTS (nicks));

  for (guint i = 0; i < n_nicks; i++)
    nicks[i] = culvert_auth_method_to_nick (g_array_index (profile->methods, CulvertAuthMethod, i));
  g_key_file_set_string_list (key_file, CULVERT_TUNNEL_GROUP, "Methods", nicks, n_nicks);
}

static void
write_tunnel (GKeyFile *key_file, const CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  const char                *group = CULVERT_TUNNEL_GROUP;

  g_key_file_set_integer (key_file, group, "Version", CULVERT_PROFILE_VERSION);
  g_key_file_set_string (key_file, group, "Name", profile->name);
  write_string (key_file, group, "Group", profile->group);
  g_key_file_set_string (key_file, group, "Host", profile->host);
  g_key_file_set_integer (key_file, group, "Port", profile->port);
  g_key_file_set_string (key_file, group, "User", profile->user);
  if (is_wanted (key_file, group, "AddressFamily",
                 profile->address_family == usual->address_family))
    g_key_file_set_string (key_file, group, "AddressFamily",
                           culvert_address_family_to_nick (profile->address_family));
  write_list (key_file, group, "KnownHostsFiles", profile->known_hosts_files);
  write_list (key_file, group, "Hops", profile->hops);
  write_string (key_file, group, "Proxy", profile->proxy);
  write_string (key_file, group, "ProxyCommand", profile->proxy_command);
  write_boolean (key_file, group, "ProxyCommandAllowed", profile->proxy_command_allowed, FALSE);
  write_string (key_file, group, "HostKeyAlias", profile->host_key_alias);
  if (is_wanted (key_file, group, "HostKeyPolicy",
                 profile->host_key_policy == usual->host_key_policy))
    g_key_file_set_string (key_file, group, "HostKeyPolicy",
                           culvert_host_key_policy_to_nick (profile->host_key_policy));
  write_methods (key_file, profile);
  write_list (key_file, group, "KeyFiles", profile->key_files);
  write_list (key_file, group, "CertificateFiles", profile->certificate_files);
  write_string (key_file, group, "AgentSocket", profile->agent_socket);
  write_boolean (key_file, group, "OnlyListedKeys", profile->only_listed_keys, FALSE);
  write_boolean (key_file, group, "NeverAsk", profile->never_ask, FALSE);
  write_number (key_file, group, "ConnectTimeout", profile->connect_timeout_s,
                usual->connect_timeout_s);
  write_number (key_file, group, "KeepaliveInterval", profile->keepalive_interval_s,
                usual->keepalive_interval_s);
  write_boolean (key_file, group, "LegacyAlgorithms", profile->legacy_algorithms, FALSE);
  write_boolean (key_file, group, "Reconnect", profile->reconnect, usual->reconnect);
  write_boolean (key_file, group, "QuickReplies", profile->quick_replies, usual->quick_replies);
  write_boolean (key_file, group, "StartWithProgram", profile->start_with_program, FALSE);
  write_boolean (key_file, group, "OnDemand", profile->on_demand, FALSE);
  write_number (key_file, group, "IdleTimeout", profile->idle_timeout_s, usual->idle_timeout_s);
  if (is_wanted (key_file, group, "NetworkRule", profile->network_rule == usual->network_rule))
    g_key_file_set_string (key_file, group, "NetworkRule",
                           culvert_network_rule_to_nick (profile->network_rule));
  write_list (key_file, group, "Networks", profile->networks);
  write_boolean (key_file, group, "Notify", profile->notify, usual->notify);
}

static void
write_forward (GKeyFile *key_file, const CulvertForwardSpec *spec)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  g_autofree char     *group = g_strconcat (CULVERT_FORWARD_GROUP_PREFIX, fields.id, NULL);
  g_autofree char     *listen = culvert_endpoint_to_string (fields.listen);

  write_string (key_file, group, "Name", fields.name);
  g_key_file_set_string (key_file, group, "Kind", culvert_forward_kind_to_nick (fields.kind));
  g_key_file_set_string (key_file, group, "Listen", listen);
  if (fields.target != NULL)
    {
      g_autofree char *target = culvert_endpoint_to_string (fields.target);

      g_key_file_set_string (key_file, group, "Target", target);
    }
  else
    g_key_file_remove_key (key_file, group, "Target", NULL);
  g_key_file_set_boolean (key_file, group, "Enabled", fields.is_enabled);
  write_boolean (key_file, group, "AnyUser", fields.any_user, FALSE);
  write_boolean (key_file, group, "Ftp", fields.is_ftp, FALSE);
  write_boolean (key_file, group, "Https", fields.is_https, FALSE);
  write_string (key_file, group, "BrowserPath", fields.browser_path);
}

char *
culvert_profile_to_text (const CulvertProfile *self)
{
  g_autoptr (GPtrArray)  ids = g_ptr_array_new ();
  g_autoptr (GHashTable) comments = NULL;
  g_autoptr (GKeyFile)   key_file = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->forwards->len; i++)
    g_ptr_array_add (ids,
                     (gpointer)culvert_forward_spec_get_id (g_ptr_array_index (self->forwards, i)));
  key_file =
    culvert_key_file_arrange (self->unknown, (const char *const *)ids->pdata, ids->len, &comments);
  write_tunnel (key_file, self);
  for (guint i = 0; i < self->forwards->len; i++)
    write_forward (key_file, g_ptr_array_index (self->forwards, i));
  return culvert_key_file_to_text (key_file, comments);
}

char *
culvert_profile_to_shared_text (const CulvertProfile *self)
{
  g_autoptr (CulvertProfile) shared = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  shared = culvert_profile_edit (self);
  shared->proxy_command_allowed = FALSE;
  return culvert_profile_to_text (shared);
}
