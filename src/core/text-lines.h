/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Lines for a file that another program reads.  What a profile says, which may be a stranger's, never
 * becomes a line of its own.  Pure. */

#include <glib.h>

G_BEGIN_DECLS

/* Adds a line: @format without line breaks of its own.  Each control character of what it comes to is
 * replaced by a question mark, and so is what is not UTF-8. */
void culvert_text_lines_add (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
