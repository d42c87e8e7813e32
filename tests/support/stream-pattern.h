/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An endless, reproducible stream of bytes that looks random: what tests send, so that a byte that
 * is lost, doubled, moved or taken from another connection is seen.  Any place of it can be made
 * without what comes before.  Several gigabytes a second, so that it measures nothing but the
 * tunnel.  Plain functions, for any thread. */

#include <glib.h>

G_BEGIN_DECLS

/* Writes bytes offset … offset + n_bytes - 1 of the stream @seed. */
void culvert_stream_fill (guint64 seed, guint64 offset, guint8 *bytes, gsize n_bytes);

/* Returns: how many of @bytes are as they should be; n_bytes when all are. */
gsize culvert_stream_match (guint64 seed, guint64 offset, const guint8 *bytes, gsize n_bytes);

/* A fingerprint of any bytes, fed piece by piece; how they are cut into pieces does not matter.
 * Quick, and no defence against somebody who wants to deceive it.  Start with all zero. */
typedef struct
{
  guint64 hash;
  guint64 word; /* the bytes of an unfinished group of eight */
  guint64 n_bytes;
} CulvertStreamDigest;

void    culvert_stream_digest_feed (CulvertStreamDigest *self, const guint8 *bytes, gsize n_bytes);
guint64 culvert_stream_digest_get (const CulvertStreamDigest *self);

G_END_DECLS
