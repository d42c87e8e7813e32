/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is typed into a row of a form. */

#include <adwaita.h>

G_BEGIN_DECLS

/* (transfer none) */
const char *culvert_entry_get_text (AdwEntryRow *row);

/* The cursor stays where it is, and nothing is notified, when it says that already. */
void culvert_entry_set_text (AdwEntryRow *row, const char *text);

G_END_DECLS
