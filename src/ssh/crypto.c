/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/crypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CHECKS_LEAKS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define CHECKS_LEAKS
#endif
#ifdef CHECKS_LEAKS
#include <sanitizer/lsan_interface.h>
#endif

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

/* OpenSSL keeps state of its own in that heap, which alone points to things in the ordinary one: a leak
 * checker that does not look there takes them for lost.  The heap is empty yet, so the largest block of
 * it is all of it. */
static void
show_to_leak_checker (void)
{
#ifdef CHECKS_LEAKS
  void *heap = OPENSSL_secure_malloc (SECURE_HEAP_SIZE);

  if (heap != NULL)
    __lsan_register_root_region (heap, SECURE_HEAP_SIZE);
  OPENSSL_secure_free (heap);
#endif
}

void
culvert_crypto_protect_keys (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      if (!CRYPTO_secure_malloc_initialized () &&
          CRYPTO_secure_malloc_init (SECURE_HEAP_SIZE, SECURE_HEAP_MIN_SIZE) != 0)
        show_to_leak_checker ();
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

void
culvert_crypto_leave_thread (void)
{
  OPENSSL_thread_stop ();
}
