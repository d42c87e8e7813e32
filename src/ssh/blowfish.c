/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/blowfish.h"

/* Bytes read as big-endian words, over and over. */
typedef struct
{
  const guint8 *bytes;
  gsize         n_bytes;
  gsize         next;
} Cycle;

static guint32
take_word (Cycle *cycle)
{
  guint32 word = 0;

  for (guint i = 0; i < 4; i++)
    {
      word = word << 8 | cycle->bytes[cycle->next];
      cycle->next = cycle->next + 1 == cycle->n_bytes ? 0 : cycle->next + 1;
    }
  return word;
}

static inline guint32
mix (const CulvertBlowfish *self, guint32 x)
{
  return ((self->s[0][x >> 24] + self->s[1][x >> 16 & 0xff]) ^ self->s[2][x >> 8 & 0xff]) +
         self->s[3][x & 0xff];
}

static inline void
encrypt_block (const CulvertBlowfish *self, guint32 *left, guint32 *right)
{
  guint32 l = *left ^ self->p[0];
  guint32 r = *right;

  for (guint i = 1; i < 17; i += 2)
    {
      r ^= mix (self, l) ^ self->p[i];
      l ^= mix (self, r) ^ self->p[i + 1];
    }
  *left = r ^ self->p[17];
  *right = l;
}

static void
mix_key (CulvertBlowfish *self, const guint8 *key, gsize n_key)
{
  Cycle cycle = { key, n_key, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (self->p); i++)
    self->p[i] ^= take_word (&cycle);
}

void
culvert_blowfish_expand (CulvertBlowfish *self, const guint8 *key, gsize n_key)
{
  guint32 left = 0;
  guint32 right = 0;

  mix_key (self, key, n_key);
  for (gsize i = 0; i < G_N_ELEMENTS (self->p); i += 2)
    {
      encrypt_block (self, &left, &right);
      self->p[i] = left;
      self->p[i + 1] = right;
    }
  for (gsize box = 0; box < 4; box++)
    for (gsize i = 0; i < 256; i += 2)
      {
        encrypt_block (self, &left, &right);
        self->s[box][i] = left;
        self->s[box][i + 1] = right;
      }
}

void
culvert_blowfish_expand_salted (CulvertBlowfish *self,
                                const guint8    *key,
                                gsize            n_key,
                                const guint8    *salt,
                                gsize            n_salt)
{
  Cycle   cycle = { salt, n_salt, 0 };
  guint32 left = 0;
  guint32 right = 0;

  mix_key (self, key, n_key);
  for (gsize i = 0; i < G_N_ELEMENTS (self->p); i += 2)
    {
      left ^= take_word (&cycle);
      right ^= take_word (&cycle);
      encrypt_block (self, &left, &right);
      self->p[i] = left;
      self->p[i + 1] = right;
    }
  for (gsize box = 0; box < 4; box++)
    for (gsize i = 0; i < 256; i += 2)
      {
        left ^= take_word (&cycle);
        right ^= take_word (&cycle);
        encrypt_block (self, &left, &right);
        self->s[box][i] = left;
        self->s[box][i + 1] = right;
      }
}

void
culvert_blowfish_encrypt (const CulvertBlowfish *self, guint32 *words, gsize n_blocks)
{
  for (gsize i = 0; i < n_blocks; i++)
    encrypt_block (self, &words[2 * i], &words[2 * i + 1]);
}
