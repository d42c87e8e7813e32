/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Public keys as people compare them.  All functions take a public key's or certificate's blob (RFC
 * 4253 section 6.6) that may come from anywhere; a malformed one gives no type and 0 bits. */

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full): "SHA256:" and 43 characters of base64, as ssh-keygen -l prints it */
char *culvert_fingerprint_sha256 (GBytes *blob);

/* Returns: (transfer full): eleven lines of ASCII without a line end at the last, as ssh-keygen -lv
 * prints them */
char *culvert_fingerprint_random_art (GBytes *blob);

/* Returns: (transfer full) (nullable): the first string of @blob, e.g. "ssh-ed25519" */
char *culvert_public_key_dup_type_name (GBytes *blob);

/* Returns: (transfer full): the word OpenSSH uses: "ED25519", "ECDSA", "RSA", "DSA", "ED25519-SK",
 * "ECDSA-SK", each with "-CERT" when it is a certificate; otherwise the type's name, or "UNKNOWN" */
char *culvert_public_key_dup_kind (GBytes *blob);

/* Returns: the size of the key in bits as ssh-keygen -l prints it, or 0 */
guint culvert_public_key_get_n_bits (GBytes *blob);

G_END_DECLS
