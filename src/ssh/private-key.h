/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A private key that is ready to sign.
 *
 * Immutable and counted; may be used and dropped in any thread.  The secret numbers live in OpenSSL's
 * secure heap, which is locked in memory where the system allows it, left out of core dumps, and wiped
 * when the last reference goes.  Made by ssh/key-file.h. */

#include <glib-object.h>

G_BEGIN_DECLS

struct evp_pkey_st;

typedef struct _CulvertPrivateKey CulvertPrivateKey;

#define CULVERT_TYPE_PRIVATE_KEY (culvert_private_key_get_type ())
GType culvert_private_key_get_type (void);

/**
 * culvert_private_key_new_take:
 * @pkey: (transfer full): an RSA, Ed25519, or NIST P-256, P-384, P-521 key with its secret part
 * @comment: (nullable): what the file says about the key
 *
 * Errors: `CULVERT_SSH_ERROR_KEY_UNSUPPORTED` another type, another curve, RSA under 1024 or over
 * 16384 bits; @pkey is freed then too.
 *
 * Returns: (transfer full) (nullable): the key
 */
CulvertPrivateKey *
culvert_private_key_new_take (struct evp_pkey_st *pkey, const char *comment, GError **error);

CulvertPrivateKey *culvert_private_key_ref (CulvertPrivateKey *self);
void               culvert_private_key_unref (CulvertPrivateKey *self);

/* "ssh-ed25519", "ecdsa-sha2-nistp256", "…384", "…521" or "ssh-rsa". */
const char *culvert_private_key_get_type_name (const CulvertPrivateKey *self);

/* (transfer none): the public key as it stands in authorized_keys, before base64.
 * Spec: RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1, RFC 8709 section 4. */
GBytes *culvert_private_key_get_public_blob (const CulvertPrivateKey *self);

/* Never NULL; may be empty; bytes from the file, not checked to be UTF-8. */
const char *culvert_private_key_get_comment (const CulvertPrivateKey *self);

/* "SHA256:…" */
const char *culvert_private_key_get_fingerprint (const CulvertPrivateKey *self);

/**
 * culvert_private_key_sign:
 * @algorithm: signature algorithm: the type name for Ed25519 and ECDSA; "rsa-sha2-512", "rsa-sha2-256"
 *   or "ssh-rsa" (which is SHA-1) for RSA. A certificate's name
 *   ("…-cert-v01@openssh.com") stands for the plain one
 * @data: what to sign
 *
 * Signs @data.
 *
 * The result is the *inner* signature: what stands in the second string of an SSH signature, after
 * the algorithm's name, without the length in front.  It is what the signature callback of
 * libssh2_userauth_publickey() hands back:
 *
 * - Ed25519: 64 bytes
 * - RSA: as many bytes as the modulus has
 * - ECDSA: `mpint r || mpint s`, each with its length
 *
 * Errors: `CULVERT_SSH_ERROR_KEY_UNSUPPORTED` when @algorithm does not belong to this type of key or
 * OpenSSL refuses to sign (SHA-1 under a strict system policy).
 * Spec: RFC 8709 section 6, RFC 8332 section 3, RFC 5656 section 3.1.2.
 *
 * Returns: (transfer full) (nullable): the inner signature
 */
GBytes *culvert_private_key_sign (const CulvertPrivateKey *self,
                                  const char              *algorithm,
                                  const void              *data,
                                  gsize                    n_bytes,
                                  GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertPrivateKey, culvert_private_key_unref)

G_END_DECLS
