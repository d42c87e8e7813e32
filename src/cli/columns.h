/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Lines of text whose parts stand below each other.  Pure. */

#include <glib.h>

G_BEGIN_DECLS

/* How many columns of a terminal @text takes. */
guint culvert_columns_measure (const char *text);

/* Adds @text to @line, filled up to @width columns, and a gap. */
void culvert_columns_append (GString *line, const char *text, guint width);

G_END_DECLS
