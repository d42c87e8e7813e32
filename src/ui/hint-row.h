/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row in a form that explains the rows above it, and may offer a button that does what it says.  Not
 * there without words.
 *
 * Properties: "words" (string, nullable: the row is not there), "button-label" (string, nullable: there is
 * no button).
 * Signal "clicked": of the button. */

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_HINT_ROW (culvert_hint_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertHintRow, culvert_hint_row, CULVERT, HINT_ROW, AdwPreferencesRow)

void culvert_hint_row_set_words (CulvertHintRow *self, const char *words);

G_END_DECLS
