/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What culvertctl says to people on standard error, and what it ends with. */

#include "core/error-kind.h"
#include "words/failure.h"

G_BEGIN_DECLS

/* How culvertctl ends; scripts rely on these.  130 and 143 after a signal come besides. */
typedef enum
{
  CULVERT_EXIT_DONE = 0,
  CULVERT_EXIT_TROUBLE = 1, /* what has no number of its own: a file, the disk */
  CULVERT_EXIT_USAGE = 2,
  CULVERT_EXIT_UNREACHABLE = 3,
  CULVERT_EXIT_HOST_KEY = 4, /* unknown, changed or refused */
  CULVERT_EXIT_SIGN_IN = 5,
  CULVERT_EXIT_FORWARD = 6, /* refused, or its port is taken */
  CULVERT_EXIT_LOST = 7,    /* with --once */
} CulvertExit;

/* Has everything that is printed with g_print() and g_printerr() go out in the person's character set,
 * with plain marks in the place of those that it lacks.  Once, at the start. */
void culvert_message_set_up (void);

/* (transfer full): @text in that character set */
char *culvert_message_to_locale (const char *text);

/**
 * culvert_exit_from_error:
 * @was_up: whether the tunnel had been up
 */
CulvertExit culvert_exit_from_error (const GError *error, gboolean was_up);
CulvertExit culvert_exit_from_kind (CulvertErrorKind kind, gboolean was_up);

/**
 * culvert_message_print:
 * @subject: what it is about: a tunnel, a file, a word of the command line
 * @what: a sentence; its full stop is left out before @next
 * @next: (nullable): what to do
 *
 * Prints one line on standard error: `culvertctl: subject: what: next`.  Control characters become
 * visible.
 */
void culvert_message_print (const char *subject, const char *what, const char *next);

/* The same from an error of the store, a file or the command line. */
void culvert_message_print_error (const char *subject, const GError *error);

/* The same for a misuse of @command; says how to get help. Returns: CULVERT_EXIT_USAGE */
CulvertExit culvert_message_print_usage (const char *command, const char *what);

/* Prints one line on standard output, at once; control characters become visible. */
void culvert_message_print_line (const char *line);

/* Writes out what is printed so far.  Returns: FALSE when not all has reached who reads it, who may be gone */
gboolean culvert_message_flush (void);

/* The last word of the program: says what could not be written.  Returns: what to end with */
int culvert_message_end (int exit_status);

G_END_DECLS
