/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* Walks through a window as somebody does who has a keyboard alone.
 *
 * Holds that Tab comes round, that it goes on and not back (down, or towards the end of a line), and that
 * whatever is shown and can be used is met: by Tab, or by Tab from a row that the arrows of its list reach.
 * A fault is a failed test that names @what and the widget.  The window must be mapped; it has no focus
 * afterwards. */
void focus_walk_check (GtkWindow *window, const char *what);
