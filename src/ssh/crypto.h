/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The little that every file here needs around OpenSSL. */

#include <glib.h>

G_BEGIN_DECLS

/* A buffer for secret bytes on their way: read from a file, derived, decrypted.  Wiped when freed. */
typedef struct
{
  guint8 *bytes;
  gsize   n_bytes; /* may be lowered by its user, never raised */
  gsize   size;    /* private */
} CulvertScratch;

/**
 * culvert_scratch_new:
 *
 * Returns: (transfer full): @n_bytes zeros, and one more zero behind them
 */
CulvertScratch *culvert_scratch_new (gsize n_bytes);
void            culvert_scratch_free (CulvertScratch *self);

/* Makes OpenSSL keep private numbers in locked memory.  To be called, from any thread, before a private
 * key is made; the first call counts. */
void culvert_crypto_protect_keys (void);

/**
 * culvert_crypto_take_reason:
 *
 * Empties OpenSSL's error queue of this thread.
 *
 * Returns: (transfer full): its oldest error in OpenSSL's words, for the log
 */
char *culvert_crypto_take_reason (void);

/* Frees what OpenSSL keeps for this thread, numbers that secrets could be told from among it: last thing in a
 * thread of a pool, which may end so late that nobody frees it any more. */
void culvert_crypto_leave_thread (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertScratch, culvert_scratch_free)

G_END_DECLS
