/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Addresses in sentences: "db.internal:5432" is one word, wherever the line ends. */

#include <pango/pango.h>

G_BEGIN_DECLS

/* (transfer full): @text with a word joiner (U+2060) after each colon and slash within a word */
char *culvert_no_break (const char *text);

/* (transfer full): the same for a label whose text must stay as it is, because it is copied or looked for:
 * no line ends between a colon and the number of a port behind it */
PangoAttrList *culvert_no_break_attributes (const char *text);

G_END_DECLS
