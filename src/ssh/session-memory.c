/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-memory.h"

#include "base/secret.h"

#include <stddef.h>
#include <string.h>

/* 1,000 channels with half a megabyte each is what the windows allow at the very most. */
#define TOTAL_MAX ((gsize)768 * 1024 * 1024)

/* Larger pieces hold channel data, whose wiping would cost a tenth of the throughput. */
#define WIPE_MAX 4096

/* In front of every piece that libssh2 gets. */
struct _CulvertMemoryBlock
{
  CulvertMemoryBlock *next;
  CulvertMemoryBlock *previous;
  gsize               n_bytes;
  max_align_t         bytes[];
};

void
culvert_session_memory_init (CulvertSessionMemory *self)
{
  *self = (CulvertSessionMemory){ .max_bytes = TOTAL_MAX, .wipe_all = TRUE };
}

static CulvertMemoryBlock *
get_block (void *bytes)
{
  return (CulvertMemoryBlock *)((char *)bytes - offsetof (CulvertMemoryBlock, bytes));
}

void *
culvert_session_memory_alloc (CulvertSessionMemory *self, gsize n_bytes)
{
  CulvertMemoryBlock *block = NULL;

  if (n_bytes <= CULVERT_SESSION_MEMORY_REQUEST_MAX &&
      n_bytes + sizeof *block <= self->max_bytes - self->n_bytes)
    block = g_try_malloc (sizeof *block + n_bytes);
  if (block == NULL)
    {
      self->n_refused++;
      return NULL;
    }
  block->n_bytes = n_bytes;
  block->previous = NULL;
  block->next = self->blocks;
  if (block->next != NULL)
    block->next->previous = block;
  self->blocks = block;
  self->n_bytes += sizeof *block + n_bytes;
  return block->bytes;
}

void *
culvert_session_memory_realloc (CulvertSessionMemory *self, void *bytes, gsize n_bytes)
{
  void *moved = culvert_session_memory_alloc (self, n_bytes);

  if (bytes == NULL || moved == NULL)
    return moved;
  memcpy (moved, bytes, MIN (get_block (bytes)->n_bytes, n_bytes));
  culvert_session_memory_free (self, bytes);
  return moved;
}

void
culvert_session_memory_free (CulvertSessionMemory *self, void *bytes)
{
  CulvertMemoryBlock *block;

  if (bytes == NULL)
    return;
  block = get_block (bytes);
  if (self->freed != NULL && block->n_bytes > 0)
    self->freed (bytes, block->n_bytes, self->freed_data);
  self->n_bytes -= sizeof *block + block->n_bytes;
  if (block->next != NULL)
    block->next->previous = block->previous;
  if (block->previous != NULL)
    block->previous->next = block->next;
  else
    self->blocks = block->next;
  if (self->wipe_all || block->n_bytes <= WIPE_MAX)
    culvert_secret_wipe (bytes, block->n_bytes);
  g_free (block);
}

void
culvert_session_memory_clear (CulvertSessionMemory *self)
{
  self->wipe_all = TRUE;
  self->freed = NULL;
  while (self->blocks != NULL)
    culvert_session_memory_free (self, self->blocks->bytes);
}
