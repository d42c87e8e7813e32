/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The keys of ssh_config(5), and which values each may have.  ssh ends when a file has another, even
 * where it would not apply.  Pure. */

#include "core/ssh-config-lexer.h"

G_BEGIN_DECLS

typedef struct _CulvertSshKey CulvertSshKey;

/* (nullable): by its name in lower case, an old one of its names too */
const CulvertSshKey *culvert_ssh_key_find (const char *name);

/* In lower case; of several names the one that is used today. */
const char *culvert_ssh_key_get_name (const CulvertSshKey *key);

/* Does every line add to it, instead of the first alone being taken? */
gboolean culvert_ssh_key_adds_up (const CulvertSshKey *key);

/* Is it one that ssh reads past, whatever it says? */
gboolean culvert_ssh_key_is_past (const CulvertSshKey *key);

/**
 * culvert_ssh_key_read:
 * @line: of this key
 *
 * Checks the values.  Words of a fixed choice come back in lower case, commands and jump hosts as the
 * one text that they are.
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND`: what is wrong with the line, without its place.
 *
 * Returns: (transfer full) (nullable)
 */
GStrv culvert_ssh_key_read (const CulvertSshKey *key, const CulvertSshLine *line, GError **error);

/* One hop of ProxyJump. */
typedef struct
{
  char   *user; /* nullable */
  char   *host; /* without brackets */
  guint16 port; /* 0: not given */
} CulvertSshJump;

void culvert_ssh_jump_free (CulvertSshJump *self);

/* (transfer full) (nullable) (element-type CulvertSshJump): the hops of `[user@]host[:port]`, by
 * commas, also as `ssh://` addresses; NULL when @text is not that.  Empty for "none". */
GPtrArray *culvert_ssh_jumps_parse (const char *text);

G_END_DECLS
