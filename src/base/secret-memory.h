/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The system's part of keeping secrets: pages that stay in memory and out of core dumps.
 * One file per system behind it; used by base/secret-pool.c alone. */

#include <glib.h>

G_BEGIN_DECLS

/* The unit in which pages come. */
gsize culvert_secret_memory_get_page_size (void);

/**
 * culvert_secret_memory_map:
 * @size: a multiple of the page size
 *
 * Maps zeroed pages that are left out of core dumps and, as long as the system's limit on locked
 * memory allows it, never written to a swap device.
 *
 * Returns: the pages, or NULL when the system has no memory at all
 */
void *culvert_secret_memory_map (gsize size);

/* Gives @size bytes of pages back; the caller wiped them. */
void culvert_secret_memory_unmap (void *pages, gsize size);

G_END_DECLS
