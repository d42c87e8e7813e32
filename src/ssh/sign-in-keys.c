/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/certificate.h"
#include "ssh/fingerprint.h"
#include "ssh/key-file.h"
#include "ssh/public-key.h"
#include "ssh/sign-in-private.h"
#include "ssh/wire.h"

#include <string.h>

/* Public keys (RFC 4252 7): offering them one by one, and signing.
 *
 * libssh2 asks our callback for the signature only after the server has said that it would take the
 * key.  The callback may say "later" and is asked again at each step: meanwhile the agent signs, the
 * file is decrypted in a worker thread, or the person types the passphrase.
 *
 * RSA: libssh2 1.10 takes the signature algorithm's name from the first string of the key blob and
 * so signs as ssh-rsa, with SHA-1, which servers refuse.  With that string changed to rsa-sha2-512
 * OpenSSH's servers take both; others compare the blob strictly, so they are not offered it. */

#define SSH_MSG_USERAUTH_REQUEST 50
#define RSA_TYPE                 "ssh-rsa"
#define RSA_RENAMED              "rsa-sha2-512"
#define MAX_PASSPHRASES          3

void
culvert_sign_in_clear_offer (CulvertSignIn *self)
{
  g_clear_pointer (&self->offer, culvert_key_offer_free);
  g_clear_pointer (&self->offer_blob, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->to_sign, g_bytes_unref);
  g_clear_pointer (&self->algorithm, g_free);
  self->signature_state = CULVERT_SIGNATURE_NONE;
  self->n_passphrases = 0;
}

/* --- offering --- */

static gboolean
server_is_openssh (CulvertSession *session)
{
  return session->info.server_version != NULL &&
         strstr (session->info.server_version, "OpenSSH") != NULL;
}

/* (nullable): the blob under which to offer the key */
static GBytes *
name_blob (CulvertSignIn *self, const CulvertKeyOffer *offer)
{
  CulvertWireReader reader;
  const guint8     *type;
  gsize             type_length;
  GByteArray       *renamed;

  if (!g_str_equal (offer->type_name, RSA_TYPE) || culvert_lib_has_rsa_sha2 ())
    return g_bytes_ref (offer->blob);
  if (!server_is_openssh (self->session))
    return self->session->profile->legacy_algorithms ? g_bytes_ref (offer->blob) : NULL;

  culvert_wire_reader_init_from_bytes (&reader, offer->blob);
  if (!culvert_wire_read_string (&reader, &type, &type_length))
    return NULL;
  renamed = g_byte_array_new ();
  culvert_wire_write_text (renamed, RSA_RENAMED);
  g_byte_array_append (renamed, reader.next, (guint)reader.n_left);
  return g_byte_array_free_to_bytes (renamed);
}

static void key_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
load_key (CulvertSignIn *self, CulvertSecret *passphrase)
{
  culvert_key_file_load_async (self->offer->path, passphrase, self->cancellable, key_loaded_cb,
                               g_object_ref (self->session));
}

static gboolean
offer_now (CulvertSignIn *self)
{
  CulvertKeyOffer *offer = self->offer;
  GError          *error;

  if (!culvert_lib_can_use_key_type (offer->type_name) ||
      (self->offer_blob = name_blob (self, offer)) == NULL)
    {
      if (culvert_certificate_is_type (offer->type_name))
        culvert_sign_in_note_certificate (self, CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER,
                                          offer->label);
      error = g_error_new (CULVERT_SSH_ERROR,
                           culvert_certificate_is_type (offer->type_name)
                             ? CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER
                             : CULVERT_SSH_ERROR_KEY_NEEDS_NEWER,
                           "%s: %s cannot sign in to this server with a key of type %s",
                           offer->label, culvert_lib_describe (), offer->type_name);
      culvert_error_set_fact (&error, CULVERT_FACT_FILE, offer->label);
      culvert_sign_in_excuse (self, error);
      return FALSE;
    }
  if (g_hash_table_contains (self->offered_blobs, offer->blob))
    return FALSE;
  g_hash_table_add (self->offered_blobs, g_bytes_ref (offer->blob));
  culvert_log_write (self->session->log, CULVERT_LOG_INFO, "offering key %s (%s)", offer->label,
                     offer->type_name);
  culvert_sign_in_begin_step (self, offer->path != NULL ? CULVERT_AUTH_KEY : CULVERT_AUTH_AGENT,
                              offer->label);
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_KEY);
  return TRUE;
}

gboolean
culvert_sign_in_begin_offer (CulvertSignIn *self)
{
  while (!g_queue_is_empty (&self->offers))
    {
      culvert_sign_in_clear_offer (self);
      self->offer = g_queue_pop_head (&self->offers);
      if (self->offer->blob == NULL)
        {
          /* An encrypted PEM file without a .pub beside it: its public half is inside. */
          culvert_sign_in_begin_step (self, CULVERT_AUTH_KEY, self->offer->label);
          culvert_sign_in_set_state (self, CULVERT_SIGN_IN_WAITING);
          load_key (self, NULL);
          return TRUE;
        }
      if (offer_now (self))
        return TRUE;
    }
  return FALSE;
}

/* --- signing --- */

static void
signature_failed (CulvertSignIn *self, GError *error)
{
  culvert_sign_in_excuse (self, error);
  self->signature_state = CULVERT_SIGNATURE_FAILED;
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_KEY);
}

static void
signature_ready (CulvertSignIn *self, GBytes *signature)
{
  self->signature = signature;
  self->signature_state = CULVERT_SIGNATURE_READY;
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_KEY);
}

static void
sign_with_key (CulvertSignIn *self)
{
  GError     *error = NULL;
  gsize       n_bytes;
  const void *bytes = g_bytes_get_data (self->to_sign, &n_bytes);
  GBytes     *signature =
    culvert_private_key_sign (self->offer->key, self->algorithm, bytes, n_bytes, &error);

  if (signature != NULL)
    signature_ready (self, signature);
  else
    signature_failed (self, error);
}

static void
passphrase_answered (CulvertPrompt *prompt, gpointer user_data)
{
  load_key (user_data, culvert_prompt_get_secret (prompt, 0));
}

static void
ask_passphrase (CulvertSignIn *self)
{
  g_autofree char    *purpose = g_strdup_printf ("passphrase:%s", self->offer->path);
  CulvertPromptField  field = { .text = (char *)"", .is_hidden = TRUE };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_PASSPHRASE,
    .asked_by = self->session->asked_by,
    .user = self->user,
    .host = self->session->profile->host,
    .port = self->session->profile->port,
    .key_file = self->offer->path,
    .secret_purpose = purpose,
    .attempt = self->n_passphrases++,
    .fields = &field,
    .n_fields = 1,
  };

  culvert_sign_in_ask (self, &fields, passphrase_answered);
}

/* The file cannot be used: it was offered already, or its public half was not known before. */
static void
drop_offer (CulvertSignIn *self, GError *error)
{
  if (self->offer_blob != NULL)
    {
      signature_failed (self, error);
      return;
    }
  culvert_sign_in_excuse (self, error);
  culvert_sign_in_clear_offer (self);
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_CHOOSING);
}

/* The public half, or a certificate beside the file, may be of another key. */
static gboolean
is_key_of_offer (const CulvertKeyOffer *offer, CulvertPrivateKey *key)
{
  g_autoptr (GBytes) plain = NULL;

  if (offer->blob == NULL)
    return TRUE;
  plain = culvert_public_key_dup_plain_blob (offer->blob);
  return g_bytes_equal (plain, culvert_private_key_get_public_blob (key));
}

static void
key_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertSession)    session = CULVERT_SESSION (user_data);
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertPrivateKey) key = culvert_key_file_load_finish (result, &error);
  CulvertSignIn                *self = culvert_sign_in_still_here (session);

  if (self == NULL || self->offer == NULL ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED) ||
      g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG))
    {
      culvert_sign_in_report (self, FALSE);
      if (self->n_passphrases < MAX_PASSPHRASES && !session->profile->never_ask)
        ask_passphrase (self);
      else
        drop_offer (self, g_steal_pointer (&error));
      return;
    }
  if (key == NULL)
    {
      drop_offer (self, g_steal_pointer (&error));
      return;
    }
  culvert_sign_in_report (self, TRUE);
  if (!is_key_of_offer (self->offer, key))
    {
      drop_offer (self, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED,
                                     "%s: not the key that its public half or certificate is of",
                                     self->offer->path));
      return;
    }
  self->offer->key = g_steal_pointer (&key);
  if (self->to_sign != NULL)
    {
      sign_with_key (self);
      return;
    }
  self->offer->blob = g_bytes_ref (culvert_private_key_get_public_blob (self->offer->key));
  self->offer->type_name = g_strdup (culvert_private_key_get_type_name (self->offer->key));
  if (!offer_now (self))
    culvert_sign_in_set_state (self, CULVERT_SIGN_IN_CHOOSING);
}

static void
agent_signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertSession) session = CULVERT_SESSION (user_data);
  g_autoptr (GError)         error = NULL;
  g_autoptr (GBytes) signature = culvert_agent_sign_finish (CULVERT_AGENT (source), result, &error);
  CulvertSignIn     *self = culvert_sign_in_still_here (session);

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (signature != NULL)
    signature_ready (self, g_steal_pointer (&signature));
  else
    signature_failed (self, g_steal_pointer (&error));
}

/* What libssh2 wants signed names the algorithm: the session id, then the request (RFC 4252 7). */
static char *
read_algorithm (const void *data, gsize n_bytes)
{
  CulvertWireReader reader;
  const guint8     *bytes;
  gsize             length;
  guint8            byte;

  culvert_wire_reader_init (&reader, data, n_bytes);
  if (!culvert_wire_read_string (&reader, &bytes, &length) /* session id */
      || !culvert_wire_read_byte (&reader, &byte) || byte != SSH_MSG_USERAUTH_REQUEST ||
      !culvert_wire_read_string (&reader, &bytes, &length)    /* user */
      || !culvert_wire_read_string (&reader, &bytes, &length) /* service */
      || !culvert_wire_read_string (&reader, &bytes, &length) /* method */
      || !culvert_wire_read_byte (&reader, &byte))
    return NULL;
  return culvert_wire_read_text (&reader, 64);
}

static void
begin_signature (CulvertSignIn *self, const unsigned char *data, size_t n_bytes)
{
  self->algorithm = read_algorithm (data, n_bytes);
  self->to_sign = g_bytes_new (data, n_bytes);
  self->signature_state = CULVERT_SIGNATURE_ON_ITS_WAY;
  if (self->algorithm == NULL)
    {
      self->signature_state = CULVERT_SIGNATURE_FAILED;
      return;
    }
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_WAITING);
  if (self->offer->path == NULL)
    {
      culvert_log_write (self->session->log, CULVERT_LOG_INFO,
                         "the agent signs; it may ask for a confirmation or a touch");
      culvert_agent_sign_async (
        self->agent, self->offer->agent_blob != NULL ? self->offer->agent_blob : self->offer->blob,
        self->algorithm, self->to_sign, CULVERT_AGENT_SIGN_TIMEOUT_MS, self->cancellable,
        agent_signed_cb, g_object_ref (self->session));
    }
  else if (self->offer->key != NULL)
    sign_with_key (self);
  else
    load_key (self, NULL);
}

static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC (sign_cb)
{
  CulvertSignIn *self = *abstract;
  gsize          length;
  const void    *bytes;

  if (self->signature_state == CULVERT_SIGNATURE_NONE)
    begin_signature (self, data, data_len);
  if (self->signature_state == CULVERT_SIGNATURE_ON_ITS_WAY)
    return LIBSSH2_ERROR_EAGAIN;
  if (self->signature_state == CULVERT_SIGNATURE_FAILED)
    return -1;
  bytes = g_bytes_get_data (self->signature, &length);
  *sig = culvert_session_memory_alloc (&self->session->memory, length);
  if (*sig == NULL)
    return -1;
  memcpy (*sig, bytes, length);
  *sig_len = length;
  return 0;
}

static char *
describe_offer (const CulvertKeyOffer *offer)
{
  return offer->path != NULL
           ? g_strdup_printf ("key %s (%s)", offer->label, offer->type_name)
           : g_strdup_printf ("the agent's key %s (%s)", offer->label, offer->type_name);
}

void
culvert_sign_in_step_key (CulvertSignIn *self)
{
  gsize       length;
  const void *blob = g_bytes_get_data (self->offer_blob, &length);
  void       *abstract = self;
  int         rc =
    libssh2_userauth_publickey (self->session->ssh, self->user, blob, length, sign_cb, &abstract);
  CulvertSignatureState signed_state = self->signature_state;

  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  if (rc == 0)
    {
      culvert_sign_in_succeed (self, describe_offer (self->offer));
      return;
    }
  if (signed_state == CULVERT_SIGNATURE_FAILED)
    {
      /* Nothing was sent, so nothing was refused: the reason is in the excuse. */
      culvert_sign_in_clear_offer (self);
      culvert_sign_in_set_state (self, CULVERT_SIGN_IN_CHOOSING);
      return;
    }
  if (!culvert_sign_in_check (self, rc, "signing in with a key"))
    return;
  /* The server wanted this key and got a good signature: a refusal now means that one factor was
   * not enough. */
  self->n_key_failures++;
  culvert_sign_in_judge_certificate (self, self->offer);
  culvert_sign_in_refused (self,
                           self->offer->path != NULL ? self->offer->label : "the agent's keys",
                           signed_state == CULVERT_SIGNATURE_READY);
  culvert_sign_in_clear_offer (self);
}
