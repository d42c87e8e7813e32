/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Blowfish with the salted key schedule of bcrypt, which no library here offers.  Only what
 * ssh/bcrypt-pbkdf.h needs: nothing else may be encrypted with it.
 *
 * Spec: Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher", 1993; Provos and
 * Mazières, "A Future-Adaptable Password Scheme", 1999, section 5. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 p[18];
  guint32 s[4][256];
} CulvertBlowfish;

/* The state of every schedule before its key: copy it. */
extern const CulvertBlowfish culvert_blowfish_start;

/* Mixes a key into the schedule; @n_key at least 1. */
void culvert_blowfish_expand (CulvertBlowfish *self, const guint8 *key, gsize n_key);

/* The same with a salt that is mixed into what the schedule encrypts; @n_salt at least 1. */
void culvert_blowfish_expand_salted (CulvertBlowfish *self,
                                     const guint8    *key,
                                     gsize            n_key,
                                     const guint8    *salt,
                                     gsize            n_salt);

/* Encrypts @n_blocks blocks of two words in place, each on its own. */
void culvert_blowfish_encrypt (const CulvertBlowfish *self, guint32 *words, gsize n_blocks);

G_END_DECLS
