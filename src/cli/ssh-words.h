/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An ssh command line behind “--”, and what its ssh_config files add to it, with messages about what
 * is not honoured. */

#include "core/profile.h"
#include "core/ssh-config.h"

G_BEGIN_DECLS

/**
 * culvert_ssh_words_read:
 * @command: for messages: "run", "add"
 * @with_minor: whether to print what makes no difference to the tunnel, too
 *
 * Returns: (transfer full) (nullable): NULL when it cannot be honoured; a message was printed
 */
CulvertProfile *culvert_ssh_words_read (const char *command, GStrv words, gboolean with_minor);

/* Prints a line for each of @notices (element-type CulvertSshNotice), a repeated one once. */
void culvert_ssh_words_print_notices (GPtrArray *notices, gboolean with_minor);

/**
 * culvert_ssh_words_read_aliases:
 * @file: (nullable): a file of ssh_config; NULL: the usual ones
 * @notices: (element-type CulvertSshNotice): gets what is not honoured
 * @all_good: (out): FALSE when one of the aliases makes no tunnel; a message was printed
 *
 * Makes a tunnel of each alias, by its name, with ids that are the same each time.  One that has no
 * forwards is among them.
 *
 * Returns: (transfer full) (nullable) (element-type CulvertProfile): NULL when the files cannot be
 *   read; a message was printed
 */
GPtrArray *
culvert_ssh_words_read_aliases (const char *file, GPtrArray *notices, gboolean *all_good);

G_END_DECLS
