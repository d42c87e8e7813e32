/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/bcrypt-pbkdf.h"

#include "ssh/blowfish.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define SHA512_SIZE 64
#define HASH_WORDS  8
#define HASH_SIZE   (HASH_WORDS * 4)
#define COST        64

/* Everything secret in one place, so that one wipe reaches it all. */
typedef struct
{
  CulvertBlowfish cipher;
  guint8          passphrase[SHA512_SIZE];
  guint8          salt[SHA512_SIZE];
  guint32         words[HASH_WORDS];
  guint8          round[HASH_SIZE]; /* what the last round gave */
  guint8          sum[HASH_SIZE];   /* all rounds of this block */
} Work;

static void
sha512 (const void *bytes, gsize n_bytes, guint8 digest[SHA512_SIZE])
{
  EVP_Digest (bytes, n_bytes, digest, NULL, EVP_sha512 (), NULL);
}

/* bcrypt of work->passphrase and work->salt into work->round. */
static void
hash_round (Work *work)
{
  static const char magic[HASH_SIZE + 1] = "OxychromaticBlowfishSwatDynamite";

  work->cipher = culvert_blowfish_start;
  culvert_blowfish_expand_salted (&work->cipher, work->passphrase, SHA512_SIZE, work->salt,
                                  SHA512_SIZE);
  for (guint i = 0; i < COST; i++)
    {
      culvert_blowfish_expand (&work->cipher, work->salt, SHA512_SIZE);
      culvert_blowfish_expand (&work->cipher, work->passphrase, SHA512_SIZE);
    }

  memcpy (work->words, magic, HASH_SIZE);
  for (guint i = 0; i < HASH_WORDS; i++)
    work->words[i] = GUINT32_FROM_BE (work->words[i]);
  for (guint i = 0; i < COST; i++)
    culvert_blowfish_encrypt (&work->cipher, work->words, HASH_WORDS / 2);
  for (guint i = 0; i < HASH_WORDS; i++)
    work->words[i] = GUINT32_TO_LE (work->words[i]);
  memcpy (work->round, work->words, HASH_SIZE);
}

/* One block of 32 bytes, all its rounds, into work->sum. */
static gboolean
hash_block (Work         *work,
            const guint8 *salt,
            gsize         n_salt,
            guint32       block,
            guint         n_rounds,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree guint8 *numbered = g_malloc (n_salt + sizeof block);
  guint32            block_be = GUINT32_TO_BE (block);

  memcpy (numbered, salt, n_salt);
  memcpy (numbered + n_salt, &block_be, sizeof block_be);
  sha512 (numbered, n_salt + sizeof block_be, work->salt);
  memset (work->sum, 0, HASH_SIZE);

  for (guint i = 0; i < n_rounds; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (i > 0)
        sha512 (work->round, HASH_SIZE, work->salt);
      hash_round (work);
      for (guint j = 0; j < HASH_SIZE; j++)
        work->sum[j] ^= work->round[j];
    }
  return TRUE;
}

gboolean
culvert_bcrypt_pbkdf (const void   *passphrase,
                      gsize         n_passphrase,
                      const guint8 *salt,
                      gsize         n_salt,
                      guint         n_rounds,
                      guint8       *key,
                      gsize         n_key,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_return_val_if_fail (n_passphrase > 0 && n_salt > 0 && n_rounds > 0, FALSE);
  g_return_val_if_fail (n_key > 0 && n_key <= CULVERT_BCRYPT_PBKDF_KEY_MAX, FALSE);

  Work    *work = OPENSSL_zalloc (sizeof *work);
  gsize    n_blocks = (n_key + HASH_SIZE - 1) / HASH_SIZE;
  gsize    n_each = (n_key + n_blocks - 1) / n_blocks;
  gboolean ok = TRUE;

  g_assert (work != NULL);
  sha512 (passphrase, n_passphrase, work->passphrase);
  for (gsize block = 0; ok && block < n_blocks; block++)
    {
      ok = hash_block (work, salt, n_salt, (guint32)block + 1, n_rounds, cancellable, error);
      /* The bytes of one block are spread over the whole key, so that no part of it comes cheaper. */
      for (gsize i = 0; ok && i < n_each && i * n_blocks + block < n_key; i++)
        key[i * n_blocks + block] = work->sum[i];
    }

  OPENSSL_clear_free (work, sizeof *work);
  return ok;
}
