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

/* Keeps what follows aligned for any type. */
typedef union
{
  gsize       n_bytes;
  max_align_t alignment;
} Header;

void
culvert_session_memory_init (CulvertSessionMemory *self)
{
  *self = (CulvertSessionMemory){ .max_bytes = TOTAL_MAX, .wipe_all = TRUE };
}

void *
culvert_session_memory_alloc (CulvertSessionMemory *self, gsize n_bytes)
{
  Header *header = NULL;

  if (n_bytes <= CULVERT_SESSION_MEMORY_REQUEST_MAX &&
      n_bytes + sizeof (Header) <= self->max_bytes - self->n_bytes)
    header = g_try_malloc (sizeof (Header) + n_bytes);
  if (header == NULL)
    {
      self->n_refused++;
      return NULL;
    }
  header->n_bytes = n_bytes;
  self->n_bytes += sizeof (Header) + n_bytes;
  return header + 1;
}

void *
culvert_session_memory_realloc (CulvertSessionMemory *self, void *block, gsize n_bytes)
{
  void *moved = culvert_session_memory_alloc (self, n_bytes);

  if (block == NULL || moved == NULL)
    return moved;
  memcpy (moved, block, MIN (((Header *)block)[-1].n_bytes, n_bytes));
  culvert_session_memory_free (self, block);
  return moved;
}

void
culvert_session_memory_free (CulvertSessionMemory *self, void *block)
{
  Header *header;

  if (block == NULL)
    return;
  header = (Header *)block - 1;
  self->n_bytes -= sizeof (Header) + header->n_bytes;
  if (self->wipe_all || header->n_bytes <= WIPE_MAX)
    culvert_secret_wipe (block, header->n_bytes);
  g_free (header);
}
