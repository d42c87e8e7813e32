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

/**
 * culvert_greeting_find_protocol:
 * @bytes: what the server has sent so far
 *
 * Returns: (transfer none) (nullable): what speaks there in the place of SSH, as soon as its first
 *   line leaves no doubt: "http", "tls", "smtp", "ftp", "mail" (IMAP, POP3), "vnc", "mysql", "telnet",
 *   "ssh1" (a server that has only the first version of SSH); NULL when it is SSH, or unknown
 */
const char *culvert_greeting_find_protocol (const guint8 *bytes, gsize n_bytes);

/* What follows the server's version line is its KEXINIT. */
typedef struct
{
  GStrv offered[CULVERT_LIB_N_CATEGORIES];   /* from us to it, where there are two directions */
  GStrv to_client[CULVERT_LIB_N_CATEGORIES]; /* NULL where there is one */
} CulvertKexinit;

/* Returns: (transfer full) (nullable): NULL when the packet is incomplete or malformed */
CulvertKexinit *culvert_kexinit_parse (const guint8 *bytes, gsize n_bytes);
void            culvert_kexinit_free (CulvertKexinit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertKexinit, culvert_kexinit_free)

/* All that is known about a handshake that failed; borrowed. */
typedef struct
{
  const guint8 *bytes; /* what the server sent */
  gsize         n_bytes;
  gboolean      has_ended; /* it closed the connection */
  const GStrv  *ours;      /* what we offered, by category, best first */
  const GStrv  *legacy;    /* what the "legacy server" switch adds to that, or added, by category */
} CulvertGreeting;

/**
 * culvert_kexinit_explain:
 *
 * Sets @error to CULVERT_SSH_ERROR_NO_COMMON_… for the first category in which no algorithm is
 * common; the message has both lists.  Facts: OFFERED, OURS, and LEGACY where that switch would help.
 *
 * Returns: whether one was found
 */
gboolean culvert_kexinit_explain (const CulvertKexinit  *self,
                                  const CulvertGreeting *greeting,
                                  GError               **error);

/**
 * culvert_greeting_explain:
 * @fallback: (transfer full): what libssh2 or the socket said
 *
 * Makes the error of a failed handshake from all that is known.
 *
 * Returns: (transfer full): CULVERT_SSH_ERROR
 */
GError *culvert_greeting_explain (const CulvertGreeting *self, GError *fallback);

G_END_DECLS
