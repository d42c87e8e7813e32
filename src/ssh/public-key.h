/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What can be read from a public key's or certificate's blob (RFC 4253 section 6.6).  Blobs may come
 * from anywhere; a malformed one, or one of an unknown type, has no fields and 0 bits. */

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): the first string of @blob, e.g. "ssh-ed25519" */
char *culvert_public_key_dup_type_name (GBytes *blob);

/* Returns: (transfer full): the word OpenSSH uses: "ED25519", "ECDSA", "RSA", "DSA", "ED25519-SK",
 * "ECDSA-SK", each with "-CERT" behind it for a certificate; otherwise the type's name when it is
 * printable, or "UNKNOWN" */
char *culvert_public_key_dup_kind (GBytes *blob);

/* Returns: the size of the key in bits as ssh-keygen -l prints it, or 0 */
guint culvert_public_key_get_n_bits (GBytes *blob);

/* Returns: (transfer full): the key inside a certificate; any other blob as it is */
GBytes *culvert_public_key_dup_plain_blob (GBytes *blob);

/* Returns: (transfer full): the algorithm that signs for @algorithm: "rsa-sha2-512" for
 * "rsa-sha2-512-cert-v01@openssh.com", most names as they are */
char *culvert_public_key_dup_plain_algorithm (const char *algorithm);

/**
 * culvert_public_key_decode:
 * @type_name: the word in front of the base64 in authorized_keys, known_hosts and .pub files
 *
 * Returns: (transfer full) (nullable): the blob; NULL when it is not base64 or says another type
 */
GBytes *culvert_public_key_decode (const char *type_name, const char *base64, gsize n_base64);

/**
 * culvert_base64_decode:
 * @bytes: room for `CULVERT_BASE64_DECODED_MAX (n_text)` bytes
 * @n_bytes: (out): how many were decoded
 *
 * White space is passed over, anything else outside RFC 4648 section 4 is refused.
 */
gboolean culvert_base64_decode (const char *text, gsize n_text, guint8 *bytes, gsize *n_bytes);
#define CULVERT_BASE64_DECODED_MAX(n_text) ((n_text) / 4 * 3 + 3)

G_END_DECLS
