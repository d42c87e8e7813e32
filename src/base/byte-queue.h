/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Bytes in order: appended at one end, viewed and consumed at the other.
 *
 * An empty queue owns no memory, so a thousand idle connections cost nothing.  Meant to be embedded;
 * start from zeroed memory. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 *data;     /* private */
  gsize   capacity; /* private */
  gsize   start;    /* private */
  gsize   length;   /* bytes waiting; read only */
  /* An empty queue gives its memory back unless it has no more than this; the owner may set it. */
  gsize kept_capacity;
} CulvertByteQueue;

void culvert_byte_queue_append (CulvertByteQueue *self, const void *bytes, gsize n_bytes);
/* (transfer none): the bytes from the front; valid until the queue changes; all @length of them */
const guint8 *culvert_byte_queue_peek (const CulvertByteQueue *self, gsize *n_bytes);
void          culvert_byte_queue_consume (CulvertByteQueue *self, gsize n_bytes);
/* Drops everything and frees the memory. */
void culvert_byte_queue_clear (CulvertByteQueue *self);

G_END_DECLS
