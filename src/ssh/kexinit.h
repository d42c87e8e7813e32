/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The server's first words, which are in clear: its identification and the lists of algorithms it
 * offers.  libssh2 hides both; with them a failed handshake can say why.
 *
 * Spec: RFC 4253 sections 4.2 and 7.1. */

#include "ssh/lib.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * culvert_greeting_find_version:
 * @bytes: what the server has sent so far
 *
 * Returns: (transfer full) (nullable): "SSH-2.0-…" made printable; NULL when no such line is there
 */
char *culvert_greeting_find_version (const guint8 *bytes, gsize n_bytes);

/* What follows the server's version line is its KEXINIT. */
typedef struct
{
  GStrv offered[CULVERT_LIB_N_CATEGORIES];
} CulvertKexinit;

/* Returns: (transfer full) (nullable): NULL when the packet is incomplete or malformed */
CulvertKexinit *culvert_kexinit_parse (const guint8 *bytes, gsize n_bytes);
void            culvert_kexinit_free (CulvertKexinit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertKexinit, culvert_kexinit_free)

/**
 * culvert_kexinit_explain:
 * @ours: what we offered, by category
 *
 * Sets @error to CULVERT_SSH_ERROR_NO_COMMON_… for the first category in which no algorithm is
 * common; the message ends in ": " and the server's list.  Returns: whether one was found
 */
gboolean culvert_kexinit_explain (const CulvertKexinit *self,
                                  GStrv                 ours[CULVERT_LIB_N_CATEGORIES],
                                  GError              **error);

/**
 * culvert_greeting_explain:
 *
 * Makes the error of a failed handshake from all that is known.
 * @fallback: (transfer full): what libssh2 or the socket said
 *
 * Returns: (transfer full): CULVERT_SSH_ERROR
 */
GError *culvert_greeting_explain (const guint8 *bytes,
                                  gsize         n_bytes,
                                  GStrv         ours[CULVERT_LIB_N_CATEGORIES],
                                  GError       *fallback);

G_END_DECLS
