/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The ciphers that encrypt the private part of OpenSSH's key format, by their SSH names. */

#include "ssh/crypto.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  const char *algorithm; /* in OpenSSL's words; NULL: not encrypted */
  gsize       n_key;
  gsize       n_iv;    /* derived together with the key, and behind it */
  gsize       n_block; /* the text is a multiple of it */
  gsize       n_tag;   /* bytes that authenticate the text; 0: nothing does */
} CulvertKeyCipher;

#define CULVERT_KEY_CIPHER_TAG_MAX 16

/* Returns: (transfer none) (nullable) */
const CulvertKeyCipher *culvert_key_cipher_find (const char *name);

typedef enum
{
  CULVERT_KEY_CIPHER_OK,
  CULVERT_KEY_CIPHER_WRONG,       /* the tag says: another key, or damaged */
  CULVERT_KEY_CIPHER_UNAVAILABLE, /* this OpenSSL does not do the cipher */
} CulvertKeyCipherStatus;

/**
 * culvert_key_cipher_decrypt:
 * @key: n_key + n_iv bytes
 * @text: n_text bytes, a multiple of n_block
 * @tag: n_tag bytes
 * @plain: (out caller-allocates): n_text bytes
 */
CulvertKeyCipherStatus culvert_key_cipher_decrypt (const CulvertKeyCipher *self,
                                                   const guint8           *key,
                                                   const guint8           *text,
                                                   gsize                   n_text,
                                                   const guint8           *tag,
                                                   guint8                 *plain);

G_END_DECLS
