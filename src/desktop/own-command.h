/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How the machine starts culvertctl, which belongs to this program. */

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the words in front of its command: a path, its name alone where it is in no usual place, or
 * Flatpak's way out of a sandbox */
GStrv culvert_own_command (void);

G_END_DECLS
