/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/byte-queue.h"

#include <string.h>

#define SMALLEST_CAPACITY 256

/* Makes room for @n_bytes behind what waits.  Each branch leaves so much room, or was preceded by so
 * many consumed bytes, that every byte is moved a bounded number of times on average. */
static void
make_room (CulvertByteQueue *self, gsize n_bytes)
{
  gsize needed = self->length + n_bytes;

  if (self->start + needed <= self->capacity)
    return;

  if (needed <= self->capacity && self->start >= self->length && self->capacity / 4 <= needed)
    {
      memmove (self->data, self->data + self->start, self->length);
    }
  else
    {
      gsize   capacity = MAX (needed + needed / 2, SMALLEST_CAPACITY);
      guint8 *data = g_malloc (capacity);

      if (self->length > 0)
        memcpy (data, self->data + self->start, self->length);
      g_free (self->data);
      self->data = data;
      self->capacity = capacity;
    }

  self->start = 0;
}

void
culvert_byte_queue_append (CulvertByteQueue *self, const void *bytes, gsize n_bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (bytes != NULL || n_bytes == 0);

  if (n_bytes == 0)
    return;

  make_room (self, n_bytes);
  memcpy (self->data + self->start + self->length, bytes, n_bytes);
  self->length += n_bytes;
}

const guint8 *
culvert_byte_queue_peek (const CulvertByteQueue *self, gsize *n_bytes)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (n_bytes != NULL)
    *n_bytes = self->length;

  return self->length > 0 ? self->data + self->start : NULL;
}

void
culvert_byte_queue_consume (CulvertByteQueue *self, gsize n_bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (n_bytes <= self->length);

  self->start += n_bytes;
  self->length -= n_bytes;

  if (self->length > 0)
    return;
  if (self->capacity > self->kept_capacity)
    culvert_byte_queue_clear (self);
  else
    self->start = 0;
}

void
culvert_byte_queue_clear (CulvertByteQueue *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->data);
  *self = (CulvertByteQueue){ .kept_capacity = self->kept_capacity };
}
