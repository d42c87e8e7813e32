/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reads an ordinary `ssh …` command line into a profile, and writes a profile as one.  Pure. */

#include "core/profile.h"
#include "core/ssh-config.h"

G_BEGIN_DECLS

/**
 * culvert_ssh_command_parse:
 * @argv: the words, with or without `ssh` in front
 *
 * Reads as ssh(1) does: letters may be clustered and stand behind the server, the first of several
 * ports, users or values of -o wins.  Understood are -L -R -D -J -p -l -i -g -4 -6 and the keys of -o
 * that a profile can keep; words that change nothing here (-n -T -f -v -q -C -A -t …) are accepted; what cannot be honoured (a remote command, -w, a host key
 * check that is switched off …) is refused by name.
 *
 * -J and `ProxyJump` are the hops; of them and `ProxyCommand` the first wins, as in ssh.  A command
 * is kept, and not allowed to be run: only the person can do that.
 *
 * `-N`, no command at the server, turns quick_replies off.  `BatchMode=yes` sets never_ask and leaves the agent and key files as ways to sign in.  `-g` and
 * `GatewayPorts=yes` let local listeners without an address listen everywhere, for any user.
 * `HostName` is the server and the word itself then the profile's name.  A key file need not exist.
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND`, one line that names the word and what to do.
 *
 * Returns: (transfer full) (nullable): a draft with a fresh id
 */
CulvertProfile *culvert_ssh_command_parse (const char *const *argv, GError **error);

/* The same from one line as it is pasted: quotes, backslashes, line continuations, a leading `$`. */
CulvertProfile *culvert_ssh_command_parse_line (const char *line, GError **error);

/**
 * culvert_ssh_command_parse_with:
 * @files: (nullable): where files of ssh_config come from; NULL: none are read, and -F and tokens are
 *   refused
 * @notices: (nullable) (element-type CulvertSshNotice): gets what of the files is not honoured; must
 *   have a function that frees it
 *
 * Reads a command line as culvert_ssh_command_parse() does, and then the file of -F or the usual ones
 * for what it leaves open, as ssh does.  The alias is then the profile's name when the server has
 * another.  May take as long as the files take.
 *
 * What a file says is left out with a notice where the command line would be refused for it, unless
 * the tunnel would lead elsewhere, or trust more, without it.
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND`; of a file `FILE:LINE: …`.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertProfile *culvert_ssh_command_parse_with (const char *const     *argv,
                                                const CulvertSshFiles *files,
                                                GPtrArray             *notices,
                                                GError               **error);

CulvertProfile *culvert_ssh_command_parse_line_with (const char            *line,
                                                     const CulvertSshFiles *files,
                                                     GPtrArray             *notices,
                                                     GError               **error);

/* (transfer full): a line for a POSIX shell that opens the same tunnel.  Forwards that are switched
 * off, names and what ssh cannot express (a proxy, a command that leads to a jump host, retries, who may connect, an order of sign-in that tries
 * key files before the agent, quick replies) are left out; the rest reads back the same. */
char *culvert_ssh_command_from_profile (const CulvertProfile *profile);

G_END_DECLS
