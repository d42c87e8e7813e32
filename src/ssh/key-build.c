/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-build.h"

#include "ssh/crypto.h"
#include "ssh/curve.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define ED25519_SIZE 32

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BN_CTX, BN_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)

static EVP_PKEY *
build (const char *algorithm, OSSL_PARAM_BLD *builder)
{
  g_autoptr (OSSL_PARAM)   params = OSSL_PARAM_BLD_to_param (builder);
  g_autoptr (EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name (NULL, algorithm, NULL);
  EVP_PKEY                *pkey = NULL;

  if (params == NULL || context == NULL || EVP_PKEY_fromdata_init (context) != 1 ||
      EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
    return NULL;

  return pkey;
}

/* Numbers are secret until proved otherwise: OSSL_PARAM_BLD keeps such ones in the secure heap. */
static BIGNUM *
read_number (CulvertWireReader *reader)
{
  const guint8      *bytes;
  gsize              n_bytes;
  g_autoptr (BIGNUM) number = BN_secure_new ();

  if (!culvert_wire_read_mpint (reader, &bytes, &n_bytes) || number == NULL ||
      BN_bin2bn (bytes, (int)n_bytes, number) == NULL)
    return NULL;

  BN_set_flags (number, BN_FLG_CONSTTIME);
  return g_steal_pointer (&number);
}

/* By way of PKCS #8, since OpenSSL takes only that into its secure heap. */
static EVP_PKEY *
build_ed25519 (const guint8 seed[ED25519_SIZE])
{
  /* RFC 8410 section 7: version 0, algorithm 1.3.101.112, and the seed as a string in a string. */
  static const guint8        header[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                          0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };
  g_autoptr (CulvertScratch) der = culvert_scratch_new (sizeof header + ED25519_SIZE);
  const unsigned char       *next = der->bytes;

  memcpy (der->bytes, header, sizeof header);
  memcpy (der->bytes + sizeof header, seed, ED25519_SIZE);
  return d2i_PrivateKey_ex (EVP_PKEY_ED25519, NULL, &next, (long)der->n_bytes, NULL, NULL);
}

static EVP_PKEY *
read_ed25519 (CulvertWireReader *reader)
{
  const guint8 *public_bytes;
  gsize         n_public;
  const guint8 *secret;
  gsize         n_secret;

  culvert_wire_read_string (reader, &public_bytes, &n_public);
  culvert_wire_read_string (reader, &secret, &n_secret);

  /* The secret field is the seed and, once more, the public key. */
  if (reader->failed || n_public != ED25519_SIZE || n_secret != 2 * ED25519_SIZE ||
      memcmp (public_bytes, secret + ED25519_SIZE, ED25519_SIZE) != 0)
    return NULL;

  return build_ed25519 (secret);
}

static EVP_PKEY *
read_ecdsa (CulvertWireReader *reader, const CulvertCurve *curve)
{
  const guint8 *point;
  gsize         n_point;

  culvert_wire_read_expected (reader, curve->identifier);
  culvert_wire_read_string (reader, &point, &n_point);

  g_autoptr (BIGNUM)         secret = read_number (reader);
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();

  if (secret == NULL || BN_is_zero (secret) || builder == NULL ||
      !OSSL_PARAM_BLD_push_utf8_string (builder, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) ||
      !OSSL_PARAM_BLD_push_octet_string (builder, OSSL_PKEY_PARAM_PUB_KEY, point, n_point) ||
      !OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, secret))
    return NULL;

  return build ("EC", builder);
}

/* exponent mod (prime - 1), which the file leaves out. */
static BIGNUM *
reduce (const BIGNUM *exponent, const BIGNUM *prime)
{
  g_autoptr (BN_CTX) context = BN_CTX_secure_new ();
  g_autoptr (BIGNUM) order = BN_secure_new ();
  g_autoptr (BIGNUM) reduced = BN_secure_new ();

  if (context == NULL || order == NULL || reduced == NULL || BN_copy (order, prime) == NULL ||
      !BN_sub_word (order, 1) || BN_is_zero (order) || BN_is_negative (order))
    return NULL;

  BN_set_flags (order, BN_FLG_CONSTTIME);
  return BN_mod (reduced, exponent, order, context) ? g_steal_pointer (&reduced) : NULL;
}

/* Enough of DER (X.690 sections 8.1 and 8.3) to write PKCS #1. */

static gsize
get_header_size (gsize n_content)
{
  return n_content < 0x80 ? 2 : n_content < 0x100 ? 3 : 4;
}

static guint8 *
write_header (guint8 *der, guint8 tag, gsize n_content)
{
  gsize n_header = get_header_size (n_content);

  der[0] = tag;
  der[1] = n_header == 2 ? (guint8)n_content : (guint8)(0x80 + n_header - 2);
  if (n_header == 4)
    der[2] = (guint8)(n_content >> 8);
  if (n_header > 2)
    der[n_header - 1] = (guint8)n_content;
  return der + n_header;
}

/* A byte more than the number has where its highest bit would make it negative. */
static gsize
get_integer_size (const BIGNUM *number)
{
  return (gsize)BN_num_bits (number) / 8 + 1;
}

static guint8 *
write_integer (guint8 *der, const BIGNUM *number)
{
  gsize n_content = get_integer_size (number);

  der = write_header (der, 0x02, n_content);
  BN_bn2binpad (number, der, (int)n_content);
  return der + n_content;
}

/* By way of PKCS #1, since OpenSSL takes only that into its secure heap.  @numbers: as RFC 8017 section
 * A.1.2 orders them, the version first. */
static EVP_PKEY *
build_rsa (const BIGNUM *const numbers[9])
{
  g_autoptr (CulvertScratch) der = NULL;
  const unsigned char       *start;
  gsize                      n_content = 0;
  guint8                    *next;

  for (guint i = 0; i < 9; i++)
    n_content += get_header_size (get_integer_size (numbers[i])) + get_integer_size (numbers[i]);

  der = culvert_scratch_new (get_header_size (n_content) + n_content);
  next = write_header (der->bytes, 0x30, n_content);
  for (guint i = 0; i < 9; i++)
    next = write_integer (next, numbers[i]);

  start = der->bytes;
  return d2i_PrivateKey_ex (EVP_PKEY_RSA, NULL, &start, (long)der->n_bytes, NULL, NULL);
}

static EVP_PKEY *
read_rsa (CulvertWireReader *reader)
{
  g_autoptr (BIGNUM) modulus = read_number (reader);
  g_autoptr (BIGNUM) public_exponent = read_number (reader);
  g_autoptr (BIGNUM) exponent = read_number (reader);
  g_autoptr (BIGNUM) coefficient = read_number (reader);
  g_autoptr (BIGNUM) p = read_number (reader);
  g_autoptr (BIGNUM) q = read_number (reader);
  g_autoptr (BIGNUM) version = BN_new ();

  if (reader->failed || modulus == NULL || public_exponent == NULL || exponent == NULL ||
      coefficient == NULL || p == NULL || q == NULL || version == NULL)
    return NULL;

  g_autoptr (BIGNUM) exponent_p = reduce (exponent, p);
  g_autoptr (BIGNUM) exponent_q = reduce (exponent, q);

  if (exponent_p == NULL || exponent_q == NULL)
    return NULL;

  return build_rsa ((const BIGNUM *const[]){ version, modulus, public_exponent, exponent, p, q,
                                             exponent_p, exponent_q, coefficient });
}

gboolean
culvert_key_build_knows (const char *type_name)
{
  return strcmp (type_name, "ssh-ed25519") == 0 || strcmp (type_name, "ssh-rsa") == 0 ||
         culvert_curve_find_by_type (type_name) != NULL;
}

EVP_PKEY *
culvert_key_build_read (const char *type_name, CulvertWireReader *reader)
{
  const CulvertCurve *curve = culvert_curve_find_by_type (type_name);
  EVP_PKEY           *pkey = NULL;

  if (curve != NULL)
    pkey = read_ecdsa (reader, curve);
  else if (strcmp (type_name, "ssh-ed25519") == 0)
    pkey = read_ed25519 (reader);
  else if (strcmp (type_name, "ssh-rsa") == 0)
    pkey = read_rsa (reader);

  ERR_clear_error ();
  return pkey;
}

void
culvert_key_build_free (EVP_PKEY *pkey)
{
  EVP_PKEY_free (pkey);
}
