/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The Flatpak sandbox that this program may run in: what it keeps from us, and how a person opens it.
 * Any thread. */

#include <glib.h>

G_BEGIN_DECLS

/* A file that exists inside a Flatpak sandbox alone.  There processes outside are not to be seen, and the
 * program's own files cannot be changed. */
#define CULVERT_SANDBOX_MARK "/.flatpak-info"

/* What a sandbox may keep from us. */
typedef enum
{
  CULVERT_SANDBOX_NOTHING = 0,
  CULVERT_SANDBOX_AGENT = 1 << 0,      /* the socket of the SSH agent */
  CULVERT_SANDBOX_SSH_FOLDER = 1 << 1, /* ~/.ssh: keys, known hosts, config */
} CulvertSandboxLack;

gboolean culvert_sandbox_is_around (void);

/* What the sandbox keeps from us, as it was when this program started; nothing where there is none. */
CulvertSandboxLack culvert_sandbox_get_lacks (void);

/* (transfer full) (nullable): the command that opens @lacks for this program from its next start on, for a
 * terminal outside the sandbox; NULL for nothing */
char *culvert_sandbox_dup_override (CulvertSandboxLack lacks);

/* Is @path in ~/.ssh? */
gboolean culvert_sandbox_is_in_ssh_folder (const char *path);

G_END_DECLS
