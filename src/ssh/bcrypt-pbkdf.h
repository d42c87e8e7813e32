/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The slow function between a passphrase and the key that encrypts an OpenSSH private key.
 *
 * Spec: OpenBSD bcrypt_pbkdf(3): PBKDF2 (RFC 8018 section 5.2) over bcrypt, with its output bytes
 * spread. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Enough for two keys of the widest cipher. */
#define CULVERT_BCRYPT_PBKDF_KEY_MAX 128

/**
 * culvert_bcrypt_pbkdf:
 * @passphrase: at least one byte
 * @salt: at least one byte
 * @n_rounds: at least 1; each takes some milliseconds for every 32 bytes of @key
 * @key: (out caller-allocates): the derived bytes
 * @n_key: from 1 to CULVERT_BCRYPT_PBKDF_KEY_MAX
 *
 * Blocks for as long as it takes: for worker threads.
 *
 * Cancelling: noticed after the running round; @key is then not to be used.
 *
 * Returns: FALSE with `G_IO_ERROR_CANCELLED` when cancelled
 */
gboolean culvert_bcrypt_pbkdf (const void   *passphrase,
                               gsize         n_passphrase,
                               const guint8 *salt,
                               gsize         n_salt,
                               guint         n_rounds,
                               guint8       *key,
                               gsize         n_key,
                               GCancellable *cancellable,
                               GError      **error);

G_END_DECLS
