/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Keys for the tests of known hosts, made once per program, and texts with their names in them. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  KEY_A, /* ed25519 */
  KEY_B, /* another ed25519 */
  KEY_E, /* ecdsa 256 */
  KEY_R, /* rsa */
  N_KEYS
} KeyName;

void known_hosts_make_keys (void);

GBytes     *known_hosts_get_blob (KeyName key);
const char *known_hosts_get_text (KeyName key); /* "type base64" */

/* (transfer full): @text with the keys put in for "$A", "$B", "$E" and "$R"; "$5" is 5 KB of letters. */
char *known_hosts_expand (const char *text);

/* Whether ssh-keygen -F finds a line about the name. */
gboolean known_hosts_ssh_keygen_finds (const char *path, const char *host, guint16 port);

G_END_DECLS
