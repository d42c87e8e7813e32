/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The end of a link's thread.  Cancelled calls of a session that has ended, such as a key being
 * decrypted, hold it until they return.  The owner need not wait for that, so the thread does; but not for
 * ever. */

#include <glib.h>

G_BEGIN_DECLS

/* Runs @context, which is the thread's, until @is_quiet says so, at most a minute. */
void culvert_linger (GMainContext *context,
                     gboolean (*is_quiet) (gpointer user_data),
                     gpointer user_data);

G_END_DECLS
