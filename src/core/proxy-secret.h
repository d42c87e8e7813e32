/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Passwords in the command that leads to a server, which no file of ours may take over.  Pure. */

#include <glib.h>

G_BEGIN_DECLS

/* Has @command the password of a program in it: plink -pw, sshpass -p, ncat --proxy-auth, or an address with
 * `user:password@`? */
gboolean culvert_command_has_secret (const char *command);

G_END_DECLS
