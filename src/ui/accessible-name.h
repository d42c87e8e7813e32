/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* Names for a screen reader, where GTK or libadwaita give none by themselves. On the main thread. */

/* The row of a list or table that @child is in is called @name from now on. */
void culvert_accessible_name_row (GtkWidget *child, const char *name);

/* A row that folds is called as its title is, also when that changes. */
void culvert_accessible_name_expander (AdwExpanderRow *row);
