/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret-pool.h"

#include "base/secret-memory.h"
#include "base/secret.h"

/* A password takes one granule, an ed25519 key's text eight, an RSA key's about fifty. */
#define GRANULE             64
#define SHELF_SIZE          (16 * 1024)
#define NO_GRANULE          G_MAXSIZE
#define N_GRANULES(n_bytes) (((n_bytes) + GRANULE - 1) / GRANULE)

/* One run of protected pages.  What is used is written down here, not in the pages, so they hold
 * nothing but secrets and zeros. */
typedef struct
{
  guint8   *pages;
  gsize     size;
  gsize     n_granules;
  gsize     n_used;
  gboolean *is_used; /* one for each granule */
} Shelf;

static GMutex     pool_lock;
static GPtrArray *pool_shelves; /* NULL while nothing is held */

static Shelf *
shelf_new (gsize n_bytes)
{
  gsize  page_size = culvert_secret_memory_get_page_size ();
  Shelf *self = g_new0 (Shelf, 1);

  self->size = (MAX (n_bytes, SHELF_SIZE) + page_size - 1) / page_size * page_size;
  self->pages = culvert_secret_memory_map (self->size);
  if (self->pages == NULL)
    g_error ("no memory for a secret of %" G_GSIZE_FORMAT " bytes", n_bytes);
  self->n_granules = self->size / GRANULE;
  self->is_used = g_new0 (gboolean, self->n_granules);

  return self;
}

static void
shelf_free (Shelf *self)
{
  culvert_secret_memory_unmap (self->pages, self->size);
  g_free (self->is_used);
  g_free (self);
}

static gsize
shelf_find_gap (const Shelf *self, gsize n_wanted)
{
  gsize n_free = 0;

  for (gsize i = 0; i < self->n_granules; i++)
    {
      n_free = self->is_used[i] ? 0 : n_free + 1;
      if (n_free == n_wanted)
        return i + 1 - n_wanted;
    }

  return NO_GRANULE;
}

static void *
shelf_take (Shelf *self, gsize n_wanted)
{
  gsize first = shelf_find_gap (self, n_wanted);

  if (first == NO_GRANULE)
    return NULL;

  for (gsize i = 0; i < n_wanted; i++)
    self->is_used[first + i] = TRUE;
  self->n_used += n_wanted;

  return self->pages + first * GRANULE;
}

static Shelf *
find_shelf (const guint8 *block, guint *index)
{
  for (guint i = 0; pool_shelves != NULL && i < pool_shelves->len; i++)
    {
      Shelf *shelf = g_ptr_array_index (pool_shelves, i);

      if (block >= shelf->pages && block < shelf->pages + shelf->size)
        {
          *index = i;
          return shelf;
        }
    }

  return NULL;
}

void *
culvert_secret_pool_alloc (gsize n_bytes)
{
  gsize n_wanted = N_GRANULES (n_bytes);
  void *block = NULL;

  g_return_val_if_fail (n_bytes > 0, NULL);

  g_mutex_lock (&pool_lock);

  if (pool_shelves == NULL)
    pool_shelves = g_ptr_array_new_with_free_func ((GDestroyNotify)shelf_free);

  for (guint i = 0; i < pool_shelves->len && block == NULL; i++)
    block = shelf_take (g_ptr_array_index (pool_shelves, i), n_wanted);

  if (block == NULL)
    {
      Shelf *shelf = shelf_new (n_bytes);

      g_ptr_array_add (pool_shelves, shelf);
      block = shelf_take (shelf, n_wanted);
    }

  g_mutex_unlock (&pool_lock);

  return block;
}

void
culvert_secret_pool_free (void *block, gsize n_bytes)
{
  gsize  n_given = N_GRANULES (n_bytes);
  guint  index = 0;
  Shelf *shelf;
  gsize  first;

  culvert_secret_wipe (block, n_bytes);

  g_mutex_lock (&pool_lock);

  shelf = find_shelf (block, &index);
  g_assert (shelf != NULL);

  first = (gsize)((guint8 *)block - shelf->pages) / GRANULE;
  for (gsize i = 0; i < n_given; i++)
    shelf->is_used[first + i] = FALSE;
  shelf->n_used -= n_given;

  if (shelf->n_used == 0)
    g_ptr_array_remove_index_fast (pool_shelves, index);
  if (pool_shelves->len == 0)
    g_clear_pointer (&pool_shelves, g_ptr_array_unref);

  g_mutex_unlock (&pool_lock);
}

gsize
culvert_secret_pool_get_n_mapped (void)
{
  gsize n_mapped = 0;

  g_mutex_lock (&pool_lock);
  for (guint i = 0; pool_shelves != NULL && i < pool_shelves->len; i++)
    n_mapped += ((Shelf *)g_ptr_array_index (pool_shelves, i))->size;
  g_mutex_unlock (&pool_lock);

  return n_mapped;
}
