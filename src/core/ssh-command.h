/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reads an ordinary `ssh …` command line into a profile, and writes a profile as one.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

/**
 * culvert_ssh_command_parse:
 * @argv: the words, with or without `ssh` in front
 *
 * Understands -L -R -D -p -l -i -o Key=Value -N -n -T -f -v -q -C -4 -6 -A -g -a -x -k -t -M -S …
 * as far as they mean something for a tunnel; words that change nothing here are accepted, what
 * cannot be honoured (a remote command, -w, -J until jump hosts exist …) is refused by name.
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND`, message names the word and what to do.
 *
 * Returns: (transfer full) (nullable): a draft with a fresh id
 */
CulvertProfile *culvert_ssh_command_parse (const char *const *argv, GError **error);

/* The same from one line as it is pasted: quotes, backslashes, line continuations, a leading `$`. */
CulvertProfile *culvert_ssh_command_parse_line (const char *line, GError **error);

/* (transfer full): a line for a shell that opens the same tunnel */
char *culvert_ssh_command_from_profile (const CulvertProfile *profile);

G_END_DECLS
