/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-format.h"

#include "core/errors.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

/* About ten seconds of work; OpenSSL itself writes 2048. */
#define ITERATIONS_MAX 10000000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PBE2PARAM, PBE2PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PBKDF2PARAM, PBKDF2PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_SIG, X509_SIG_free)

static gboolean
is_encrypted (const char *text, gsize n_bytes)
{
  static const char pkcs8[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
  const char       *end = g_strstr_len (text, (gssize)n_bytes, "-----END ");
  gsize             n_block = end != NULL ? (gsize)(end - text) : n_bytes;

  return g_strstr_len (text, (gssize)n_block, pkcs8) == text ||
         g_strstr_len (text, (gssize)n_block, "Proc-Type: 4,ENCRYPTED") != NULL;
}

/* How often PKCS #8 wants the passphrase hashed; 0 when it uses something else. */
static gint64
count_iterations (const X509_SIG *wrapped)
{
  const X509_ALGOR  *scheme;
  const ASN1_OBJECT *object;
  int                type;
  const void        *value;
  gint64             n_iterations = 0;

  X509_SIG_get0 (wrapped, &scheme, NULL);
  X509_ALGOR_get0 (&object, &type, &value, scheme);
  if (OBJ_obj2nid (object) != NID_pbes2 || type != V_ASN1_SEQUENCE)
    return 0;

  g_autoptr (PBE2PARAM) scheme2 = ASN1_item_unpack (value, ASN1_ITEM_rptr (PBE2PARAM));

  if (scheme2 == NULL)
    return 0;

  X509_ALGOR_get0 (&object, &type, &value, scheme2->keyfunc);
  if (OBJ_obj2nid (object) != NID_id_pbkdf2 || type != V_ASN1_SEQUENCE)
    return 0;

  g_autoptr (PBKDF2PARAM) derivation = ASN1_item_unpack (value, ASN1_ITEM_rptr (PBKDF2PARAM));

  if (derivation == NULL || !ASN1_INTEGER_get_int64 (&n_iterations, derivation->iter))
    return G_MAXINT64;
  return n_iterations;
}

static gboolean
check_iterations (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (BIO)      bio = BIO_new_mem_buf (text, (int)n_bytes);
  g_autoptr (X509_SIG) wrapped = PEM_read_bio_PKCS8 (bio, NULL, NULL, NULL);

  ERR_clear_error ();
  if (wrapped != NULL && count_iterations (wrapped) > ITERATIONS_MAX)
    {
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "its passphrase takes more than %d iterations of PBKDF2", ITERATIONS_MAX);
      return FALSE;
    }
  return TRUE;
}

static int
passphrase_cb (char *buffer, int size, int is_for_writing, void *user_data)
{
  CulvertSecret *passphrase = user_data;
  gsize          length = passphrase != NULL ? culvert_secret_get_length (passphrase) : 0;

  if (passphrase == NULL || length > (gsize)size)
    return -1;

  memcpy (buffer, culvert_secret_peek (passphrase), length);
  return (int)length;
}

/* Looks through all of OpenSSL's queue: the error that says it best is rarely the first or the last. */
static gboolean
is_unsupported_cipher (void)
{
  gboolean      found = FALSE;
  unsigned long code;

  while ((code = ERR_get_error ()) != 0)
    {
      int library = ERR_GET_LIB (code);
      int reason = ERR_GET_REASON (code);

      if ((library == ERR_LIB_EVP &&
           (reason == ERR_R_UNSUPPORTED || reason == EVP_R_UNSUPPORTED_ALGORITHM ||
            reason == EVP_R_UNKNOWN_PBE_ALGORITHM || reason == EVP_R_UNSUPPORTED_CIPHER ||
            reason == EVP_R_UNSUPPORTED_PRF)) ||
          (library == ERR_LIB_PEM && reason == PEM_R_UNSUPPORTED_ENCRYPTION))
        found = TRUE;
    }
  return found;
}

static void
explain_failure (gboolean encrypted, GError **error)
{
  if (is_unsupported_cipher ())
    g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                         "encrypted in a way that OpenSSL does not offer here; change it with "
                         "ssh-keygen -p");
  else if (encrypted)
    g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG,
                         "the passphrase is wrong");
  else
    g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED,
                         "the PEM block is not a whole private key");
}

CulvertPrivateKey *
culvert_key_pem_parse (const char *text, gsize n_bytes, CulvertSecret *passphrase, GError **error)
{
  gboolean  encrypted = is_encrypted (text, n_bytes);
  EVP_PKEY *pkey;

  if (encrypted && passphrase == NULL)
    {
      g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED,
                           "the key needs its passphrase");
      return NULL;
    }
  if (encrypted && !check_iterations (text, n_bytes, error))
    return NULL;

  g_autoptr (BIO) bio = BIO_new_mem_buf (text, (int)n_bytes);

  pkey = PEM_read_bio_PrivateKey_ex (bio, NULL, passphrase_cb, passphrase, NULL, NULL);
  if (pkey == NULL)
    {
      explain_failure (encrypted, error);
      return NULL;
    }
  ERR_clear_error ();
  return culvert_private_key_new_take (pkey, NULL, error);
}

CulvertKeyFileInfo *
culvert_key_pem_peek (const char *text, gsize n_bytes, GError **error)
{
  CulvertKeyFileInfo *info;

  if (!is_encrypted (text, n_bytes))
    {
      g_autoptr (CulvertPrivateKey) key = culvert_key_pem_parse (text, n_bytes, NULL, error);

      return key != NULL ? culvert_key_file_info_new_from_key (key) : NULL;
    }

  info = g_new0 (CulvertKeyFileInfo, 1);
  info->is_encrypted = TRUE;
  return info;
}
