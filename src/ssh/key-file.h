/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Private keys in files: OpenSSH's own format, PKCS #1, SEC 1 and PKCS #8 PEM, each with or without
 * a passphrase.
 *
 * Errors of every function here, in CULVERT_SSH_ERROR, each message naming the file:
 *
 * - `KEY_NOT_FOUND` no such file
 * - `KEY_UNREADABLE` a folder, not a regular file, no right to read it, over 1 MiB, or a read error
 * - `KEY_PERMISSIONS` the group or others may read it; the message has the chmod that helps. As ssh
 *   does, only files that belong to this user are judged
 * - `KEY_IS_PUBLIC` it is the public half
 * - `KEY_UNSUPPORTED` a kind of key, cipher or file that cannot be used here, by name: PuTTY's .ppk,
 *   DSA, …
 * - `KEY_NEEDS_AGENT` a FIDO key: its file has no secret to sign with
 * - `KEY_MALFORMED` not a key at all, or a damaged one
 * - `KEY_PASSPHRASE_NEEDED`, `KEY_PASSPHRASE_WRONG`
 *
 * Spec: OpenSSH PROTOCOL.key; RFC 8017, RFC 5915, RFC 5958, RFC 7468, RFC 1421 section 4.6. */

#include <gio/gio.h>

#include "base/secret.h"
#include "ssh/private-key.h"

G_BEGIN_DECLS

/* A larger file is not a key. */
#define CULVERT_KEY_FILE_MAX (1024 * 1024)

/* More rounds of bcrypt than this (a minute of work) are refused as a trap. */
#define CULVERT_KEY_FILE_ROUNDS_MAX 10000

/**
 * culvert_key_file_load_async:
 * @path: the file
 * @passphrase: (nullable): NULL when there is none yet; ignored when the key needs none
 * @callback: runs on the thread-default context of the caller, never before this call returns
 *
 * Reads, decrypts and checks a private key in a worker thread; deriving the key from a passphrase
 * takes a tenth of a second and up.
 *
 * Cancelling: the worker stops within a tenth of a second; the operation ends at once.
 */
void culvert_key_file_load_async (const char         *path,
                                  CulvertSecret      *passphrase,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/* Returns: (transfer full) (nullable): the key */
CulvertPrivateKey *culvert_key_file_load_finish (GAsyncResult *result, GError **error);

/* What can be known about a key without its passphrase. */
typedef struct
{
  gboolean is_encrypted;
  char    *type_name;   /* (nullable): as culvert_private_key_get_type_name */
  GBytes  *public_blob; /* (nullable): from the file itself, or from the .pub file beside it */
  char    *comment;     /* (nullable): from the .pub file or an unencrypted key */
} CulvertKeyFileInfo;

/**
 * culvert_key_file_peek:
 * @path: the file
 *
 * Looks at a private key without decrypting it.  Does no slow work.
 *
 * OpenSSH's format has the public key in clear.  An encrypted PEM key has not: then a .pub file beside
 * it says it, if there is one; otherwise @public_blob and @type_name are NULL.
 *
 * Returns: (transfer full) (nullable): what the file says
 */
CulvertKeyFileInfo *culvert_key_file_peek (const char *path, GError **error);
void                culvert_key_file_info_free (CulvertKeyFileInfo *self);

/**
 * culvert_key_file_read_public:
 * @path: a .pub file: of a key or a certificate
 *
 * Errors: `KEY_NOT_FOUND`, `KEY_UNREADABLE`, and `KEY_MALFORMED` when its first line is no public key.
 *
 * Returns: (transfer full) (nullable): type, blob and comment
 */
CulvertKeyFileInfo *culvert_key_file_read_public (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertKeyFileInfo, culvert_key_file_info_free)

G_END_DECLS
