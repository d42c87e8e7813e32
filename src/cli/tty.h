/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The terminal that the program was started from, whatever its standard input and output are.
 *
 * Reading does not block: it is a part of the main loop.  While a secret is typed the terminal shows
 * nothing; however the reading or the program ends, be it by a signal, it shows what is typed again.
 * Belongs to the main thread; one line is read at a time. */

#include "base/secret.h"

G_BEGIN_DECLS

typedef struct _CulvertTty CulvertTty;

/* Is there one to open? */
gboolean culvert_tty_is_there (void);

/* (transfer full) (nullable): NULL when there is none */
CulvertTty *culvert_tty_open (void);
/* Stops reading, without a call. */
void culvert_tty_free (CulvertTty *self);

/* @text: valid UTF-8 without control characters but line ends; converted for the terminal */
void culvert_tty_write (CulvertTty *self, const char *text);

/* @line: (nullable): what was typed, without its end; NULL when the input ended instead */
typedef void (*CulvertTtyFunc) (CulvertSecret *line, gpointer user_data);

/**
 * culvert_tty_read_line:
 * @is_hidden: whether the terminal shows what is typed
 * @func: called once, never before this returns; may free the terminal
 *
 * What was typed before this call is dropped when @is_hidden, as ssh does.
 */
void culvert_tty_read_line (CulvertTty    *self,
                            gboolean       is_hidden,
                            CulvertTtyFunc func,
                            gpointer       user_data);

/* Has the terminal show what is typed again: before the program is ended in a way that leaves out
 * atexit().  Does nothing when it shows it. */
void culvert_tty_show (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTty, culvert_tty_free)

G_END_DECLS
