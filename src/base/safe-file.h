/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Text files that say what a program does: read within bounds, and not when somebody else could have
 * written them. */

#include <glib.h>

G_BEGIN_DECLS

/**
 * culvert_safe_file_read:
 * @n_max: bytes; a longer file is refused
 * @must_be_safe: refuse a file that neither the person nor the system owns, or that others may write
 *
 * Reads an ordinary file, and `/dev/null` as an empty one.  What would have to be waited for, such as
 * a pipe, is refused.  The text ends at its first NUL.
 *
 * Errors: `G_FILE_ERROR`, one English line without the path: NOENT, ISDIR, PERM for one that is not
 * safe, INVAL for one that is too long or no ordinary file.
 *
 * Returns: (transfer full) (nullable)
 */
char *culvert_safe_file_read (const char *path, gsize n_max, gboolean must_be_safe, GError **error);

/* The number of the person, as the system knows them. */
guint culvert_safe_file_get_user_id (void);

G_END_DECLS
