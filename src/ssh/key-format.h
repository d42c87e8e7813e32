/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What stands behind ssh/key-file.h: reading the file, telling what it is, and one parser for each
 * format.  Everything but the reading works on bytes alone.  Errors are those of ssh/key-file.h,
 * without the file's name. */

#include "ssh/crypto.h"
#include "ssh/key-file.h"

G_BEGIN_DECLS

/**
 * culvert_key_file_read:
 * @is_secret: whether to refuse a file that others may read
 *
 * Returns: (transfer full) (nullable): the file's bytes
 */
CulvertScratch *culvert_key_file_read (const char *path, gboolean is_secret, GError **error);

typedef enum
{
  CULVERT_KEY_FORMAT_NONE,
  CULVERT_KEY_FORMAT_OPENSSH,
  CULVERT_KEY_FORMAT_PEM,
} CulvertKeyFormat;

/**
 * culvert_key_sniff:
 * @begin: (out) (transfer none): the first byte of the private key's BEGIN line, in @text
 *
 * Returns: the format, or CULVERT_KEY_FORMAT_NONE with @error saying what it is instead
 */
CulvertKeyFormat
culvert_key_sniff (const char *text, gsize n_bytes, const char **begin, GError **error);

/* @text: from the BEGIN line on */
CulvertPrivateKey  *culvert_key_openssh_parse (const char    *text,
                                               gsize          n_bytes,
                                               CulvertSecret *passphrase,
                                               GCancellable  *cancellable,
                                               GError       **error);
CulvertKeyFileInfo *culvert_key_openssh_peek (const char *text, gsize n_bytes, GError **error);

/* The same on what is inside the armour. */
CulvertPrivateKey *culvert_key_openssh_parse_blob (const guint8  *blob,
                                                   gsize          n_blob,
                                                   CulvertSecret *passphrase,
                                                   GCancellable  *cancellable,
                                                   GError       **error);

CulvertPrivateKey *
culvert_key_pem_parse (const char *text, gsize n_bytes, CulvertSecret *passphrase, GError **error);
CulvertKeyFileInfo *culvert_key_pem_peek (const char *text, gsize n_bytes, GError **error);

/* (transfer full): what a key that needed no passphrase says about itself. */
CulvertKeyFileInfo *culvert_key_file_info_new_from_key (CulvertPrivateKey *key);

G_END_DECLS
