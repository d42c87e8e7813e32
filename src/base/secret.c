/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret.h"

#include "base/secret-pool.h"

#include <string.h>

struct _CulvertSecret
{
  gatomicrefcount n_references;
  gsize           length;
  char           *bytes; /* in the pool, with a NUL behind them */
};

G_DEFINE_BOXED_TYPE (CulvertSecret, culvert_secret, culvert_secret_ref, culvert_secret_unref)

CulvertSecret *
culvert_secret_new (const void *bytes, gssize n_bytes)
{
  CulvertSecret *self;
  gsize          length;

  g_return_val_if_fail (bytes != NULL || n_bytes <= 0, NULL);

  if (bytes == NULL)
    length = 0;
  else
    length = n_bytes < 0 ? strlen (bytes) : (gsize)n_bytes;

  self = g_new0 (CulvertSecret, 1);
  g_atomic_ref_count_init (&self->n_references);
  self->length = length;
  self->bytes = culvert_secret_pool_alloc (length + 1);
  if (length > 0)
    memcpy (self->bytes, bytes, length);

  return self;
}

CulvertSecret *
culvert_secret_new_take (char *text)
{
  CulvertSecret *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = culvert_secret_new (text, -1);
  culvert_secret_wipe (text, self->length);
  g_free (text);

  return self;
}

CulvertSecret *
culvert_secret_ref (CulvertSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->n_references);

  return self;
}

void
culvert_secret_unref (CulvertSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->n_references))
    return;

  culvert_secret_pool_free (self->bytes, self->length + 1);
  g_free (self);
}

const char *
culvert_secret_peek (const CulvertSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}

gsize
culvert_secret_get_length (const CulvertSecret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
}

gboolean
culvert_secret_equal (const CulvertSecret *a, const CulvertSecret *b)
{
  guint8 difference = 0;

  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->length != b->length)
    return FALSE;

  /* Looks at every byte, so that the time taken does not tell where two secrets differ. */
  for (gsize i = 0; i < a->length; i++)
    difference |= (guint8)(a->bytes[i] ^ b->bytes[i]);

  return difference == 0;
}

void
culvert_secret_wipe (void *bytes, gsize n_bytes)
{
  if (n_bytes == 0)
    return;

  memset (bytes, 0, n_bytes);

  /* Says that somebody may read what was written, so the compiler must write it. */
  __asm__ __volatile__("" : : "r"(bytes) : "memory");
}
