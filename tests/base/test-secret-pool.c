/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret-pool.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY 65534

/* The kernel's two-letter flags of the mapping that @address is in: "dd" is left out of core
 * dumps, "lo" stays in memory (proc(5)). */
static char *
get_mapping_flags (const void *address)
{
  g_autofree char *text = NULL;
  g_auto (GStrv)   lines = NULL;
  gboolean         is_inside = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char   *rest = NULL;
      guint64 first = g_ascii_strtoull (lines[i], &rest, 16);

      if (rest > lines[i] && *rest == '-')
        is_inside =
          (guintptr)address >= first && (guintptr)address < g_ascii_strtoull (rest + 1, NULL, 16);
      else if (is_inside && g_str_has_prefix (lines[i], "VmFlags:"))
        return g_strconcat (lines[i] + strlen ("VmFlags:"), " ", NULL);
    }

  g_assert_not_reached ();
}

/* Asks the kernel what became of it: the sanitizers leave mlock() out. */
static gboolean
may_lock_memory (void)
{
  const gsize      size = 64 * 1024;
  void            *pages;
  g_autofree char *flags = NULL;

  pages = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (pages != MAP_FAILED);
  (void)mlock (pages, size);
  flags = get_mapping_flags (pages);
  (void)munmap (pages, size);

  return strstr (flags, " lo ") != NULL;
}

static void
test_pages_are_locked_and_not_dumped (void)
{
  void            *block = culvert_secret_pool_alloc (10);
  g_autofree char *flags = get_mapping_flags (block);

  g_assert_nonnull (strstr (flags, " dd "));
  if (may_lock_memory ())
    g_assert_nonnull (strstr (flags, " lo "));
  else
    g_test_message ("this system lets no memory be locked");

  culvert_secret_pool_free (block, 10);
}

static void
test_works_past_the_limit_on_locked_memory (void)
{
  const struct rlimit limit = { 0, 0 };
  g_autofree char    *flags = NULL;
  char               *block;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  /* The limit does not bind root. */
  g_assert_cmpint (setrlimit (RLIMIT_MEMLOCK, &limit), ==, 0);
  if (geteuid () == 0)
    g_assert_cmpint (setuid (NOBODY), ==, 0);
  g_assert_cmpint (prctl (PR_SET_DUMPABLE, 1), ==, 0); /* else /proc/self is not ours any more */
  g_assert_false (may_lock_memory ());

  block = culvert_secret_pool_alloc (100);
  memcpy (block, "still works", 12);
  flags = get_mapping_flags (block);
  g_assert_nonnull (strstr (flags, " dd "));
  g_assert_null (strstr (flags, " lo "));
  culvert_secret_pool_free (block, 100);
}

static void
test_freed_blocks_are_wiped (void)
{
  const gsize sizes[] = { 1, 63, 64, 65, 1000, 5000 };
  char       *neighbour = culvert_secret_pool_alloc (1); /* keeps the pages mapped */

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      char *block = culvert_secret_pool_alloc (sizes[i]);

      for (gsize n = 0; n < sizes[i]; n++)
        g_assert_cmpint (block[n], ==, 0);
      memset (block, 'x', sizes[i]);
      culvert_secret_pool_free (block, sizes[i]);
      for (gsize n = 0; n < sizes[i]; n++)
        g_assert_cmpint (block[n], ==, 0);
    }

  culvert_secret_pool_free (neighbour, 1);
}

static void
test_small_blocks_share_pages (void)
{
  void *blocks[1000];

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    blocks[i] = culvert_secret_pool_alloc (20);
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), <=, 100 * 1024);

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    culvert_secret_pool_free (blocks[i], 20);
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), ==, 0);
}

static void
test_large_block_gets_its_own_pages (void)
{
  const gsize size = 1000 * 1000;
  char       *block = culvert_secret_pool_alloc (size);

  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), >=, size);
  memset (block, 'x', size);
  culvert_secret_pool_free (block, size);
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), ==, 0);
}

/* Takes and gives at random; a block that overlapped another would lose its mark. */
static void
test_blocks_never_overlap (void)
{
  struct
  {
    guint8 *block;
    gsize   size;
    guint8  mark;
  } held[200] = { 0 };
  GRand *random = g_rand_new_with_seed (5);

  for (guint i = 0; i < 40000; i++)
    {
      guint at = (guint)g_rand_int_range (random, 0, G_N_ELEMENTS (held));

      if (held[at].block == NULL)
        {
          held[at].size = (gsize)g_rand_int_range (random, 1, i % 10 == 0 ? 20000 : 300);
          held[at].mark = (guint8)g_rand_int_range (random, 1, 256);
          held[at].block = culvert_secret_pool_alloc (held[at].size);
          for (gsize n = 0; n < held[at].size; n++)
            g_assert_cmpuint (held[at].block[n], ==, 0);
          memset (held[at].block, held[at].mark, held[at].size);
        }
      else
        {
          for (gsize n = 0; n < held[at].size; n++)
            g_assert_cmpuint (held[at].block[n], ==, held[at].mark);
          culvert_secret_pool_free (g_steal_pointer (&held[at].block), held[at].size);
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    {
      if (held[i].block != NULL)
        culvert_secret_pool_free (held[i].block, held[i].size);
    }
  g_assert_cmpuint (culvert_secret_pool_get_n_mapped (), ==, 0);
  g_rand_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secret-pool/pages-are-locked-and-not-dumped",
                   test_pages_are_locked_and_not_dumped);
  g_test_add_func ("/secret-pool/works-past-the-limit-on-locked-memory",
                   test_works_past_the_limit_on_locked_memory);
  g_test_add_func ("/secret-pool/freed-blocks-are-wiped", test_freed_blocks_are_wiped);
  g_test_add_func ("/secret-pool/small-blocks-share-pages", test_small_blocks_share_pages);
  g_test_add_func ("/secret-pool/large-block-gets-its-own-pages",
                   test_large_block_gets_its_own_pages);
  g_test_add_func ("/secret-pool/blocks-never-overlap", test_blocks_never_overlap);

  return g_test_run ();
}
