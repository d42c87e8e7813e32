/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The public halves of the keys that a tunnel signs in with, as OpenSSH keeps them beside the private ones. */

#include "core/profile.h"

G_BEGIN_DECLS

#define CULVERT_PUBLIC_KEY_MAX (16 * 1024) /* bytes; RSA with 16384 bits takes 3 KiB */

/* (transfer full) (nullable): the key in @text (NULL when @n_bytes is 0), which is what a .pub file holds: one line, kind, key and comment,
 * nothing else; NULL when there is none, for a certificate too */
char *culvert_public_key_line (const char *text, gsize n_bytes);

/* (transfer full): the lines of those that are there: of the listed key files, or else the first of the usual
 * ones.  Reads files, so never in the thread of a window. */
GStrv culvert_public_keys_find (const CulvertProfile *profile);

G_END_DECLS
