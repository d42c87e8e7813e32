/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-cipher.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define CHACHA_KEY_SIZE 32
#define CHACHA_IV_SIZE  16
#define POLY_TAG_SIZE   16

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER, EVP_CIPHER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MAC, EVP_MAC_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MAC_CTX, EVP_MAC_CTX_free)

static const CulvertKeyCipher ciphers[] = {
  { "none", NULL, 0, 0, 8, 0 },
  { "aes128-ctr", "AES-128-CTR", 16, 16, 16, 0 },
  { "aes192-ctr", "AES-192-CTR", 24, 16, 16, 0 },
  { "aes256-ctr", "AES-256-CTR", 32, 16, 16, 0 },
  { "aes128-cbc", "AES-128-CBC", 16, 16, 16, 0 },
  { "aes192-cbc", "AES-192-CBC", 24, 16, 16, 0 },
  { "aes256-cbc", "AES-256-CBC", 32, 16, 16, 0 },
  { "3des-cbc", "DES-EDE3-CBC", 24, 8, 8, 0 },
  { "aes128-gcm@openssh.com", "AES-128-GCM", 16, 12, 16, 16 },
  { "aes256-gcm@openssh.com", "AES-256-GCM", 32, 12, 16, 16 },
  { "chacha20-poly1305@openssh.com", "ChaCha20", 64, 0, 8, POLY_TAG_SIZE },
};

const CulvertKeyCipher *
culvert_key_cipher_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ciphers); i++)
    if (strcmp (name, ciphers[i].name) == 0)
      return &ciphers[i];

  return NULL;
}

/* One pass over @text.  FALSE: the cipher does not exist here, or the tag does not fit. */
static gboolean
run (EVP_CIPHER_CTX *context, const guint8 *text, gsize n_text, guint8 *plain)
{
  int n_plain = 0;
  int n_last = 0;

  return EVP_DecryptUpdate (context, plain, &n_plain, text, (int)n_text) == 1 &&
         EVP_DecryptFinal_ex (context, plain + n_plain, &n_last) == 1 &&
         (gsize)n_plain + (gsize)n_last == n_text;
}

static CulvertKeyCipherStatus
decrypt_evp (const CulvertKeyCipher *self,
             const guint8           *key,
             const guint8           *text,
             gsize                   n_text,
             const guint8           *tag,
             guint8                 *plain)
{
  g_autoptr (EVP_CIPHER)     cipher = EVP_CIPHER_fetch (NULL, self->algorithm, NULL);
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  guint8                     expected[CULVERT_KEY_CIPHER_TAG_MAX];
  OSSL_PARAM                 params[] = {
                    OSSL_PARAM_construct_octet_string (OSSL_CIPHER_PARAM_AEAD_TAG, expected, self->n_tag),
                    OSSL_PARAM_construct_end (),
  };

  if (cipher == NULL || context == NULL ||
      EVP_DecryptInit_ex2 (context, cipher, key, key + self->n_key, NULL) != 1 ||
      EVP_CIPHER_CTX_set_padding (context, 0) != 1)
    return CULVERT_KEY_CIPHER_UNAVAILABLE;

  if (self->n_tag > 0)
    {
      memcpy (expected, tag, self->n_tag);
      if (EVP_CIPHER_CTX_set_params (context, params) != 1)
        return CULVERT_KEY_CIPHER_UNAVAILABLE;
    }
  return run (context, text, n_text, plain) ? CULVERT_KEY_CIPHER_OK : CULVERT_KEY_CIPHER_WRONG;
}

/* The stream of ChaCha20 for packet number 0, from its block @counter on, laid over @text. */
static gboolean
run_chacha (const guint8 *key, guint8 counter, const guint8 *text, gsize n_text, guint8 *plain)
{
  g_autoptr (EVP_CIPHER)     cipher = EVP_CIPHER_fetch (NULL, "ChaCha20", NULL);
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  const guint8               iv[CHACHA_IV_SIZE] = { counter };

  return cipher != NULL && context != NULL &&
         EVP_DecryptInit_ex2 (context, cipher, key, iv, NULL) == 1 &&
         run (context, text, n_text, plain);
}

static gboolean
compute_poly1305 (const guint8 *key, const guint8 *text, gsize n_text, guint8 tag[POLY_TAG_SIZE])
{
  g_autoptr (EVP_MAC)     mac = EVP_MAC_fetch (NULL, "POLY1305", NULL);
  g_autoptr (EVP_MAC_CTX) context = mac != NULL ? EVP_MAC_CTX_new (mac) : NULL;
  size_t                  n_tag = 0;

  return context != NULL && EVP_MAC_init (context, key, CHACHA_KEY_SIZE, NULL) == 1 &&
         EVP_MAC_update (context, text, n_text) == 1 &&
         EVP_MAC_final (context, tag, &n_tag, POLY_TAG_SIZE) == 1;
}

/* OpenSSH's own construction (PROTOCOL.chacha20poly1305), not that of RFC 8439.  The second half of the key
 * would encrypt packet lengths, which a file has not. */
static CulvertKeyCipherStatus
decrypt_chacha (const guint8 *key,
                const guint8 *text,
                gsize         n_text,
                const guint8 *tag,
                guint8       *plain)
{
  static const guint8 zeros[CHACHA_KEY_SIZE];
  guint8              poly_key[CHACHA_KEY_SIZE];
  guint8              expected[POLY_TAG_SIZE];
  gboolean            is_available;
  gboolean            is_right;

  is_available = run_chacha (key, 0, zeros, sizeof zeros, poly_key) &&
                 compute_poly1305 (poly_key, text, n_text, expected);
  OPENSSL_cleanse (poly_key, sizeof poly_key);
  if (!is_available)
    return CULVERT_KEY_CIPHER_UNAVAILABLE;

  is_right =
    CRYPTO_memcmp (expected, tag, POLY_TAG_SIZE) == 0 && run_chacha (key, 1, text, n_text, plain);
  return is_right ? CULVERT_KEY_CIPHER_OK : CULVERT_KEY_CIPHER_WRONG;
}

CulvertKeyCipherStatus
culvert_key_cipher_decrypt (const CulvertKeyCipher *self,
                            const guint8           *key,
                            const guint8           *text,
                            gsize                   n_text,
                            const guint8           *tag,
                            guint8                 *plain)
{
  CulvertKeyCipherStatus status;

  if (self->algorithm == NULL)
    {
      memcpy (plain, text, n_text);
      return CULVERT_KEY_CIPHER_OK;
    }

  if (self->n_iv == 0)
    status = decrypt_chacha (key, text, n_text, tag, plain);
  else
    status = decrypt_evp (self, key, text, n_text, tag, plain);
  ERR_clear_error ();
  return status;
}
