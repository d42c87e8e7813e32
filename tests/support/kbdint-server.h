/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An SSH server whose keyboard-interactive sign-in is free of OpenSSH's limits: several questions
 * in one request, a title and an instruction, requests without questions, and requests that no
 * honest server would send; passwords that have expired, too.  A Python program on AsyncSSH
 * (kbdint-server); forwards like any server.  Everybody's user name is welcome. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CulvertKbdintServer CulvertKbdintServer;

/**
 * culvert_kbdint_server_new:
 * @arguments: (array zero-terminated=1): what the program understands (`kbdint-server --help`), such
 *   as "--title=Two steps", "--prompt=Password: =secret", "--prompt=+Code: =123456", "--next",
 *   "--malformed=name-length"
 *
 * Starts it and waits until it answers.
 */
CulvertKbdintServer *culvert_kbdint_server_new (const char *const *arguments);
void                 culvert_kbdint_server_free (CulvertKbdintServer *self);
guint16              culvert_kbdint_server_get_port (CulvertKbdintServer *self);
char                *culvert_kbdint_server_read_log (CulvertKbdintServer *self);

/* For known_hosts, as culvert_sshd_write_known_hosts(); its one host key is ed25519. */
void culvert_kbdint_server_write_known_hosts (CulvertKbdintServer *self, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertKbdintServer, culvert_kbdint_server_free)

G_END_DECLS
