/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Could something listen there now?  Found out by listening for a moment: nothing else knows about every
 * obstacle.  Takes microseconds, in any thread; what is free now may be taken a moment later. */

#include <glib.h>

G_BEGIN_DECLS

/* On all of the literal addresses @addresses, which end with NULL; one that this computer does not
 * have is left out, unless it has none of them. */
gboolean culvert_port_is_free (const char *const *addresses, guint16 port);

G_END_DECLS
