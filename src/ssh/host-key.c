/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/host-key.h"

#include "core/errors.h"
#include "ssh/fingerprint.h"

GStrv
culvert_host_key_files (const CulvertProfile *profile)
{
  static const char *const own[] = { "~/.ssh/known_hosts", "~/.ssh/known_hosts2" };
  static const char *const shared[] = { "ssh_known_hosts", "ssh_known_hosts2" };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (profile->known_hosts_files[0] != NULL)
    {
      for (char **path = profile->known_hosts_files; *path != NULL; path++)
        {
          g_autofree char *expanded = culvert_path_expand (*path);
          g_strv_builder_add (builder, expanded);
        }
      return g_strv_builder_end (builder);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *path = culvert_path_expand (own[i]);
      g_strv_builder_add (builder, path);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (shared); i++)
    {
      g_autofree char *path = g_build_filename (G_DIR_SEPARATOR_S, "etc", "ssh", shared[i], NULL);
      g_strv_builder_add (builder, path);
    }
  return g_strv_builder_end (builder);
}

CulvertKnownHosts *
culvert_host_key_read_files (const CulvertProfile *profile, GError **error)
{
  g_auto (GStrv)     files = culvert_host_key_files (profile);
  CulvertKnownHosts *known = culvert_known_hosts_new ();

  for (char **path = files; *path != NULL; path++)
    {
      g_autoptr (GError) local = NULL;

      if (!culvert_known_hosts_add_file (known, *path, &local))
        {
          g_clear_error (error);
          g_propagate_error (error, g_steal_pointer (&local));
        }
    }
  return known;
}

static void
add_facts (GError                      **error,
           const char                   *offered,
           const char                   *recorded,
           const CulvertKnownHostsEntry *entry)
{
  g_autofree char *line = g_strdup_printf ("%u", entry->line_number);

  culvert_error_set_fact (error, CULVERT_FACT_SHOWN, offered);
  culvert_error_set_fact (error, CULVERT_FACT_RECORDED, recorded);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, entry->file_name);
  culvert_error_set_fact (error, CULVERT_FACT_LINE, line);
}

CulvertKnownHostsVerdict
culvert_host_key_judge (const CulvertKnownHosts *known,
                        const CulvertProfile    *profile,
                        GBytes                  *blob,
                        char                   **other_known,
                        GError                 **error)
{
  CulvertKnownHostsResult  result;
  CulvertKnownHostsVerdict verdict =
    culvert_known_hosts_check (known, profile->host, profile->port, blob, &result);
  g_autofree char *offered = culvert_fingerprint_sha256 (blob);
  g_autofree char *recorded =
    result.entry != NULL ? culvert_fingerprint_sha256 (result.entry->public_blob) : NULL;

  *other_known = NULL;
  switch (verdict)
    {
    case CULVERT_KNOWN_HOSTS_CHANGED:
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
                   "%s:%u shows %s but %s is recorded: %s:%u", profile->host, profile->port,
                   offered, recorded, result.entry->file_name, result.entry->line_number);
      break;
    case CULVERT_KNOWN_HOSTS_REVOKED:
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_REVOKED,
                   "%s:%u shows %s, which is marked as revoked: %s:%u", profile->host,
                   profile->port, offered, result.entry->file_name, result.entry->line_number);
      break;
    case CULVERT_KNOWN_HOSTS_OTHER_TYPE_KNOWN:
      *other_known = g_steal_pointer (&recorded);
      break;
    case CULVERT_KNOWN_HOSTS_MATCH:
    case CULVERT_KNOWN_HOSTS_UNKNOWN:
    default:
      break;
    }
  if (verdict == CULVERT_KNOWN_HOSTS_CHANGED || verdict == CULVERT_KNOWN_HOSTS_REVOKED)
    add_facts (error, offered, recorded, result.entry);
  return verdict;
}

gboolean
culvert_host_key_save (const CulvertProfile *profile, GBytes *blob, GError **error)
{
  g_auto (GStrv) files = culvert_host_key_files (profile);

  return culvert_known_hosts_append (files[0], profile->host, profile->port, blob, error);
}
