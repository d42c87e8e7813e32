/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the key that signed in may do at the server.  OpenSSH says so in a debug message once somebody
 * is in; it is the only place where a client learns why a forward will be refused.
 *
 * Spec: RFC 4253 section 11.3; the text is that of sshd's auth_log_authopts(). */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *file;    /* where the key's entry is; NULL for a certificate */
  char *line;    /* its line there, a number; NULL for a certificate */
  char *options; /* "agent-forwarding permitopen port-forwarding"; "" for none */
} CulvertKeyGrant;

/**
 * culvert_key_grant_parse:
 * @remark: a message of the server, made printable
 * @grant: (inout): replaced when @remark is about a key
 *
 * Returns: whether it is
 */
gboolean culvert_key_grant_parse (const char *remark, CulvertKeyGrant *grant);

/* Frees what is in it. */
void culvert_key_grant_clear (CulvertKeyGrant *grant);

G_END_DECLS
