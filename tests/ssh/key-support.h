/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the tests of keys share: making keys with the real tools, and having the real tools check
 * what ours have done. */

#include "ssh/key-file.h"
#include "support/child-process.h"
#include "support/culvert-test.h"

G_BEGIN_DECLS

/* Makes a key with ssh-keygen.  @type: as its -t; @bits: as its -b, or NULL; then further arguments,
 * ended by NULL. */
void key_support_generate (const char *path,
                           const char *type,
                           const char *bits,
                           const char *passphrase,
                           ...) G_GNUC_NULL_TERMINATED;

/* Runs a program with arguments ended by NULL and returns whether it succeeded; its output when
 * it did not goes to the test's log. */
gboolean key_support_run (const char *const *argv, const char *input);

/* (transfer full): the blob in a .pub file, read without any of our code for keys. */
GBytes *key_support_read_public (const char *path);

/* Loads through the public API on the default main context.  @passphrase: NULL for none. */
CulvertPrivateKey *key_support_load (const char *path, const char *passphrase, GError **error);

/* (transfer full): what ssh-keygen wants signed when it checks a signature of @message. */
GBytes *key_support_signed_data (const char *message);

/* Whether ssh-keygen finds that @signature, an inner signature by @algorithm over
 * key_support_signed_data (@message), is by the key of @public_blob. */
gboolean key_support_verify (CulvertTempDir *dir,
                             GBytes         *public_blob,
                             const char     *algorithm,
                             const char     *message,
                             GBytes         *signature);

G_END_DECLS
