/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One of the large choices of the first start: a picture, a title, and a sentence.  Properties "picture" (the
 * name of an icon), "title" and "text". */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CHOICE_BUTTON (culvert_choice_button_get_type ())
G_DECLARE_FINAL_TYPE (CulvertChoiceButton, culvert_choice_button, CULVERT, CHOICE_BUTTON, GtkButton)

G_END_DECLS
