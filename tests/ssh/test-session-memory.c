/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-memory.h"

#include <string.h>

/* T37: what a server may make libssh2 ask for. */

static void
test_request_limit (void)
{
  CulvertSessionMemory memory;
  void                *bytes;

  culvert_session_memory_init (&memory);
  g_assert_null (culvert_session_memory_alloc (&memory, CULVERT_SESSION_MEMORY_REQUEST_MAX + 1));
  g_assert_null (culvert_session_memory_alloc (&memory, G_MAXSIZE));
  g_assert_null (culvert_session_memory_alloc (&memory, G_MAXSIZE - 8));
  g_assert_cmpuint (memory.n_refused, ==, 3);
  bytes = culvert_session_memory_alloc (&memory, CULVERT_SESSION_MEMORY_REQUEST_MAX);
  g_assert_nonnull (bytes);
  /* A refused growth leaves the old piece as it was. */
  memset (bytes, 7, 100);
  g_assert_null (
    culvert_session_memory_realloc (&memory, bytes, CULVERT_SESSION_MEMORY_REQUEST_MAX + 1));
  g_assert_cmpint (((char *)bytes)[99], ==, 7);
  culvert_session_memory_clear (&memory);
}

static void
test_total_limit (void)
{
  CulvertSessionMemory memory;

  culvert_session_memory_init (&memory);
  memory.max_bytes = 10000;
  g_assert_nonnull (culvert_session_memory_alloc (&memory, 6000));
  g_assert_null (culvert_session_memory_alloc (&memory, 6000));
  g_assert_nonnull (culvert_session_memory_alloc (&memory, 2000));
  culvert_session_memory_clear (&memory);
  g_assert_cmpuint (memory.n_bytes, ==, 0);
}

/* Every piece, in any order of giving back, keeps its content; the sum is right; nothing is left. */
static void
test_random (void)
{
  CulvertSessionMemory memory;
  guint8              *pieces[64] = { NULL };
  gsize                sizes[64] = { 0 };

  culvert_session_memory_init (&memory);
  for (int i = 0; i < 20000; i++)
    {
      guint slot = (guint)g_test_rand_int_range (0, 64);
      gsize size = (gsize)g_test_rand_int_range (1, 3000);

      for (gsize j = 0; pieces[slot] != NULL && j < sizes[slot]; j++)
        g_assert_cmpuint (pieces[slot][j], ==, slot);
      if (g_test_rand_bit ())
        {
          pieces[slot] = culvert_session_memory_realloc (&memory, pieces[slot], size);
          sizes[slot] = size;
          memset (pieces[slot], (int)slot, size);
        }
      else
        {
          culvert_session_memory_free (&memory, pieces[slot]);
          pieces[slot] = NULL;
        }
    }
  for (guint slot = 0; slot < 64; slot += 2)
    culvert_session_memory_free (&memory, pieces[slot]);
  culvert_session_memory_clear (&memory);
  g_assert_cmpuint (memory.n_bytes, ==, 0);
  g_assert_null (memory.blocks);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session-memory/request-limit", test_request_limit);
  g_test_add_func ("/ssh/session-memory/total-limit", test_total_limit);
  g_test_add_func ("/ssh/session-memory/random", test_random);
  return g_test_run ();
}
