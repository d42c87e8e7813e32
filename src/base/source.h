/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What GLib leaves to everybody who keeps a source of a main context. */

#include <glib.h>

G_BEGIN_DECLS

/* Takes *source out of its context, gives the reference back and forgets it.  NULL there is fine.  In the
 * thread of the context; in the callback of that very source, too. */
void culvert_source_clear (GSource **source);

G_END_DECLS
