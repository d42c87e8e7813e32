/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Addresses in sentences: "db.internal:5432" is one word, wherever the line ends. */

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): @text with a word joiner (U+2060) after each colon and slash within a word */
char *culvert_no_break (const char *text);

G_END_DECLS
