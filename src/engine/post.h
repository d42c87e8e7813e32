/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A word from one thread to another. */

#include <glib.h>

G_BEGIN_DECLS

/* Lets @func, which returns G_SOURCE_REMOVE, run in @context, after what was posted there before and never
 * at once.  Any thread.
 * @message: (transfer full): freed with @free_message after that, or when the context goes before it */
void culvert_post (GMainContext  *context,
                   GSourceFunc    func,
                   gpointer       message,
                   GDestroyNotify free_message);

G_END_DECLS
