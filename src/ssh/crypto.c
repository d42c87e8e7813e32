/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/crypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

/* Room for a hundred large keys; a key is only held while somebody signs in with it.  When the system
 * refuses to lock so much the heap still works, guarded and wiped but not locked. */
#define SECURE_HEAP_SIZE     (1024 * 1024)
#define SECURE_HEAP_MIN_SIZE 32

CulvertScratch *
culvert_scratch_new (gsize n_bytes)
{
  CulvertScratch *self = g_new0 (CulvertScratch, 1);

  self->bytes = g_malloc0 (n_bytes + 1);
  self->n_bytes = n_bytes;
  self->size = n_bytes + 1;
  return self;
}

void
culvert_scratch_free (CulvertScratch *self)
{
  if (self == NULL)
    return;

  OPENSSL_cleanse (self->bytes, self->size);
  g_free (self->bytes);
  g_free (self);
}

void
culvert_crypto_protect_keys (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      if (!CRYPTO_secure_malloc_initialized ())
        CRYPTO_secure_malloc_init (SECURE_HEAP_SIZE, SECURE_HEAP_MIN_SIZE);
      g_once_init_leave (&once, 1);
    }
}

char *
culvert_crypto_take_reason (void)
{
  unsigned long code = ERR_get_error ();
  const char   *reason = code == 0 ? NULL : ERR_reason_error_string (code);
  char         *text = g_strdup (reason != NULL ? reason : "no reason given by OpenSSL");

  ERR_clear_error ();
  return text;
}
