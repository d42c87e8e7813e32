/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How the machine starts what belongs to this program. */

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the words in front of a command of culvertctl: a path, its name alone where it is in no usual place, or
 * Flatpak's way out of a sandbox */
GStrv culvert_own_command (void);

/* (transfer full): the same for the program with a window, this one where none is in a usual place; not in a
 * sandbox */
GStrv culvert_own_window_command (void);

G_END_DECLS
