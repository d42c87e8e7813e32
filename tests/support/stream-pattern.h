/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An endless, reproducible stream of bytes that looks random: what tests send, so that a byte that
 * is lost, doubled, moved or taken from another connection is seen.  Any place of it can be made
 * without what comes before.  Thread-safe: plain functions. */

#include <glib.h>

G_BEGIN_DECLS

/* Writes bytes offset … offset + n_bytes - 1 of the stream @seed. */
void culvert_stream_fill (guint64 seed, guint64 offset, guint8 *bytes, gsize n_bytes);

/* Returns: how many of @bytes are as they should be; n_bytes when all are. */
gsize culvert_stream_match (guint64 seed, guint64 offset, const guint8 *bytes, gsize n_bytes);

/* (transfer full): the SHA-256 of the first @n_bytes, in hexadecimal. */
char *culvert_stream_digest (guint64 seed, guint64 n_bytes);

G_END_DECLS
