/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/certificate.h"
#include "ssh/key-file.h"
#include "ssh/sign-in-private.h"

#include <string.h>

/* User certificates in files: beside their key, as ssh-keygen puts them, or named by the tunnel.  What
 * the agent has of them it lists itself.
 *
 * Whether a certificate is good is for the server to say: its clock and its list of names count.  So one
 * that seems expired here, or made for others, is offered all the same, and only when the server did
 * not take it is that the reason. */

#define CERTIFICATE_SUFFIX "-cert.pub"
#define PUBLIC_SUFFIX      ".pub"

typedef struct
{
  char               *path;
  char               *key_path; /* that it is beside; NULL: the tunnel names it */
  GBytes             *blob;
  CulvertCertificate *content;
  gboolean            is_used; /* its key was found */
} Certificate;

static void
certificate_free (gpointer data)
{
  Certificate *self = data;

  g_free (self->path);
  g_free (self->key_path);
  g_clear_pointer (&self->blob, g_bytes_unref);
  g_clear_pointer (&self->content, culvert_certificate_free);
  g_free (self);
}

static GError *
new_error (CulvertSshError code, const char *label)
{
  GError *error = g_error_new (CULVERT_SSH_ERROR, (int)code, "%s: the certificate %s", label,
                               code == CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED   ? "is malformed"
                               : code == CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY    ? "has no key here"
                               : code == CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS ? "is a host's"
                                                                                 : "was refused");

  culvert_error_set_fact (&error, CULVERT_FACT_FILE, label);
  return error;
}

static CulvertSshError
find_flaw (const Certificate *certificate)
{
  CulvertCertificateState state = culvert_certificate_verify (certificate->content);

  if (state == CULVERT_CERTIFICATE_BAD_SIGNATURE)
    return CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED;
  return certificate->content->type != CULVERT_CERTIFICATE_USER
           ? CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS
           : (CulvertSshError)0;
}

/* Returns: (transfer full) (nullable) */
static Certificate *
read_certificate (CulvertSignIn *self, const char *path, const char *key_path, GError **error)
{
  g_autoptr (CulvertKeyFileInfo) info = culvert_key_file_read_public (path, error);
  g_autoptr (GError)             own = NULL;
  Certificate                   *certificate;
  CulvertSshError                flaw;

  if (info == NULL)
    return NULL;
  certificate = g_new0 (Certificate, 1);
  certificate->path = g_strdup (path);
  certificate->key_path = g_strdup (key_path);
  certificate->blob = g_bytes_ref (info->public_blob);
  certificate->content = culvert_certificate_parse (certificate->blob, &own);
  flaw = certificate->content != NULL ? find_flaw (certificate)
                                      : CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED;
  if (flaw == 0)
    return certificate;
  if (own != NULL)
    culvert_log_write (self->session->log, CULVERT_LOG_WARNING, "%s: %s", path, own->message);
  g_propagate_error (error, new_error (flaw, path));
  certificate_free (certificate);
  return NULL;
}

static void
add_certificate (CulvertSignIn *self, const char *path, const char *key_path)
{
  g_autoptr (GError) error = NULL;
  Certificate       *certificate = read_certificate (self, path, key_path, &error);

  if (certificate != NULL)
    g_ptr_array_add (self->certificates, certificate);
  else if (key_path == NULL &&
           g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED))
    culvert_sign_in_excuse (self, new_error (CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED, path));
  else if (key_path == NULL)
    culvert_sign_in_excuse (self, g_steal_pointer (&error));
  else if (!g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_NOT_FOUND))
    culvert_log_write (self->session->log, CULVERT_LOG_WARNING, "%s", error->message);
}

static void
add_beside (CulvertSignIn *self, const char *key_file)
{
  g_autofree char *path = culvert_path_expand (key_file);
  g_autofree char *beside = NULL;

  if (g_str_has_suffix (path, PUBLIC_SUFFIX))
    path[strlen (path) - strlen (PUBLIC_SUFFIX)] = '\0';
  beside = g_strconcat (path, CERTIFICATE_SUFFIX, NULL);
  add_certificate (self, beside, path);
}

void
culvert_sign_in_read_certificates (CulvertSignIn *self)
{
  static const char *const usual[] = { "~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa",
                                       "~/.ssh/id_ed25519_sk", "~/.ssh/id_ecdsa_sk" };
  CulvertProfile          *profile = self->session->profile;

  if (self->certificates != NULL)
    return;
  self->certificates = g_ptr_array_new_with_free_func (certificate_free);
  for (char **path = profile->certificate_files; *path != NULL; path++)
    {
      g_autofree char *expanded = culvert_path_expand (*path);

      add_certificate (self, expanded, NULL);
    }
  for (char **path = profile->key_files; *path != NULL; path++)
    add_beside (self, *path);
  for (gsize i = 0; profile->key_files[0] == NULL && i < G_N_ELEMENTS (usual); i++)
    add_beside (self, usual[i]);
}

void
culvert_sign_in_add_certificates (CulvertSignIn *self,
                                  GQueue        *offers,
                                  GBytes        *plain_blob,
                                  const char    *path)
{
  for (guint i = 0; i < self->certificates->len; i++)
    {
      Certificate     *certificate = g_ptr_array_index (self->certificates, i);
      CulvertKeyOffer *offer;

      if (plain_blob != NULL ? !g_bytes_equal (certificate->content->plain_blob, plain_blob)
                             : g_strcmp0 (certificate->key_path, path) != 0)
        continue;
      certificate->is_used = TRUE;
      offer = g_new0 (CulvertKeyOffer, 1);
      offer->blob = g_bytes_ref (certificate->blob);
      offer->type_name = g_strdup (certificate->content->type_name);
      offer->label = culvert_log_printable (certificate->path, -1);
      offer->path = g_strdup (path);
      offer->agent_blob = path == NULL ? g_bytes_ref (plain_blob) : NULL;
      g_queue_push_tail (offers, offer);
    }
}

void
culvert_sign_in_add_certified_keys (CulvertSignIn *self, GHashTable *blobs)
{
  for (guint i = 0; i < self->certificates->len; i++)
    {
      const Certificate *certificate = g_ptr_array_index (self->certificates, i);

      if (certificate->key_path == NULL)
        g_hash_table_add (blobs, g_bytes_ref (certificate->content->plain_blob));
    }
}

void
culvert_sign_in_note_certificate (CulvertSignIn *self, CulvertSshError code, const char *label)
{
  if (self->certificate_problem == NULL)
    self->certificate_problem = new_error (code, label);
}

static void
note_time (CulvertSignIn *self, CulvertSshError code, const char *label, guint64 seconds)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seconds);

  culvert_sign_in_note_certificate (self, code, label);
  culvert_error_set_fact (&self->certificate_problem, CULVERT_FACT_TIME, text);
}

static void
note_names (CulvertSignIn *self, const char *label, const CulvertCertificate *certificate)
{
  g_autofree char *names = g_strjoinv (", ", certificate->principals);
  g_autofree char *printable = culvert_log_printable (names, -1);

  culvert_sign_in_note_certificate (self, CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS, label);
  culvert_error_set_fact (&self->certificate_problem, CULVERT_FACT_NAMES, printable);
}

void
culvert_sign_in_judge_certificate (CulvertSignIn *self, const CulvertKeyOffer *offer)
{
  g_autoptr (CulvertCertificate) certificate = NULL;
  gboolean                       was_partial = FALSE;

  culvert_sign_in_get_refusal (self, &was_partial);
  if (was_partial || !culvert_certificate_is_type (offer->type_name) ||
      self->certificate_problem != NULL)
    return;
  certificate = culvert_certificate_parse (offer->blob, NULL);
  if (certificate == NULL)
    return;
  switch (culvert_certificate_check (certificate, CULVERT_CERTIFICATE_USER, self->user,
                                     g_get_real_time () / G_USEC_PER_SEC))
    {
    case CULVERT_CERTIFICATE_NOT_YET_VALID:
      note_time (self, CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY, offer->label,
                 certificate->valid_after);
      break;
    case CULVERT_CERTIFICATE_EXPIRED:
      note_time (self, CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE, offer->label,
                 certificate->valid_before);
      break;
    case CULVERT_CERTIFICATE_PRINCIPAL_MISSING:
      note_names (self, offer->label, certificate);
      break;
    case CULVERT_CERTIFICATE_WRONG_TYPE:
      culvert_sign_in_note_certificate (self, CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS,
                                        offer->label);
      break;
    case CULVERT_CERTIFICATE_VALID:
    case CULVERT_CERTIFICATE_BAD_SIGNATURE:
    case CULVERT_CERTIFICATE_WEAK_SIGNATURE:
    case CULVERT_CERTIFICATE_NO_PRINCIPALS:
    case CULVERT_CERTIFICATE_UNKNOWN_OPTION:
    default:
      /* Beside a key it may have been forgotten there; one that is named is meant. */
      if (self->session->profile->certificate_files[0] != NULL)
        culvert_sign_in_note_certificate (self, CULVERT_SSH_ERROR_CERTIFICATE_REFUSED,
                                          offer->label);
      break;
    }
}

void
culvert_sign_in_note_unused_certificates (CulvertSignIn *self)
{
  for (guint i = 0; self->certificates != NULL && i < self->certificates->len; i++)
    {
      const Certificate *certificate = g_ptr_array_index (self->certificates, i);

      if (certificate->key_path == NULL && !certificate->is_used)
        culvert_sign_in_note_certificate (self, CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY,
                                          certificate->path);
    }
}
