/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/private-key.h"

#include "core/errors.h"
#include "ssh/crypto.h"
#include "ssh/curve.h"
#include "ssh/fingerprint.h"
#include "ssh/wire.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 16384

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

struct _CulvertPrivateKey
{
  EVP_PKEY   *pkey;
  const char *type_name;
  GBytes     *public_blob;
  char       *comment;
  char       *fingerprint;
};

typedef struct
{
  const char *algorithm;
  const char *type_name; /* the type of key that signs with it */
  const char *digest;    /* NULL: the algorithm has its own */
} Algorithm;

static const Algorithm algorithms[] = {
  { "ssh-ed25519", "ssh-ed25519", NULL },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "SHA256" },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "SHA384" },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "SHA512" },
  { "rsa-sha2-512", "ssh-rsa", "SHA512" },
  { "rsa-sha2-256", "ssh-rsa", "SHA256" },
  { "ssh-rsa", "ssh-rsa", "SHA1" },
};

G_DEFINE_BOXED_TYPE (CulvertPrivateKey,
                     culvert_private_key,
                     culvert_private_key_ref,
                     culvert_private_key_unref)

static void
write_number (GByteArray *array, const BIGNUM *number)
{
  gsize              n_bytes = (gsize)BN_num_bytes (number);
  g_autofree guint8 *bytes = g_malloc (n_bytes + 1);

  BN_bn2bin (number, bytes);
  culvert_wire_write_mpint (array, bytes, n_bytes);
}

static gboolean
write_rsa (GByteArray *blob, EVP_PKEY *pkey)
{
  g_autoptr (BIGNUM) modulus = NULL;
  g_autoptr (BIGNUM) exponent = NULL;

  if (!EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) ||
      !EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_RSA_E, &exponent))
    return FALSE;

  culvert_wire_write_text (blob, "ssh-rsa");
  write_number (blob, exponent);
  write_number (blob, modulus);
  return TRUE;
}

static gboolean
write_ecdsa (GByteArray *blob, EVP_PKEY *pkey, const CulvertCurve *curve)
{
  g_autoptr (BIGNUM) x = NULL;
  g_autoptr (BIGNUM) y = NULL;
  guint8             point[1 + 2 * CULVERT_CURVE_BYTES_MAX];

  /* The point is put together from its coordinates: a file may have it in compressed form. */
  point[0] = 4;
  if (!EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) ||
      !EVP_PKEY_get_bn_param (pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) ||
      BN_bn2binpad (x, point + 1, (int)curve->n_bytes) < 0 ||
      BN_bn2binpad (y, point + 1 + curve->n_bytes, (int)curve->n_bytes) < 0)
    return FALSE;

  culvert_wire_write_text (blob, curve->type_name);
  culvert_wire_write_text (blob, curve->identifier);
  culvert_wire_write_string (blob, point, 1 + 2 * curve->n_bytes);
  return TRUE;
}

static gboolean
write_ed25519 (GByteArray *blob, EVP_PKEY *pkey)
{
  guint8 point[32];
  size_t n_bytes = sizeof point;

  if (EVP_PKEY_get_raw_public_key (pkey, point, &n_bytes) != 1 || n_bytes != sizeof point)
    return FALSE;

  culvert_wire_write_text (blob, "ssh-ed25519");
  culvert_wire_write_string (blob, point, n_bytes);
  return TRUE;
}

static const CulvertCurve *
find_curve (EVP_PKEY *pkey)
{
  char   group[64] = "";
  size_t length = 0;

  if (!EVP_PKEY_get_utf8_string_param (pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                       &length))
    return NULL;

  return culvert_curve_find_by_group (group);
}

/* Returns the name of the type and fills @blob, or says why the key cannot be used. */
static const char *
describe (EVP_PKEY *pkey, GByteArray *blob, GError **error)
{
  const CulvertCurve *curve;
  int                 n_bits = EVP_PKEY_get_bits (pkey);
  const char         *type = EVP_PKEY_get0_type_name (pkey);
  const char         *type_name = NULL;
  gboolean            written = FALSE;

  switch (EVP_PKEY_get_base_id (pkey))
    {
    case EVP_PKEY_ED25519:
      type_name = "ssh-ed25519";
      written = write_ed25519 (blob, pkey);
      break;

    case EVP_PKEY_RSA:
      if (n_bits < RSA_BITS_MIN || n_bits > RSA_BITS_MAX)
        {
          g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                       "RSA keys of %d bits are not used; %d to %d bits are", n_bits, RSA_BITS_MIN,
                       RSA_BITS_MAX);
          return NULL;
        }
      type_name = "ssh-rsa";
      written = write_rsa (blob, pkey);
      break;

    case EVP_PKEY_EC:
      curve = find_curve (pkey);
      if (curve == NULL)
        {
          g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                               "SSH has no elliptic curves but P-256, P-384 and P-521");
          return NULL;
        }
      type_name = curve->type_name;
      written = write_ecdsa (blob, pkey, curve);
      break;

    default:
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "keys of type %s are not used; Ed25519, ECDSA and RSA are",
                   type != NULL ? type : "unknown");
      return NULL;
    }

  if (!written)
    {
      g_autofree char *reason = culvert_crypto_take_reason ();

      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED,
                   "the public part cannot be computed: %s", reason);
      return NULL;
    }
  return type_name;
}

/* A damaged file can hold a secret and a public part that do not belong together: every server would
 * refuse it without a word why. */
static gboolean
halves_match (EVP_PKEY *pkey)
{
  static const guint8    probe[32] = "which half do you belong to?";
  const char            *digest = EVP_PKEY_get_base_id (pkey) == EVP_PKEY_ED25519 ? NULL : "SHA256";
  g_autoptr (EVP_MD_CTX) signer = EVP_MD_CTX_new ();
  g_autoptr (EVP_MD_CTX) verifier = EVP_MD_CTX_new ();
  g_autofree guint8     *signature = NULL;
  size_t                 n_signature = 0;

  if (EVP_DigestSignInit_ex (signer, NULL, digest, NULL, NULL, pkey, NULL) != 1 ||
      EVP_DigestSign (signer, NULL, &n_signature, probe, sizeof probe) != 1)
    return FALSE;

  signature = g_malloc0 (n_signature);
  return EVP_DigestSign (signer, signature, &n_signature, probe, sizeof probe) == 1 &&
         EVP_DigestVerifyInit_ex (verifier, NULL, digest, NULL, NULL, pkey, NULL) == 1 &&
         EVP_DigestVerify (verifier, signature, n_signature, probe, sizeof probe) == 1;
}

CulvertPrivateKey *
culvert_private_key_new_take (EVP_PKEY *pkey, const char *comment, GError **error)
{
  g_autoptr (EVP_PKEY)   owned = pkey;
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  const char            *type_name = describe (pkey, blob, error);
  CulvertPrivateKey     *self;

  if (type_name == NULL)
    return NULL;

  if (!halves_match (pkey))
    {
      ERR_clear_error ();
      g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED,
                           "the secret and the public part do not belong together");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (CulvertPrivateKey);
  self->pkey = g_steal_pointer (&owned);
  self->type_name = type_name;
  self->public_blob = g_byte_array_free_to_bytes (g_steal_pointer (&blob));
  self->comment = g_strdup (comment != NULL ? comment : "");
  self->fingerprint = culvert_fingerprint_sha256 (self->public_blob);
  return self;
}

CulvertPrivateKey *
culvert_private_key_ref (CulvertPrivateKey *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  CulvertPrivateKey *self = data;

  EVP_PKEY_free (self->pkey);
  g_bytes_unref (self->public_blob);
  g_free (self->comment);
  g_free (self->fingerprint);
}

void
culvert_private_key_unref (CulvertPrivateKey *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

const char *
culvert_private_key_get_type_name (const CulvertPrivateKey *self)
{
  return self->type_name;
}

GBytes *
culvert_private_key_get_public_blob (const CulvertPrivateKey *self)
{
  return self->public_blob;
}

const char *
culvert_private_key_get_comment (const CulvertPrivateKey *self)
{
  return self->comment;
}

const char *
culvert_private_key_get_fingerprint (const CulvertPrivateKey *self)
{
  return self->fingerprint;
}

static const Algorithm *
find_algorithm (const CulvertPrivateKey *self, const char *name)
{
  g_autofree char *plain = culvert_public_key_dup_plain_algorithm (name);

  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (plain, algorithms[i].algorithm) == 0)
      return strcmp (self->type_name, algorithms[i].type_name) == 0 ? &algorithms[i] : NULL;

  return NULL;
}

/* OpenSSL gives ECDSA signatures in DER; SSH wants the two numbers in its own way. */
static GBytes *
encode_ecdsa (const guint8 *der, gsize n_der)
{
  const unsigned char  *next = der;
  g_autoptr (ECDSA_SIG) pair = d2i_ECDSA_SIG (NULL, &next, (long)n_der);
  GByteArray           *encoded;

  if (pair == NULL)
    return NULL;

  encoded = g_byte_array_new ();
  write_number (encoded, ECDSA_SIG_get0_r (pair));
  write_number (encoded, ECDSA_SIG_get0_s (pair));
  return g_byte_array_free_to_bytes (encoded);
}

static GBytes *
sign (EVP_PKEY *pkey, const char *digest, const void *data, gsize n_bytes)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  g_autofree guint8     *signature = NULL;
  size_t                 n_signature = 0;

  if (EVP_DigestSignInit_ex (context, NULL, digest, NULL, NULL, pkey, NULL) != 1 ||
      EVP_DigestSign (context, NULL, &n_signature, data, n_bytes) != 1)
    return NULL;

  signature = g_malloc0 (n_signature);
  if (EVP_DigestSign (context, signature, &n_signature, data, n_bytes) != 1)
    return NULL;

  if (EVP_PKEY_get_base_id (pkey) == EVP_PKEY_EC)
    return encode_ecdsa (signature, n_signature);

  return g_bytes_new_take (g_steal_pointer (&signature), n_signature);
}

GBytes *
culvert_private_key_sign (const CulvertPrivateKey *self,
                          const char              *algorithm,
                          const void              *data,
                          gsize                    n_bytes,
                          GError                 **error)
{
  const Algorithm *found = find_algorithm (self, algorithm);
  GBytes          *signature;

  if (found == NULL)
    {
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "%s: a key of type %s cannot sign with “%s”", self->fingerprint, self->type_name,
                   algorithm);
      return NULL;
    }

  signature = sign (self->pkey, found->digest, data, n_bytes);
  if (signature == NULL)
    {
      g_autofree char *reason = culvert_crypto_take_reason ();

      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "%s: signing with “%s” failed: %s", self->fingerprint, algorithm, reason);
    }
  return signature;
}
