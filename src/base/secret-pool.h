/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Blocks of memory for secrets, carved from a few protected pages, so that many small secrets do not
 * each cost a page of the little memory that a program may lock.
 *
 * Used by base/secret.c alone.  Any thread. */

#include <glib.h>

G_BEGIN_DECLS

/* Returns: zeroed memory, at least @n_bytes of it; ends the program when there is none, as g_malloc */
void *culvert_secret_pool_alloc (gsize n_bytes);

/* Wipes the block and gives it back.  @n_bytes: as it was asked for */
void culvert_secret_pool_free (void *block, gsize n_bytes);

/* Bytes of protected pages that the pool holds: tests prove by it that nothing leaks. */
gsize culvert_secret_pool_get_n_mapped (void);

G_END_DECLS
