/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Whether a certificate was signed by the key that it names as its authority's.
 *
 * Spec: RFC 8332 section 3, RFC 5656 section 3.1.2, RFC 8709 section 6, OpenSSH PROTOCOL.u2f. */

#include "ssh/certificate.h"
#include "ssh/curve.h"
#include "ssh/public-key.h"
#include "ssh/wire.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 16384

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)

typedef enum
{
  KIND_RSA,
  KIND_ECDSA,
  KIND_ED25519,
} Kind;

typedef struct
{
  const char *name;      /* of the signature */
  const char *type_name; /* of the key */
  Kind        kind;
  const char *digest; /* NULL: it has its own */
  const char *curve;  /* its type's name, for ECDSA */
  gboolean is_token;  /* made by a FIDO token, which signs a statement of its own about the data */
} Algorithm;

static const Algorithm algorithms[] = {
  { "ssh-ed25519", "ssh-ed25519", KIND_ED25519, NULL, NULL, FALSE },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", KIND_ECDSA, "SHA256", "ecdsa-sha2-nistp256",
    FALSE },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", KIND_ECDSA, "SHA384", "ecdsa-sha2-nistp384",
    FALSE },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", KIND_ECDSA, "SHA512", "ecdsa-sha2-nistp521",
    FALSE },
  { "rsa-sha2-512", "ssh-rsa", KIND_RSA, "SHA512", NULL, FALSE },
  { "rsa-sha2-256", "ssh-rsa", KIND_RSA, "SHA256", NULL, FALSE },
  { "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", KIND_ED25519, NULL, NULL, TRUE },
  { "sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", KIND_ECDSA,
    "SHA256", "ecdsa-sha2-nistp256", TRUE },
};

static const Algorithm *
find_algorithm (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (name, algorithms[i].name) == 0)
      return &algorithms[i];

  return NULL;
}

static EVP_PKEY *
make_key (const char *type, OSSL_PARAM_BLD *builder)
{
  g_autoptr (OSSL_PARAM)   params = OSSL_PARAM_BLD_to_param (builder);
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, type, NULL);
  EVP_PKEY                *pkey = NULL;

  if (params == NULL || context == NULL || EVP_PKEY_fromdata_init (context) != 1 ||
      EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    return NULL;
  return pkey;
}

static EVP_PKEY *
read_rsa (CulvertWireReader *reader)
{
  const guint8              *e_bytes;
  const guint8              *n_bytes;
  gsize                      e_length;
  gsize                      n_length;
  g_autoptr (BIGNUM)         e = NULL;
  g_autoptr (BIGNUM)         n = NULL;
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();

  culvert_wire_read_mpint (reader, &e_bytes, &e_length);
  culvert_wire_read_mpint (reader, &n_bytes, &n_length);
  if (reader->failed)
    return NULL;

  e = BN_bin2bn (e_bytes, (int)e_length, NULL);
  n = BN_bin2bn (n_bytes, (int)n_length, NULL);
  if (BN_num_bits (n) < RSA_BITS_MIN || BN_num_bits (n) > RSA_BITS_MAX || !BN_is_odd (n) ||
      OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
      OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
    return NULL;
  return make_key ("RSA", builder);
}

/* OpenSSL checks that the point is on the curve. */
static EVP_PKEY *
read_ecdsa (CulvertWireReader *reader, const CulvertCurve *curve)
{
  const guint8              *point;
  gsize                      n_point;
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();

  culvert_wire_read_expected (reader, curve->identifier);
  culvert_wire_read_string (reader, &point, &n_point);
  /* Only the uncompressed form is in use. */
  if (reader->failed || n_point != 1 + 2 * curve->n_bytes || point[0] != 4 ||
      OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point, n_point) != 1)
    return NULL;
  return make_key ("EC", builder);
}

static EVP_PKEY *
read_ed25519 (CulvertWireReader *reader)
{
  const guint8 *point;
  gsize         n_point;

  if (!culvert_wire_read_string (reader, &point, &n_point) || n_point != 32)
    return NULL;
  return EVP_PKEY_new_raw_public_key (EVP_PKEY_ED25519, NULL, point, n_point);
}

/* @application: (out): for which a token made the key; left alone for other keys */
static EVP_PKEY *
read_authority (const Algorithm *algorithm, GBytes *blob, GBytes **application)
{
  CulvertWireReader    reader;
  g_autoptr (EVP_PKEY) pkey = NULL;

  culvert_wire_reader_init_from_bytes (&reader, blob);
  if (!culvert_wire_read_expected (&reader, algorithm->type_name))
    return NULL;
  switch (algorithm->kind)
    {
    case KIND_RSA:
      pkey = read_rsa (&reader);
      break;
    case KIND_ECDSA:
      pkey = read_ecdsa (&reader, culvert_curve_find_by_type (algorithm->curve));
      break;
    case KIND_ED25519:
    default:
      pkey = read_ed25519 (&reader);
      break;
    }
  if (algorithm->is_token)
    *application = culvert_wire_read_bytes (&reader);
  return culvert_wire_reader_is_done (&reader) ? g_steal_pointer (&pkey) : NULL;
}

/* SSH has the two numbers in its own way, OpenSSL wants DER. */
static GBytes *
encode_ecdsa (const guint8 *bytes, gsize n_bytes)
{
  CulvertWireReader     reader;
  const guint8         *r;
  const guint8         *s;
  gsize                 n_r;
  gsize                 n_s;
  g_autoptr (ECDSA_SIG) pair = ECDSA_SIG_new ();
  unsigned char        *der = NULL;
  int                   n_der;
  GBytes               *encoded;

  culvert_wire_reader_init (&reader, bytes, n_bytes);
  culvert_wire_read_mpint (&reader, &r, &n_r);
  culvert_wire_read_mpint (&reader, &s, &n_s);
  if (!culvert_wire_reader_is_done (&reader) || n_r > CULVERT_CURVE_BYTES_MAX ||
      n_s > CULVERT_CURVE_BYTES_MAX)
    return NULL;

  ECDSA_SIG_set0 (pair, BN_bin2bn (r, (int)n_r, NULL), BN_bin2bn (s, (int)n_s, NULL));
  n_der = i2d_ECDSA_SIG (pair, &der);
  encoded = n_der > 0 ? g_bytes_new (der, (gsize)n_der) : NULL;
  OPENSSL_free (der);
  return encoded;
}

/* An RSA signature may have lost its leading zeros. */
static GBytes *
pad_rsa (EVP_PKEY *pkey, const guint8 *bytes, gsize n_bytes)
{
  gsize   size = (gsize)EVP_PKEY_get_size (pkey);
  guint8 *padded;

  if (n_bytes > size)
    return NULL;
  padded = g_malloc0 (size);
  memcpy (padded + size - n_bytes, bytes, n_bytes);
  return g_bytes_new_take (padded, size);
}

static GBytes *
encode (const Algorithm *algorithm, EVP_PKEY *pkey, const guint8 *bytes, gsize n_bytes)
{
  switch (algorithm->kind)
    {
    case KIND_RSA:
      return pad_rsa (pkey, bytes, n_bytes);
    case KIND_ECDSA:
      return encode_ecdsa (bytes, n_bytes);
    case KIND_ED25519:
    default:
      return g_bytes_new (bytes, n_bytes);
    }
}

static void
append_sha256 (GByteArray *array, GBytes *bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8                digest[32];
  gsize                 n_digest = sizeof digest;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_checksum_get_digest (checksum, digest, &n_digest);
  g_byte_array_append (array, digest, sizeof digest);
}

/* What a token signs: where it thinks it is, how it was asked, how often it signed, and the data. */
static GBytes *
dup_token_statement (CulvertWireReader *signature, GBytes *application, GBytes *data)
{
  g_autoptr (GByteArray) statement = g_byte_array_new ();
  guint8                 flags;
  guint32                counter;

  culvert_wire_read_byte (signature, &flags);
  culvert_wire_read_u32 (signature, &counter);
  append_sha256 (statement, application);
  culvert_wire_write_byte (statement, flags);
  culvert_wire_write_u32 (statement, counter);
  append_sha256 (statement, data);
  return g_byte_array_free_to_bytes (g_steal_pointer (&statement));
}

static gboolean
verify (const Algorithm *algorithm, EVP_PKEY *pkey, GBytes *encoded, GBytes *data)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();

  return EVP_DigestVerifyInit_ex (context, NULL, algorithm->digest, NULL, NULL, pkey, NULL) == 1 &&
         EVP_DigestVerify (context, g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded),
                           g_bytes_get_data (data, NULL), g_bytes_get_size (data)) == 1;
}

static gboolean
is_signed_by_authority (const CulvertCertificate *self, const Algorithm *algorithm)
{
  g_autoptr (GBytes)   application = NULL;
  g_autoptr (EVP_PKEY) pkey = read_authority (algorithm, self->authority_blob, &application);
  g_autoptr (GBytes)   data = g_bytes_ref (self->signed_bytes);
  g_autoptr (GBytes)   encoded = NULL;
  CulvertWireReader    reader;
  const guint8        *bytes;
  gsize                n_bytes;

  culvert_wire_reader_init_from_bytes (&reader, self->signature);
  culvert_wire_read_expected (&reader, algorithm->name);
  culvert_wire_read_string (&reader, &bytes, &n_bytes);
  if (pkey == NULL || reader.failed)
    return FALSE;

  if (algorithm->is_token)
    {
      GBytes *statement = dup_token_statement (&reader, application, data);

      g_bytes_unref (data);
      data = statement;
    }
  encoded = encode (algorithm, pkey, bytes, n_bytes);
  return culvert_wire_reader_is_done (&reader) && encoded != NULL &&
         verify (algorithm, pkey, encoded, data);
}

CulvertCertificateState
culvert_certificate_verify (const CulvertCertificate *self)
{
  const Algorithm *algorithm = find_algorithm (self->signature_algorithm);
  gboolean         is_good;

  if (algorithm == NULL)
    return CULVERT_CERTIFICATE_WEAK_SIGNATURE;

  is_good = is_signed_by_authority (self, algorithm);
  ERR_clear_error ();
  return is_good ? CULVERT_CERTIFICATE_VALID : CULVERT_CERTIFICATE_BAD_SIGNATURE;
}
