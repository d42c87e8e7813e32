/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Text to be copied into another program: a title, a sentence what it is for, the text in letters of one width, and
 * a button that copies it. */

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_TEXT_BOX (culvert_text_box_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTextBox, culvert_text_box, CULVERT, TEXT_BOX, AdwBin)

/* @title: not translated: the name of a file; @sentence: in the person's language */
GtkWidget *culvert_text_box_new (const char *title, const char *sentence, const char *text);

G_END_DECLS
