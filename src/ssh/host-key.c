/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/host-key.h"

#include "base/log.h"
#include "base/sandbox.h"
#include "core/errors.h"
#include "ssh/certificate.h"
#include "ssh/fingerprint.h"
#include "ssh/lib.h"

#include <string.h>

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
  /* There ~/.ssh is read at most: what is written there is lost with the sandbox. */
  if (culvert_sandbox_is_around ())
    {
      g_autofree char *path =
        g_build_filename (g_get_user_data_dir (), "culvert", "known_hosts", NULL);
      g_strv_builder_add (builder, path);
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

/* Under which name the files know the server.  An alias stands there without a port, as with ssh. */
static const char *
wanted_host (const CulvertProfile *profile)
{
  return profile->host_key_alias[0] != '\0' ? profile->host_key_alias : profile->host;
}

static guint16
wanted_port (const CulvertProfile *profile)
{
  return profile->host_key_alias[0] != '\0' ? 22 : profile->port;
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

/* A line says nothing about its age, the file something: it was there when the file was last written.
 * (transfer full) (nullable) */
static char *
find_age (const char *file_name)
{
  g_autoptr (GFile)     file = g_file_new_for_path (file_name);
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GDateTime) modified =
    info != NULL ? g_file_info_get_modification_date_time (info) : NULL;

  return modified != NULL ? g_strdup_printf ("%" G_GINT64_FORMAT, g_date_time_to_unix (modified))
                          : NULL;
}

static void
add_facts (GError                      **error,
           const CulvertProfile         *profile,
           const char                   *offered,
           const char                   *recorded,
           const CulvertKnownHostsEntry *entry)
{
  g_autofree char *line = g_strdup_printf ("%u", entry->line_number);
  g_autofree char *since = find_age (entry->file_name);

  g_autofree char *name =
    culvert_known_hosts_format_name (wanted_host (profile), wanted_port (profile));

  culvert_error_set_fact (error, CULVERT_FACT_TIME, since);
  culvert_error_set_fact (error, CULVERT_FACT_NAMES, name);
  culvert_error_set_fact (error, CULVERT_FACT_SHOWN, offered);
  culvert_error_set_fact (error, CULVERT_FACT_RECORDED, recorded);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, entry->file_name);
  culvert_error_set_fact (error, CULVERT_FACT_LINE, line);
}

GStrv
culvert_host_key_order (const CulvertKnownHosts *known, const CulvertProfile *profile)
{
  static const char *const certified[] = {
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
    NULL,
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           plain = culvert_known_hosts_order (
              known, wanted_host (profile), wanted_port (profile), profile->legacy_algorithms);

  if (culvert_lib_has_host_certificates () &&
      culvert_known_hosts_find (known, wanted_host (profile), wanted_port (profile),
                                CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY, NULL) != NULL)
    g_strv_builder_addv (builder, (const char **)certified);
  g_strv_builder_addv (builder, (const char **)plain);
  return g_strv_builder_end (builder);
}

static CulvertHostCertificate
find_problem (CulvertCertificateState state)
{
  switch (state)
    {
    case CULVERT_CERTIFICATE_VALID:
      return CULVERT_HOST_CERTIFICATE_FINE;
    case CULVERT_CERTIFICATE_WEAK_SIGNATURE:
      return CULVERT_HOST_CERTIFICATE_BAD_ALGORITHM;
    case CULVERT_CERTIFICATE_WRONG_TYPE:
      return CULVERT_HOST_CERTIFICATE_FOR_USERS;
    case CULVERT_CERTIFICATE_NOT_YET_VALID:
      return CULVERT_HOST_CERTIFICATE_TOO_EARLY;
    case CULVERT_CERTIFICATE_EXPIRED:
      return CULVERT_HOST_CERTIFICATE_TOO_LATE;
    case CULVERT_CERTIFICATE_NO_PRINCIPALS:
    case CULVERT_CERTIFICATE_PRINCIPAL_MISSING:
      return CULVERT_HOST_CERTIFICATE_OTHER_HOSTS;
    case CULVERT_CERTIFICATE_UNKNOWN_OPTION:
    case CULVERT_CERTIFICATE_BAD_SIGNATURE:
    default:
      return CULVERT_HOST_CERTIFICATE_CONDITIONS;
    }
}

static void
set_revoked_authority (const CulvertProfile         *profile,
                       const CulvertCertificate     *certificate,
                       const CulvertKnownHostsEntry *entry,
                       GError                      **error)
{
  g_autofree char *offered = culvert_fingerprint_sha256 (certificate->plain_blob);
  g_autofree char *authority = culvert_fingerprint_sha256 (certificate->authority_blob);

  g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_REVOKED,
               "%s:%u shows a certificate for %s by %s, which is marked as revoked: %s:%u",
               profile->host, profile->port, offered, authority, entry->file_name,
               entry->line_number);
  add_facts (error, profile, offered, authority, entry);
}

static void
set_authority (CulvertHostKeyJudgement *judgement, const CulvertCertificate *certificate)
{
  g_autofree char *id = culvert_log_printable (certificate->key_id, -1);
  g_autofree char *authority = culvert_fingerprint_sha256 (certificate->authority_blob);

  judgement->verdict = CULVERT_KNOWN_HOSTS_MATCH;
  judgement->authority = g_strdup_printf ("certificate “%s” by %s", id, authority);
}

/* Returns FALSE when the certificate settles it: with @error, or with a MATCH. */
static gboolean
judge_certificate (const CulvertKnownHosts *known,
                   const CulvertProfile    *profile,
                   GBytes                  *blob,
                   gint64                   now,
                   CulvertHostKeyJudgement *judgement,
                   GError                 **error)
{
  g_autoptr (GError)             local = NULL;
  g_autoptr (CulvertCertificate) certificate = culvert_certificate_parse (blob, &local);
  CulvertCertificateState        state = CULVERT_CERTIFICATE_BAD_SIGNATURE;
  const CulvertKnownHostsEntry  *revoked;

  if (certificate != NULL)
    state =
      culvert_certificate_check (certificate, CULVERT_CERTIFICATE_HOST, wanted_host (profile), now);
  if (state == CULVERT_CERTIFICATE_BAD_SIGNATURE)
    {
      const char *reason =
        local != NULL ? local->message : "its authority has not signed the certificate";

      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE, "%s:%u: %s",
                   profile->host, profile->port, reason);
      return FALSE;
    }

  revoked =
    culvert_known_hosts_find (known, wanted_host (profile), wanted_port (profile),
                              CULVERT_KNOWN_HOSTS_MARKED_REVOKED, certificate->authority_blob);
  if (revoked != NULL)
    {
      judgement->verdict = CULVERT_KNOWN_HOSTS_REVOKED;
      set_revoked_authority (profile, certificate, revoked, error);
      return FALSE;
    }
  if (culvert_known_hosts_find (known, wanted_host (profile), wanted_port (profile),
                                CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY,
                                certificate->authority_blob) == NULL)
    judgement->certificate = CULVERT_HOST_CERTIFICATE_OTHER_AUTHORITY;
  else
    judgement->certificate = find_problem (state);
  if (judgement->certificate != CULVERT_HOST_CERTIFICATE_FINE)
    return TRUE;

  set_authority (judgement, certificate);
  return FALSE;
}

static void
judge_key (const CulvertKnownHosts *known,
           const CulvertProfile    *profile,
           CulvertHostKeyJudgement *judgement,
           GError                 **error)
{
  CulvertKnownHostsResult  result;
  CulvertKnownHostsVerdict verdict = culvert_known_hosts_check (
    known, wanted_host (profile), wanted_port (profile), judgement->plain_blob, &result);
  g_autofree char *offered = culvert_fingerprint_sha256 (judgement->plain_blob);
  g_autofree char *recorded =
    result.entry != NULL ? culvert_fingerprint_sha256 (result.entry->public_blob) : NULL;

  judgement->verdict = verdict;
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
      judgement->other_known = g_steal_pointer (&recorded);
      break;
    case CULVERT_KNOWN_HOSTS_MATCH:
    case CULVERT_KNOWN_HOSTS_UNKNOWN:
    default:
      break;
    }
  if (verdict == CULVERT_KNOWN_HOSTS_CHANGED || verdict == CULVERT_KNOWN_HOSTS_REVOKED)
    add_facts (error, profile, offered, recorded, result.entry);
}

void
culvert_host_key_judge (const CulvertKnownHosts *known,
                        const CulvertProfile    *profile,
                        GBytes                  *blob,
                        gint64                   now,
                        CulvertHostKeyJudgement *judgement,
                        GError                 **error)
{
  g_autofree char *type_name = culvert_public_key_dup_type_name (blob);

  memset (judgement, 0, sizeof *judgement);
  judgement->verdict = CULVERT_KNOWN_HOSTS_UNKNOWN;
  judgement->plain_blob = culvert_public_key_dup_plain_blob (blob);
  if (culvert_known_hosts_find (known, wanted_host (profile), wanted_port (profile),
                                CULVERT_KNOWN_HOSTS_MARKED_REVOKED, judgement->plain_blob) == NULL)
    {
      if (type_name != NULL && culvert_certificate_is_type (type_name))
        {
          if (!judge_certificate (known, profile, blob, now, judgement, error))
            return;
        }
      else if (culvert_known_hosts_find (known, wanted_host (profile), wanted_port (profile),
                                         CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY, NULL) != NULL)
        judgement->certificate = culvert_lib_has_host_certificates ()
                                   ? CULVERT_HOST_CERTIFICATE_MISSING
                                   : CULVERT_HOST_CERTIFICATE_NOT_CHECKED;
    }
  judge_key (known, profile, judgement, error);
}

void
culvert_host_key_judgement_clear (CulvertHostKeyJudgement *judgement)
{
  g_clear_pointer (&judgement->plain_blob, g_bytes_unref);
  g_clear_pointer (&judgement->other_known, g_free);
  g_clear_pointer (&judgement->authority, g_free);
}

gboolean
culvert_host_key_save (const CulvertProfile *profile, GBytes *plain_blob, GError **error)
{
  g_auto (GStrv) files = culvert_host_key_files (profile);

  return culvert_known_hosts_append (files[0], wanted_host (profile), wanted_port (profile),
                                     plain_blob, error);
}
