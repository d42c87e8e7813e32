/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A secret: a password, a passphrase, a code, a private key's text.
 *
 * Immutable and counted.  The bytes live in pages of their own that are locked in memory where the
 * system allows it, left out of core dumps, and overwritten when the last reference goes.  No
 * function prints one; nothing else in the program may hold a secret. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _CulvertSecret CulvertSecret;

#define CULVERT_TYPE_SECRET (culvert_secret_get_type ())
GType culvert_secret_get_type (void);

/**
 * culvert_secret_new:
 * @bytes: (nullable): what to keep; copied
 * @n_bytes: length of @bytes, or -1 when it ends with a NUL
 *
 * The caller still owns @bytes and wipes them: see [func@culvert_secret_wipe].
 *
 * Returns: (transfer full): a new secret; may be read and dropped in any thread
 */
CulvertSecret *culvert_secret_new (const void *bytes, gssize n_bytes);

/**
 * culvert_secret_new_take:
 * @text: (transfer full): a NUL-terminated string from g_malloc; wiped and freed here
 *
 * Returns: (transfer full): a new secret
 */
CulvertSecret *culvert_secret_new_take (char *text);

CulvertSecret *culvert_secret_ref (CulvertSecret *self);
void           culvert_secret_unref (CulvertSecret *self);

/**
 * culvert_secret_peek:
 * @self: a secret
 *
 * Returns: (transfer none): the bytes, always followed by a NUL; valid while @self is held
 */
const char *culvert_secret_peek (const CulvertSecret *self);
gsize       culvert_secret_get_length (const CulvertSecret *self);
gboolean    culvert_secret_equal (const CulvertSecret *a, const CulvertSecret *b);

/**
 * culvert_secret_wipe:
 * @bytes: memory that held a secret on its way into a [struct@CulvertSecret]
 * @n_bytes: its size
 *
 * Overwrites @bytes in a way the compiler may not leave out.
 */
void culvert_secret_wipe (void *bytes, gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSecret, culvert_secret_unref)

G_END_DECLS
