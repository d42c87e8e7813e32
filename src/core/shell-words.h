/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A line that was written for a shell, taken apart and put together.  Pure: nothing is run, looked
 * up or replaced, except $HOME, which becomes ~. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_SHELL_LINE_MAX (64 * 1024) /* bytes */

/**
 * culvert_shell_words_split:
 * @line: as it is pasted: quotes, backslashes, line continuations, a prompt (`$ `) in front, a
 *   comment or `&` at the end
 *
 * Errors: `CULVERT_PROFILE_ERROR_COMMAND` for what only a shell can do (variables, pipes, several
 * commands), an open quote, typographic quotation marks, text that is not UTF-8.
 *
 * Returns: (transfer full) (nullable)
 */
GStrv culvert_shell_words_split (const char *line, GError **error);

/* (transfer full): @word so that a POSIX shell reads it back; a leading "~/" stays unquoted */
char *culvert_shell_words_quote (const char *word);

G_END_DECLS
